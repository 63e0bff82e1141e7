import Linux
import Loopback
import Quantities
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTP
@testable import Serving

/// GPUs of a dcgm-exporter.
@Suite struct ServeDCGMTests {
  private static let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  private func labels(_ gpu: Int, _ more: String = "") -> String {
    "gpu=\"\(gpu)\",UUID=\"GPU-\(gpu)\",device=\"nvidia\(gpu)\",modelName=\"Tesla T4\",Hostname=\"h\"\(more)"
  }

  private func old(power: Double, energy: Int) -> String {
    """
    DCGM_FI_DEV_POWER_USAGE{\(labels(0))} \(power)
    DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{\(labels(0))} \(energy)
    DCGM_FI_DEV_GPU_UTIL{\(labels(0))} 40
    DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{\(labels(0))} 0.25
    DCGM_FI_PROF_PCIE_RX_BYTES{\(labels(0))} 1000
    DCGM_FI_DEV_FB_USED{\(labels(0))} 2
    DCGM_FI_DEV_GPU_UTIL{\(labels(0, ",GPU_I_ID=\"1\",GPU_I_PROFILE=\"1g.5gb\""))} 99
    DCGM_FI_DEV_GPU_TEMP{\(labels(0))} 2147483632

    """
  }

  /// Each series stands there once for each part; what the board measures is the same in all.

  @Test func `old and new names and units mean the same`() throws {
    let new = """
      DCGM_FI_DEV_BOARD_POWER_WATTS{\(labels(1))} 300.5
      DCGM_FI_DEV_GPU_UTIL_RATIO{\(labels(1))} 0.4
      DCGM_FI_PROF_TENSOR_UTIL_RATIO{\(labels(1))} 0.25
      DCGM_FI_PROF_PCIE_RX_BYTES_TOTAL{\(labels(1))} 5000

      """
    let page = old(power: 70.25, energy: 128_996_013) + new
    let server = try LoopbackServer { _ in .page(page) }
    var source = DCGMSource(try HTTPURL(server.url()), SourceContext(machine: "box"))
    let heard = try source.sample(FixedClock(Self.start))
    #expect(heard.devices.map(\.id.name) == ["dcgm:GPU-0", "dcgm:GPU-0/1", "dcgm:GPU-1"])
    #expect(heard.devices.map(\.id.kind) == [.gpu, .gpuPart, .gpu])
    #expect(heard.devices.allSatisfy { $0.id.machine == "box" && $0.model == "Tesla T4" })
    let (first, second) = (heard.readings[0], heard.readings[2])
    #expect(first[.power] == 70.25 && first[.energy] == 128_996.013)
    #expect(first[.utilization] == 0.4 && second[.utilization] == 0.4)
    #expect(first[.tensorActive] == 0.25 && second[.tensorActive] == 0.25)
    #expect(first[.pcieReceiveRate] == 1000 && second[.pcieReceived] == 5000)
    #expect(first[.memoryUsed] == 2_097_152)
    #expect(first[.temperature] == nil, "a blank is no temperature")
    #expect(second[.power] == 300.5 && second[.energy] == nil)
    #expect(source.probe().message.hasPrefix("2 GPUs"))
  }

  @Test func `a page that repeats itself is one reading a minute`() throws {
    let pages = Mutex([old(power: 70, energy: 1000)])
    let server = try LoopbackServer { _ in .page(pages.withLock { $0.last ?? "" }) }
    var source = DCGMSource(try HTTPURL(server.url()), SourceContext(machine: "box"))
    var counts: [Int] = []
    for second in [0.0, 1, 29, 30, 31, 91] {
      if second == 30 { pages.withLock { $0.append(old(power: 71, energy: 2000)) } }
      let readings = try source.sample(FixedClock(Self.start + second)).readings
      counts.append(readings.count { $0.device.kind == .gpu })
    }
    #expect(counts == [1, 0, 0, 1, 0, 1])
  }

