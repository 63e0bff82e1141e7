import Telemetry
import Testing

@testable import DataSources

@Suite struct NVMLFailureTests {
  static let start = NVMLTests.start
  let clock = FixedClock(start)

  func later(_ seconds: Double) -> FixedClock { FixedClock(Self.start + seconds) }

  @Test func noLibraryIsAbsent() throws {
    let request = SourceRequest(kind: "nvml", options: ["library": "/nowhere/libnvidia-ml.so.1"])
    var source = try Catalogue.make(request, in: SourceContext(machine: "box"))
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .absent)
    #expect(found?.message == "no NVIDIA driver: looked for /nowhere/libnvidia-ml.so.1")
    #expect(found?.remedy == "install the NVIDIA driver, if there is such a card")
    #expect(source.probe().health == .absent)
  }

  @Test func aFileThatIsNoLibraryFails() throws {
    let tree = try SensorTree()
    try tree.write("libnvidia-ml.so.1", "no library")
    let path = "\(tree.root)/libnvidia-ml.so.1"
    var source = NVMLSource(SourceContext(machine: "box"), library: path)
    let found = failure { _ = try source.sample(clock) }
    #expect(found?.health == .failed)
    #expect(found?.message.hasPrefix("NVML does not load: \(path)") == true)
  }

  @Test func noCardIsAbsent() throws {
    let fake = try FakeNVML(cards: 0)
    var source = fake.source()
    #expect(failure { _ = try source.sample(clock) }?.health == .absent)
    fake.set("count", 1)
    #expect(try source.sample(later(1)).readings.count == 1)
    // What was started is shut down, but for what is still in use.
    #expect(fake.calls("init") == 2 && fake.calls("shutdown") == 1)
  }

  @Test(arguments: [1, 4, 9, 15, 18, 12, 999] as [Int32])
  func everyRefusalToStartIsInWordsAndLifted(code: Int32) throws {
    let fake = try FakeNVML()
    fake.fail("init", code)
    var source = fake.source()
    let found = try #require(failure { _ = try source.sample(clock) })
    #expect(found.health == (code == 4 ? .denied : .failed))
    #expect(!found.message.isEmpty && !found.remedy.isEmpty && !found.isFinal)
    #expect(source.probe().message == found.message)
    fake.fail("init", 0)
    #expect(try source.sample(later(1)).value(.power, "GPU-fake-0") == 350)
    #expect(source.probe().message == "0: NVIDIA H100 80GB HBM3")
  }

  @Test(arguments: [1, 9, 18] as [Int32])
  func aDriverThatGoesAwayIsPickedUpAgain(code: Int32) throws {
    let fake = try FakeNVML(cards: 2)
    var source = fake.source()
    _ = try source.sample(clock)
    fake.fail("card", card: 1, code)
    let found = failure { _ = try source.sample(later(1)) }
    #expect(found?.health == .failed)
    #expect(fake.calls("shutdown") == 1)
    #expect(failure { _ = try source.sample(later(2)) } != nil)
    fake.fail("card", card: 1, 0)
    let back = try source.sample(later(3))
    #expect(back.readings.count == 2)
    #expect(back.devices.isEmpty && back.series.isEmpty)
  }

  @Test func whatALostTickWouldHaveAnnouncedIsAnnouncedLater() throws {
    let fake = try FakeNVML(cards: 2)
    fake.fail("power", card: 1, 9)
    var source = fake.source()
    #expect(failure { _ = try source.sample(clock) } != nil)
    fake.fail("power", card: 1, 0)
    let first = try source.sample(later(1))
    #expect(first.devices.count == 2 && first.series.count == 22)
  }

  @Test func aLostCardIsAGapAndTheOthersGoOn() throws {
    let fake = try FakeNVML(cards: 2)
    var source = fake.source()
    _ = try source.sample(clock)
    fake.fail("card", card: 1, 15)
    let lost = try source.sample(later(1))
    #expect(lost.readings.map(\.device.name) == ["GPU-fake-0"])
    #expect(lost.events.map(\.kind) == [.gap])
    #expect(lost.events[0].text.hasPrefix("GPU 1: the GPU is lost"))
    let still = try source.sample(later(2))
    #expect(still.readings.count == 1 && still.events.isEmpty)
    #expect(fake.calls("init") == 1)
    // After a minute the library is started afresh, whether that helps or not.
    let retried = try source.sample(later(60))
    #expect(retried.readings.count == 1 && retried.events.isEmpty)
    #expect(fake.calls("init") == 2 && fake.calls("shutdown") == 1)
    #expect(try source.sample(later(61)).readings.count == 1)
    #expect(fake.calls("init") == 2)
    fake.fail("card", card: 1, 0)
    let back = try source.sample(later(120))
    #expect(back.readings.count == 2)
    #expect(back.events.map(\.text) == ["GPU 1 answers again"])
    #expect(back.devices.isEmpty && back.series.isEmpty)
  }

  @Test func theOnlyCardLostIsAGapThenAFailure() throws {
    let fake = try FakeNVML()
    var source = fake.source()
    _ = try source.sample(clock)
    fake.fail("card", 15)
    let lost = try source.sample(later(1))
    #expect(lost.readings.isEmpty && lost.events.map(\.kind) == [.gap])
    for second in 2..<5 {
      let found = failure { _ = try source.sample(later(Double(second))) }
      #expect(found?.health == .failed)
      #expect(found?.message == "the GPU is lost: it fell off the bus")
    }
    fake.fail("card", 0)
    let back = try source.sample(later(6))
    #expect(back.value(.power, "GPU-fake-0") == 350)
    #expect(back.events.map(\.kind) == [.note])
  }

  @Test func aRefusedNumberIsSaidOnceAndNotAskedAgain() throws {
    let fake = try FakeNVML()
    fake.fail("reasons", 4)
    var source = fake.source()
    let first = try source.sample(clock)
    #expect(first.events.count == 1)
    #expect(first.events[0].text.contains("nvmlDeviceGetCurrentClocksThrottleReasons"))
    #expect(try source.sample(later(1)).events.isEmpty)
    #expect(fake.calls("reasons") == 1)
  }

  @Test func aCardThatTellsNothingIsNotAReadingOfNothing() throws {
    let fake = try FakeNVML()
    let all = [
      "power", "energy", "limit", "utilization", "memory_v2", "memory", "temperature", "sm_clock",
      "memory_clock", "reasons",
    ]
    for number in all { fake.fail(number, 3) }
    var source = fake.source()
    #expect(failure { _ = try source.sample(clock) }?.health == .absent)
  }
}
