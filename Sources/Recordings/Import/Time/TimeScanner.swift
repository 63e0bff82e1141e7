import Formats
import Quantities

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
    // As `date` writes it, with the zone before the year.
    let isUniversal = words.count == 5 && ["utc", "gmt"].contains(words[3].lowercased())
    if isUniversal { words.remove(at: 3) }
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
    let wall = Int64(days) * 86_400_000_000_000 + clock
    return isUniversal ? .instant(wall) : .wall(wall)
  }

  /// Minutes and seconds behind an hour, in nanoseconds since midnight.
  mutating func clock(hour: Int) -> Int64? {
    guard hour < 24, let minute = number(), minute.value < 60, take(UInt8(ascii: ":")),
      let second = number(), second.value <= 60
    else { return nil }
    // One digit may be what is left of two; with a fraction behind it, nothing is cut off.
    let isFollowed = next == 0x2E || next == UInt8(ascii: ",")
    guard isFollowed || minute.digits == 2 && second.digits == 2 else { return nil }
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
