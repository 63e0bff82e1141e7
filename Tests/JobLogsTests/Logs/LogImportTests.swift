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

  func seconds(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0
  ) -> Int {
    CivilDate(year: year, month: month, day: day).daysSince1970 * 86_400 + hour * 3600
      + minute * 60 + second
  }

  /// Imports a text from a file that was changed at a time.
  func read(
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

  func line(_ step: Int, _ more: String = ", mfu 5.00%") -> String {
    "iter \(step): loss \(step).5, time 500.00ms\(more)\n"
  }

  /// A loss file says nothing of time.
  func bare(_ step: Int) -> String { "s:\(step) trl:\(step).5 lr:0.000600\n" }

  func times(_ log: LogImport) -> [Double] {
    log.observations.readings.map { ($0.time.seconds * 1000).rounded() / 1000 }
  }

  func facts(_ log: LogImport) -> JobFacts {
    JobFacts(log.observations.devices.last?.attributes ?? [:])
  }

  func clock(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  func date(_ seconds: Int) -> String {
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
}
