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
  /// When the file was last written to.
  case written
  /// What a clock showed on a day of a year that is not told.
  case yearless(month: Int, day: Int, nanoseconds: Int64)

  /// The value by which rows of one file are compared, in nanoseconds.
  var order: Int64 {
    switch self {
    case .instant(let value), .wall(let value), .clock(let value): value
    case .written: 0
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
