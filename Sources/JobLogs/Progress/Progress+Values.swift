import Telemetry

/// The values by their names.
extension Progress {
  var step: Int64? {
    get { whole(.step) }
    set { set(.step, newValue.map { UInt64(bitPattern: $0) }) }
  }
  var stepTotal: Int64? {
    get { whole(.stepTotal) }
    set { set(.stepTotal, newValue.map { UInt64(bitPattern: $0) }) }
  }
  var loss: Double? {
    get { number(.loss) }
    set { set(.loss, newValue?.bitPattern) }
  }
  /// The loss on data the job does not train on.
  var validationLoss: Double? {
    get { number(.validationLoss) }
    set { set(.validationLoss, newValue?.bitPattern) }
  }
  /// Whatever fraction the job calls its accuracy, on data it does not train on.
  var accuracy: Double? {
    get { number(.accuracy) }
    set { set(.accuracy, newValue?.bitPattern) }
  }
  var gradientNorm: Double? {
    get { number(.gradientNorm) }
    set { set(.gradientNorm, newValue?.bitPattern) }
  }
  /// Passes over the data, with fractions.
  var epoch: Double? {
    get { number(.epoch) }
    set { set(.epoch, newValue?.bitPattern) }
  }
  var learningRate: Double? {
    get { number(.learningRate) }
    set { set(.learningRate, newValue?.bitPattern) }
  }
  /// Tokens since the job began.
  var tokens: Int64? {
    get { whole(.tokens) }
    set { set(.tokens, newValue.map { UInt64(bitPattern: $0) }) }
  }
  /// Tokens per second, of whatever the format counts them for.
  var tokenRate: Double? {
    get { number(.tokenRate) }
    set { set(.tokenRate, newValue?.bitPattern) }
  }
  /// Samples (sequences, images) since the job began, of all devices.
  var samples: Int64? {
    get { whole(.samples) }
    set { set(.samples, newValue.map { UInt64(bitPattern: $0) }) }
  }
  /// Samples per second of all devices.
  var sampleRate: Double? {
    get { number(.sampleRate) }
    set { set(.sampleRate, newValue?.bitPattern) }
  }
  /// Seconds one step took.
  var stepTime: Double? {
    get { number(.stepTime) }
    set { set(.stepTime, newValue?.bitPattern) }
  }
  /// Seconds of a step that were spent waiting for data.
  var dataTime: Double? {
    get { number(.dataTime) }
    set { set(.dataTime, newValue?.bitPattern) }
  }
  /// Model FLOPs utilisation as a fraction.
  var reportedMFU: Double? {
    get { number(.reportedMFU) }
    set { set(.reportedMFU, newValue?.bitPattern) }
  }
  /// FLOP per second of one device.
  var reportedFLOPRate: Double? {
    get { number(.reportedFLOPRate) }
    set { set(.reportedFLOPRate, newValue?.bitPattern) }
  }
  /// Joules of one step on one device.
  var reportedStepEnergy: Double? {
    get { number(.reportedStepEnergy) }
    set { set(.reportedStepEnergy, newValue?.bitPattern) }
  }
  /// The most memory the job ever held on one device, in bytes.
  var peakMemory: Int64? {
    get { whole(.peakMemory) }
    set { set(.peakMemory, newValue.map { UInt64(bitPattern: $0) }) }
  }

  /// Passes over the data the job will make.
  var epochTotal: Int64? {
    get { whole(.epochTotal) }
    set { set(.epochTotal, newValue.map { UInt64(bitPattern: $0) }) }
  }
  /// Seconds of one pass over the data.
  var epochTime: Double? {
    get { number(.epochTime) }
    set { set(.epochTime, newValue?.bitPattern) }
  }
  /// Seconds of the evaluation that has just ended.
  var evaluationTime: Double? {
    get { number(.evaluationTime) }
    set { set(.evaluationTime, newValue?.bitPattern) }
  }
  /// Seconds of writing the checkpoint that has just been done.
  var checkpointTime: Double? {
    get { number(.checkpointTime) }
    set { set(.checkpointTime, newValue?.bitPattern) }
  }

  /// The value of a field as a whole number.
  @inline(__always)
  func whole(_ field: Field) -> Int64? {
    fields.has(field) ? Int64(bitPattern: slots[field.rawValue]) : nil
  }

  /// The value of a field as a floating-point number.
  @inline(__always)
  func number(_ field: Field) -> Double? {
    fields.has(field) ? Double(bitPattern: slots[field.rawValue]) : nil
  }

  /// Sets a field that is a whole number.
  mutating func set(_ field: Field, whole: Int64) { set(field, UInt64(bitPattern: whole)) }

  /// Sets a field that is a floating-point number.
  mutating func set(_ field: Field, _ value: Double) { set(field, value.bitPattern) }

  @inline(__always)
  private mutating func set(_ field: Field, _ bits: UInt64?) {
    if let bits {
      slots[field.rawValue] = bits
      fields.formUnion(Fields(field))
    } else {
      fields.subtract(Fields(field))
    }
  }
}
