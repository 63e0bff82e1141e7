import Quantities

/// A point in time: nanoseconds since 1970-01-01 UTC.
///
/// Within a session it is the wall clock at the start plus what the monotonic clock has counted
/// since, so it never steps, whatever happens to the wall clock. What would lie beyond the years that
/// 64 bits hold, about 1678 to 2262, ends there.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Nanoseconds since 1970-01-01 UTC.
  public var nanoseconds: Int64

  /// The point so many nanoseconds after 1970-01-01 UTC.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The point `seconds` after 1970-01-01 UTC.
  public init(seconds: Double) {
    nanoseconds = Int64(saturating: (seconds * 1e9).rounded())
  }

  /// Seconds since 1970-01-01 UTC; exact to a quarter of a microsecond in this century.
  public var seconds: Double { Double(nanoseconds) * 1e-9 }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The time from `right` to `left`, in seconds.
  public static func - (left: Self, right: Self) -> Double {
    Double(left.nanoseconds.saturatingSubtract(right.nanoseconds)) / 1e9
  }

  /// The point `seconds` later.
  public static func + (left: Self, seconds: Double) -> Self {
    Timestamp(
      nanoseconds: left.nanoseconds.saturatingAdd(Int64(saturating: (seconds * 1e9).rounded())))
  }

  /// The point `seconds` earlier.
  public static func - (left: Self, seconds: Double) -> Self { left + (-seconds) }
}

/// A stretch of time from `start` to `end`; never negative.
public struct TimeSpan: Hashable, Sendable {
  /// The earlier end of the stretch, which belongs to it.
  public let start: Timestamp
  /// The later end of the stretch, which belongs to it.
  public let end: Timestamp

  /// The stretch between two points, in either order.
  public init(_ first: Timestamp, _ second: Timestamp) {
    start = min(first, second)
    end = max(first, second)
  }

  /// The `seconds` that end at `end`.
  public init(last seconds: Double, endingAt end: Timestamp) {
    self.init(end - max(0, seconds), end)
  }

  /// The length in seconds.
  public var seconds: Double { end - start }

  /// Whether a time lies in the stretch; both ends belong to it.
  public func contains(_ time: Timestamp) -> Bool { start <= time && time <= end }

  /// What both stretches share, or `nil` when they do not touch.
  public func intersection(_ other: TimeSpan) -> TimeSpan? {
    let from = max(start, other.start)
    let to = min(end, other.end)
    return from <= to ? TimeSpan(from, to) : nil
  }
}
