import Quantities
import Telemetry

/// A point in time as a calendar and a clock show it.
public struct CivilTime: Hashable, Sendable {
  public var year: Int
  /// From 1 to 12.
  public var month: Int
  /// From 1 to 31.
  public var day: Int
  /// 0 is Sunday.
  public var weekday: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  /// The local time of a point, `offset` seconds east of UTC.
  ///
  /// Days to date after H. Hinnant, “chrono-Compatible Low-Level Date Algorithms”.
  public init(_ time: Timestamp, offset: Int) {
    let seconds = Int((time.nanoseconds + Int64(offset) * 1_000_000_000).floorDiv(1_000_000_000))
    let days = seconds.floorDiv(86_400)
    let rest = seconds - days * 86_400
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
    weekday = (days + 4).floorMod(7)
    let shifted = days + 719_468
    let era = shifted.floorDiv(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * part + 2) / 5 + 1
    month = part < 10 ? part + 3 : part - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Like `14:32:07`.
  public var clock: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }
  /// Like `14:32`.
  public var shortClock: String { "\(Self.two(hour)):\(Self.two(minute))" }
  /// Like `Mon 23 Nov`.
  public var date: String {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(days[weekday]) \(day) \(months[month - 1])"
  }
  /// Like `2026-11-23`.
  public var isoDate: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

  static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension BinaryInteger {
  func floorDiv(_ divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
  func floorMod(_ divisor: Self) -> Self { self - floorDiv(divisor) * divisor }
}
