import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// What the source says, held against what the script says was drawn.
@Suite("NVML against the truth") struct NVMLTruthTests {
  let first = FakeNVML.uuid(0)
  /// Half an hour in little: idle, a step up, a ramp, fast steps, idle again.
  let corners: [(Double, Double)] =
    [(0, 71), (5.3, 71), (5.3, 610), (20.7, 655), (25.2, 310), (30, 310)]
    + (0..<40).flatMap { step -> [(Double, Double)] in
      let start = 30 + 0.7 * Double(step)
      return [(start, 640), (start + 0.4, 640), (start + 0.4, 420), (start + 0.7, 420)]
    } + [(58, 118), (70, 118)]

  /// The joules that a timeline knows of a GPU between two times in seconds.
  private func joules(
    _ metric: Metric, from start: Double, to end: Double, _ source: inout NVMLSource,
    _ fake: FakeNVML, every interval: Double = 1
  ) throws -> Double {
    var timeline = Timeline()
    var time = start
    while time <= end + interval / 2 {
      fake.time(time)
      timeline.apply(try source.sample(FixedClock(Timestamp(seconds: time))))
      time += interval
    }
    let device = DeviceID(machine: "box", kind: .gpu, name: first)
    let id = try #require(timeline.id(metric, of: device))
    let span = TimeSpan(Timestamp(seconds: start), Timestamp(seconds: end))
    return timeline.total(id, over: span).amount
  }

  @Test("energy by the counter is the script's integral within 0.1 %")
  func counter() throws {
    let fake = try FakeNVML()
    fake.power(corners)
    var source = fake.source()
    let said = try joules(.energy, from: 2, to: 66, &source, fake)
    let truth = fake.joules(at: 66) - fake.joules(at: 2)
    #expect(abs(said / truth - 1) < 1e-3, "\(said) J, truly \(truth) J")
  }

  @Test("energy by power at 1 Hz is the script's integral within 1 %, ends in quiet taken")
  func power() throws {
    let fake = try FakeNVML()
    fake.power(corners)
    for id in [83, 191] { fake.answer("field:\(id)", 3) }
    fake.answer("nvmlDeviceGetTotalEnergyConsumption", 3)
    var source = fake.source()
    let said = try joules(.power, from: 2, to: 66, &source, fake)
    let truth = fake.joules(at: 66) - fake.joules(at: 2)
    #expect(abs(said / truth - 1) < 1e-2, "\(said) J, truly \(truth) J")
  }

  @Test("momentary power sampled fast comes within 1 % even of an older chip's steps")
  func fastPower() throws {
    let fake = try FakeNVML()
    fake.set("architecture", 6)
    fake.set("major", 7)
    fake.power(corners)
    fake.answer("nvmlDeviceGetFieldValues", 3)
    fake.answer("nvmlDeviceGetTotalEnergyConsumption", 3)
    var source = fake.source(interval: 0.02)
    let said = try joules(.power, from: 2, to: 66, &source, fake, every: 0.02)
    let truth = fake.joules(at: 66) - fake.joules(at: 2)
    #expect(abs(said / truth - 1) < 1e-2, "\(said) J, truly \(truth) J")
  }

  @Test("the mean of the last second and the power of the moment stand side by side")
  func sideBySide() throws {
    let fake = try FakeNVML()
    fake.power([(0, 100), (4.5, 100), (4.5, 600), (9, 600)])
    var source = fake.source()
    _ = try fake.said(&source, at: 4)
    let said = try fake.said(&source, at: 5)
    #expect(said.steps(.power, of: first) == 350_000)
    #expect(said.steps(.powerInstant, of: first) == 600_000)
    #expect(said.steps(.energy, of: first) == 750_000_000)
  }

