import Telemetry

/// The median of a job's own values since it settled.
///
/// A job compiles and fills caches first; what it takes meanwhile is left out.
struct AlertBaseline: Sendable {
  /// Seconds after the first value from which values count.
  static let settling = 120.0
  /// Seconds between two values that count: cost is taken over about as long.
  static let period = 30.0
  /// How many values a median needs.
  static let least = 10
  /// How many are kept; then every second one is.
  private static let most = 2880

  private var first: Timestamp?
  private var next: Timestamp?
  private var stride = period
  private var values: [Double] = []

  init() {}

  /// Takes in the value at a time.
  mutating func take(_ value: Double, at time: Timestamp) {
    guard value > 0, value.isFinite else { return }
    // A clock that was put back begins anew what it counts.
    if let known = next, known - time > Self.settling + stride { next = time }
    if first == nil {
      first = time
      next = time + Self.settling
    }
    guard let due = next, time >= due else { return }
    next = time + stride
    values.append(value)
    guard values.count >= Self.most else { return }
    values = values.indices.filter { $0 % 2 == 0 }.map { values[$0] }
    stride *= 2
  }

  /// The median; `nil` until there are enough values.
  var median: Double? {
    guard values.count >= Self.least else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
