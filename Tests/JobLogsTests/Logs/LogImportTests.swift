import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// A finished log is read whole, and each row has the time the log tells.
@Suite struct LogImportTests {
  let scratch = Scratch()
  static let berlin = LocalTime(zone: "Europe/Berlin") { shown in
    TimeZoneRule(posix: "CET-1CEST,M3.5.0,M10.5.0/3")?.times(showing: shown) ?? [shown]
  }
  static let utc = LocalTime(zone: "UTC") { [$0] }

  private func seconds(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0
  ) -> Int {
    CivilDate(year: year, month: month, day: day).daysSince1970 * 86_400 + hour * 3600
      + minute * 60 + second
  }

  /// Imports a text from a file that was changed at a time.
  private func read(
    _ text: String, changed: Int, zone: LocalTime = utc, isNamed: Bool = true
  ) throws -> LogImport {
    scratch.write(text, to: "a.log", .replace)
    let path = scratch.file("a.log")
    var times = [timespec(tv_sec: changed, tv_nsec: 0), timespec(tv_sec: changed, tv_nsec: 0)]
    utimensat(AT_FDCWD, path, &times, 0)
    return try LogImport(
      path: path, machine: "box", label: "a.log", zone: .init(zone, isNamed: isNamed),
      now: Timestamp(seconds: 4e9))
  }

  private func line(_ step: Int, _ more: String = ", mfu 5.00%") -> String {
    "iter \(step): loss \(step).5, time 500.00ms\(more)\n"
  }

  /// A loss file says nothing of time.
  private func bare(_ step: Int) -> String { "s:\(step) trl:\(step).5 lr:0.000600\n" }

  private func times(_ log: LogImport) -> [Double] {
    log.observations.readings.map { ($0.time.seconds * 1000).rounded() / 1000 }
  }

  private func facts(_ log: LogImport) -> JobFacts {
    JobFacts(log.observations.devices.last?.attributes ?? [:])
  }

  private func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  private func date(_ seconds: Int) -> String {
    let date = CivilDate(daysSince1970: seconds / 86_400)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(date.year)-\(two(date.month))-\(two(date.day)) \(clock(seconds))"
  }

  @Test func `a log of any length is kept whole`() throws {
    let end = seconds(2026, 11, 28)
    let text = (0..<20_000).map { "\(date(end - 20_000 + $0)),000 - INFO - " + line($0) }.joined()
    let log = try read(text, changed: end)
    #expect(log.observations.readings.map { $0[.step] } == (0..<20_000).map(Double.init))
    #expect(times(log).first == Double(end - 20_000))
    #expect(times(log).last == Double(end - 1))
    #expect(facts(log).timing == .stamped)
  }

  @Test func `steps of the same second are not one`() throws {
    let end = seconds(2026, 11, 28)
    let text = (0..<40).map { "[\(date(end + $0 / 4))] " + line($0) }.joined()
    let log = try read(text, changed: end + 10)
    let right = (0..<40).map { Double(end) + Double($0) / 4 }
    #expect(times(log) == right)
    var parser = LogParser(machine: "box", name: "x", label: "x", local: Self.utc)
    let live = parser.consume(Array(text.utf8), arrival: Timestamp(seconds: Double(end + 100)))
    #expect(live.readings.map { ($0.time.seconds * 1000).rounded() / 1000 } == right)
  }

  @Test func `the first row after a resume is kept`() throws {
    let steps = Array(1...40) + Array(31...60)
    let log = try read(
      steps.enumerated().map { place, step in
        "iter \(step): loss \(step).\(place), time 500.00ms, mfu 5.00%\n"
      }.joined(), changed: 1_000_000)
    #expect(log.observations.readings.map { $0[.step] } == steps.map(Double.init))
    #expect(log.observations.events.map(\.text).contains("resumed at step 31"))
    #expect(log.observations.readings.last?[.redoneSteps] == 10)
  }

  @Test func `how the job ended is told at its last row`() throws {
    let crash = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: no\n"
    let log = try read((1...9).map { line($0) }.joined() + crash, changed: 1_000_000)
    let event = try #require(log.observations.events.last { $0.cause != nil })
    #expect(event.cause == .crashed && event.text == "job ended by an error: ValueError")
    #expect(event.time == log.observations.readings.last?.time)
    let open = try read((1...9).map { line($0) }.joined(), changed: 1_000_000)
    #expect(open.observations.events.allSatisfy { $0.cause?.isEnding != true })
  }

