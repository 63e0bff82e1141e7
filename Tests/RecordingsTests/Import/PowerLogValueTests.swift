import Formats
import Quantities
import Telemetry
import Testing

@testable import Recordings

/// Cells and times of power logs, in every shape people have.
@Suite struct PowerLogValueTests {
  private typealias Log = PowerLogAssemblyTests

  /// A minute of rows, each of them made of its time and what stands behind it.
  private func minute(_ title: String, _ row: (Int) -> String) -> String {
    title + "\n" + (0...60).map { row($0) + "\n" }.joined()
  }

  private func joules(_ text: String, zone: TimeZoneRule = .utc) throws -> [Int] {
    Log.drawn(try PowerLogAssembly([try Log.log(text)], zone: zone)).map(\.joules).sorted()
  }

  @Test(arguments: [
    ("power.draw [mW]", "300000"), ("power.draw [W]", "300000 mW"),
    ("power.draw [uW]", "300000000"),
    ("power.draw [kW]", "0.3"), ("power.draw", "300.00"), ("power.draw [W]", "300.00 W"),
    ("power.draw [W]", "3e2"), ("power.draw.instant [W]", "300.00 W"),
    ("power.draw.average [W]", "300.00 W"), ("\"power.draw [W]\"", "\"300.00 W\""),
  ])
  func unitsAreThoseOfTheTitleOrOfTheCell(title: String, cell: String) throws {
    let text = minute("timestamp, index, \(title)") { "\(Log.stamp($0 * 1000)), 0, \(cell)" }
    #expect(try joules(text) == [18_000])
  }

  @Test(arguments: [",", ";", "\t"]) func cellsAreApartByWhatTheTitlesAre(separator: String) throws
  {
    let comma = separator == "," ? "." : ","
    let text = minute(["power.draw [W]", "timestamp", "index"].joined(separator: separator)) {
      ["300\(comma)00 W", Log.stamp($0 * 1000), "0"].joined(separator: separator)
    }
    #expect(try joules(text) == [18_000])
    let windows = text.split(separator: "\n").joined(separator: "\r\n") + "\r\n"
    #expect(try joules(windows) == [18_000])
  }

  @Test(arguments: [true, false]) func utf16IsRead(isLittle: Bool) throws {
    let text = minute("timestamp, index, power.draw [W]") { "\(Log.stamp($0 * 1000)), 0, 300.00 W" }
    let bytes = ("\u{FEFF}" + text).utf16.flatMap { unit in
      isLittle
        ? [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
        : [UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]
    }
    let log = try #require(try PowerLogFile.read(bytes, path: "gpu.csv"))
    #expect(Log.drawn(try PowerLogAssembly([log])).map(\.joules) == [18_000])
  }

  /// Each cannot be, whatever its neighbours are; one of 61 is refused or missing.
  @Test(arguments: [
    ("45000.00 W", "45000 W"), ("-5.00 W", "-5 W"), ("601.00 W", "601 W"), ("1e30 W", "1e+30 W"),
    ("300 J", "“300 J” is no power"), ("[N/A]", "[N/A]"), ("[Unknown Error]", "[Unknown Error]"),
    ("ERR!", "ERR!"), ("nan", "nan"), ("", "an empty cell"),
  ])
  func whatCannotBeIsLeftOutAndSaid(cell: String, words: String) throws {
    let text = minute("timestamp, index, power.draw [W], power.limit [W]") {
      "\(Log.stamp($0 * 1000)), 0, \($0 == 30 ? cell : "300.00 W"), 400.00 W"
    }
    let found = try PowerLogAssembly([try Log.log(text)])
    let remark = try #require(found.remarks.first)
    #expect(remark.isLoss && remark.text.hasSuffix("line 32: \(words)"), "\(remark.text)")
    #expect(found.remarks.count == 1)
    var powers: Set<Double> = []
    for case .reading(let reading) in found.observations {
      for value in reading.values where value.metric == .power { powers.insert(value.value) }
    }
    #expect(powers == [300])
    var told: [Event] = []
    for case .event(let event) in found.observations { told.append(event) }
    #expect(told.map(\.cause) == [.refused])
    #expect(told.allSatisfy { $0.device?.name == "0" && $0.kind == .note })
  }

  @Test func aNodesLineIsHeldToWhatAMachineCanDraw() throws {
    let text = (0...60).map {
      ":::MLLOG {\"time_ms\": \(1_779_966_000_000 + $0 * 1000), \"key\": \"power_reading\", "
        + "\"value\": \($0 == 30 ? 250_000 : 5000)}\n"
    }.joined()
    let found = try PowerLogAssembly([try Log.log(text)])
    #expect(
      found.remarks.map(\.text) == ["meter wall: 1 impossible power left out, line 31: 250000 W"])
  }

