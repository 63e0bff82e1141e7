import Accounting
import Telemetry

/// The power of a whole session in the columns of a chart, without adding up all of them anew each second.
///
/// It is taken in columns that stay where they are, some for each of the chart's, of which the ledger keeps
/// those that are settled.
enum SteadyCurve {
  /// The mean power in each of `columns` equal parts of a span, in watts; nothing after `until` enters.
  static func watts(
    _ ledger: Ledger, over span: TimeSpan, columns: Int, until: Timestamp
  ) -> [Double?] {
    let steady = steady(ledger, span, columns)
    let means = ledger.powerCurve(over: steady.span, columns: steady.count, until: until)
    return steady.resampled(means, to: span, columns: columns)
  }

  /// The largest mean power in the columns that a chart of a span rests on; `nil` where none is known.
  static func peak(_ ledger: Ledger, over span: TimeSpan, columns: Int) -> Double? {
    let steady = steady(ledger, span, columns)
    return ledger.powerCurve(over: steady.span, columns: steady.count, until: span.end)
      .compactMap { $0 }.max()
  }

  /// Two to four columns for each of a chart's; of many accelerators one to two, since each has its own.
  private static func steady(_ ledger: Ledger, _ span: TimeSpan, _ columns: Int) -> SteadyColumns {
    SteadyColumns(over: span, most: columns * (ledger.inventory.gpus.count > 16 ? 2 : 4))
  }
}
