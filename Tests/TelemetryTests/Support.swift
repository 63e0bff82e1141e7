@testable import Telemetry

/// The zero of time in tests: a full hour.
let origin = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")

/// A timeline with one series, and what is asked of it in seconds after the origin.
struct OneSeries {
  var timeline = Timeline()
  let metric: Metric

  init(
    _ metric: Metric = .power, _ method: Provenance.Method = .instant, period: Double = 1,
    range: Double = 0, _ values: [(Double, Double)] = []
  ) {
    self.metric = metric
    timeline.apply(
      .series(
        SeriesDescriptor(
          device: gpu, metric: metric,
          provenance: Provenance(source: "test", method: method, period: period, range: range))))
    for (second, value) in values { add(second, value) }
  }

  mutating func add(_ second: Double, _ value: Double) {
    var reading = Reading(device: gpu, time: origin + second)
    reading.set(metric, value)
    timeline.apply(.reading(reading))
  }

  var id: Timeline.SeriesID { Timeline.SeriesID(index: 0) }
  var series: Series { timeline.series[0] }

  func total(_ from: Double, _ to: Double) -> Total {
    timeline.total(id, over: TimeSpan(origin + from, origin + to))
  }

  func curve(_ from: Double, _ to: Double, columns: Int) -> [CurveColumn?] {
    timeline.curve(id, over: TimeSpan(origin + from, origin + to), columns: columns)
  }
}

/// Whether two numbers agree but for rounding.
func near(_ left: Double, _ right: Double) -> Bool {
  abs(left - right) <= 1e-6 * max(1, abs(left), abs(right))
}
