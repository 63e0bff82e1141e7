import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// The times that stand before lines, in all their forms.
@Suite struct LogStampTests {
  private static let message = "iter 10: loss 9.5, time 135.70ms, mfu 41.25%"

  private func stamp(_ line: String) -> LogStamp? {
    Array(line.utf8).withUnsafeBufferPointer { TextCleaner.clean($0).stamp }
  }

  private static func shown(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 10, _ minute: Int = 0,
    _ second: Double = 10
  ) -> Int64 {
    Int64(CivilDate(year: year, month: month, day: day).daysSince1970) * 86_400_000_000_000
      + Int64(hour * 3600 + minute * 60) * 1_000_000_000 + Int64(second * 1e9)
  }

  static let day = shown(2026, 11, 28)
  /// Since the beginning of a leap year.
  static let yearless = shown(2000, 11, 28) - shown(2000, 1, 1, 0, 0, 0)

  @Test(
    arguments: [
      ("2026-11-28 10:00:10,000 - INFO - ", .local(day)),
      ("2026-11-28 10:00:10,250 INFO ", .local(day + 250_000_000)),
      ("[2026-11-28 10:00:10] ", .local(day)),
      ("[2026-11-28 10:00:10,000] [INFO] [timer.py:199:stop] ", .local(day)),
      ("[2026-11-28 10:00:10,000][__main__][INFO] - ", .local(day)),
      ("2026-11-28T10:00:10.123Z ", .instant(day + 123_000_000)),
      ("2026-11-28T10:00:10+02:00 ", .instant(day - 7_200_000_000_000)),
      ("2026-11-28T10:00:10 ", .local(day)),
      ("[11/28 10:00:10 d2.utils.events]: ", .yearless(yearless)),
      ("11/28 10:00:10 - mmengine - INFO - ", .yearless(yearless)),
      ("INFO 11-28 10:00:10 [train.py:100] ", .yearless(yearless)),
      ("2026/11/28 10:00:10 ", .local(day)),
      ("2026/11/28 10:00:10 - mmengine - INFO - ", .local(day)),
      ("11/28/2026 10:00:10 - INFO - __main__ - ", .local(day)),
      ("I1128 10:00:10.123456 140 train.py:100] ", .yearless(yearless + 123_456_000)),
      ("I20261128 10:00:10.123456 140 train.py:100] ", .local(day + 123_456_000)),
      ("Nov 28 10:00:10 node1 python[71]: ", .yearless(yearless)),
      ("Nov 28 10:00:10 ", .yearless(yearless)), ("Sat Nov 28 10:00:10 2026 ", .local(day)),
      ("Sat Nov 28 10:00:10 UTC 2026 ", .instant(day)),
      ("Sat Nov 28 11:00:10 CET 2026 ", .instant(day)),
      ("Sat Nov 28 02:00:10 PST 2026 ", .instant(day)),
      // China's, Cuba's or that of the middle of America.
      ("Sat Nov 28 10:00:10 CST 2026 ", .local(day)),
      ("2026-11-28 10:00:10.123 | INFO     | train:main:93 - ", .local(day + 123_000_000)),
      ("10:00:10 ", .clock(36_010_000_000_000)), ("00:00:10 ", .clock(10_000_000_000)),
      ("2026-11-28T10:00:10.123456789Z stdout F ", .instant(day + 123_456_789)),
      ("2026-11-28T10:00:10+0100 node1 python[71]: ", .instant(day - 3_600_000_000_000)),
      ("0: 2026-11-28 10:00:10,000 - INFO - ", .local(day)),
      ("[rank0]:[titan] 2026-11-28 10:00:10,000 - root - INFO - ", .local(day)),
      ("[default0]:[2026-11-28 10:00:10] ", .local(day)),
      ("2026-11-28 10:00:10 [rank0]: ", .local(day)), ("Nov 28 10:00:10 0: ", .yearless(yearless)),
      ("[NeMo I 2026-11-28 10:00:10 nemo_logging:393] ", .local(day)),
      ("[INFO|trainer.py:1144] 2026-11-28 10:00:10,000 >> ", .local(day)),
      ("1795860010.25 ", .instant(day + 250_000_000)),
      ("[1795860010.25] ", .instant(day + 250_000_000)),
      ("1795860010250 ", .instant(day + 250_000_000)),
      ("2026-11-28 10:00:10 PM INFO: ", .local(day + 43_200_000_000_000)),
      // A container's time with its zone is worth more than the program's own.
      ("2026-11-28T10:00:10Z 2026-11-28 11:00:10,000 - INFO - ", .instant(day)),
    ] as [(String, LogStamp)])
  func `a stamp is read and taken off`(prefix: String, right: LogStamp) throws {
    #expect(stamp(prefix + Self.message) == right)
    let heard = LogFormatTests.parse(prefix + Self.message)
    #expect(heard.readings.first?[.step] == 10)
    #expect(heard.readings.first?[.loss] == 9.5)
  }

  @Test(arguments: [
    "", "2026 val 6.30 ", "250 val ", "12/400 ", "[ 50/120] ", "[12345.678901] ",
    "2026-13-28 10:00:10 ",
    "2026-02-30 10:00:10 ", "25:00:10 ", "10:60:10 ", "12345678901 ", "0.1795860010 ", "May 12 ",
    "Marching 12 10:00:10 ", "I1128 ", "2026-11-28 ", "step 1795860010 ",
  ]) func `what is no time is none`(prefix: String) {
    #expect(stamp(prefix + "x") == nil)
  }