  @Test("activity inside the chip is the mean of all the time between two looks")
  func activity() throws {
    let fake = try FakeNVML()
    fake.power([(0, 0), (1, 0), (1, 700), (1.5, 700), (1.5, 350), (3, 350)])
    var source = fake.source()
    #expect(try fake.said(&source, at: 1).steps(.smActive, of: first) == nil)
    let said = try fake.said(&source, at: 2)
    let expected: [(Metric, Int64)] = [
      (.smActive, 750_000), (.smOccupancy, 300_000), (.tensorActive, 450_000),
      (.hmmaActive, 450_000), (.immaActive, 0), (.dramActive, 375_000),
      (.pcieSendRate, 104_857_600), (.pcieReceiveRate, 209_715_200),
      (.nvlinkReceiveRate, 3_145_728_000), (.nvlinkSendRate, 4_194_304_000),
    ]
    for (metric, steps) in expected { #expect(said.steps(metric, of: first) == steps) }
    #expect(said.provenance(.tensorActive, of: first)?.method == .average)
    #expect(try fake.said(&source, at: 3).steps(.smActive, of: first) == 500_000)
    #expect(fake.calls("nvmlGpmMetricsGet") == 2)
  }

  @Test(
    "where the inside cannot be seen it is said why, once",
    arguments: [
      ("nvmlGpmQueryDeviceSupport", 4, "not permitted"), ("nvmlGpmSampleGet", 4, "not permitted"),
      ("nvmlGpmQueryDeviceSupport", 3, "not on this chip"),
    ])
  func noActivity(function: String, code: Int32, standing: String) throws {
    let fake = try FakeNVML(gpus: 3)
    fake.answer(function, code)
    var source = fake.source()
    let said = try source.said(at: 0)
    #expect(said.devices.map { $0.attributes["gpm"] } == Array(repeating: standing, count: 3))
    #expect(said.events.count == 1 && said.events[0].text.contains("GPM"))
    let calls = fake.calls(function)
    #expect(try source.said(at: 1).events.isEmpty)
    #expect(fake.calls(function) == calls)
    #expect(fake.calls("nvmlGpmMetricsGet") == 0)
  }

  @Test("a driver without it and one that takes it away later are told apart")
  func activityGone() throws {
    let fake = try FakeNVML()
    var old = fake.source(hiding: ["nvmlGpmSampleGet"])
    #expect(try old.said(at: 0).devices[0].attributes["gpm"] == "not offered by the driver")
    var source = fake.source()
    for second in 0..<3 {
      #expect(try fake.said(&source, at: Double(second)).events.isEmpty)
    }
    fake.answer("nvmlGpmSampleGet", 4)
    #expect(try fake.said(&source, at: 3).events.count == 1)
    #expect(try fake.said(&source, at: 4).events.isEmpty)
  }

  @Test("a byte counter of 32 bits says where it starts over")
  func wraps() throws {
    let fake = try FakeNVML()
    fake.set("pcie_narrow", 1)
    fake.set("gpm", 0)
    fake.set("pcie_rx", 4_294_967_000)
    var source = fake.source()
    let said = try source.said(at: 0)
    let provenance = try #require(said.provenance(.pcieReceived, of: first))
    #expect(provenance.range == 4_294_967_296)
    #expect(said.steps(.pcieReceived, of: first) == 4_294_967_000)
    fake.set("pcie_rx", 4_294_967_296 + 704)
    #expect(try source.said(at: 1).steps(.pcieReceived, of: first) == 704)
    // Where the chip tells rates, they stand for a counter that may turn over unseen.
    fake.set("gpm", 1)
    var rates = fake.source()
    #expect(try fake.said(&rates, at: 0).steps(.pcieReceived, of: first) == nil)
    #expect(try fake.said(&rates, at: 1).steps(.pcieReceiveRate, of: first) == 209_715_200)
    let wide = try FakeNVML()
    var other = wide.source()
    #expect(try other.said(at: 0).provenance(.pcieReceived, of: first)?.range == 0)
  }

  @Test("a module's power stands beside its GPU's, which it contains")
  func module() throws {
    let fake = try FakeNVML()
    fake.set("module_mw", 900_000)
    var source = fake.source()
    let said = try source.said(at: 0)
    #expect(said.steps(.modulePower, of: first) == 900_000)
    #expect(said.steps(.power, of: first) == 70_000)
  }

  @Test("a counter that drops out for a moment is not charged anew when it is back")
  func dropOut() throws {
    let fake = try FakeNVML()
    fake.set("power_mw", 100_000)
    var source = fake.source()
    var timeline = Timeline()
    for (second, energy) in [5_000_000, 5_100_000, 0, 5_300_000, 5_400_000].enumerated() {
      fake.set("energy_mj", UInt64(energy))
      timeline.apply(
        try source.sample(FixedClock(Timestamp(seconds: Double(second)))))
    }
    let id = try #require(
      timeline.id(.energy, of: DeviceID(machine: "box", kind: .gpu, name: first)))
    let span = TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: 4))
    let joules = timeline.total(id, over: span).amount
    #expect(joules <= 400.001 && joules >= 200, "\(joules)")
  }

  @Test("a counter that says the same for ever gives no joules of nothing, which is said once")
  func stuckCounter() throws {
    let fake = try FakeNVML()
    fake.set("power_mw", 200_000)
    var source = fake.source()
    var timeline = Timeline()
    var events: [Event] = []
    for second in 0..<60 {
      // The driver's time stands still, and with it the joules.
      let observations = try source.sample(FixedClock(Timestamp(seconds: Double(second))))
      events += Said(observations).events
      timeline.apply(observations)
    }
    #expect(events.map(\.cause) == [.refused])
    let id = try #require(
      timeline.id(.energy, of: DeviceID(machine: "box", kind: .gpu, name: first)))
    let span = TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: 60))
    #expect(timeline.total(id, over: span).covered < 6)
  }
}
