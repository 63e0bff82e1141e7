import Accounting
import Telemetry

/// The power of many machines over time.
enum FleetCurve {
  /// The mean watts of all machines that tell any, in each of so many parts of a span.
  ///
  /// Of a thousand machines one is always away: unlike for the parts of one machine, its watts are missing
  /// in the sum, as they are in the headline, which says how many answer.
  static func watts(
    _ c: FrameContext, over span: TimeSpan, columns: Int, until: Timestamp
  ) -> [Double?] {
    var sums = [Double?](repeating: nil, count: columns)
    for device in c.inventory.components {
      let curve = c.ledger.powerCurve(of: [device], over: span, columns: columns, until: until)
      for (column, watts) in curve.enumerated() where column < columns {
        guard let watts else { continue }
        sums[column] = (sums[column] ?? 0) + watts
      }
    }
    return sums
  }
}
