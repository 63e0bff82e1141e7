import Telemetry

extension Progress {
  /// Which of its values a progress holds.
  struct Fields: OptionSet, Sendable, Hashable {
    let rawValue: UInt32
    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Where each metric has its bit.
    static let metrics: [Metric] = [
      .step, .stepTotal, .loss, .validationLoss, .accuracy, .gradientNorm, .epoch, .learningRate,
      .tokens, .tokenRate, .samples, .sampleRate, .stepTime, .dataTime, .reportedMFU,
      .reportedFLOPRate, .reportedStepEnergy, .peakMemory,
    ]

    /// The metrics themselves.
    var list: [Metric] {
      Self.metrics.indices.filter { rawValue & 1 << UInt32($0) != 0 }.map { Self.metrics[$0] }
    }

    static let step = Fields(rawValue: 1 << 0)
    static let stepTotal = Fields(rawValue: 1 << 1)
    static let loss = Fields(rawValue: 1 << 2)
    static let stepTime = Fields(rawValue: 1 << 12)
    /// What a progress bar counts, which may be anything.
    static let counting: Fields = [.step, .stepTotal, .stepTime]
  }

  /// Which of its values it holds.
  var fields: Fields {
    var bits: UInt32 = 0
    func add(_ isThere: Bool, _ bit: UInt32) { if isThere { bits |= 1 << bit } }
    add(step != nil, 0)
    add(stepTotal != nil, 1)
    add(loss != nil, 2)
    add(validationLoss != nil, 3)
    add(accuracy != nil, 4)
    add(gradientNorm != nil, 5)
    add(epoch != nil, 6)
    add(learningRate != nil, 7)
    add(tokens != nil, 8)
    add(tokenRate != nil, 9)
    add(samples != nil, 10)
    add(sampleRate != nil, 11)
    add(stepTime != nil, 12)
    add(dataTime != nil, 13)
    add(reportedMFU != nil, 14)
    add(reportedFLOPRate != nil, 15)
    add(reportedStepEnergy != nil, 16)
    add(peakMemory != nil, 17)
    return Fields(rawValue: bits)
  }

  /// Takes values out.
  mutating func drop(_ fields: Fields) {
    let bits = fields.rawValue
    func has(_ bit: UInt32) -> Bool { bits & 1 << bit != 0 }
    if has(0) { step = nil }
    if has(1) { stepTotal = nil }
    if has(2) { loss = nil }
    if has(3) { validationLoss = nil }
    if has(4) { accuracy = nil }
    if has(5) { gradientNorm = nil }
    if has(6) { epoch = nil }
    if has(7) { learningRate = nil }
    if has(8) { tokens = nil }
    if has(9) { tokenRate = nil }
    if has(10) { samples = nil }
    if has(11) { sampleRate = nil }
    if has(12) { stepTime = nil }
    if has(13) { dataTime = nil }
    if has(14) { reportedMFU = nil }
    if has(15) { reportedFLOPRate = nil }
    if has(16) { reportedStepEnergy = nil }
    if has(17) { peakMemory = nil }
  }

  /// Equal for equal statements, and for nothing else that is likely to be met.
  var fingerprint: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ bits: UInt64?) {
      hash = (hash ^ (bits ?? 0x9E37_79B9_7F4A_7C15)) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
    }
    func mix(_ value: Double?) { mix(value?.bitPattern) }
    func mix(_ value: Int64?) { mix(value.map { UInt64(bitPattern: $0) }) }
    mix(step)
    mix(stepTotal)
    mix(loss)
    mix(validationLoss)
    mix(accuracy)
    mix(gradientNorm)
    mix(epoch)
    mix(learningRate)
    mix(tokens)
    mix(tokenRate)
    mix(samples)
    mix(sampleRate)
    mix(stepTime)
    mix(dataTime)
    mix(reportedMFU)
    mix(reportedFLOPRate)
    mix(reportedStepEnergy)
    mix(time?.nanoseconds)
    return hash
  }
}
