import Quantities

/// The values one device gave at one time.
public struct Reading: Sendable, Hashable {
  /// The device that was read.
  public var device: DeviceID
  /// The time the values speak of; for an average, the end of its window.
  public var time: Timestamp
  /// When the values reached us; later than `time` for log lines and grid data.
  public var arrival: Timestamp
  /// The values, as whole steps of each metric's scale.
  public private(set) var values: [Entry]

  /// One value of a reading.
  public struct Entry: Sendable, Hashable {
    /// What the value is a value of.
    public let metric: Metric
    /// Whole steps of the metric's scale.
    public let steps: Int64
    /// The value in the metric's unit.
    public var value: Double { Double(steps) * metric.scale }
  }

  /// A reading without values; without an arrival it reached us at its time.
  public init(device: DeviceID, time: Timestamp, arrival: Timestamp? = nil) {
    self.device = device
    self.time = time
    self.arrival = arrival ?? time
    values = []
  }

  /// Adds a value in the metric's unit; a missing or unrepresentable value adds nothing.
  public mutating func set(_ metric: Metric, _ value: Double?) {
    guard let value, let steps = metric.steps(value) else { return }
    values.append(Entry(metric: metric, steps: steps))
  }

  /// Adds a value in whole steps of the metric's scale.
  public mutating func set(_ metric: Metric, steps: Int64?) {
    guard let steps else { return }
    values.append(Entry(metric: metric, steps: steps))
  }

  /// Takes the values of a metric out.
  public mutating func remove(_ metric: Metric) { values.removeAll { $0.metric == metric } }

  /// Makes room for so many values, so that adding them allocates memory only once.
  public mutating func reserve(_ count: Int) { values.reserveCapacity(count) }

  /// Whether it holds no values; such a reading need not be sent.
  public var isEmpty: Bool { values.isEmpty }
}

/// How a series is measured: source, method, period.
public struct Provenance: Sendable, Hashable {
  /// What kind of statement each value is.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// A hardware or kernel counter, read by difference.
    case counter
    /// A value true at the time of reading.
    case instant
    /// A mean over the declared period before the time of reading.
    case average
    /// A line written by the job itself.
    case log
    /// A yearly mean, held constant.
    case annual
    /// Computed from other quantities by a model; never measured.
    case modelled
    /// Made up for demonstration.
    case simulated

    /// What a metric's values are where nobody says: a share of time is one of the time before it.
    public init(usualOf metric: Metric) {
      self = metric.isCounter ? .counter : metric.isShare ? .average : .instant
    }

    /// In words, for people.
    public var words: String {
      switch self {
      case .counter: "counter, by difference"
      case .instant: "instantaneous"
      case .average: "mean over the period"
      case .log: "log line"
      case .annual: "annual mean, held"
      case .modelled: "modelled, not measured"
      case .simulated: "SIMULATED"
      }
    }
  }

  /// The data source's name.
  public var source: String
  /// What kind of statement each value is.
  public var method: Method
  /// The expected time between values in seconds, 0 when none is stated; of an average, the length
  /// of its window.
  public var period: Double
  /// The counter's range in the metric's unit, where it wraps; 0 when it does not.
  public var range: Double
  /// Where the number comes from and how good it is, in words.
  public var note: String

  /// The provenance of a series; by default it has a value every second and never wraps.
  public init(
    source: String, method: Method, period: Double = 1, range: Double = 0, note: String = ""
  ) {
    self.source = source
    self.method = method
    self.period = period
    self.range = range
    self.note = note
  }

  /// The periods that can be, in seconds: up to a little over a year.
  public static let periods = 0...4e7
  /// The ranges of counters that can be, in whatever unit: what 64 bits of the largest step hold.
  public static let ranges = 0...1e30

  /// Beyond this many seconds without a value the time between counts as a gap.
  ///
  /// One value that is missing leaves a gap: half a period, but at least a quarter of a second, is
  /// what a reading may come late. Where no period is stated, five seconds are bridged.
  public var gap: Double {
    switch method {
    case .annual: .infinity
    case .log: max(3 * period, 60)
    default: period > 0 ? max(1.5 * period, period + 0.25) : 5
    }
  }

  /// For how many seconds after a value it is still shown as the present one, and the shape of a
  /// curve is drawn across.
  public var patience: Double { max(gap, 3 * period, 5) }
}

/// What a series measures, of which device and how; sent once, before the first reading.
public struct SeriesDescriptor: Sendable, Hashable {
  /// The device that is measured.
  public var device: DeviceID
  /// What is measured of it.
  public var metric: Metric
  /// How it is measured: source, method, period.
  public var provenance: Provenance

  /// Describes one metric of one device.
  public init(device: DeviceID, metric: Metric, provenance: Provenance) {
    self.device = device
    self.metric = metric
    self.provenance = provenance
  }
}
