import Accounting
import Telemetry

/// The power of a fleet's past: one device a machine, for curves and the scrubber.
///
/// A machine that our exporter runs on tells joules, whose differences are exact; of one that only tells its
/// accelerators' watts there are values of single moments, and the curve is the line between them.
package struct FleetPast: Sendable {
  /// Seconds between two values.
  package let step: Int64
  private var last: Int64?
  private var known: Set<String> = []
  /// The targets that tell their joules, and so need no watts of their accelerators.
  private var exact: Set<String> = []

  /// About how many values a past has.
  static let columns = 288.0
  private static let steps: [Int64] = [
    30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400,
  ]

  /// The seconds of a column, of which a span has about `columns`.
  package static func step(_ span: TimeSpan) -> Int64 {
    steps.first { Double($0) * columns >= span.seconds } ?? 604_800
  }

  /// The past of a span, of which nothing is known.
  package init(_ span: TimeSpan) { step = Self.step(span) }

  /// What is to be asked to know a span; `nil` where all is known that can be.
  package func query(_ span: TimeSpan, _ selector: FleetSelector) -> FleetQuery? {
    let end = span.end.nanoseconds / 1_000_000_000 / step
    let start = last.map { $0 + 1 } ?? span.start.nanoseconds / 1_000_000_000 / step
    guard start <= end else { return nil }
    func named(_ name: String) -> String {
      "label_replace(sum by (instance,Hostname) (\(selector.series([name]))),"
        + "\"__name__\",\"\(name)\",\"\",\"\")"
    }
    return FleetQuery(
      purpose: .past,
      text: Self.names.map(named).joined(separator: " or on(__name__,instance,Hostname) "),
      times: .columns(start...end, step: step))
  }

  private static let names = [
    "hippowatt_host_energy_joules_total", "ceems_ipmi_dcmi_current_watts",
    "DCGM_FI_DEV_POWER_USAGE",
  ]

  /// What an answer tells, in the order of time.
  package mutating func take(_ answer: PromAnswer, _ query: FleetQuery) -> [Observation] {
    guard case .columns(let numbers, _) = query.times else { return [] }
    last = numbers.upperBound
    var found: [Observation] = []
    var readings: [(time: Int64, reading: Reading)] = []
    let names = answer.series.map { FleetLabels($0.labels) }
    for labels in names where labels[.seriesName] == Self.names[0] {
      exact.insert(labels.instanceHost)
    }
    for (series, labels) in zip(answer.series, names) {
      let isExact = labels[.seriesName] == Self.names[0]
      let host = labels[.Hostname].isEmpty ? labels.instanceHost : labels[.Hostname]
      guard isExact || !exact.contains(host) else { continue }
      let device = DeviceID(machine: host, kind: .meter, name: "machine")
      let metric: Metric = isExact ? .energy : .power
      if known.insert(host).inserted { found += describe(device, metric) }
      for point in answer.points[series.points] {
        var reading = Reading(device: device, time: Timestamp(nanoseconds: point.time * 1_000_000))
        reading.set(metric, point.value)
        readings.append((point.time, reading))
      }
    }
    readings.sort { $0.time < $1.time }
    return found + readings.map { .reading($0.reading) }
  }

  private func describe(_ device: DeviceID, _ metric: Metric) -> [Observation] {
    [
      // It stands for itself: nothing else of the machine is told that it could contain.
      .device(Device(id: device, label: device.machine, role: .component)),
      .series(
        SeriesDescriptor(
          device: device, metric: metric,
          provenance: Provenance(
            source: "prometheus", method: metric.isCounter ? .counter : .instant,
            period: Double(step), note: metric.isCounter ? Self.names[0] : "accelerators alone"))),
    ]
  }
}
