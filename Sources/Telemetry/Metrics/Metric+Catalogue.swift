extension Metric {
  /// Every metric that is declared here, in the order of the groups.
  public static let all: [Metric] =
    electricity + accelerators + host + data + loading + waiting + jobs + allocations + serving
    + grid + site

  /// Every metric of `all` by its name.
  public static let known: [String: Metric] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The names in recordings of schema 1 and streams of format 1 that have changed since.
  ///
  /// Their steps are the same, so a value read under an old name is the same to the last bit.
  public static let renamed: [String: Metric] = [
    "reported_flop_rate_e6": .reportedFLOPRate, "reported_flop_e6": .reportedFLOP,
    "accuracy_e6": .accuracy, "busy_ppm": .cpuUtilization,
  ]

  /// The metric a name stands for, now or formerly; `nil` for a name that is not declared here.
  public static func named(_ name: String) -> Metric? { known[name] ?? renamed[name] }
}
