import Quantities
import Telemetry
import Testing

@testable import Sensors

/// Which of a meter's power and counter becomes its energy.
@Suite struct WallCounterTests {
  private static func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }

  /// What a counter in steps of so many joules tells over time at a steady power.
  private func told(
    steps: Double, watts: Double, seconds: Int, tellsPower: Bool
  ) -> (WallCounter, [WallCounter.Value]) {
    var counter = WallCounter()
    var values: [WallCounter.Value] = []
    for second in 0...seconds {
      let shown = ((Double(second) * watts + 1000.5) / steps).rounded(.down) * steps
      values += counter.take(
        shown, watts: tellsPower ? watts : nil, at: Self.at(Double(second)))
    }
    return (counter, values)
  }

  @Test func `a fine counter is told from its first value on`() {
    let (counter, values) = told(steps: 3.6, watts: 250, seconds: 60, tellsPower: true)
    #expect(counter.verdict == .fine && values.count == 61)
    #expect(values.first?.time == Self.at(0) && values.map(\.time) == values.map(\.time).sorted())
  }

  @Test(arguments: [60.0, 3600, 36_000])
  func `a coarse one beside a power is left alone`(steps: Double) {
    let (counter, values) = told(steps: steps, watts: 40, seconds: 600, tellsPower: true)
    #expect(counter.verdict == .coarse && values.isEmpty)
  }

  @Test(arguments: [3600.0, 36_000])
  func `a coarse one alone is told where it moves, and means the right power`(steps: Double) throws
  {
    let watts = 240.0
    let (counter, values) = told(steps: steps, watts: watts, seconds: 3600, tellsPower: false)
    #expect(counter.verdict == .alone)
    // From one move to another it is exact to within one look.
    let moves = values.dropFirst()
    let first = try #require(moves.first)
    let last = try #require(moves.last)
    let mean = (last.joules - first.joules) / (last.time - first.time)
    #expect(abs(mean - watts) < watts * 2 / (last.time - first.time))
    #expect(zip(moves, moves.dropFirst()).allSatisfy { $0.joules < $1.joules })
    let usual = try #require(counter.usualPeriod)
    #expect(abs(usual - steps / watts) <= 1)
  }

  @Test func `one that is renewed once a minute is coarse, however fine its steps`() {
    var counter = WallCounter()
    var values: [WallCounter.Value] = []
    for second in 0..<300 {
      let shown = Double(second / 60) * 60 * 311.1
      values += counter.take(shown, watts: 311.1, at: Self.at(Double(second)))
    }
    #expect(counter.verdict == .coarse && values.isEmpty)
  }

  @Test func `while nothing is drawn a counter may stand still`() {
    var counter = WallCounter()
    var values: [WallCounter.Value] = []
    for second in 0..<100 {
      let watts = second < 50 ? 0.0 : 100
      values += counter.take(
        Double(max(0, second - 50)) * 100, watts: watts, at: Self.at(Double(second)))
    }
    #expect(counter.verdict == .fine && values.count == 51)
  }

  @Test func `one that falls back while it is watched is not trusted`() {
    var counter = WallCounter()
    var values: [WallCounter.Value] = []
    for second in 0..<20 {
      let shown = Double(second < 4 ? 1000 + second : second) * 100
      values += counter.take(shown, watts: 100, at: Self.at(Double(second)))
    }
    #expect(counter.verdict == .coarse && values.isEmpty)
  }
}