  @Test func aModuleIsNotAdded() throws {
    let text = minute("timestamp, index, module.power.draw.average [W], power.draw [W]") {
      "\(Log.stamp($0 * 1000)), 0, 600.00 W, 300.00 W"
    }
    #expect(try joules(text) == [18_000])
  }

  @Test func titlesMayComeAgainAndDiffer() throws {
    let first = minute("timestamp, index, power.draw [W]") {
      "\(Log.stamp($0 * 1000)), 0, 300.00 W"
    }
    let second =
      "power.draw [W], timestamp, index\n"
      + (61...120).map { "300.00 W, \(Log.stamp($0 * 1000)), 0\n" }.joined()
    #expect(try joules(first + second) == [36_000])
    #expect(try joules("Thu May 28\nsome banner\n" + first + first) == [18_000])
  }

  // MARK: Times

  /// What stands for the time, so many seconds after 11:00 UTC of 28 May 2026.
  @Test(arguments: [
    "2026-05-28T11:00:SSZ", "2026-05-28 11:00:SS+00:00", "2026-05-28T13:00:SS.250+02:00",
    "2026-05-28T06:00:SS-0500", "2026/05/28 11:00:SS.123", "20260528 11:00:SS",
    "28.05.2026 11:00:SS", "05/28/2026 11:00:SS UTC", "5/28/2026 11:00:SS AM", "17799660SS.25",
    "Thu May 28 11:00:SS 2026", "17799660SS250", "17799660SS250000", "17799660SS250000000",
  ])
  func timesAreRead(pattern: String) throws {
    var seconds: [Int] = []
    for second in [10, 11, 12] {
      let parts = pattern.split(separator: "SS", maxSplits: 1).map(String.init)
      let text =
        pattern.hasSuffix("SS")
        ? parts[0] + "\(second)" : parts[0] + "\(second)" + (parts.count > 1 ? parts[1] : "")
      var clock = PowerLogClock(PowerLogTable(), zone: .utc, modified: nil)
      let time = try #require(PowerLogTime(text.utf8), "\(text)")
      let point = try #require(clock.times([time])[0])
      seconds.append(Int(point.seconds.rounded(.down)))
    }
    #expect(seconds == [1_779_966_010, 1_779_966_011, 1_779_966_012])
  }

  @Test(arguments: [
    "", "yesterday", "2026-13-01 11:00:00", "2026-02-30 11:00:00", "2026-05-28", "11:00",
    "2026-05-28 25:00:00", "300.00", "2026-05-28 11:00:0", "2026-05-28 11:00:00.", "20260528",
    "2026-05-28 11:00:00 CET", "1-2-3 4:5:6",
  ])
  func whatIsNoTimeIsNone(text: String) {
    #expect(PowerLogTime(text.utf8) == nil)
  }

