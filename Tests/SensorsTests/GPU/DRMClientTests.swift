import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("Clients of graphics devices")
struct DRMClientTests {
  private static let card = "0000:03:00.0"

  private func parse(_ text: String) -> DRMClient? {
    Array(text.utf8).withUnsafeBytes {
      var scanner = TextScanner($0)
      return DRMClient(&scanner)
    }
  }

  @Test("amdgpu tells nanoseconds and memory in any unit")
  func amdgpu() throws {
    let client = try #require(
      parse(
        """
        pos:\t0
        flags:\t0100002
        drm-driver:\tamdgpu
        drm-client-id:\t42
        drm-pdev:\t0000:03:00.0
        drm-total-vram:\t9000 KiB
        drm-memory-vram:\t8192 KiB
        drm-resident-vram:\t7 MiB
        drm-memory-gtt:\t2048 KiB
        drm-engine-gfx:\t1000000 ns
        drm-engine-compute:\t2000000 ns
        drm-engine-dec:\t9 ns
        """))
    #expect(client.pci == Self.card && client.id == 42)
    #expect(client.memory == 7 << 20)
    #expect(client.engines.keys.sorted() == ["compute", "gfx"])
    #expect(client.engines["compute"]?.busy == 2_000_000)
  }

  @Test("xe tells cycles and how many engines there are; regions add up")
  func xe() throws {
    let client = try #require(
      parse(
        "drm-client-id: 7\ndrm-pdev: 0000:03:00.0\ndrm-total-vram0: 5 MiB\ndrm-total-vram1: 1 MiB\n"
          + "drm-cycles-ccs: 400\ndrm-total-cycles-ccs: 1000\ndrm-engine-capacity-ccs: 4\n"))
    #expect(client.memory == 6 << 20)
    let engine = try #require(client.engines["ccs"])
    #expect(engine == .init(busy: 400, clock: 1000, count: 4))
    let later = DRMClient.Engine(busy: 1200, clock: 1400, count: 4)
    #expect(later.share(since: engine, elapsed: 99) == 0.5)
    #expect(engine.share(since: later, elapsed: 1) == nil)
  }

  @Test("other descriptors, and numbers that have no room, are none")
  func others() {
    #expect(parse("pos:\t0\nflags:\t02\nmnt_id:\t9\n") == nil)
    #expect(parse("drm-client-id: 99999999999999999999\ndrm-pdev: 0000:03:00.0\n") == nil)
    let large = parse("drm-client-id: 1\ndrm-pdev: a\ndrm-total-vram: 9223372036854775807 MiB\n")
    #expect(large?.memory == nil)
    var random = SeededRandom(3)
    for _ in 0..<500 {
      let noise = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = parse("drm-client-id: 1\ndrm-" + String(decoding: noise, as: UTF8.self))
    }
  }

  private func open(
    _ tree: FileTree, _ pid: Int, _ descriptor: Int, client: Int, compute: Int, memory: Int
  ) {
    let rest = (4...21).map { _ in "0" }.joined(separator: " ")
    tree.write("/proc/\(pid)/stat", "\(pid) (train) S \(rest) 9\(pid) 0 0\n")
    if SystemFile.linkTarget(tree.root + "/proc/\(pid)/fd/\(descriptor)") == nil {
      tree.link("/proc/\(pid)/fd/\(descriptor)", to: "/dev/dri/renderD128")
      tree.link("/proc/\(pid)/fd/1", to: "/dev/pts/0")
    }
    tree.write(
      "/proc/\(pid)/fdinfo/\(descriptor)",
      "drm-client-id: \(client)\ndrm-pdev: \(Self.card)\ndrm-memory-vram: \(memory) KiB\n"
        + "drm-engine-compute: \(compute) ns\ndrm-engine-gfx: 0 ns\n")
  }

  @Test("shares are time by time passed, and a client counts once however often it is open")
  func shares() throws {
    let tree = FileTree()
    open(tree, 41, 5, client: 1, compute: 0, memory: 100)
    open(tree, 41, 6, client: 1, compute: 0, memory: 100)
    open(tree, 42, 5, client: 2, compute: 0, memory: 50)
    tree.write("/proc/43/stat", "43 (sh) S\n")
    var clients = DRMClients(tree.context)
    let first = try #require(clients.look(at: Timestamp(seconds: 0))?[Self.card])
    #expect(
      first.processes == [
        GPUProcess(pid: 41, memory: 102_400), GPUProcess(pid: 42, memory: 51_200),
      ])
    #expect(first.busy == nil && first.memory == 153_600)
    #expect(clients.look(at: Timestamp(seconds: 1)) == nil)
    open(tree, 41, 5, client: 1, compute: 1_000_000_000, memory: 100)
    open(tree, 41, 6, client: 1, compute: 1_000_000_000, memory: 100)
    open(tree, 42, 5, client: 2, compute: 500_000_000, memory: 50)
    let second = try #require(clients.look(at: Timestamp(seconds: 2))?[Self.card])
    #expect(second.processes.map(\.smShare) == [0.5, 0.25])
    #expect(second.busy == 0.75)
    tree.remove("/proc/42")
    #expect(clients.look(at: Timestamp(seconds: 4))?[Self.card]?.processes.map(\.pid) == [41])
  }

  @Test("what a process opens later is found, soon while it is young")
  func later() throws {
    let tree = FileTree()
    tree.write("/proc/41/stat", "41 (train) S\n")
    tree.link("/proc/41/fd/1", to: "/dev/pts/0")
    var clients = DRMClients(tree.context)
    #expect(clients.look(at: Timestamp(seconds: 0)) == [:])
    open(tree, 41, 5, client: 1, compute: 0, memory: 100)
    #expect(clients.look(at: Timestamp(seconds: 2)) == [:])
    #expect(clients.look(at: Timestamp(seconds: 6))?[Self.card]?.processes.map(\.pid) == [41])
  }

  @Test("a process is charged what the GPU drew while it had it for itself")
  func charging() throws {
    let tree = AMDTree()
    open(tree.files, 41, 5, client: 1, compute: 0, memory: 100)
    var source = tree.source
    var charged: Int64?
    for second in 0...10 {
      tree.draw(watts: 300, seconds: second == 0 ? 0 : 1)
      open(tree.files, 41, 5, client: 1, compute: second * 900_000_000, memory: 100)
      let said = try source.said(at: Double(second))
      let reading = said.readings.first { $0.device.kind == .process }
      charged = reading?.values.first { $0.metric == .energy }?.steps ?? charged
    }
    #expect(abs((charged ?? 0) - 3_000_000_000) < 1_000_000)
  }

  @Test("compute queues are processes too, of unknown share")
  func queues() throws {
    let tree = AMDTree()
    open(tree.files, 41, 5, client: 1, compute: 0, memory: 100)
    let folder = "/sys/class/kfd/kfd"
    tree.files.write(folder + "/topology/nodes/0/gpu_id", "0\n")
    tree.files.write(folder + "/topology/nodes/1/gpu_id", "51110\n")
    tree.files.write(
      folder + "/topology/nodes/1/properties", "simd_count 1216\nlocation_id 768\ndomain 0\n")
    tree.files.write(folder + "/proc/41/vram_51110", "8000000000\n")
    tree.files.write(folder + "/proc/44/vram_51110", "0\n")
    var source = tree.source
    let said = try source.said(at: 0)
    let readings = said.readings.filter { $0.device.kind == .process }
    #expect(readings.count == 1)
    #expect(readings.first?.values.first { $0.metric == .memoryUsed }?.steps == 8_000_000_000)
    #expect(readings.first?.values.contains { $0.metric == .smShare } == false)
  }
}
