import Telemetry

extension Progress {
  /// The values a progress can hold; the raw value is the place of the bit in `Fields`.
  enum Field: Int, CaseIterable {
    case step, stepTotal, loss, validationLoss, accuracy, gradientNorm, epoch, learningRate, tokens
    case tokenRate, samples, sampleRate, stepTime, dataTime, reportedMFU, reportedFLOPRate
    case reportedStepEnergy, peakMemory, epochTotal, epochTime, evaluationTime, checkpointTime

    /// Whether the value is a whole number.
    var isWhole: Bool {
      switch self {
      case .step, .stepTotal, .tokens, .samples, .peakMemory, .epochTotal: true
      default: false
      }
    }

    var metric: Metric { Self.metrics[rawValue] }

    private static let metrics: [Metric] = [
      .step, .stepTotal, .loss, .validationLoss, .accuracy, .gradientNorm, .epoch, .learningRate,
      .tokens, .tokenRate, .samples, .sampleRate, .stepTime, .dataTime, .reportedMFU,
      .reportedFLOPRate, .reportedStepEnergy, .peakMemory, .epochTotal, .epochTime,
      .evaluationTime, .checkpointTime,
    ]
  }

  /// Which of its values a progress holds.
  struct Fields: OptionSet, Sendable, Hashable {
    let rawValue: UInt32
    init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ field: Field) { rawValue = 1 << UInt32(truncatingIfNeeded: field.rawValue) }

    static let step = Fields(.step)
    static let stepTotal = Fields(.stepTotal)
    static let epoch = Fields(.epoch)
    static let loss = Fields(.loss)
    /// What a progress bar counts, which may be anything.
    static let counting: Fields = [.step, .stepTotal, Fields(.stepTime)]

    @inline(__always)
    func has(_ field: Field) -> Bool { !isDisjoint(with: Fields(field)) }

    /// Goes through the fields that are there.
    @inline(__always)
    func forEach(_ body: (Field) -> Void) {
      var rest = rawValue
      while rest != 0 {
        if let field = Field(rawValue: rest.trailingZeroBitCount) { body(field) }
        rest &= rest &- 1
      }
    }
  }

  /// Takes values out.
  mutating func drop(_ fields: Fields) { self.fields.subtract(fields) }

  /// Equal for equal statements, and for nothing else that is likely to be met.
  var fingerprint: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ bits: UInt64) {
      hash = (hash ^ bits) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
    }
    mix(UInt64(fields.rawValue))
    fields.forEach { mix(slots[$0.rawValue]) }
    if let time { mix(UInt64(bitPattern: time.nanoseconds)) }
    return hash
  }

  /// Takes over what `other` says; notes are left out.
  mutating func update(with other: Progress) {
    if let new = other.time { time = new }
    if let new = other.elapsed { (elapsed, clock) = (new, other.clock) }
    fields.formUnion(other.fields)
    other.fields.forEach { slots[$0.rawValue] = other.slots[$0.rawValue] }
    if let new = other.pause { (pause, pauseSeconds) = (new, other.pauseSeconds) }
    if let new = other.beginning { beginning = new }
    redone = max(redone, other.redone)
    if other.isTimeWithoutPauses { isTimeWithoutPauses = true }
    if !other.facts.isEmpty { facts.merge(other.facts) { _, new in new } }
  }

  /// A pause as a row says it: at its end.
  init(_ pause: ToldPauses.Pause) {
    self.init()
    switch pause.kind {
    case .evaluation: evaluationTime = pause.seconds
    case .checkpoint: checkpointTime = pause.seconds
    }
  }

  /// Puts the values into a row.
  func fill(_ reading: inout Reading) {
    reading.reserve(fields.rawValue.nonzeroBitCount)
    fields.forEach { field in
      if field.isWhole {
        reading.set(field.metric, steps: whole(field))
      } else {
        reading.set(field.metric, number(field))
      }
    }
  }
}
