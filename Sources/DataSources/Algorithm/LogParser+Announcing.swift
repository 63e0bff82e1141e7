import Quantities
import Telemetry

extension LogParser {
  /// What must be said before a reading: the device, its series, and how often they come.
  ///
  /// The time between lines is learnt from them, so that a job that prints every two minutes is
  /// not full of gaps.
  mutating func announce(_ reading: Reading) -> [Observation] {
    var result: [Observation] = []
    if announcement.metrics.isEmpty {
      result.append(
        .device(
          Device(id: device, label: label, model: announcement.format.map { "\($0) log" } ?? "")))
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

extension Progress {
  /// The same without what cannot be true.
  var plausible: Progress {
    var copy = self
    func keep(_ value: inout Double?, _ range: ClosedRange<Double>) {
      if let known = value, !range.contains(known) { value = nil }
    }
    func keep(_ value: inout Int64?, from low: Int64) {
      if let known = value, known < low { value = nil }
    }
    keep(&copy.step, from: 0)
    keep(&copy.stepTotal, from: 1)
    keep(&copy.tokens, from: 0)
    keep(&copy.loss, -1e9...1e9)
    keep(&copy.learningRate, 0...1e3)
    keep(&copy.tokenRate, 1e-3...1e12)
    keep(&copy.stepTime, 1e-6...1e6)
    keep(&copy.reportedMFU, 0...1.1)
    return copy
  }

  /// What is known when `other` has been said as well.
  func updated(with other: Progress) -> Progress {
    Progress(
      step: other.step ?? step, stepTotal: other.stepTotal ?? stepTotal,
      loss: other.loss ?? loss, learningRate: other.learningRate ?? learningRate,
      tokens: other.tokens ?? tokens, tokenRate: other.tokenRate ?? tokenRate,
      stepTime: other.stepTime ?? stepTime, reportedMFU: other.reportedMFU ?? reportedMFU)
  }

  /// Puts the values into a row.
  func fill(_ reading: inout Reading) {
    reading.set(.step, steps: step)
    reading.set(.stepTotal, steps: stepTotal)
    reading.set(.loss, loss)
    reading.set(.learningRate, learningRate)
    reading.set(.tokens, steps: tokens)
    reading.set(.tokenRate, tokenRate)
    reading.set(.stepTime, stepTime)
    reading.set(.reportedMFU, reportedMFU)
  }
}
