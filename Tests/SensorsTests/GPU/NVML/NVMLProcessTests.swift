import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("Processes on NVIDIA GPUs") struct NVMLProcessTests {
  private func tree(_ pids: [Int]) -> FileTree {
    let tree = FileTree()
    for pid in pids {
      let rest = (4...21).map { _ in "0" }.joined(separator: " ")
      tree.write("/proc/\(pid)/stat", "\(pid) (py) S \(rest) 9\(pid) 0 0\n")
      tree.write("/proc/\(pid)/cmdline", "python3\0train\(pid).py\0")
    }
    return tree
  }

  /// The last value of every process, by pid, over ticks of a second.
  private func follow(
    _ fake: FakeNVML, _ source: inout NVMLSource, _ ticks: ClosedRange<Int>, _ metric: Metric
  ) throws -> [String: Int64] {
    var result: [String: Int64] = [:]
    for tick in ticks {
      for reading in try fake.said(&source, at: Double(tick)).readings
      where reading.device.kind == .process {
        let pid = String(reading.device.name.prefix { $0 != "." })
        if let entry = reading.values.first(where: { $0.metric == metric }) {
          result[pid] = entry.steps
        }
      }
    }
    return result
  }

  @Test("who has a GPU alone is charged what its counter counted, to the end")
  func alone() throws {
    let fake = try FakeNVML()
    let tree = tree([41])
    fake.power([(0, 100), (4, 500), (9, 500), (9, 70), (20, 70)])
    fake.process(41, bytes: 5 << 30, percent: 80)
    var source = fake.source(root: tree.root)
    let said = try fake.said(&source, at: 0)
    let process = try #require(said.devices.first { $0.id.kind == .process })
    #expect(process.label == "train41.py")
    #expect(process.parent?.name == FakeNVML.uuid(0))
    #expect(said.steps(.memoryUsed, of: process.id.name) == 5 << 30)
    #expect(said.steps(.smShare, of: process.id.name) == 800_000)
    #expect(
      try follow(fake, &source, 1...8, .energy) == ["41": Int64(fake.joules(at: 8)) * 1_000_000])
    fake.endProcess(41)
    // What was drawn until the look at which it was gone is its own.
    #expect(
      try follow(fake, &source, 9...20, .energy) == ["41": Int64(fake.joules(at: 10)) * 1_000_000])
  }

  @Test("who shares a GPU is charged by its share of the new samples")
  func shared() throws {
    let fake = try FakeNVML()
    let tree = tree([41, 42, 43])
    fake.power([(0, 400), (60, 400)])
    fake.process(41, percent: 60)
    fake.process(42, percent: 20)
    // It has a context and does nothing, so the driver has no samples of it.
    fake.process(43, bytes: .max)
    var source = fake.source(root: tree.root)
    let energy = try follow(fake, &source, 0...10, .sharedEnergy)
    #expect(energy == ["41": 3_000_000_000, "42": 1_000_000_000, "43": 0])
    // The work changes hands: only the samples since the last look count.
    fake.process(41, percent: 0)
    let later = try follow(fake, &source, 11...12, .sharedEnergy)
    let shares = [later["41"], later["42"], later["43"]].map { ($0 ?? 0) / 1_000_000 }
    #expect(shares == [3000, 1800, 0])
    let memory = try follow(fake, &source, 13...14, .memoryUsed)
    #expect(memory["41"] == 1 << 30 && memory["43"] == nil, "all ones stand for not known")
  }

  @Test("without a counter the energy is power over time")
  func byPower() throws {
    let fake = try FakeNVML()
    for id in [83, 191] { fake.answer("field:\(id)", 3) }
    fake.answer("nvmlDeviceGetTotalEnergyConsumption", 3)
    fake.power([(0, 300), (60, 300)])
    fake.process(41, percent: 60)
    var source = fake.source()
    #expect(try follow(fake, &source, 2...12, .energy) == ["41": 3_000_000_000])
  }

  @Test("a counter that starts over charges nothing for the stretch")
  func counterReset() throws {
    let fake = try FakeNVML()
    fake.set("energy_mj", 1_000_000)
    fake.process(41)
    var source = fake.source()
    #expect(try follow(fake, &source, 0...2, .energy) == ["41": 140_000_000])
    fake.set("energy_mj", 0)
    #expect(try follow(fake, &source, 3...4, .energy) == ["41": 140_000_000])
    #expect(try follow(fake, &source, 5...6, .energy) == ["41": 280_000_000])
  }

  @Test("a process that /proc does not know is listed by its number")
  func unknownPid() throws {
    let fake = try FakeNVML()
    fake.process(4_000_123)
    fake.process(4_294_967_295)
    var source = fake.source()
    let devices = try source.said(at: 0).devices.filter { $0.id.kind == .process }
    #expect(devices.map(\.label) == ["pid 4000123"])
  }

  @Test(
    "the sizes of all versions of the list are known",
    arguments: [
      [], ["_v3"], ["_v3", "_v2"],
    ])
  func versions(hidden: [String]) throws {
    let fake = try FakeNVML()
    for pid in 41...43 { fake.process(UInt32(pid), bytes: UInt64(pid) << 20) }
    var source = fake.source(
      hiding: Set(hidden.map { "nvmlDeviceGetComputeRunningProcesses" + $0 }))
    #expect(
      try follow(fake, &source, 0...0, .memoryUsed)
        == ["41": 41 << 20, "42": 42 << 20, "43": 43 << 20])
  }

  @Test("the longer entries of the first 535 drivers are told by what they lack")
  func stride() throws {
    let list = "nvmlDeviceGetComputeRunningProcesses"
    let size = "nvmlDeviceGetConfComputeMemSizeInfo"
    let detail = "nvmlDeviceGetRunningProcessDetailList"
    let address = try #require(UnsafeMutableRawPointer(bitPattern: 8))
    func stride(_ names: Set<String>) -> Int {
      NVMLSymbols { names.contains($0) ? address : nil }.processStride
    }
    #expect(stride([list, list + "_v2", list + "_v3", size]) == 32)
    #expect(stride([list, list + "_v2", list + "_v3", size, detail]) == 24)
    #expect(stride([list, list + "_v2", list + "_v3"]) == 24)
    #expect(stride([list, list + "_v2"]) == 24)
    #expect(stride([list]) == 16)
  }

  @Test("a list longer than its room is asked for again with more")
  func longList() throws {
    let fake = try FakeNVML()
    for pid in 1...200 { fake.process(UInt32(pid), percent: 1) }
    var source = fake.source()
    #expect(try follow(fake, &source, 0...0, .memoryUsed).count == 200)
    #expect(fake.calls("nvmlDeviceGetComputeRunningProcesses_v3") == 2)
    #expect(try follow(fake, &source, 1...2, .smShare).values.allSatisfy { $0 == 10_000 })
    #expect(fake.calls("nvmlDeviceGetComputeRunningProcesses_v3") == 3)
  }

  @Test("who draws pictures is on the GPU as well")
  func graphics() throws {
    let fake = try FakeNVML()
    fake.set("graphics", 1)
    fake.process(41)
    var source = fake.source()
    #expect(try follow(fake, &source, 0...2, .memoryUsed) == ["41": 1 << 30])
  }

  @Test("an instance made later is found, on whichever GPU")
  func laterPart() throws {
    let fake = try FakeNVML(gpus: 2)
    for gpu in [0, 1] as [UInt32] { fake.set("mig", 1, gpu: gpu) }
    var source = fake.source()
    _ = try fake.said(&source, at: 0)
    for gpu in [0, 1] as [UInt32] { fake.set("mig", 2, gpu: gpu) }
    var labels: Set<String> = []
    for second in 1...13 {
      let said = try fake.said(&source, at: Double(second))
      labels.formUnion(said.devices.map(\.label))
    }
    #expect(labels == ["0.1", "1.1"])
  }

  @Test("the parts of a divided GPU are devices of their own")
  func parts() throws {
    let fake = try FakeNVML()
    fake.set("mig", 3)
    fake.set("hole", 2)
    fake.process(41)
    fake.power([(0, 350), (60, 350)])
    var source = fake.source()
    let said = try fake.said(&source, at: 0)
    let gpu = try #require(said.devices.first { $0.id.kind == .gpu })
    #expect(gpu.attributes["mig"] == "enabled")
    #expect(gpu.attributes["utilization"] != nil)
    #expect(said.steps(.utilization, of: gpu.id.name) == nil)
    #expect(said.steps(.power, of: gpu.id.name) == 350_000)
    let parts = said.devices.filter { $0.id.kind == .gpuPart }
    #expect(parts.map(\.label) == ["0.0", "0.2"], "where there is none there is a hole")
    #expect(parts.map { $0.parent?.name } == [FakeNVML.uuid(0), FakeNVML.uuid(0)])
    #expect(parts.map { $0.attributes["profile"] } == ["1g.10gb", "1g.10gb"])
    #expect(parts.map { $0.attributes["instance"] } == ["7", "9"])
    #expect(parts.first?.attributes["multiprocessors"] == "16")
    let part = try #require(parts.first?.id.name)
    #expect(said.steps(.memoryUsed, of: part) == 9_437_184)
    _ = try fake.said(&source, at: 1)
    let later = try fake.said(&source, at: 2)
    #expect(later.steps(.tensorActive, of: part) == 300_000)
    #expect(later.steps(.nvlinkReceiveRate, of: part) == nil, "links are the whole chip's")
    #expect(later.steps(.tensorActive, of: gpu.id.name) == nil)
    #expect(later.readings.contains { $0.device.kind == .process })
    #expect(fake.calls("nvmlDeviceGetProcessUtilization") == 0)
    // An instance is removed while all goes on.
    fake.set("mig", 1)
    for second in 3..<13 { _ = try fake.said(&source, at: Double(second)) }
    let names = try fake.said(&source, at: 14).readings.filter { $0.device.kind == .gpuPart }
    #expect(names.map(\.device.name) == [part])
  }
}
