import Testing

@testable import Telemetry

/// When a counter that says the same joules again is not believed.
@Suite struct StuckCounterTests {
  /// The seconds at which the energy is left, and what is said.
  private func run(
    _ script: [(second: Double, joules: Double, watts: Double?)]
  ) -> (kept: [Double], events: [Event]) {
    var check = StuckCounterCheck()
    var (kept, events): ([Double], [Event]) = ([], [])
    for (second, joules, watts) in script {
      var reading = Reading(device: gpu, time: origin + second)
      reading.set(.energy, joules)
      reading.set(.power, watts)
      if let event = check.take(&reading) { events.append(event) }
      if reading.values.contains(where: { $0.metric == .energy }) { kept.append(second) }
    }
    return (kept, events)
  }

  @Test func oneThatStandsWhileWattsFlowIsLeftOut() {
    let (kept, events) = run((0..<30).map { (Double($0), 0, 200) })
    #expect(kept == [0, 1, 2, 3, 4])
    #expect(events.map(\.cause) == [.refused] && events[0].time == origin + 5)
  }

  @Test func oneThatMovesAgainIsBelievedAgain() {
    let (kept, events) = run((0..<30).map { (Double($0), Double(max(0, $0 - 20) * 200), 200) })
    #expect(kept == [0, 1, 2, 3, 4] + (21..<30).map(Double.init))
    #expect(events.count == 1)
  }

  @Test func oneOfADeviceThatRestsMayStand() {
    let (kept, events) = run((0..<30).map { (Double($0), 500, 0) })
    #expect(kept.count == 30 && events.isEmpty)
  }

  @Test func twoEqualValuesFarApartProveNothing() {
    let (kept, events) = run([(0, 500, 200), (60, 500, 200), (120, 500, 200)])
    #expect(kept.count == 3 && events.isEmpty)
  }

  @Test func oneOfWhatAlwaysDrawsNeedsNoWatts() {
    var check = StuckCounterCheck(alwaysDraws: true)
    var kept = 0
    for second in 0..<20 {
      var reading = Reading(device: gpu, time: origin + Double(second))
      reading.set(.energy, 7)
      _ = check.take(&reading)
      kept += reading.values.count
    }
    #expect(kept == 5)
  }
}
