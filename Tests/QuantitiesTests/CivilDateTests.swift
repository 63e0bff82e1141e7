import Testing

@testable import Quantities

/// Days and dates are two names of one thing.
@Suite struct CivilDateTests {
  @Test func `Every day of a thousand years has a date that leads back to it`() {
    var date = CivilDate(year: 1600, month: 1, day: 1)
    for days in date.daysSince1970...CivilDate(year: 2600, month: 1, day: 1).daysSince1970 {
      let expected = CivilDate(daysSince1970: days)
      guard expected == date, date.daysSince1970 == days else {
        Issue.record("day \(days) is \(expected), counted by hand \(date)")
        return
      }
      date = next(date)
    }
  }

  @Test(arguments: [
    (1970, 1, 1, 0), (2000, 2, 29, 11_016), (2100, 3, 1, 47_541), (1900, 3, 1, -25_508),
    (2026, 11, 28, 20_785), (1969, 12, 31, -1),
  ])
  func `Days that others have counted`(year: Int, month: Int, day: Int, days: Int) {
    #expect(CivilDate(year: year, month: month, day: day).daysSince1970 == days)
  }

  @Test func `A week has its days in order`() {
    #expect(CivilDate(year: 2026, month: 11, day: 28).weekday == 6)
    #expect(CivilDate(daysSince1970: 0).weekday == 4)
    #expect(
      (-10...10).map { CivilDate(daysSince1970: $0).weekday }.starts(with: [1, 2, 3, 4, 5, 6, 0]))
  }

  /// The day after, by the rules of the calendar as one learns them.
  private func next(_ date: CivilDate) -> CivilDate {
    let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if date.day < lengths[date.month - 1] {
      return CivilDate(year: date.year, month: date.month, day: date.day + 1)
    }
    if date.month < 12 { return CivilDate(year: date.year, month: date.month + 1, day: 1) }
    return CivilDate(year: date.year + 1, month: 1, day: 1)
  }
}
