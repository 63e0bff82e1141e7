import Telemetry
import Testing

@testable import Dashboard

/// Dates and clocks, with leap years and the time before 1970.
@Suite struct CivilTimeTests {
  private func civil(_ seconds: Int64, offset: Int = 0, nanoseconds: Int64 = 0) -> CivilTime {
    CivilTime(Timestamp(nanoseconds: seconds * 1_000_000_000 + nanoseconds), offset: offset)
  }

  @Test(
    arguments: [
      (0, "1970-01-01", "Thu 1 Jan", "00:00:00"), (-1, "1969-12-31", "Wed 31 Dec", "23:59:59"),
      (951_782_399, "2000-02-28", "Mon 28 Feb", "23:59:59"),
      (951_782_400, "2000-02-29", "Tue 29 Feb", "00:00:00"),
      (951_868_800, "2000-03-01", "Wed 1 Mar", "00:00:00"),
      (1_709_208_000, "2024-02-29", "Thu 29 Feb", "12:00:00"),
      (1_798_761_599, "2026-12-31", "Thu 31 Dec", "23:59:59"),
      (1_790_000_000, "2026-09-21", "Mon 21 Sep", "14:13:20"),
      (4_107_542_399, "2100-02-28", "Sun 28 Feb", "23:59:59"),
      (4_107_542_400, "2100-03-01", "Mon 1 Mar", "00:00:00"),
      (-2_203_891_200, "1900-03-01", "Thu 1 Mar", "00:00:00"),
    ] as [(Int64, String, String, String)])
  func `Known days`(seconds: Int64, iso: String, date: String, clock: String) {
    let time = civil(seconds)
    #expect(time.isoDate == iso)
    #expect(time.date(in: .en) == date)
    #expect(time.clock == clock)
    #expect(time.shortClock == String(clock.dropLast(3)))
  }

  @Test func `Two centuries, day by day`() {
    var (year, month, day, weekday) = (1890, 1, 1, 3)
    var seconds: Int64 = -2_524_521_600
    while year < 2110 {
      let time = civil(seconds + 86_399)
      if (time.year, time.month, time.day, time.weekday) != (year, month, day, weekday) {
        Issue.record("\(time.isoDate) should be \(year)-\(month)-\(day)")
        return
      }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
      weekday = (weekday + 1) % 7
      seconds += 86_400
    }
    #expect(year == 2110)
  }

  @Test(
    arguments: [
      (0, 3600, "01:00:00"), (0, -3600, "23:00:00"), (0, 19_800, "05:30:00"),
      (0, -12_600, "20:30:00"), (82_800, 7200, "01:00:00"),
    ] as [(Int64, Int, String)])
  func `East is later`(seconds: Int64, offset: Int, clock: String) {
    #expect(civil(seconds, offset: offset).clock == clock)
  }

  @Test func `A part of a second belongs to the second before it`() {
    #expect(civil(59, nanoseconds: 999_999_999).clock == "00:00:59")
    #expect(civil(0, nanoseconds: -1).clock == "23:59:59")
    #expect(civil(0, nanoseconds: -1).isoDate == "1969-12-31")
  }
}
