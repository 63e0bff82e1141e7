import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// Logs that tell no times, or not all of them.
extension LogImportTests {
  @Test func `what passed since the start ends with the last change`() throws {
    let end = seconds(2026, 11, 28, 14, 30)
    let since = (0..<50).map { "\(clock($0 * 3)) " + bare($0) }
    let log = try read(since.joined(), changed: end)
    let right = (0..<50).map { Double(end - (49 - $0) * 3) }
    #expect(times(log) == right)
    #expect(facts(log).timing == .durations)
    let each = (0..<50).map {
      "\(clock($0 == 0 ? 0 : 2 + $0 % 2)) " + bare($0) + "00:00:01 noise\n"
    }
    let other = try read(each.joined(), changed: end)
    #expect(times(other).last == Double(end))
    let whole = (1..<50).map { 3 + $0 % 2 }.reduce(0, +)
    #expect(times(other).first == Double(end - whole))
  }

  @Test func `without times, what steps took lays them out`() throws {
    let log = try read((0..<100).map { line($0 * 10) }.joined(), changed: 1_000_000)
    let right = (0..<100).map { 1_000_000 - Double(99 - $0) * 5 }
    #expect(times(log) == right)
    #expect(facts(log).timing == .durations)
    #expect(log.remarks.count == 1)
    // modded-nanogpt's clock, in which validation has no part.
    let clock = (0..<100).map {
      "step:\($0)/99 train_loss:3.5 train_time:\($0 * 250)ms step_avg:nanms\n"
    }
    #expect(try times(read(clock.joined(), changed: 2000)).first == 2000 - 99 * 0.25)
  }

  @Test func `without anything each step is a row, in order, and no time is told`() throws {
    let log = try read((0..<5000).map { bare($0) }.joined(), changed: 1_000_000)
    #expect(log.observations.readings.map { $0[.step] } == (0..<5000).map(Double.init))
    #expect(facts(log).timing == .none)
    let found = times(log)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
    #expect(log.remarks.count == 1)
  }

  @Test func `rows between lines with times lie between them`() throws {
    let start = seconds(2026, 11, 28, 10)
    let text =
      "[\(date(start))] begin\n" + (1...9).map { bare($0) }.joined()
      + "[\(date(start + 100))] end\n"
    let log = try read(text, changed: start + 100)
    let right = (1...9).map { Double(start + $0 * 10) }
    #expect(times(log) == right)
    #expect(facts(log).timing == .anchored)
    // Only the start is known, and no duration: nobody knows when the rest was.
    let open = try read(
      "[\(date(start))] begin\n" + (1...9).map { bare($0) }.joined(), changed: start)
    #expect(facts(open).timing == .none)
  }

  @Test func `broken lines are counted, and the first is named`() throws {
    let rows = (0..<10).map { step in
      #"{"current_steps": \#(step), "total_steps": 9, "loss": 2.5, "elapsed_time": "0:00:0\#(step)"}"#
        + "\n"
    }
    var text = rows.joined()
    #expect(try read(text, changed: 1000).remarks.contains { $0.contains("broken") } == false)
    text =
      rows[0] + "\n" + rows[1] + rows[2].prefix(40) + rows[3] + rows[4...6].joined()
      + rows[7].prefix(30) + "\n" + rows[8...].joined()
    let log = try read(text, changed: 1000)
    #expect(log.observations.readings.compactMap { $0[.step] } == [0, 1, 4, 5, 6, 8, 9])
    #expect(log.remarks.contains("line 4 and 1 more are broken and passed over"), "\(log.remarks)")
  }

  @Test(
    arguments: [
      (#"{"step": 7, "loss": 2.5, "ts": 1795860010.5}"#, 2.5, nil, 1_795_860_010.5),
      (
        #"{"time": "2026-11-28T10:00:10Z", "global_step": 7, "train_loss": 2.5}"#, 2.5, nil,
        1_795_860_010
      ),
      (
        #"{"step": 7, "loss": 2.5, "split": "val", "wall_time": 1795860010250}"#, nil, 2.5,
        1_795_860_010.25
      ),
      (
        #"{"iter": 7, "val_loss": 2.5, "datetime": "2026-11-28 10:00:10"}"#, nil, 2.5, 1_795_860_010
      ),
    ] as [(String, Double?, Double?, Double)])
  func `rows in the form of JSON are read with their time`(
    row: String, loss: Double?, validation: Double?, time: Double
  ) throws {
    let log = try read(row + "\n", changed: 1_795_860_020)
    let reading = try #require(log.observations.readings.first)
    #expect(reading[.step] == 7)
    #expect(reading[.loss] == loss)
    #expect(reading[.validationLoss] == validation)
    #expect(times(log) == [time])
  }

  @Test func `a line without an end is read`() throws {
    let log = try read(line(1) + line(2).dropLast(), changed: 1000)
    #expect(log.observations.readings.map { $0[.step] } == [1, 2])
  }

  @Test func `every log of a public training keeps every step`() throws {
    for fixture in LogFixture.real {
      let log = try LogImport(
        path: fixture.path, machine: "box", label: "x", zone: .init(Self.utc, isNamed: true),
        now: Timestamp(seconds: 4e9))
      let live = Set(fixture.read().observations.readings.compactMap { $0[.step] })
      let kept = Set(log.observations.readings.compactMap { $0[.step] })
      #expect(kept.isSuperset(of: live), "\(fixture): \(live.subtracting(kept).sorted().prefix(5))")
    }
  }

  @Test func `a night tells the day from the month`() throws {
    let log = try read(
      (0..<4).map { "11/02/2024 23:\($0 * 10 + 20):00 step \($0) loss 0.\(9 - $0)\n" }.joined()
        + (4..<8).map { "12/02/2024 00:\($0 - 4)0:00 step \($0) loss 0.\(9 - $0)\n" }
        .joined(), changed: seconds(2026, 1, 1))
    #expect(times(log).first == Double(seconds(2024, 2, 11, 23, 20)))
    #expect(log.span.map { $0.seconds < 3600 * 2 } == true)
    #expect(log.remarks.contains { $0.contains("the day before the month") })
  }

  @Test func `a log that goes on a month later is no other calendar`() throws {
    let log = try read(
      (50..<54).map { "2024-03-05 23:\($0):00 step \($0) loss 0.9\n" }.joined()
        + (54..<58).map { "2024-04-05 00:0\($0 - 54):00 step \($0) loss 0.8\n" }.joined(),
      changed: seconds(2026, 1, 1))
    #expect(times(log).first == Double(seconds(2024, 3, 5, 23, 50)))
    #expect(times(log).last == Double(seconds(2024, 4, 5, 0, 3)))
  }
}