  @Test func `impossible watts are refused with a word, once`() throws {
    let server = try LoopbackServer { _ in .page(old(power: 70_000, energy: 5)) }
    var source = DCGMSource(try HTTPURL(server.url()), SourceContext(machine: "box"))
    let heard =
      try source.sample(FixedClock(Self.start)) + source.sample(FixedClock(Self.start + 70))
    let cards = heard.readings.filter { $0.device.kind == .gpu }
    #expect(cards.count == 2 && cards[0][.power] == nil)
    #expect(
      heard.events.map(\.text) == [
        "dcgm: DEV_POWER_USAGE left out, it cannot be true"
      ])
  }

  /// What a source says of a page, by device name.
  private func hear(_ text: String) throws -> (heard: [Observation], probe: String) {
    let server = try LoopbackServer { _ in .page(text) }
    var source = DCGMSource(try HTTPURL(server.url()), SourceContext(machine: "box"))
    let probe = source.probe().message
    return (try source.sample(FixedClock(Self.start)), probe)
  }

  @Test func `a divided card counts once with its board's power, its instances without`() throws {
    let page = Fixtures.readFile(Fixtures.path("pages/dcgm-exporter-mig.prom"))
    let (heard, probe) = try hear(String(decoding: page, as: UTF8.self))
    #expect(probe.hasPrefix("2 GPUs"))
    let devices = heard.devices
    #expect(
      devices.map(\.role) == [.accelerator, .acceleratorPart, .acceleratorPart, .accelerator])
    #expect(devices.map(\.label) == ["0", "0.3", "0.4", "1"])
    #expect(devices.map { $0.attributes["profile"] } == [nil, "1g.6gb", "1g.6gb", nil])
    #expect(devices.map { $0.attributes["pod"] } == ["one, two", "one", "two", "one, three"])
    #expect(devices[1].parent == devices[0].id && devices[2].parent == devices[0].id)
    #expect(devices[0].attributes["pci"] == "00000000:01:00.0")
    let readings = heard.readings
    #expect(readings.map { $0[.power] } == [52.636, nil, nil, 156.125])
    #expect(readings.map { $0[.energy] } == [123_456.791, nil, nil, nil])
    #expect(
      readings.map { $0[.memoryUsed] } == [nil, 4096, 1024, 2048].map { $0.map { $0 * 1_048_576 } })
    #expect(readings.map { $0[.dramActive] } == [nil, 0.25, 0.5, nil])
  }

  @Test func `a row of the card itself comes before those of its instances`() throws {
    let part = ",GPU_I_ID=\"1\",GPU_I_PROFILE=\"1g.5gb\""
    let (heard, _) = try hear(
      """
      DCGM_FI_DEV_POWER_USAGE{\(labels(0, part))} 9223372036854775794
      DCGM_FI_DEV_POWER_USAGE{\(labels(0, ",GPU_I_ID=\"2\""))} 51
      DCGM_FI_DEV_POWER_USAGE{\(labels(1, part))} 40
      DCGM_FI_DEV_POWER_USAGE{\(labels(1, ",GPU_I_ID=\"\""))} 52.5
      DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{\(labels(1, part))} 7000
      DCGM_FI_DEV_POWER_USAGE{gpu="2",UUID="MIG-1",Hostname="h"\(part)} 60

      """)
    #expect(heard.devices.map(\.label) == ["0", "1", "2"])
    #expect(heard.readings.map { $0[.power] } == [51, 52.5, 60])
    #expect(heard.readings.map { $0[.energy] } == [nil, 7, nil])
    #expect(heard.events.isEmpty)
  }

  @Test func `no watts of a busy card are unknown, of one that rests they are nothing`() throws {
    let pages = Mutex([""])
    let server = try LoopbackServer { _ in .page(pages.withLock { $0.last ?? "" }) }
    var source = DCGMSource(try HTTPURL(server.url()), SourceContext(machine: "box"))
    var heard: [Observation] = []
    for (second, share) in [0, 99, 98, 97, 99, 0].enumerated() {
      let page = """
        DCGM_FI_DEV_POWER_USAGE{\(labels(0))} 0
        DCGM_FI_DEV_GPU_UTIL{\(labels(0))} \(share)

        """
      pages.withLock { $0.append(page) }
      heard += try source.sample(FixedClock(Self.start + Double(second)))
    }
    #expect(heard.readings.map { $0[.power] } == [0, nil, nil, nil, nil, nil])
    #expect(heard.readings.map { $0[.utilization] } == [0, 0.99, 0.98, 0.97, 0.99, 0])
    #expect(heard.events.map(\.cause) == [.refused])
  }
}
