import Quantities
import Telemetry

/// The time at the head of a log's line, with all that it says and nothing that is guessed.
enum LogStamp: Sendable, Hashable {
  /// With its zone: nanoseconds since 1970-01-01 UTC.
  case instant(Int64)
  /// Date and time of day without a zone: nanoseconds since 1970-01-01 00:00 of its own calendar.
  case local(Int64)
  /// Month, day and time of day; nobody wrote the year. Nanoseconds since the year's beginning in a
  /// leap year.
  case yearless(Int64)
  /// A time of day, or the time since something began: in nanoseconds.
  case clock(Int64)

  /// How much is said: of two stamps on a line, the one that says more counts.
  private var rank: Int {
    switch self {
    case .instant: 3
    case .local: 2
    case .yearless: 1
    case .clock: 0
    }
  }

  /// The one of two that says more; the first of equals, which stands further out.
  static func better(_ first: LogStamp?, _ second: LogStamp?) -> LogStamp? {
    guard let first, let second else { return first ?? second }
    return second.rank > first.rank ? second : first
  }

  /// Nanoseconds since 1970 of the local calendar, in the given year; `nil` unless it is yearless.
  func local(inYear year: Int) -> Int64? {
    guard case .yearless(let sinceStart) = self else { return nil }
    let day = 86_400_000_000_000 as Int64
    // Counted in 2000, which had a February 29th.
    let date = CivilDate(
      daysSince1970: CivilDate(year: 2000, month: 1, day: 1).daysSince1970
        + Int(sinceStart / day))
    return Int64(CivilDate(year: year, month: date.month, day: date.day).daysSince1970) * day
      + sinceStart % day
  }

  /// The time of one of several steps with the same stamp: within the second where it is whole.
  static func spread(_ time: Timestamp, _ place: Int, of count: Int) -> Timestamp {
    guard count > 1 else { return time }
    let room = time.nanoseconds % second == 0 ? second : 1_000_000
    return Timestamp(nanoseconds: time.nanoseconds + room / Int64(count) * Int64(place))
  }

  static let second: Int64 = 1_000_000_000

  /// Times of this century as numbers since 1970; anything else is another number.
  static func epoch(_ digits: Int, _ value: Int64, _ fraction: Int64) -> LogStamp? {
    let scale: Int64
    switch digits {
    case 10: scale = second
    case 13: scale = 1_000_000
    case 16: scale = 1000
    case 19: scale = 1
    default: return nil
    }
    guard scale == second || fraction == 0 else { return nil }
    let seconds = value / (second / scale)
    guard 1_000_000_000..<4_102_444_800 ~= seconds else { return nil }
    return .instant(value * scale + fraction)
  }
}
