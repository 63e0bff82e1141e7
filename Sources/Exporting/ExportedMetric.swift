/// One metric as it is told to a store of time series: its name, what it means, and how its samples are found.
///
/// Names follow Prometheus' practice (base units, `_total` for counters, `_info` for facts) and are not
/// derived from those of recordings: what others have drawn into their dashboards must not change.
public struct ExportedMetric: Sendable {
  /// How a value is to be understood, in the terms of OpenMetrics.
  public enum Kind: String, Sendable {
    /// It only grows; its name ends in `_total`.
    case counter
    /// It goes up and down.
    case gauge
    /// It is always 1, and its labels are facts; its name ends in `_info`.
    case info
  }

  /// The whole name, such as `hippowatt_gpu_energy_joules_total`.
  public let name: String
  /// How a value is to be understood.
  public let kind: Kind
  /// What it means, in one sentence without its end.
  public let help: String
  /// The names of its labels, in the order in which samples give their values.
  public let labels: [String]
  /// Its samples at the time of a page.
  let samples: @Sendable (ExportQuery) -> [Sample]

  /// A value with those of its labels.
  public struct Sample: Sendable, Hashable {
    /// The labels' values; one that is empty is as good as not there.
    public var labels: [String]
    /// The value in the unit that the metric's name ends in; of a counter, since the agent was started.
    public var value: Double

    /// A value with those of its labels.
    public init(_ labels: [String] = [], _ value: Double) {
      (self.labels, self.value) = (labels, value)
    }
  }

  init(
    _ name: String, _ kind: Kind, _ help: String, by labels: [String] = [],
    samples: @escaping @Sendable (ExportQuery) -> [Sample]
  ) {
    self.name = "hippowatt_" + name
    self.kind = kind
    self.help = help
    self.labels = labels
    self.samples = samples
  }

  /// The name without what its kind adds, as OpenMetrics calls the family.
  public var family: String {
    switch kind {
    case .counter where name.hasSuffix("_total"): String(name.dropLast(6))
    case .info where name.hasSuffix("_info"): String(name.dropLast(5))
    default: name
    }
  }

  /// The unit that the family's name ends in, where it is one that OpenMetrics lets a family declare.
  public var unit: String? {
    guard kind != .info, let last = family.split(separator: "_").last.map(String.init),
      ["joules", "watts", "seconds", "bytes", "ratio", "celsius", "grams"].contains(last)
    else { return nil }
    return last
  }
}

extension ExportedMetric {
  /// Every metric that is told, in the order of a page; a new one is one file and one line here.
  public static let all: [ExportedMetric] =
    agent + host + hostAccounts + accelerators + acceleratorUse + jobs
}
