import Quantities
import Telemetry

extension LogParser {
  /// What has been announced, and under which format.
  struct Announcement: Sendable {
    private(set) var format: String?
    private(set) var caution = ""
    /// What is known of the job besides its numbers; goes out again when there is more of it.
    var facts: [String: String] = ["kind": "training"]
    var hasNewFacts = true
    fileprivate var fields: Progress.Fields = []
    fileprivate var isRedoingDescribed = false
    fileprivate var period = 10.0
    fileprivate var lastTime: Timestamp?

    /// Takes up a format; everything is to be said anew.
    mutating func adopt(format: String, caution: String) {
      (self.format, self.caution) = (format, caution)
      fields = []
      facts["framework"] = format
      hasNewFacts = true
    }
  }

  /// What must be said before a reading: the device, its series, and how often they come.
  ///
  /// The time between lines is learnt from them, so that a job that prints every two minutes is
  /// not full of gaps.
  mutating func announce(
    _ reading: Reading, _ fields: Progress.Fields, isRedoing: Bool
  ) -> [Observation] {
    var result: [Observation] = []
    if announcement.hasNewFacts {
      announcement.hasNewFacts = false
      let model = announcement.format.map { "\($0) log" } ?? ""
      result.append(
        .device(Device(id: device, label: label, model: model, attributes: announcement.facts)))
    }
    if let last = announcement.lastTime, reading.time > last {
      let interval = min(600, reading.time - last)
      if interval > 2 * announcement.period {
        announcement.period = interval.rounded(.up)
        describe(announcement.fields, &result)
      }
    }
    announcement.lastTime = max(reading.time, announcement.lastTime ?? reading.time)
    let fresh = fields.subtracting(announcement.fields)
    announcement.fields.formUnion(fields)
    if !fresh.isEmpty { describe(fresh, &result) }
    if isRedoing, !announcement.isRedoingDescribed {
      announcement.isRedoingDescribed = true
      result.append(
        .series(descriptor(.redoneSteps, "counted from the steps the job's log goes back")))
    }
    return result
  }

  private func describe(_ fields: Progress.Fields, _ result: inout [Observation]) {
    fields.forEach { place in
      let type = origin(of: Progress.Fields(place))
      let caution = type.map { $0.caution.isEmpty ? "" : "; \($0.caution)" } ?? ""
      result.append(
        .series(
          descriptor(
            place.metric, "stated by the job, \(type?.format ?? "log") log line\(caution)")))
    }
  }

  private func descriptor(_ metric: Metric, _ note: String) -> SeriesDescriptor {
    SeriesDescriptor(
      device: device, metric: metric,
      provenance: Provenance(
        source: source, method: .log, period: announcement.period, note: note))
  }
}
