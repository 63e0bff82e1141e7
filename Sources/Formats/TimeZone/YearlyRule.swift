import Quantities

/// A time zone's rule for every year, as the variable `TZ` and the ends of zone files give it.
///
///     CET-1CEST,M3.5.0,M10.5.0/3
///
/// Names are passed over; offsets are west of UTC, so that the sign is turned. Source: POSIX, base
/// definitions, 8.3; RFC 8536 section 3.3.1, by which hours go from -167 to 167.
struct YearlyRule: Sendable, Hashable {
  /// Seconds east of UTC in winter.
  let standard: Int
  /// What holds in summer; `nil` where clocks are not put forward.
  let summer: Summer?

  struct Summer: Sendable, Hashable {
    let offset: Int
    let start: Day
    let end: Day
  }

  /// A moment of a year by the clocks on the wall.
  struct Day: Sendable, Hashable {
    enum Form: Sendable, Hashable {
      /// The day of the year from 1, and February 29 is never counted.
      case withoutLeapDay(Int)
      /// The day of the year from 0, with all days.
      case ofYear(Int)
      /// A weekday from Sunday 0 in a week of a month; the fifth is the last.
      case weekday(month: Int, week: Int, day: Int)
    }
    let form: Form
    /// Seconds after midnight.
    let seconds: Int

    /// Seconds since 1970-01-01 of the wall's own calendar.
    func local(_ year: Int) -> Int64 {
      let days: Int
      switch form {
      case .ofYear(let day):
        days = CivilDate(year: year, month: 1, day: 1).daysSince1970 + day
      case .withoutLeapDay(let day):
        let start = CivilDate(year: year, month: 1, day: 1).daysSince1970
        let isLeap = CivilDate(year: year + 1, month: 1, day: 1).daysSince1970 - start == 366
        days = start + day - 1 + (isLeap && day >= 60 ? 1 : 0)
      case .weekday(let month, let week, let day):
        let first = CivilDate(year: year, month: month, day: 1)
        let next = CivilDate(
          year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
        var date = first.daysSince1970 + (day - first.weekday + 7) % 7 + (week - 1) * 7
        while date >= next.daysSince1970 { date -= 7 }
        days = date
      }
      return Int64(days) * 86_400 + Int64(seconds)
    }
  }

  /// Reads a rule; `nil` when the text is none.
  init?(_ text: some Sequence<UInt8>) {
    var scanner = Scanner(text: Array(text)[...])
    guard scanner.skipName(), let west = scanner.offset() else { return nil }
    standard = -west
    guard !scanner.isAtEnd else {
      summer = nil
      return
    }
    guard scanner.skipName() else { return nil }
    let offset = scanner.isAtDigitOrSign ? scanner.offset().map { -$0 } : standard + 3600
    guard let offset else { return nil }
    // Without dates POSIX leaves them open; nobody's clocks go by that any more.
    guard scanner.take(0x2C), let start = scanner.day(), scanner.take(0x2C),
      let end = scanner.day(), scanner.isAtEnd
    else { return nil }
    summer = Summer(offset: offset, start: start, end: end)
  }

  /// Seconds east of UTC at a time, in seconds since 1970.
  func offset(at time: Int64) -> Int {
    guard let summer else { return standard }
    let year = CivilDate(
      daysSince1970: Int((time + Int64(standard)).flooredQuotient(by: 86_400))
    ).year
    let start = summer.start.local(year) - Int64(standard)
    let end = summer.end.local(year) - Int64(summer.offset)
    // South of the equator summer goes over the end of the year.
    let isSummer = start < end ? time >= start && time < end : time >= start || time < end
    return isSummer ? summer.offset : standard
  }

  private struct Scanner {
    var text: ArraySlice<UInt8>

    var isAtEnd: Bool { text.isEmpty }
    var isAtDigitOrSign: Bool {
      text.first.map { $0 &- 0x30 < 10 || $0 == 0x2B || $0 == 0x2D } ?? false
    }

    mutating func take(_ byte: UInt8) -> Bool {
      guard text.first == byte else { return false }
      text.removeFirst()
      return true
    }

    mutating func skipName() -> Bool {
      if take(0x3C) {
        guard let end = text.firstIndex(of: 0x3E), end > text.startIndex else { return false }
        text = text[(end + 1)...]
        return true
      }
      let name = text.prefix { 0x61...0x7A ~= $0 | 0x20 }
      guard name.count >= 3 else { return false }
      text = text.dropFirst(name.count)
      return true
    }

    mutating func number(upTo limit: Int) -> Int? {
      let digits = text.prefix { $0 &- 0x30 < 10 }
      guard 1...3 ~= digits.count else { return nil }
      text = text.dropFirst(digits.count)
      let value = digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
      return value <= limit ? value : nil
    }

    /// Seconds written as `[+-]h[:mm[:ss]]`.
    mutating func offset() -> Int? {
      let isNegative = text.first == 0x2D
      if isNegative || text.first == 0x2B { text.removeFirst() }
      guard var seconds = number(upTo: 167).map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] where take(0x3A) {
        guard let part = number(upTo: 59) else { return nil }
        seconds += part * unit
      }
      return isNegative ? -seconds : seconds
    }

    mutating func day() -> Day? {
      let form: Day.Form
      if take(0x4D) {
        guard let month = number(upTo: 12), month > 0, take(0x2E), let week = number(upTo: 5),
          week > 0, take(0x2E), let day = number(upTo: 6)
        else { return nil }
        form = .weekday(month: month, week: week, day: day)
      } else if take(0x4A) {
        guard let day = number(upTo: 365), day > 0 else { return nil }
        form = .withoutLeapDay(day)
      } else {
        guard let day = number(upTo: 365) else { return nil }
        form = .ofYear(day)
      }
      guard take(0x2F) else { return Day(form: form, seconds: 7200) }
      return offset().map { Day(form: form, seconds: $0) }
    }
  }
}
