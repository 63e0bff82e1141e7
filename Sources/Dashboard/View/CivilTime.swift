import Quantities
import Telemetry

/// A point in time as a calendar and a clock show it.
public struct CivilTime: Hashable, Sendable {
  /// The year of the Gregorian calendar.
  public var year: Int
  /// From 1 to 12.
  public var month: Int
  /// From 1 to 31.
  public var day: Int
  /// The day of the week, Sunday 0.
  public var weekday: Int
  /// From 0 to 23.
  public var hour: Int
  /// From 0 to 59.
  public var minute: Int
  /// From 0 to 59; leap seconds are not counted.
  public var second: Int

  /// The local time of a point, `offset` seconds east of UTC.
  public init(_ time: Timestamp, offset: Int) {
    let seconds = Int(
      time.nanoseconds.saturatingAdd(Int64(offset) * 1_000_000_000)
        .flooredQuotient(by: 1_000_000_000))
    let days = seconds.flooredQuotient(by: 86_400)
    let rest = seconds - days * 86_400
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
    let date = CivilDate(daysSince1970: days)
    weekday = date.weekday
    (year, month, day) = (date.year, date.month, date.day)
  }

  /// Like `14:32:07`.
  public var clock: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }
  /// Like `14:32`.
  public var shortClock: String { "\(Self.two(hour)):\(Self.two(minute))" }
  /// Like `2026-11-23`.
  public var isoDate: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

  static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
