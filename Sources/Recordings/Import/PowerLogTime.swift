import Formats
import Quantities
import Telemetry

/// The time of a row, as far as the file tells it.
package enum PowerLogTime: Sendable, Hashable {
  /// A point in time, in nanoseconds since 1970 UTC.
  case instant(Int64)
  /// What a clock on the wall showed, in nanoseconds since 1970 of its own zone.
  case wall(Int64)
  /// What a clock showed on a day written with two numbers of which nobody said which the month is.
  /// The zone is in nanoseconds east of UTC, where it is written.
  case either(first: Int, second: Int, year: Int, nanoseconds: Int64, zone: Int64? = nil)
  /// What a clock showed on a day that is not told, in nanoseconds since midnight.
  case clock(Int64)
  /// What a clock showed on a day of a year that is not told.
  case yearless(month: Int, day: Int, nanoseconds: Int64)

  /// The value by which rows of one file are compared, in nanoseconds.
  var order: Int64 {
    switch self {
    case .instant(let value), .wall(let value), .clock(let value): value
    case .yearless(let month, let day, let nanoseconds):
      (Int64(month) * 32 + Int64(day)) * 86_400_000_000_000 + nanoseconds
    case .either(let first, let second, let year, let nanoseconds, _):
      // Only told apart by it: any order will do, and a wrong year must not trap.
      ((Int64(year) &* 16 &+ Int64(second)) &* 32 &+ Int64(first)) &* 86_400_000_000_000
        &+ nanoseconds
    }
  }
}

extension PowerLogTime {
  /// Reads a time as tools write it; `nil` for anything else.
  ///
  ///     2026/05/28 11:22:33.456    2026-05-28T11:22:33+02:00    20260528 11:22:33
  ///     28.05.2026 11:22:33        05-28-2026 11:22:33          05/28/2026 11:22:33 UTC
  ///     1779966000.25              1779966000250                11:22:33
  ///     Thu May 28 11:22:33 2026   May 28 11:22:33              05-28 11:22:33
  package init?(_ text: some Collection<UInt8>) {
    self.init(Array(text))
  }

  private init?(_ text: [UInt8]) {
    if let number = PlainNumber.parse(text) {
      guard let nanoseconds = Self.epoch(number, text) else { return nil }
      self = .instant(nanoseconds)
      return
    }
    var scanner = TimeScanner(text)
    if let first = text.first, first | 0x20 >= 0x61 {
      guard let time = scanner.timeWithNames() else { return nil }
      self = time
      return
    }
    guard let start = scanner.number() else { return nil }
    if scanner.take(UInt8(ascii: ":")) {
      guard let clock = scanner.clock(hour: start.value), scanner.isAtEnd else { return nil }
      self = .clock(clock)
      return
    }
    guard let day = scanner.day(start) else { return nil }
    scanner.skipSeparator()
    guard let hour = scanner.number(), scanner.take(UInt8(ascii: ":")),
      let clock = scanner.clock(hour: hour.value)
    else { return nil }
    let zone = scanner.zone()
    guard scanner.isAtEnd else { return nil }
    switch day {
    case .date(let days):
      let wall = Int64(days) * 86_400_000_000_000 + clock
      self = zone.map { .instant(wall - $0) } ?? .wall(wall)
    case .monthDay(let month, let day):
      guard zone == nil else { return nil }
      self = .yearless(month: month, day: day, nanoseconds: clock)
    case .either(let first, let second, let year):
      self = .either(first: first, second: second, year: year, nanoseconds: clock, zone: zone)
    }
  }

  /// A number of seconds, milliseconds, microseconds or nanoseconds since 1970, by its size.
  private static func epoch(_ number: Double, _ text: [UInt8]) -> Int64? {
    // A double holds no nanoseconds since 1970; the digits do.
    let whole = PlainNumber.whole(text)
    switch number {
    case 6e8..<6e9: return Int64((number * 1e6).rounded()) * 1000
    case 6e11..<6e12: return Int64((number * 1e3).rounded()) * 1000
    case 6e14..<6e15: return Int64(number.rounded()) * 1000
    case 6e17..<6e18: return whole
    default: return nil
    }
  }

  /// The same with its day known, where only the order of its numbers was not.
  func resolved(isMonthFirst: Bool) -> PowerLogTime? {
    guard case .either(let first, let second, let year, let nanoseconds, let zone) = self else {
      return self
    }
    let (month, day) = isMonthFirst ? (first, second) : (second, first)
    guard let days = TimeScanner.days(year, month, day) else { return nil }
    let wall = Int64(days) * 86_400_000_000_000 + nanoseconds
    return zone.map { .instant(wall - $0) } ?? .wall(wall)
  }
}

/// Takes the text of a time apart.
struct TimeScanner {
  enum Day {
    case date(Int)
    case monthDay(month: Int, day: Int)
    case either(first: Int, second: Int, year: Int)
  }

  private let text: [UInt8]
  private var at = 0

  init(_ text: [UInt8]) { self.text = text }