  @Test func `bars by carriage returns are kept, each`() throws {
    let text = (0...5000).map {
      " \($0 / 50)%|█| \($0)/5000 [\(clock($0 * 2).dropFirst(3))<10:00,  2.00s/it]\r"
    }.joined()
    let log = try read(text, changed: 1_000_000)
    #expect(log.observations.readings.map { $0[.step] } == (0...5000).map(Double.init))
    #expect(times(log).last == 1_000_000)
    #expect(facts(log).timing == .durations)
  }

  @Test func `times without a zone are read in the one that is named, and that is kept`() throws {
    let shown = seconds(2026, 11, 28, 10, 0, 10)
    let log = try read(
      "\(date(shown)),250 - INFO - \(line(1))\(date(shown + 5)),250 - INFO - \(line(2))",
      changed: shown, zone: Self.berlin)
    #expect(times(log) == [Double(shown) - 3600 + 0.25, Double(shown) - 3595 + 0.25])
    #expect(facts(log).timeZone == "Europe/Berlin")
    #expect(!facts(log).isTimeZoneAssumed)
    #expect(log.remarks == ["times without zone, read as Europe/Berlin"])
    #expect(log.observations.events.map(\.text) == log.remarks)
  }

  @Test func `a zone nobody named is said to be assumed, and another one is offered`() throws {
    let shown = seconds(2026, 11, 28, 10)
    let text = "\(date(shown)) \(line(1))\(date(shown + 5)) \(line(2))"
    let right = try read(text, changed: shown + 5 - 3600, zone: Self.berlin, isNamed: false)
    #expect(facts(right).isTimeZoneAssumed)
    #expect(right.remarks.count == 1)
    // Read as Berlin's it ends an hour before the file was changed: it is of UTC.
    let wrong = try read(text, changed: shown + 5, zone: Self.berlin, isNamed: false)
    #expect(wrong.remarks.count == 2)
    #expect(wrong.remarks.last?.contains("1 h before") == true, "\(wrong.remarks)")
    #expect(times(wrong).last == Double(shown + 5 - 3600))
  }

  @Test func `times with a zone beside times without show the zone of the log`() throws {
    let start = seconds(2026, 11, 28, 10)
    let text = (0..<8).map { step in
      let time = start + step * 10
      return "[\(time).500000] UCX WARN x\n[\(date(time + 19_800))] \(line(step))"
    }
    let log = try read(text.joined(), changed: start + 90, zone: Self.berlin, isNamed: false)
    #expect(times(log) == (0..<8).map { Double(start + $0 * 10) })
    #expect(facts(log).timeZone == "+05:30")
    #expect(!facts(log).isTimeZoneAssumed)
  }

  @Test func `the hour that comes twice is two hours`() throws {
    let start = seconds(2026, 10, 24, 23)
    let text = (0..<240).map { minute in
      let time = start + minute * 60
      let offset = time < seconds(2026, 10, 25, 1) ? 7200 : 3600
      return "[\(date(time + offset))] " + line(minute)
    }
    let log = try read(text.joined(), changed: start + 240 * 60, zone: Self.berlin)
    let right = (0..<240).map { Double(start + $0 * 60) }
    #expect(times(log) == right)
  }

  @Test func `a year that is not written is that of the last change, never in the future`() throws {
    let end = seconds(2027, 1, 1, 0, 10)
    let months = ["Nov", "Dec", "Jan"]
    let text = (0..<20).map { step in
      let time = end - (19 - step) * 60
      let day = CivilDate(daysSince1970: time / 86_400)
      let month = day.month == 1 ? months[2] : months[1]
      return "\(month) \(day.day < 10 ? " " : "")\(day.day) \(clock(time)) node1 python[7]: "
        + line(step)
    }
    let log = try read(text.joined(), changed: end + 30)
    let right = (0..<20).map { Double(end - (19 - $0) * 60) }
    #expect(times(log) == right)
    #expect(facts(log).isDateFromFile)
    // Of a file changed before that day of its year it is the year before.
    let old = try read(
      "[11/28 10:00:10 d2.x]: \(line(1))[11/28 10:00:20 d2.x]: \(line(2))",
      changed: seconds(2026, 3, 1))
    #expect(times(old).last == Double(seconds(2025, 11, 28, 10, 0, 20)))
  }

  @Test func `a time of day is of the day of the last change, over midnight`() throws {
    let end = seconds(2026, 11, 28, 0, 5)
    let text = (0..<20).map { "\(clock(end - (19 - $0) * 60)) " + line($0) }
    let log = try read(text.joined(), changed: end + 20)
    let right = (0..<20).map { Double(end - (19 - $0) * 60) }
    #expect(times(log) == right)
    #expect(facts(log).isDateFromFile)
  }

  /// `ts -s` counts from the start, `ts -i` from the line before; both look like a time of day.
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
