import Quantities
import Telemetry
import Testing

@testable import Dashboard

/// The times along an axis.
@Suite struct TimeAxisTests {
  /// 2026-09-21 14:13:20 UTC.
  private static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  @Test(
    arguments: [
      (30.0, 132, 7200, ["16:13:20", "16:13:25"]),
      (300, 132, 7200, ["16:14"]), (3600, 132, 0, ["14:20", "14:30", "14:40"]),
      (86_400, 132, 0, ["15:00", "18:00", "21:00", "22 Sep", "03:00"]),
      (30 * 86_400, 132, 0, ["24 Sep"]), (3600, 132, 19_800, ["19:50", "20:00"]),
    ] as [(Double, Int, Int, [String])])
  func `Times are round ones by the clock that is shown`(
    seconds: Double, columns: Int, offset: Int, wanted: [String]
  ) {
    let span = TimeSpan(Self.start, Self.start + seconds)
    let texts = TimeAxis(span, columns: columns, offset: offset).ticks.map(\.text)
    for text in wanted { #expect(texts.contains(text), "\(texts)") }
  }

  @Test func `No two times touch, and none leaves the axis`() {
    for columns in [0, 8, 9, 20, 44, 80, 132, 300] {
      for seconds in [0, 0.5, 15, 30, 77, 600, 5000, 86_400, 1e6, 1e8, 3e9] {
        let span = TimeSpan(Self.start, Self.start + seconds)
        let ticks = TimeAxis(span, columns: columns, offset: 0).ticks
        for (left, right) in zip(ticks, ticks.dropFirst()) {
          #expect(left.column + left.text.count < right.column)
        }
        #expect(ticks.allSatisfy { $0.column >= 0 && $0.column + $0.text.count <= columns })
      }
    }
  }

  @Test(
    arguments: [
      (0.0, 30.0), (29, 30), (31, 60), (61, 90), (100, 120), (130, 180), (299, 300), (301, 300),
      (9000, 300),
    ] as [(Double, Double)])
  func `A young session's curves have no empty half`(age: Double, shown: Double) {
    let view = ViewState(cursor: .live)
    #expect(view.shownWindow(age) == shown)
    if (15..<300).contains(age) { #expect(shown <= 2 * age) }
  }

  @Test func `A window that was chosen stays, and is told`() {
    let bounds = TimeSpan(Self.start, Self.start + 50)
    var view = ViewState(cursor: .live)
    view.press(.zoomOut, bounds)
    #expect(view.window == 120 && view.shownWindow(50) == 120 && view.toast == "curves show 2 min")
    view.press(.zoomIn, bounds)
    view.press(.zoomIn, bounds)
    view.press(.zoomIn, bounds)
    view.press(.zoomIn, bounds)
    #expect(view.window == 15 && view.toast == "curves show 15 s, the shortest")
  }
}
