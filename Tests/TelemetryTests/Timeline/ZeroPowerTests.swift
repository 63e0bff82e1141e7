import Testing

@testable import Telemetry

/// What may be believed of an accelerator that says 0 W.
@Suite struct ZeroPowerTests {
  private func reading(
    _ second: Double, _ watts: Double?, _ share: Double? = nil
  ) -> Reading {
    var reading = Reading(device: gpu, time: origin + second)
    reading.set(.power, watts)
    reading.set(.utilization, share)
    return reading
  }

  /// The watts that are left of readings, and what is said of them.
  private func run(_ readings: [Reading]) -> (watts: [Double?], events: [Event]) {
    var check = ZeroPowerCheck()
    var (watts, events): ([Double?], [Event]) = ([], [])
    for var reading in readings {
      if let event = check.take(&reading) { events.append(event) }
      watts.append(reading.values.first { $0.metric == .power }?.value)
    }
    return (watts, events)
  }

  @Test func aGPUThatSleepsDrawsNothing() {
    let (watts, events) = run((0..<20).map { reading(Double($0), 0, 0.04) })
    #expect(watts == Array(repeating: 0, count: 20) && events.isEmpty)
  }

  @Test func noneThatWorksDoes() {
    let (watts, events) = run((0..<20).map { reading(Double($0), 0, 0.99) })
    #expect(watts == Array(repeating: nil, count: 20))
    #expect(events.count == 1 && events[0].time == origin + 2)
    #expect(events[0].device == gpu && events[0].cause == .refused)
  }

  @Test func oneReadingIsNoHabit() {
    let script: [(Double?, Double)] = [(0, 0.9), (0, 0), (250, 0.9), (0, 0.9), (0, 0.9), (0, 0)]
    let (watts, events) = run(
      script.enumerated().map { reading(Double($0), $1.0, $1.1) })
    #expect(watts == [nil, 0, 250, nil, nil, 0])
    #expect(events.count == 1)
  }

  @Test func aShareHoldsForSomeSeconds() {
    let (watts, _) = run(
      [reading(0, 0, 0.99)] + (1..<8).map { reading(Double($0), 0) })
    #expect(Array(watts.prefix(6)) == Array(repeating: nil, count: 6))
  }

  @Test func withoutAShareNothingIsKnownToBeWrong() {
    let (watts, events) = run((0..<5).map { reading(Double($0), 0) })
    #expect(watts == [0, 0, 0, 0, 0] && events.isEmpty)
  }

  @Test func fastReadingsAreNoHabitByTheirNumber() {
    let (_, events) = run((0..<50).map { reading(0.02 * Double($0), 0, 0.99) })
    #expect(events.isEmpty)
  }

  @Test func aMachineThatIsAskedNeverDrawsNothing() {
    var check = ZeroPowerCheck(alwaysDraws: true)
    var events: [Event] = []
    for second in 0..<5 {
      var reading = reading(Double(second), 0)
      if let event = check.take(&reading) { events.append(event) }
      #expect(reading.isEmpty)
    }
    #expect(events.map(\.text) == ["says 0 W, which cannot be; such a power is not counted"])
  }
}
