import Fleet
import Quantities
import Telemetry
import Testing

@testable import hippowatt

/// The days that a store is asked for.
@Suite struct StoredMonthsTests {
  @Test(arguments: [0, 3600, -18_000, 19_800, 20_700])
  func `each local day is whole, and its columns end where it does`(offset: Int) {
    let end = Timestamp(seconds: 1_796_000_000)
    let views = StoredMonths.views(over: TimeSpan(last: 5 * 86_400, endingAt: end)) { _ in offset }
    #expect(views.count == 6)
    for (index, (day, view)) in views.enumerated() {
      #expect((Int(day.seconds) + offset) % 86_400 == 0)
      #expect(view.span.start == day)
      #expect(view.span.end == (index + 1 < views.count ? views[index + 1].day : end))
      #expect(view.columns.count <= 100)
    }
  }

  /// Europe put its clocks forward on 29 March 2026, at 01:00 UTC.
  @Test func `a day of 23 hours is one`() {
    let change = 1_774_746_000.0
    let end = Timestamp(seconds: change + 100_000)
    let views = StoredMonths.views(over: TimeSpan(last: 200_000, endingAt: end)) {
      $0.seconds < change ? 3600 : 7200
    }
    let days = views.map(\.view.span.seconds)
    #expect(days.dropLast() == [86_400, 86_400, 82_800] || days.dropLast() == [86_400, 82_800])
  }
}
