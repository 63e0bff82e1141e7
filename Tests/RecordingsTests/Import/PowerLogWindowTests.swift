import Formats
import Quantities
import Telemetry
import Testing

@testable import Recordings

/// Files that tell the joules of windows: they are what the file adds up to, whatever lies between.
@Suite struct PowerLogWindowTests {
  private typealias Log = PowerLogAssemblyTests

  /// Windows of Zeus: start in seconds, length, joules.
  private func zeus(_ windows: [(start: Double, seconds: Double, joules: Double)]) throws
    -> PowerLogAssembly
  {
    let rows = windows.map { "\(1_779_966_000 + $0.start),e,\($0.seconds),\($0.joules)\n" }
    return try PowerLogAssembly([
      try Log.log("start_time,window_name,elapsed_time,gpu0_energy\n" + rows.joined())
    ])
  }

  @Test(arguments: [
    (1.0, 0.8), (1, 1), (2.9, 1.1), (0.5, 1.5), (0.25, 0.25), (10, 0.4), (100, 0.1), (3, 0.0004),
    (1, 3600),
  ])
  func aPauseTakesNothing(length: Double, pause: Double) throws {
    let found = try zeus(
      (0..<20).map { (Double($0) * (length + pause), length, 300 * length) })
    let joules = Double(Log.drawn(found).first?.joules ?? 0)
    #expect(abs(joules - 20 * 300 * length) <= 0.5 + 2e-4 * joules)
    // What is shorter than rows can show is said.
    let isSaid = found.remarks.contains { $0.text.contains("count as 0 W") }
    #expect(isSaid == (pause > 0.0005 && pause <= 0.35))
  }

  @Test func oneShortPauseBesideLongOnesIsNoReasonToFillThose() throws {
    let found = try zeus([(0, 60, 6000), (60.1, 60, 6000), (122, 60, 6000), (300, 0.5, 50)])
    #expect(Log.drawn(found).map(\.joules) == [18_050])
  }

  @Test func ofWindowsThatOverlapEachMomentCountsOnce() throws {
    let partly = try zeus([(0, 100, 30_000), (50, 100, 30_000)])
    #expect(Log.drawn(partly).map(\.joules) == [45_000])
    #expect(
      partly.remarks.map(\.text) == [
        "of 1 window that begins within another what comes after that is added, by its mean power"
      ])
    let within = try zeus([(0, 100, 30_000), (50, 10, 3000)])
    #expect(Log.drawn(within).map(\.joules) == [30_000])
    #expect(within.remarks.map(\.text) == ["1 window within others not added again"])
  }
}
