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
    static let steps: Int64 = 1 << 50
    static let bytes: Int64 = 1 << 50
  }

  /// The same without what cannot be true.
  var plausible: Progress {
    var copy = self
    _ = copy.refuseImplausible()
    return copy
  }

  /// Takes out what cannot be true, and returns the fields that were far too large.
  ///
  /// What is no number, negative or zero where that cannot be is a framework's word for “unknown”
  /// (`mfu -100.00%`, `energy 0.0`), and not worth a complaint.
  mutating func refuseImplausible() -> Fields {
    var refused: UInt32 = 0
    func keep(_ value: inout Double?, _ range: ClosedRange<Double>, _ bit: UInt32) {
      guard let known = value, !range.contains(known) else { return }
      if known.isFinite, known > range.upperBound { refused |= 1 << bit }
      value = nil
    }
    func keep(_ value: inout Int64?, from low: Int64, upTo high: Int64 = .max) {
      if let known = value, known < low || known > high { value = nil }
    }
    keep(&step, from: 0, upTo: Bounds.steps)
    keep(&stepTotal, from: 1, upTo: Bounds.steps)
    keep(&tokens, from: 0)
    keep(&samples, from: 0)
    keep(&peakMemory, from: 1, upTo: Bounds.bytes)
    keep(&loss, Bounds.loss, 2)
    keep(&validationLoss, Bounds.loss, 3)
    keep(&accuracy, Bounds.share, 4)
    keep(&gradientNorm, Bounds.norm, 5)
    keep(&epoch, Bounds.epoch, 6)
    keep(&learningRate, Bounds.learningRate, 7)
    keep(&tokenRate, Bounds.rate, 9)
    keep(&sampleRate, Bounds.rate, 11)
    keep(&stepTime, Bounds.seconds, 12)
    keep(&dataTime, Bounds.waiting, 13)
    keep(&reportedMFU, Bounds.utilisation, 14)
    keep(&reportedFLOPRate, Bounds.flopRate, 15)
    keep(&reportedStepEnergy, Bounds.joules, 16)
    return Fields(rawValue: refused)
  }

  /// Takes over what `other` says; notes are left out.
  mutating func update(with other: Progress) {
    if let new = other.time { time = new }
    if let new = other.step { step = new }
    if let new = other.stepTotal { stepTotal = new }
    if let new = other.loss { loss = new }
    if let new = other.validationLoss { validationLoss = new }
    if let new = other.accuracy { accuracy = new }
    if let new = other.gradientNorm { gradientNorm = new }
    if let new = other.epoch { epoch = new }
    if let new = other.learningRate { learningRate = new }
    if let new = other.tokens { tokens = new }
    if let new = other.tokenRate { tokenRate = new }
    if let new = other.samples { samples = new }
    if let new = other.sampleRate { sampleRate = new }
    if let new = other.stepTime { stepTime = new }
    if let new = other.dataTime { dataTime = new }
    if let new = other.reportedMFU { reportedMFU = new }
    if let new = other.reportedFLOPRate { reportedFLOPRate = new }
    if let new = other.reportedStepEnergy { reportedStepEnergy = new }
    if let new = other.peakMemory { peakMemory = new }
    if !other.facts.isEmpty { facts.merge(other.facts) { _, new in new } }
  }

  /// What is known when `other` has been said as well; notes are left out.
  func updated(with other: Progress) -> Progress {
    var all = self
    all.note = nil
    all.update(with: other)
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
