import Quantities
import Seeded
import Testing

@testable import Formats

/// What clocks on the wall show, and when.
@Suite struct TimeZoneTests {
  /// Seconds since 1970 of a time by its own calendar.
  private func local(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, _ second: Int = 0
  ) -> Int64 {
    Int64(CivilDate(year: year, month: month, day: day).daysSince1970) * 86_400
      + Int64(hour * 3600 + minute * 60 + second)
  }

  static let berlin = "CET-1CEST,M3.5.0,M10.5.0/3"

  @Test(arguments: [
    ("Z", 0), ("UTC", 0), ("+02:00", 7200), ("-0330", -12_600), ("+2", 7200), ("UTC+5:45", 20_700),
    ("GMT-8", -28_800), ("+14", 50_400), ("-00:00", 0),
  ])
  func `a fixed distance is read as people write it`(text: String, offset: Int) throws {
    let zone = try #require(TimeZoneRule(offset: text))
    #expect(zone.offset(at: 0) == offset)
    #expect(zone.times(showing: 100_000) == [100_000 - Int64(offset)])
  }

  @Test(arguments: [
    "", "+", "2", "+25", "+02:60", "+2:0", "Europe/Berlin", "+1:2:3", "UTCX", "+ 2",
  ])
  func `what is no distance is refused`(text: String) {
    #expect(TimeZoneRule(offset: text) == nil)
  }

  /// Offsets by zdump(8) of the database of 2025.
  @Test(arguments: [
    (berlin, 2026, 3, 29, 0, 3600), (berlin, 2026, 3, 29, 1, 7200), (berlin, 2026, 7, 1, 0, 7200),
    (berlin, 2026, 10, 25, 0, 7200), (berlin, 2026, 10, 25, 1, 3600),
    ("EST5EDT,M3.2.0,M11.1.0", 2026, 3, 8, 6, -18_000),
    ("EST5EDT,M3.2.0,M11.1.0", 2026, 3, 8, 7, -14_400),
    ("EST5EDT,M3.2.0,M11.1.0", 2026, 11, 1, 6, -18_000),
    // South of the equator.
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", 2026, 1, 1, 0, 39_600),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", 2026, 7, 1, 0, 36_000),
    ("<+0545>-5:45", 2026, 7, 1, 0, 20_700), ("UTC0", 2026, 7, 1, 0, 0),
    // Clocks that go back in winter, as Ireland's law has it.
    ("IST-1GMT0,M10.5.0,M3.5.0/1", 2026, 7, 1, 0, 3600),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", 2026, 1, 1, 0, 0),
    ("XXX3YYY,J60/0,300/0", 2024, 3, 1, 2, -10_800),
    ("XXX3YYY,J60/0,300/0", 2024, 3, 1, 3, -7200),
  ])
  func `a yearly rule holds`(
    text: String, year: Int, month: Int, day: Int, hour: Int, offset: Int
  ) throws {
    let zone = try #require(TimeZoneRule(posix: text))
    #expect(zone.offset(at: local(year, month, day, hour)) == offset)
  }

  @Test(arguments: ["", "C", "CET", "CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.5.0"])
  func `what is no rule is refused`(text: String) { #expect(TimeZoneRule(posix: text) == nil) }

  @Test func `the hour that comes twice is two, the hour left out is none`() throws {
    let zone = try #require(TimeZoneRule(posix: Self.berlin))
    let twice = local(2026, 10, 25, 2, 30)
    #expect(zone.times(showing: twice) == [twice - 7200, twice - 3600])
    #expect(zone.times(showing: twice + 3600) == [twice])
    #expect(zone.times(showing: twice - 3600) == [twice - 3600 - 7200])
    let never = local(2026, 3, 29, 2, 30)
    #expect(zone.times(showing: never) == [never - 3600])
  }

  @Test func `a log that steps back in the hour that comes twice goes on`() throws {
    var clock = LocalClock(try #require(TimeZoneRule(posix: Self.berlin)))
    var shown: [Int64] = []
    // One line a minute for four hours, as a clock in Berlin stamps them.
    let start = local(2026, 10, 24, 23)
    for minute in 0..<240 {
      let time = start + Int64(minute * 60)
      shown.append(time + Int64(clock.zone.offset(at: time)))
    }
    #expect(shown.map { clock.time(showing: $0) } == (0..<240).map { start + Int64($0 * 60) })
  }

  @Test func `another process that is seconds behind begins no second hour`() throws {
    var clock = LocalClock(try #require(TimeZoneRule(posix: Self.berlin)))
    let shown = local(2026, 10, 25, 2, 30)
    #expect(clock.time(showing: shown) == shown - 7200)
    #expect(clock.time(showing: shown - 20) == shown - 7220)
    #expect(clock.time(showing: shown + 5) == shown - 7195)
  }

  @Test func `every time comes back from what clocks show then`() throws {
    var random = SeededRandom()
    for text in [Self.berlin, "AEST-10AEDT,M10.1.0,M4.1.0/3", "EST5EDT,M3.2.0,M11.1.0", "UTC0"] {
      let zone = try #require(TimeZoneRule(posix: text))
      for _ in 0..<2000 {
        let time = Int64.random(in: 0..<4_000_000_000, using: &random)
        let shown = time + Int64(zone.offset(at: time))
        #expect(zone.times(showing: shown).contains(time), "\(text) \(time)")
      }
    }
  }

  /// A file of version 2 with two changes and a rule for what comes after.
  private static func file(footer: String) -> [UInt8] {
    func big(_ value: Int64, _ size: Int) -> [UInt8] {
      (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }
    func block(_ size: Int) -> [UInt8] {
      var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
      for count in [0, 0, 0, 2, 2, 8] as [Int64] { bytes += big(count, 4) }
      bytes += big(1_000_000, size) + big(2_000_000, size) + [1, 0]
      bytes += big(3600, 4) + [0, 0] + big(7200, 4) + [1, 4] + Array("CET\0CES\0".utf8)
      return bytes
    }
    return block(4) + block(8) + Array("\n\(footer)\n".utf8)
  }

  @Test func `a file of the database is read, with what comes after it`() throws {
    let zone = try #require(TimeZoneRule(name: "Made/Up", file: Self.file(footer: Self.berlin)))
    #expect(zone.name == "Made/Up")
    #expect(zone.offset(at: 0) == 3600)
    #expect(zone.offset(at: 999_999) == 3600)
    #expect(zone.offset(at: 1_000_000) == 7200)
    #expect(zone.offset(at: local(2026, 7, 1, 0)) == 7200)
    let fixed = try #require(TimeZoneRule(name: "", file: Self.file(footer: "")))
    #expect(fixed.offset(at: local(2026, 7, 1, 0)) == 3600)
  }

  @Test func `a torn file of the database is refused, and none is a crash`() {
    var random = SeededRandom()
    let whole = Self.file(footer: Self.berlin)
    // What is cut off within the second block is no file; without the footer it is still one.
    for count in 0..<(whole.count - Self.berlin.utf8.count - 2) {
      #expect(TimeZoneRule(name: "", file: Array(whole.prefix(count))) == nil, "\(count)")
    }
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      _ = TimeZoneRule(name: "", file: bytes)?.times(showing: 1_800_000_000)
    }
  }
}