  var isAtEnd: Bool { at >= text.count }
  private var next: UInt8 { at < text.count ? text[at] : 0 }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    at += 1
    return true
  }

  mutating func number() -> (value: Int, digits: Int)? {
    let start = at
    var value = 0
    while next &- 0x30 < 10, at - start < 9 {
      value = value * 10 + Int(next &- 0x30)
      at += 1
    }
    return at > start ? (value, at - start) : nil
  }

  mutating func skipSeparator() {
    if next | 0x20 == UInt8(ascii: "t") { at += 1 }
    while next == 0x20 || next == 0x09 || next == UInt8(ascii: ",") { at += 1 }
  }

  /// The rest of a day that begins with a number.
  mutating func day(_ first: (value: Int, digits: Int)) -> Day? {
    if first.digits == 8 {
      return Self.days(first.value / 10_000, first.value / 100 % 100, first.value % 100)
        .map { .date($0) }
    }
    let separator = next
    guard separator == UInt8(ascii: "/") || separator == UInt8(ascii: "-") || separator == 0x2E
    else { return nil }
    at += 1
    guard let second = number() else { return nil }
    if separator != 0x2E, next == 0x20, first.digits == 2, second.digits == 2,
      Self.days(2000, first.value, second.value) != nil
    {
      return .monthDay(month: first.value, day: second.value)
    }
    guard take(separator), let third = number() else { return nil }
    if first.digits == 4 {
      return Self.days(first.value, second.value, third.value).map { .date($0) }
    }
    guard third.digits == 4, first.digits <= 2, second.digits <= 2 else { return nil }
    // Points are written by those who write the day first.
    if separator == 0x2E {
      return Self.days(third.value, second.value, first.value).map { .date($0) }
    }
    return .either(first: first.value, second: second.value, year: third.value)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// A time with the names of C's `ctime` or of syslog: `Thu May 28 11:22:33 2026`, `May 28 11:22:33`.
  mutating func timeWithNames() -> PowerLogTime? {
    var words = text.split { $0 == 0x20 }.map { String(decoding: $0, as: UTF8.self) }
    if ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(words.first?.lowercased() ?? "") {
      words.removeFirst()
    }
    guard 3...4 ~= words.count, let month = Self.months.firstIndex(of: words[0].lowercased()),
      let day = Int(words[1]), words[1].utf8.count <= 2
    else { return nil }
    var scanner = TimeScanner(Array(words[2].utf8))
    guard let hour = scanner.number(), scanner.take(UInt8(ascii: ":")),
      let clock = scanner.clock(hour: hour.value), scanner.isAtEnd
    else { return nil }
    guard words.count == 4 else {
      guard Self.days(2000, month + 1, day) != nil else { return nil }
      return .yearless(month: month + 1, day: day, nanoseconds: clock)
    }
    guard let year = Int(words[3]), let days = Self.days(year, month + 1, day) else { return nil }
    return .wall(Int64(days) * 86_400_000_000_000 + clock)
  }

  /// Minutes and seconds behind an hour, in nanoseconds since midnight.
  mutating func clock(hour: Int) -> Int64? {
    guard hour < 24, let minute = number(), minute.value < 60, minute.digits == 2,
      take(UInt8(ascii: ":")), let second = number(), second.value <= 60, second.digits == 2
    else { return nil }
    var fraction: Int64 = 0
    if next == 0x2E || next == UInt8(ascii: ",") {
      at += 1
      var worth: Int64 = 100_000_000
      guard next &- 0x30 < 10 else { return nil }
      while next &- 0x30 < 10 {
        fraction += Int64(next &- 0x30) * worth
        worth /= 10
        at += 1
      }
    }
    var hour = hour
    let rest = String(decoding: text[at...].drop { $0 == 0x20 }.map { $0 | 0x20 }, as: UTF8.self)
    if rest == "am" || rest == "pm" {
      guard 1...12 ~= hour else { return nil }
      hour = hour % 12 + (rest == "pm" ? 12 : 0)
      at = text.count
    }
    return Int64(hour * 3600 + minute.value * 60 + second.value) * 1_000_000_000 + fraction
  }

  /// The offset of the zone behind a time, in nanoseconds; `nil` where none is written.
  mutating func zone() -> Int64? {
    let start = at
    while next == 0x20 { at += 1 }
    let word = String(decoding: text[at...].map { $0 | 0x20 }, as: UTF8.self)
    if word == "z" || word == "utc" || word == "gmt" {
      at = text.count
      return 0
    }
    guard next == UInt8(ascii: "+") || next == UInt8(ascii: "-") else {
      at = start
      return nil
    }
    let sign: Int64 = next == UInt8(ascii: "+") ? 1 : -1
    at += 1
    guard var hours = number() else { return nil }
    var minutes = 0
    if hours.digits == 4 {
      minutes = hours.value % 100
      hours.value /= 100
    } else if take(UInt8(ascii: ":")) {
      guard let rest = number() else { return nil }
      minutes = rest.value
    }
    guard hours.value < 24, minutes < 60 else { return nil }
    return sign * Int64(hours.value * 3600 + minutes * 60) * 1_000_000_000
  }

  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard 1990...2200 ~= year, 1...12 ~= month, 1...31 ~= day else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    return CivilDate(daysSince1970: days).day == day ? days : nil
  }
}
