import Telemetry

/// What one answer says of one interval: a statement before it is known when and by whom it was heard.
package struct GridInterval: Sendable, Hashable {
  /// The interval; its end belongs to the next one.
  package var span: TimeSpan
  /// How good it is, by the service's own account.
  package var quality: GridStatement.Quality
  /// The values in each metric's unit.
  package private(set) var values: [Metric: Double] = [:]

  /// An interval of which nothing is said yet.
  package init(start: Timestamp, seconds: Double, quality: GridStatement.Quality) {
    span = TimeSpan(start, start + seconds)
    self.quality = quality
  }

  /// The value of a metric in its unit; setting `nil` changes nothing.
  package subscript(metric: Metric) -> Double? {
    get { values[metric] }
    set { if let newValue, newValue.isFinite { values[metric] = newValue } }
  }

  /// The same as what a device said at a time.
  package func statement(_ device: DeviceID, said: Timestamp) -> GridStatement {
    var result = GridStatement(device: device, span: span, said: said, quality: quality)
    for metric in Metric.gridMetrics { result.set(metric, values[metric]) }
    return result
  }

  /// Takes a value out.
  package mutating func leaveOut(_ metric: Metric) { values[metric] = nil }

  /// Takes over what another answer says of the same interval.
  package mutating func merge(_ other: GridInterval) {
    values.merge(other.values) { $1 }
  }
}

/// Why an answer, or one interval of it, is not taken, in words.
package enum GridRefusal: Error, Sendable, Hashable {
  /// No JSON, or JSON that ends too early.
  case unreadable(String)
  /// JSON in which the values do not stand where they should.
  case shape(String)
  /// An answer in which nothing is said.
  case empty
  /// Only intervals in which some of the usual fuels are missing.
  case incomplete
  /// A value that cannot be.
  case implausible(String)
  /// A value that is older than the user takes.
  case old(String)
  /// What the service itself says went wrong.
  case service(String)

  /// What is wrong, as a clause without its end.
  package var words: String {
    switch self {
    case .unreadable(let words): "its answer cannot be read: \(words)"
    case .shape(let words): "its answer has another shape: \(words)"
    case .empty: "its answer is empty"
    case .incomplete: "its answer lacks some of the fuels in every interval"
    case .implausible(let words): "its answer cannot be true: \(words)"
    case .old(let words): "its value is too old: \(words)"
    case .service(let words): "it says: \(words)"
    }
  }
}

/// What an answer says, and a remark on it for people, such as that a forecast is guessed from history.
package struct GridAnswer: Sendable, Hashable {
  /// What it says, interval by interval.
  package var intervals: [GridInterval]
  /// The remark; empty where there is none.
  package var remark = ""
  /// Why some intervals were left out; `nil` where none were.
  package var leftOut: GridRefusal?

  /// Adds a remark, once.
  mutating func add(remark words: String) {
    guard !remark.contains(words) else { return }
    remark += (remark.isEmpty ? "" : "; ") + words
  }

  /// An answer.
  package init(_ intervals: [GridInterval], remark: String = "", leftOut: GridRefusal? = nil) {
    (self.intervals, self.remark, self.leftOut) = (intervals, remark, leftOut)
  }
}
