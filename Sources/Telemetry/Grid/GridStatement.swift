import Quantities

/// What a grid operator or a data service says of the electricity over one interval.
///
/// Unlike a reading it has an end, may speak of the future and may be revised: the same interval is
/// said again later with other values, and both are kept with the times they were said.
public struct GridStatement: Sendable, Hashable {
  /// How good a statement is, by its source's own account.
  public enum Quality: String, Sendable, Hashable, CaseIterable {
    /// Measured by the operator, or computed from what was measured.
    case measured
    /// Filled in by the source where no measurement is there yet.
    case estimated
    /// Said before the interval.
    case forecast
  }

  /// The source and zone that say it, a device of kind `grid`.
  public var device: DeviceID
  /// The interval over which the values are means; its end belongs to the next one.
  public var span: TimeSpan
  /// When it reached us.
  public var said: Timestamp
  /// How good it is.
  public var quality: Quality
  /// The values, as whole steps of each metric's scale.
  public private(set) var values: [Reading.Entry] = []

  /// A statement without values.
  public init(device: DeviceID, span: TimeSpan, said: Timestamp, quality: Quality) {
    self.device = device
    self.span = span
    self.said = said
    self.quality = quality
  }

  /// The longest interval that can be stated, in seconds: a little over a year.
  public static let longest = 4e7

  /// Adds a value in the metric's unit; one that is missing or cannot be true adds nothing.
  public mutating func set(_ metric: Metric, _ value: Double?) {
    guard let value, metric.range.contains(value), let steps = metric.steps(value) else { return }
    set(metric, steps: steps)
  }

  /// Adds a value in whole steps of the metric's scale.
  public mutating func set(_ metric: Metric, steps: Int64) {
    values.removeAll { $0.metric == metric }
    // In one order, so that the same values said in another are the same.
    let place = values.partitioningIndex { $0.metric.name > metric.name }
    values.insert(Reading.Entry(metric: metric, steps: steps), at: place)
  }

  /// The value of a metric in its unit; `nil` where nothing is said of it.
  public subscript(metric: Metric) -> Double? {
    values.first { $0.metric == metric }?.value
  }

  /// Whether both tell a value of a metric, and not the same one.
  func contradicts(_ other: GridStatement) -> Bool {
    values.contains { value in
      other.values.contains { $0.metric == value.metric && $0.steps != value.steps }
    }
  }

  /// Whether it says the same of the same interval, whenever it was said.
  public func agrees(with other: GridStatement) -> Bool {
    device == other.device && span == other.span && quality == other.quality
      && values == other.values
  }
}
