import Quantities
import Telemetry

/// Friendlier names for known metrics, for sensors written by hand.
///
/// The known name's scale gives way to the unit: `power_mw` may be written `power_w` or `power_kw`,
/// `energy_uj` `energy_j`, `energy_wh` or `energy_kwh`, `temperature_mc` `temperature_c`,
/// `utilization_ppm` `utilization` or `utilization_percent`, `loss_e6` `loss`, `step_time_us`
/// `step_time_s` or `step_time_ms`, `sm_clock_hz` `sm_clock_mhz`, `memory_used_b`
/// `memory_used_mib` or `memory_used_gib`, `intensity_mg_per_kwh` `intensity_g_per_kwh`.
struct MetricAlias: Sendable {
  var metric: Metric
  /// How many of the metric's unit one of the alias's is worth.
  var factor: Double

  static let all: [String: MetricAlias] = {
    var all: [String: MetricAlias] = [:]
    for metric in Metric.known.values {
      for (suffix, endings) in endings(of: metric.unit) where metric.name.hasSuffix(suffix) {
        let stem = metric.name.dropLast(suffix.count)
        for (ending, factor) in endings where Metric.known[stem + ending] == nil {
          all[stem + ending] = MetricAlias(metric: metric, factor: factor)
        }
      }
    }
    all["mfu"] = all["reported_mfu"]
    all["tokens_per_second"] = all["token_rate"]
    return all
  }()

  /// What a known name ends in, and what may stand there instead.
  private static func endings(of unit: Unit) -> [(String, [(String, Double)])] {
    switch unit {
    case .watt: [("_mw", [("_w", 1), ("_kw", 1000)])]
    case .joule: [("_uj", [("_j", 1), ("_wh", 3600), ("_kwh", 3_600_000)])]
    case .ratio: [("_ppm", [("", 1), ("_percent", 0.01)])]
    case .celsius: [("_mc", [("_c", 1)])]
    case .hertz: [("_hz", [("_mhz", 1e6), ("_ghz", 1e9)])]
    case .second: [("_us", [("_s", 1), ("_ms", 1e-3)])]
    case .byte: [("_b", [("_mib", 1_048_576), ("_gib", 1_073_741_824), ("_gb", 1e9)])]
    case .count: [("_e6", [("", 1)]), ("_e12", [("", 1)])]
    case .perSecond: [("_e3", [("", 1)])]
    case .gramPerKilowattHour: [("_mg_per_kwh", [("_g_per_kwh", 1)])]
    default: []
    }
  }
}
