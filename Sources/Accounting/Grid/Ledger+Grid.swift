import Quantities
import Telemetry

extension Ledger {
  /// What is known of the electricity over time.
  public var gridCourse: GridCourse { GridCourse(timeline) }

  /// The mix of the machine's own energy over a span: every joule with the mix at its time.
  ///
  /// Energy is cut wherever the grid's values change, which is at least as fine as five-minute
  /// buckets of UTC, since every source's intervals begin on those. Carbon is the sum of energy times
  /// intensity, interval by interval. `nil` when no energy is known.
  public func grid(over span: TimeSpan) -> GridAccount? {
    memos.grids.answer(span) {
      guard let total = energy(over: span) else { return nil }
      let course = gridCourse
      var account = added(course, over: span)
      // The split of the whole need not sum to the last bit, and what no part knows stays unknown.
      let rest = total.joules - account.joules
      if rest > 1e-9 * total.joules { account.add(rest, GridStretch(span)) }
      account.joules = total.joules
      account.matched = min(account.matched, account.joules)
      if let live = course.live {
        account.restated = timeline.gridBook.restated(of: live.id, in: span)
      }
      return account
    }
  }
}
