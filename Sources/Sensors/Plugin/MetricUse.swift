import Formats
import Quantities
import Telemetry

/// How a number under some name becomes steps of a metric.
struct MetricUse: Sendable {
  var metric: Metric
  /// How many of the metric's unit a 1 is worth; `nil` when numbers are steps.
  var factor: Double?

  /// What a name means that is declared in `Metric.all`; `nil` for a name of a sensor's own.
  ///
  /// A metric's own name counts steps: `power_mw`. With another spelling of its unit behind the stem
  /// numbers are in that: `power_w`, `power_kw`, `utilization_percent`, `loss`.
  init?(named name: String) {
    if let metric = Metric.named(name) {
      self.init(metric: metric, factor: nil)
    } else if let spelled = Self.spelled[name] {
      self = spelled
    } else {
      return nil
    }
  }

  init(metric: Metric, factor: Double?) {
    self.metric = metric
    self.factor = factor
  }

  private static let spelled: [String: MetricUse] = {
    var all: [String: MetricUse] = [:]
    for metric in Metric.all {
      for spelling in metric.unit.spellings {
        let name = spelling.name(of: metric.stem)
        guard Metric.named(name) == nil else { continue }
        all[name] = MetricUse(metric: metric, factor: spelling.factor)
      }
      for alias in metric.aliases { all[alias] = MetricUse(metric: metric, factor: 1) }
    }
    return all
  }()

  /// The whole steps of a number; `nil` when they have no room.
  func steps(_ number: JSONNumber) -> Int64? {
    factor.map { metric.steps(number.double * $0) } ?? number.whole()
  }
}