  @Test(
    arguments: [
      (
        #"{"loss": 2.5, "step": 1, "timestamp": 1795860010.25}"#,
        LogStamp.instant(day + 250_000_000)
      ),
      (#"{"loss": 2.5, "ts": 1795860010250, "step": 1}"#, .instant(day + 250_000_000)),
      (#"{"loss": 2.5, "time": "2026-11-28T10:00:10Z"}"#, .instant(day)),
      (#"{'loss': 2.5, 'wall_time': 1795860010.25, 'time': 0.35}"#, .instant(day + 250_000_000)),
      (#"{"loss": 2.5, "asctime": "2026-11-28 10:00:10,000"}"#, .local(day)),
      (#"{"loss": 2.5, "time": 0.35}"#, nil), (#"{"loss": 2.5, "time": 17958600}"#, nil),
      (#"{"loss": 2.5, "step_time": 1795860010.25}"#, nil), (#"{"loss": 2.5}"#, nil),
    ] as [(String, LogStamp?)])
  func `a row in the form of JSON states its time`(line: String, right: LogStamp?) {
    #expect(LogStamp.inEntries(of: LogLine(line)) == right)
  }

  // MARK: Live

  static let local = LocalTime(zone: "Europe/Berlin") { shown in
    TimeZoneRule(posix: "CET-1CEST,M3.5.0,M10.5.0/3")?.times(showing: shown) ?? [shown]
  }
  /// 10:00:10 UTC, when clocks in Berlin show 11:00:10.
  static let now = Timestamp(nanoseconds: day)

  private func heard(
    _ lines: [(text: String, after: Double)], since: Timestamp? = nil
  ) -> [Observation] {
    var parser = LogParser(
      machine: "box", name: "x", label: "x", local: Self.local, since: since)
    var result: [Observation] = []
    for (index, line) in lines.enumerated() {
      let text = line.text + "iter \(index): loss 2.5, time 1.00ms, mfu 1.00%\n"
      result += parser.consume(Array(text.utf8), arrival: Self.now + line.after)
    }
    return result
  }

  private func seconds(_ heard: [Observation]) -> [Double] {
    heard.readings.map { (($0.time - Self.now) * 1000).rounded() / 1000 }
  }

  @Test func `a line that is watched has the time it states`() {
    let lines = heard(
      [
        ("11:00:10,250 ", 0.4), ("2026-11-28 11:00:11,500 - INFO - ", 2), ("Nov 28 11:00:12 ", 2.5),
        ("Nov 28 11:00:12 ", 2.9),
      ],
      since: Self.now - 1)
    // Whole seconds are less exact than the arrival, and two steps may have the same.
    #expect(seconds(lines) == [0.25, 1.5, 2.5, 2.9])
    #expect(lines.events.isEmpty)
  }

  @Test func `a line that was held back has the time it states`() {
    let lines = heard(
      [
        ("11:00:10 ", 0.4), ("11:00:15 ", 4000), ("11:30:10 ", 4000), ("12:06:49.5 ", 4000),
      ],
      since: Self.now - 1)
    #expect(seconds(lines) == [0.4, 5, 1800, 3999.5])
  }

  @Test(arguments: [
    ("2026-11-28 10:00:10 ", "1 h behind"), ("2026-11-28 12:00:10 ", "1 h ahead of"),
    ("2026-11-28 16:30:10 ", "5 h 30 min ahead of"), ("10:00:10 ", "1 h behind"),
    ("Nov 28 02:00:10 ", "9 h behind"),
  ]) func `a log of another zone counts from its arrival, and that is said once`(
    prefix: String, words: String
  ) {
    let lines = heard([(prefix, 0.25), (prefix, 1.25), (prefix, 2.25)], since: Self.now - 1)
    #expect(seconds(lines) == [0.25, 1.25, 2.25])
    #expect(lines.events.count == 1)
    #expect(lines.events.first?.text.contains(words) == true, "\(lines.events)")
  }

  @Test func `nothing is put into the future`() {
    let lines = heard(
      [("2036-11-28T10:00:10Z ", 0), ("2036-11-28 10:00:10 ", 1), ("11:00:13 ", 2)], since: Self.now
    )
    #expect(lines.readings.allSatisfy { $0.time <= $0.arrival })
  }

  @Test func `what a command prints of last year is said now`() {
    let lines = heard(
      [("2025-11-28T10:00:10Z ", 1), ("2025-11-28T10:00:11Z ", 2)], since: Self.now)
    #expect(seconds(lines) == [1, 2])
    #expect(lines.events.count == 1)
  }

  /// The end of a file and the time it was changed belong together.
  @Test func `a file of another zone is noticed before it is read`() {
    for (hour, isUsed) in [(10, true), (9, false), (12, false)] {
      var parser = LogParser(machine: "box", name: "x", label: "x", local: Self.local)
      let text = (0..<3).map {
        "2026-11-28 \(hour < 10 ? "0" : "")\(hour):30:0\($0) iter \($0): loss 2, time 1.00ms\n"
      }
      let bytes = Array(text.joined().utf8)
      parser.check(tail: bytes, modified: Self.now - 1807)
      let lines = parser.consume(bytes, arrival: Self.now)
      #expect(lines.readings.count == (isUsed ? 3 : 1), "\(hour)")
      #expect(lines.events.count == (isUsed ? 0 : 1))
      #expect(seconds(lines).last == (isUsed ? -1808 : 0))
    }
  }
}
