import Quantities
import Telemetry

extension Progress {
  /// What can be true of each value; NaN is in none of them.
  ///
  /// A step of less than a microsecond or a device of more than 10 PFLOP/s was not measured: an
  /// asynchronous runtime had only handed the work on.
  private enum Bounds {
    static let loss = -1e9...1e9
    static let norm = 0...1e12
    static let share = 0.0...1.0
    static let epoch = 0...1e9
    static let learningRate = 0...1e3
    static let rate = 1e-6...1e12
    static let seconds = 1e-6...1e6
    static let waiting = 0...1e6
    static let utilisation = 0...1.1
    static let flopRate = 1...1e16
    static let joules = 1e-6...1e12
    static let bytes: Int64 = 1 << 50
  }

  /// The same without what cannot be true.
  var plausible: Progress {
    var copy = self
    _ = copy.refuseImplausible()
    return copy
  }

  /// Takes out what cannot be true, and returns the metrics that were far too large.
  ///
  /// What is no number, negative or zero where that cannot be is a framework's word for “unknown”
  /// (`mfu -100.00%`, `energy 0.0`), and not worth a complaint.
  mutating func refuseImplausible() -> [Metric] {
    var refused: [Metric] = []
    func keep(_ value: inout Double?, _ range: ClosedRange<Double>, _ metric: Metric) {
      guard let known = value, !range.contains(known) else { return }
      if known.isFinite, known > range.upperBound { refused.append(metric) }
      value = nil
    }
    func keep(_ value: inout Int64?, from low: Int64, upTo high: Int64 = .max) {
      if let known = value, known < low || known > high { value = nil }
    }
    keep(&step, from: 0)
    keep(&stepTotal, from: 1)
    keep(&tokens, from: 0)
    keep(&samples, from: 0)
    keep(&peakMemory, from: 1, upTo: Bounds.bytes)
    keep(&loss, Bounds.loss, .loss)
    keep(&validationLoss, Bounds.loss, .validationLoss)
    keep(&accuracy, Bounds.share, .accuracy)
    keep(&gradientNorm, Bounds.norm, .gradientNorm)
    keep(&epoch, Bounds.epoch, .epoch)
    keep(&learningRate, Bounds.learningRate, .learningRate)
    keep(&tokenRate, Bounds.rate, .tokenRate)
    keep(&sampleRate, Bounds.rate, .sampleRate)
    keep(&stepTime, Bounds.seconds, .stepTime)
    keep(&dataTime, Bounds.waiting, .dataTime)
    keep(&reportedMFU, Bounds.utilisation, .reportedMFU)
    keep(&reportedFLOPRate, Bounds.flopRate, .reportedFLOPRate)
    keep(&reportedStepEnergy, Bounds.joules, .reportedStepEnergy)
    return refused
  }

  /// What is known when `other` has been said as well; notes are left out.
  func updated(with other: Progress) -> Progress {
    var all = Progress(
      time: time,
      step: other.step ?? step, stepTotal: other.stepTotal ?? stepTotal,
      loss: other.loss ?? loss, validationLoss: other.validationLoss ?? validationLoss,
      accuracy: other.accuracy ?? accuracy, gradientNorm: other.gradientNorm ?? gradientNorm,
      epoch: other.epoch ?? epoch, learningRate: other.learningRate ?? learningRate,
      tokens: other.tokens ?? tokens, tokenRate: other.tokenRate ?? tokenRate,
      samples: other.samples ?? samples, sampleRate: other.sampleRate ?? sampleRate,
      stepTime: other.stepTime ?? stepTime, dataTime: other.dataTime ?? dataTime,
      reportedMFU: other.reportedMFU ?? reportedMFU,
      reportedFLOPRate: other.reportedFLOPRate ?? reportedFLOPRate,
      reportedStepEnergy: other.reportedStepEnergy ?? reportedStepEnergy,
      peakMemory: other.peakMemory ?? peakMemory)
    all.facts = facts
    if !other.facts.isEmpty { all.facts.merge(other.facts) { _, new in new } }
    return all
  }

  /// Puts the values into a row.
  func fill(_ reading: inout Reading) {
    reading.set(.step, steps: step)
    reading.set(.stepTotal, steps: stepTotal)
    reading.set(.epoch, epoch)
    reading.set(.loss, loss)
    reading.set(.validationLoss, validationLoss)
    reading.set(.accuracy, accuracy)
    reading.set(.gradientNorm, gradientNorm)
    reading.set(.learningRate, learningRate)
    reading.set(.tokens, steps: tokens)
    reading.set(.tokenRate, tokenRate)
    reading.set(.samples, steps: samples)
    reading.set(.sampleRate, sampleRate)
    reading.set(.stepTime, stepTime)
    reading.set(.dataTime, dataTime)
    reading.set(.reportedMFU, reportedMFU)
    reading.set(.reportedFLOPRate, reportedFLOPRate)
    reading.set(.reportedStepEnergy, reportedStepEnergy)
    reading.set(.peakMemory, steps: peakMemory)
  }
}
