import Telemetry
import Testing

@testable import DataSources

@Suite struct NVMLTests {
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  let clock = FixedClock(start)

  func later(_ seconds: Double) -> FixedClock { FixedClock(Self.start + seconds) }

  @Test func everyNumberComesInItsUnit() throws {
    let fake = try FakeNVML(cards: 2)
    fake.set("power", card: 1, 123_456)
    var source = fake.source()
    let first = try source.sample(clock)
    #expect(first.devices.map(\.id.name) == ["GPU-fake-0", "GPU-fake-1"])
    #expect(first.devices.map(\.label) == ["0", "1"])
    let device = first.devices[1]
    #expect(device.model == "NVIDIA H100 80GB HBM3")
    #expect(
      device.attributes == [
        "index": "1", "uuid": "GPU-fake-1", "pci": "00000000:02:00.0", "driver": "999.10.01",
      ])
    let expected: [(Metric, Double)] = [
      (.power, 350), (.energy, 123_456.789), (.powerLimit, 700), (.utilization, 0.97),
      (.memoryActivity, 0.41), (.memoryUsed, 60e9), (.memoryTotal, 85_520_809_984),
      (.temperature, 61), (.smClock, 1.98e9), (.memoryClock, 2.619e9), (.eventReasons, 4),
    ]
    for (metric, value) in expected {
      let found = try #require(first.value(metric, "GPU-fake-0"), "\(metric.name)")
      #expect(abs(found - value) <= 1e-9 * value, "\(metric.name)")
      #expect(first.provenance(metric, "GPU-fake-0")?.note.contains("nvmlDeviceGet") == true)
    }
    #expect(first.series.count == 2 * expected.count)
    #expect(first.value(.power, "GPU-fake-1") == 123.456)
    #expect(first.events.isEmpty)
    // The newer name is missing in this library; the note says which one answered.
    let note = first.provenance(.eventReasons, "GPU-fake-0")?.note
    #expect(note == "nvmlDeviceGetCurrentClocksThrottleReasons")
  }

  @Test func itIsStartedOnceAndFactsAreAskedOnce() throws {
    let fake = try FakeNVML()
    var source = fake.source()
    for second in 0..<25 {
      let all = try source.sample(later(Double(second)))
      #expect(all.readings.count == 1)
      #expect(second == 0 || all.count == 1)
    }
    for number in ["init", "count", "handle", "name", "uuid", "pci", "driver", "architecture"] {
      #expect(fake.calls(number) == 1, "\(number)")
    }
    #expect(fake.calls("shutdown") == 0)
    #expect(fake.calls("limit") == 3)
    #expect(fake.calls("power") == 25)
    #expect(fake.calls("memory") == 0)
  }

  @Test func powerIsAMeanOnAmpereAndLaterButNotOnGA100() throws {
    #expect(NVMLDevice.isPowerMean(architecture: 9, model: "NVIDIA H100"))
    #expect(NVMLDevice.isPowerMean(architecture: 7, model: "NVIDIA RTX A1000"))
    #expect(!NVMLDevice.isPowerMean(architecture: 7, model: "NVIDIA A100-SXM4-80GB"))
    #expect(!NVMLDevice.isPowerMean(architecture: 7, model: "NVIDIA A30"))
    #expect(!NVMLDevice.isPowerMean(architecture: 5, model: "Tesla V100"))
    #expect(!NVMLDevice.isPowerMean(architecture: 0xffff_ffff, model: "NVIDIA H100"))
    let fake = try FakeNVML(cards: 2)
    fake.set("architecture", card: 1, 7)
    fake.name(card: 1, "NVIDIA A100-SXM4-40GB")
    var source = fake.source()
    let first = try source.sample(clock)
    let mean = try #require(first.provenance(.power, "GPU-fake-0"))
    #expect(mean.method == .average && mean.period == 1)
    #expect(first.provenance(.power, "GPU-fake-1")?.method == .instant)
    #expect(first.provenance(.energy, "GPU-fake-1")?.method == .counter)
  }

  @Test func whatIsNotSupportedIsLeftOutAndNotAskedAgain() throws {
    let fake = try FakeNVML()
    for number in ["energy", "utilization", "reasons", "memory_v2"] { fake.fail(number, 3) }
    var source = fake.source()
    let first = try source.sample(clock)
    #expect(first.value(.energy, "GPU-fake-0") == nil)
    #expect(first.value(.utilization, "GPU-fake-0") == nil)
    #expect(first.value(.memoryUsed, "GPU-fake-0") == 60.5e9)
    #expect(first.provenance(.memoryUsed, "GPU-fake-0")?.note.contains("reserves") == true)
    #expect(first.provenance(.energy, "GPU-fake-0") == nil)
    #expect(first.value(.power, "GPU-fake-0") == 350)
    _ = try source.sample(later(1))
    #expect(fake.calls("energy") == 1)
    #expect(fake.calls("memory_v2") == 1)
    #expect(fake.calls("memory") == 2)
  }

  @Test func aNumberThatFailsForOnceIsMissingForOnce() throws {
    let fake = try FakeNVML()
    fake.fail("power", 999)
    var source = fake.source()
    let first = try source.sample(clock)
    #expect(first.value(.power, "GPU-fake-0") == nil)
    #expect(first.value(.temperature, "GPU-fake-0") == 61)
    fake.fail("power", 0)
    let second = try source.sample(later(1))
    #expect(second.series.map(\.metric) == [.power])
    #expect(second.value(.power, "GPU-fake-0") == 350)
  }

  @Test func powerBeyondBeliefIsRefusedAndSaidOnce() throws {
    let fake = try FakeNVML(cards: 2)
    fake.set("power", 1_050_001)
    fake.fail("limit", card: 1, 3)
    fake.set("power", card: 1, 4_000_001)
    var source = fake.source()
    let first = try source.sample(clock)
    #expect(first.value(.power, "GPU-fake-0") == nil)
    #expect(first.value(.power, "GPU-fake-1") == nil)
    #expect(first.value(.energy, "GPU-fake-0") != nil)
    #expect(first.events.map(\.kind) == [.note, .note])
    #expect(first.events[0].text.contains("1.5 times its limit"))
    #expect(first.events[1].text.contains("4000 W"))
    #expect(try source.sample(later(1)).events.isEmpty)
    fake.set("power", 1_050_000)
    #expect(try source.sample(later(2)).value(.power, "GPU-fake-0") == 1050)
  }
}
