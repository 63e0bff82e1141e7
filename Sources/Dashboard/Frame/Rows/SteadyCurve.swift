import Accounting
import Telemetry

/// The power of a whole session in the columns of a chart, without adding up all of them anew each second.
///
/// It is taken in columns that stay where they are, two to four for each of the chart's, of which the ledger
/// keeps those that are settled.
enum SteadyCurve {
  /// The mean power in each of `columns` equal parts of a span, in watts; nothing after `until` enters.
  static func watts(
    _ ledger: Ledger, over span: TimeSpan, columns: Int, until: Timestamp
  ) -> [Double?] {
    let steady = SteadyColumns(over: span, most: 4 * columns)
    let means = ledger.powerCurve(over: steady.span, columns: steady.count, until: until)
    return steady.resampled(means, to: span, columns: columns)
  }

  /// The largest mean power of a span up to its end, in a few hundred columns of it; `nil` where none is known.
  static func peak(_ ledger: Ledger, over span: TimeSpan) -> Double? {
    let steady = SteadyColumns(over: span, most: 480)
    return ledger.powerCurve(over: steady.span, columns: steady.count, until: span.end)
      .compactMap { $0 }.max()
  }
}