  @Test(arguments: ["05/28/2026 11:00:10 UTC", "2026-05-28 11:00:10Z", "1779966010"])
  func aZoneThatIsWrittenCounts(text: String) throws {
    var clock = PowerLogClock(PowerLogTable(), zone: try #require(Self.berlin), modified: nil)
    let time = try #require(PowerLogTime(text.utf8))
    #expect(clock.times([time]).map { $0.map { Int($0.seconds) } } == [1_779_966_010])
    #expect(!clock.hasUsedZone)
  }

  private static let berlin = TimeZoneRule(posix: "CET-1CEST,M3.5.0,M10.5.0/3")

  /// Local times of a minute each from 01:30 before the end of summer time on 25 October 2026 on.
  @Test func theHourThatComesTwiceIsTwoHours() throws {
    let zone = try #require(Self.berlin)
    func stamp(_ minute: Int) -> String {
      // 180 minutes after 00:00 clocks go back by one hour.
      let shown = minute < 180 ? minute : minute - 60
      let two = shown % 60 < 10 ? "0\(shown % 60)" : "\(shown % 60)"
      return "2026/10/25 0\(shown / 60):\(two):00.000"
    }
    let rows = (90...270).map { "\(stamp($0)), 0, 100.00 W\n" }
    let text = "timestamp, index, power.draw [W]\n" + rows.joined()
    #expect(try joules(text, zone: zone) == [100 * 180 * 60])
    // A log that begins within the second of the two hours goes on without a hole.
    let late = "timestamp, index, power.draw [W]\n" + rows[100...].joined()
    #expect(try joules(late, zone: zone) == [100 * 80 * 60])
  }

  @Test func theDayOfATimeOfDayIsThatOfTheFile() throws {
    let rows: [PowerLogTime] = [.clock(86_390_000_000_000), .clock(5_000_000_000)]
    // Written at 00:00:06 on 28 May 2026.
    var clock = PowerLogClock(
      PowerLogTable(), zone: .utc, modified: Timestamp(nanoseconds: 1_779_926_406_000_000_000))
    #expect(
      clock.times(rows).map { $0.map { Int($0.seconds) } } == [1_779_926_390, 1_779_926_405])
    var unknown = PowerLogClock(PowerLogTable(), zone: .utc, modified: nil)
    #expect(unknown.times(rows) == [nil, nil])
  }

  @Test(arguments: ["May 28 11:00:10", "05-28 11:00:10", "05/28 11:00:10.000"])
  func theYearOfADayIsThatOfTheFile(text: String) throws {
    let time = try #require(PowerLogTime(text.utf8))
    func seconds(_ modified: Int64) -> Int? {
      var clock = PowerLogClock(
        PowerLogTable(), zone: .utc, modified: Timestamp(nanoseconds: modified * 1_000_000_000))
      return clock.times([time])[0].map { Int($0.seconds) }
    }
    // Written on 28 May 2026, and on 2 January 2027.
    #expect(seconds(1_779_966_020) == 1_779_966_010)
    #expect(seconds(1_798_848_000) == 1_779_966_010)
    // On 2 January 2026 the last such day was in 2025.
    #expect(seconds(1_767_312_000) == 1_779_966_010 - 365 * 86_400)
    var unknown = PowerLogClock(PowerLogTable(), zone: .utc, modified: nil)
    #expect(unknown.times([time]) == [nil])
  }

  @Test func theOrderOfDayAndMonthIsThatOfTheWholeFile() {
    var table = PowerLogTable()
    let subject = table.place(of: PowerLogSubject(note: ""))
    let days = [1, 13].map {
      PowerLogTime.either(first: $0, second: 2, year: 2026, nanoseconds: 0)
    }
    for (line, day) in days.enumerated() {
      table.add(line: line, time: day, subject: subject, [])
    }
    var clock = PowerLogClock(table, zone: .utc, modified: nil)
    let times = clock.times(days)
    #expect(times.map { $0.map { Int($0.seconds) } } == [1_769_904_000, 1_770_940_800])
    #expect(clock.assumptions.isEmpty)
  }

  /// Midnight shows which number is the month: four hours are no month.
  @Test(arguments: [("09/12/2026", "10/12/2026"), ("12/09/2026", "12/10/2026")])
  func aNightShowsWhichNumberIsTheMonth(day: String, next: String) throws {
    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let rows = (0..<1440).map { row in
      let second = 23 * 3600 + row * 10
      let time = [second / 3600 % 24, second / 60 % 60, second % 60].map(digits)
      return "\(second < 86_400 ? day : next) \(time.joined(separator: ":")), 0, 240 W\n"
    }
    let found = try PowerLogAssembly([
      try Log.log("timestamp, index, power.draw [W]\n" + rows.joined())
    ])
    #expect(Log.drawn(found).map(\.joules) == [240 * 14_390])
    #expect(found.span?.seconds == 14_390)
    #expect(!found.remarks.contains { $0.text.contains("days are read") })
  }

  @Test(arguments: ["11:57:1.134", "11:5:01.2", "1:05:1.5"])
  func numbersWithoutZerosBeforeThemAreTimesWhereAFractionFollows(text: String) {
    #expect(PowerLogTime(Array("31.8.2022 \(text)".utf8)) != nil)
    #expect(PowerLogTime(Array("31.8.2022 11:57:1".utf8)) == nil)
  }
}
