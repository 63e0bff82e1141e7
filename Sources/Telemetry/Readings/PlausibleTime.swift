import Quantities

/// Which times something measured may speak of: the one place that decides it.
///
/// One wrong time is worse than a missing reading: it would stretch a session over decades.
public enum PlausibleTime {
  /// What a recording, or a file of another program, may speak of: the years 2000 to 2099.
  ///
  /// Nothing was measured for it before, and a clock that was never set says 1970.
  public static let recorded =
    Timestamp(
      nanoseconds: 946_684_800_000_000_000)...Timestamp(
      nanoseconds: 4_102_444_799_999_999_999)

  /// How far ahead of the clock a source may speak, in seconds: a day, for wrong time zones.
  public static let ahead = 86_400.0
  /// How far back a session may reach, in seconds: a week, for a log or a stream that began before it.
  public static let back = 604_800.0

  /// What a source that is read now may speak of.
  public static func live(_ now: Timestamp) -> ClosedRange<Timestamp> {
    let first = min(max(recorded.lowerBound, now - back), recorded.upperBound)
    return first...max(first, min(recorded.upperBound, now + ahead))
  }
}
