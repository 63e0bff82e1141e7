import Quantities

/// Where a loss is heading: its slope over the last quarter of the run.
struct LossTrend {
  /// Change of the loss in an hour.
  var perHour: Double

  /// The slope by least squares; `nil` for less than a minute or a curve with hardly any points.
  init?(_ values: [Double?], seconds: Double) {
    let quarter = values.suffix(values.count / 4)
    guard seconds >= 60, values.count > 1 else { return nil }
    let points = quarter.enumerated().compactMap { place, value in
      value.map { (x: Double(place), y: $0) }
    }
    guard points.count >= 8 else { return nil }
    let count = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
    let squares = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    let products = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
    guard squares > 0 else { return nil }
    perHour = products / squares / (seconds / Double(values.count)) * 3600
  }

  /// Such as ` ↘ 0.02/h`.
  var text: String {
    let size = SI.significant(abs(perHour), digits: 2)
    return size.allSatisfy { $0 == "0" || $0 == "." }
      ? " → 0/h" : (perHour < 0 ? " ↘ " : " ↗ ") + size + "/h"
  }
}
