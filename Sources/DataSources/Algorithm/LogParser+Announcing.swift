import Quantities
import Telemetry

extension LogParser {
  /// What must be said before a reading: the device, its series, and how often they come.
  ///
  /// The time between lines is learnt from them, so that a job that prints every two minutes is
  /// not full of gaps.
  mutating func announce(_ reading: Reading) -> [Observation] {
    var result: [Observation] = []
    if announcement.metrics.isEmpty || announcement.hasNewFacts {
      announcement.hasNewFacts = false
      let model = announcement.format.map { "\($0) log" } ?? ""
      result.append(
        .device(
          Device(id: device, label: label, model: model, attributes: announcement.facts)))
    }
    if let last = announcement.lastArrival, reading.time > last {
      let interval = min(600, reading.time - last)
      if interval > 2 * announcement.period {
        announcement.period = interval.rounded(.up)
        for metric in announcement.metrics { result.append(.series(descriptor(metric))) }
      }
    }
    announcement.lastArrival = max(reading.time, announcement.lastArrival ?? reading.time)
    for entry in reading.values where announcement.metrics.insert(entry.metric).inserted {
      result.append(.series(descriptor(entry.metric)))
    }
    return result
  }

  private func descriptor(_ metric: Metric) -> SeriesDescriptor {
    let format = announcement.format ?? "log"
    let caution = announcement.caution.isEmpty ? "" : "; \(announcement.caution)"
    return SeriesDescriptor(
      device: device, metric: metric,
      provenance: Provenance(
        source: source, method: .log, period: announcement.period,
        note: "stated by the job, \(format) log line\(caution)"))
  }
}
