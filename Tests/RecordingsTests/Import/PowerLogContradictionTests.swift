import Formats
import Quantities
import Seeded
import Telemetry
import Testing

@testable import Recordings

/// Rows of one device and one time that do not say the same.
@Suite struct PowerLogContradictionTests {
  private typealias Log = PowerLogAssemblyTests

  private func file(_ rows: [(second: Int, watts: Double)]) throws -> PowerLogAssembly {
    let text = rows.map { "\(Log.stamp($0.second * 1000)), 0, \($0.watts) W\n" }.joined()
    return try PowerLogAssembly([
      try Log.log("timestamp, index, power.draw [W]\n" + text)
    ])
  }

  /// The power of a training at a time, which goes up and down over some seconds.
  private func training(_ second: Double, _ dice: inout SeededRandom) -> Double {
    let phase = Int(second * 10) % 80
    return 150 + 4 * Double(min(phase, 80 - phase)) + Double(dice.next(40)) / 10
  }

  @Test(arguments: 1...5) func readingsWithinASecondAreAveraged(perSecond: Int) throws {
    var dice = SeededRandom(UInt64(perSecond))
    let rows = (0..<600 * perSecond).map { row in
      let second = Double(row) / Double(perSecond)
      return (Int(second), training(second, &dice))
    }
    let found = try file(rows)
    let right = rows.reduce(0) { $0 + $1.1 } / Double(rows.count) * 599
    let joules = Double(Log.drawn(found).first?.joules ?? 0)
    #expect(abs(joules - right) <= 0.01 * right)
    #expect(found.remarks.contains { $0.text.contains("averaged") && $0.isLoss } == (perSecond > 1))
  }

  @Test(arguments: [(100.0, 300.0, 1), (260, 310, 40), (90, 350, 200)])
  func twoDevicesUnderOneNameAreUnknown(one: Double, other: Double, noise: Int) throws {
    var dice = SeededRandom(7)
    func draw(_ second: Int, _ level: Double) -> (Int, Double) {
      (second, level + Double(dice.next(noise)) / 10)
    }
    let first = (0..<120).map { draw($0, one) }
    let second = (0..<120).map { draw($0, other) }
    // Side by side, and one file behind the other.
    for rows in [zip(first, second).flatMap { [$0, $1] }, first + second] {
      let fault = #expect(throws: ImportError.self) { try file(rows) }
      #expect(fault?.description.contains("two powers of gpu 0 at one time") == true)
    }
  }

  /// Ten readings a second of bursts that last less than one, as of inference.
  @Test(arguments: [3, 10]) func burstsWithinASecondAreAveraged(perSecond: Int) throws {
    var dice = SeededRandom(UInt64(perSecond))
    let rows = (0..<300 * perSecond).map { row in
      (row / perSecond, dice.next(2) == 0 ? 90.0 : 350 + Double(dice.next(30)))
    }
    let found = try file(rows)
    let right = rows.reduce(0) { $0 + $1.1 } / Double(rows.count) * 299
    #expect(abs(Double(Log.drawn(found).first?.joules ?? 0) - right) <= 0.01 * right)
  }

  /// What lies apart in the file, or has finer times, is of no fast logger, however alike it is.
  @Test func twoRunsOfOneLevelAreUnknown() throws {
    var dice = SeededRandom(3)
    func run() -> [(second: Int, watts: Double)] {
      (0..<120).map { ($0, 300 + Double(dice.next(100)) / 10) }
    }
    #expect(throws: ImportError.self) { try file(run() + run()) }
    let fine = (0..<240).map { row in
      "\(Log.stamp(row / 2 * 1000 + 125)), 0, \(300 + Double(dice.next(100)) / 10) W\n"
    }
    #expect(throws: ImportError.self) {
      try PowerLogAssembly([
        try Log.log("timestamp, index, power.draw [W]\n" + fine.joined())
      ])
    }
  }

  @Test func aFileThatWasAppendedToItselfSaysNothingNew() throws {
    let rows = (0..<120).map { ($0, 100 + Double($0 % 7)) }
    let found = try file(rows + rows)
    #expect(found.remarks.isEmpty)
    #expect(Log.drawn(found) == Log.drawn(try file(rows)))
  }

  @Test func aClockThatWasSetBackIsSaid() throws {
    let rows = (0..<150).map { ($0, 300.0 + Double($0 % 5)) } + (120..<300).map { ($0, 200.0) }
    let found = try file(rows)
    #expect(found.remarks.map(\.isLoss) == [true])
    #expect(found.remarks[0].text.contains("30 rows averaged with another of its time"))
    let events = found.events.compactMap { if case .event(let event) = $0 { event } else { nil } }
    #expect(events.map(\.cause) == [.refused])
  }

  @Test func aBoardThatSaysNothingIsDrawnDoesNotKnow() throws {
    let found = try file((0..<200).map { ($0, 50..<100 ~= $0 ? 0 : 300) })
    #expect(Log.drawn(found).map(\.joules) == [300 * 149])
    #expect(found.remarks[0].text.contains("50 impossible powers left out"))
    #expect(throws: ImportError.self) {
      let found = try file((0..<200).map { ($0, 0) })
      // It has rows, but nothing in them.
      if found.span == nil { throw ImportError("no reading") }
    }
  }

  /// What is left out at an end lies outside of all readings, and is no less to be known.
  @Test func whatIsLeftOutAtTheEndsIsInTheRecording() throws {
    let found = try file((0..<200).map { ($0, $0 < 150 ? 300 : 999_999) })
    let span = try #require(found.span)
    let events = found.events.compactMap { if case .event(let event) = $0 { event } else { nil } }
    #expect(events.count == 1 && span.contains(events[0].time) || events[0].time == span.end)
  }

  @Test func twoPlugsOfOneDeviceAreAdded() throws {
    func rows(_ ids: [Int]) -> String {
      (0...60).flatMap { minute in
        ids.map { id in
          "{\"id\": \(id), \"apower\": \(300 + 100 * id), \"aenergy\": {\"total\": "
            + "\(Double(minute) * Double(300 + 100 * id) / 60), \"minute_ts\": "
            + "\(1_779_966_000 + 60 * minute)}}\n"
        }
      }.joined()
    }
    func devices(_ ids: [Int]) throws -> [DeviceID] {
      try PowerLogAssembly([try Log.log(rows(ids))]).descriptions.compactMap {
        if case .device(let device) = $0 { device.id } else { nil }
      }
    }
    #expect(try devices([0]).map(\.machine) == ["imported"])
    #expect(try Set(devices([0, 1]).map(\.machine)) == ["plug-0", "plug-1"])
  }
}
