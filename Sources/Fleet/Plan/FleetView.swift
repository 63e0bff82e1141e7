import Telemetry

/// What of a store is looked at: a time, and the account that ends there.
package struct FleetView: Sendable, Hashable {
  /// The time that is looked at, in whole seconds.
  package let time: Timestamp
  /// Seconds of a column: the account is added up column by column, and settled ones are asked for once.
  package let step: Int64
  /// The number of the column before the account: it ends at `first × step` seconds.
  package let first: Int64
  /// The number of the column that the time lies in; it has not ended yet unless the time is its end.
  package let last: Int64

  /// About how many columns an account has.
  package static let columns = 12.0
  /// Lengths of columns, in seconds: at least four times as long as targets are mostly read.
  private static let steps: [Int64] = [
    60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800,
  ]

  /// The account of about so many seconds that ends at a time; it begins with a whole column.
  package init(time: Timestamp, window: Double, columns: Double = columns) {
    let second = time.nanoseconds / 1_000_000_000
    let step = Self.steps.first { Double($0) * columns >= window } ?? 604_800
    self.time = Timestamp(nanoseconds: second * 1_000_000_000)
    self.step = step
    last = (second + step - 1) / step
    let begin = second - Int64(min(window, 4e8))
    first = (begin + step / 2) / step
  }

  /// The account.
  package var span: TimeSpan { TimeSpan(Self.time(first * step), time) }

  /// The columns of the account, and the one before it, by their numbers.
  package var columns: ClosedRange<Int64> { first...max(first, last) }

  /// The columns that have ended at the time.
  package var whole: ClosedRange<Int64>? {
    let end = time.nanoseconds / 1_000_000_000 / step
    return end < first ? nil : first...end
  }

  /// Seconds of the newest column that have passed; `nil` where it is a whole one.
  package var rest: Int64? {
    let second = time.nanoseconds / 1_000_000_000
    return second % step == 0 ? nil : second % step
  }

  /// So many seconds after 1970.
  package static func time(_ seconds: Int64) -> Timestamp {
    Timestamp(nanoseconds: seconds * 1_000_000_000)
  }
}
