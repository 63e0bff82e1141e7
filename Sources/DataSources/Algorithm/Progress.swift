import Telemetry

/// What one line of a training log says of the job.
struct Progress: Sendable, Hashable {
  /// When it was, if the line says so together with a zone.
  var time: Timestamp?
  var step: Int64?
  var stepTotal: Int64?
  var loss: Double?
  /// The loss on data the job does not train on.
  var validationLoss: Double?
  /// Whatever fraction the job calls its accuracy, on data it does not train on.
  var accuracy: Double?
  var gradientNorm: Double?
  /// Passes over the data, with fractions.
  var epoch: Double?
  var learningRate: Double?
  /// Tokens since the job began.
  var tokens: Int64?
  /// Tokens per second, of whatever the format counts them for.
  var tokenRate: Double?
  /// Samples (sequences, images) since the job began, of all devices.
  var samples: Int64?
  /// Samples per second of all devices.
  var sampleRate: Double?
  /// Seconds one step took.
  var stepTime: Double?
  /// Seconds of a step that were spent waiting for data.
  var dataTime: Double?
  /// Model FLOPs utilisation as a fraction.
  var reportedMFU: Double?
  /// FLOP per second of one device.
  var reportedFLOPRate: Double?
  /// Joules of one step on one device.
  var reportedStepEnergy: Double?
  /// The most memory the job ever held on one device, in bytes.
  var peakMemory: Int64?
  /// What does not change about the job, under the keys of a job's `Device.attributes`.
  var facts: [String: String] = [:]
  /// Something worth a word besides the numbers.
  var note: String?
}

/// Whose word counts where the lines of several formats are in one log.
enum ProgressAuthority: Int, Comparable, Sendable {
  /// A progress bar, which may be any program's.
  case bar
  /// A layer below the framework, which counts in its own way.
  case layer
  case framework

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Understands the log lines of one training framework.
///
/// A reader may remember what earlier lines said, such as the tokens of a batch. It reads by key,
/// not by position, and rather says nothing than something wrong: a line that another process
/// wrote into is not complete, and its numbers may be cut.
protocol ProgressReader: Sendable {
  /// What the framework is called.
  static var format: String { get }
  /// How good the numbers are, in words; empty when there is nothing to say.
  static var caution: String { get }

  /// The characters a message of this format can begin with; empty when it can be any.
  static var openings: StaticString { get }
  /// Whose word counts where several formats are in one log.
  var authority: ProgressAuthority { get }

  init()

  /// Says what a line says, or `nil` when it is none of this format's.
  mutating func read(_ line: LogLine) -> Progress?
}

extension ProgressReader {
  static var caution: String { "" }
  static var openings: StaticString { "" }
  var authority: ProgressAuthority { .framework }
}

/// Every log format there is; adding one means adding a line.
enum ProgressFormats {
  static let all: [any ProgressReader.Type] = [
    NanoGPTReader.self,
    HuggingFaceReader.self,
    TorchtitanReader.self,
    TorchtuneReader.self,
    MegatronReader.self,
    DeepSpeedReader.self,
    NeMoReader.self,
    MaxTextReader.self,
    ComposerReader.self,
    LLaMAFactoryReader.self,
    MLPerfReader.self,
    StepTableReader.self,
    LossFileReader.self,
    ModdedNanoGPTReader.self,
    MinGPTReader.self,
    TimmReader.self,
    MMEngineReader.self,
    Detectron2Reader.self,
    MXNetReader.self,
    DLLoggerReader.self,
    ProgressBarReader.self,
  ]

  /// For every character, which formats (as bits, in the order of `all`) a message may be of that
  /// begins with it.
  static let byOpening: [UInt64] = {
    var table = [UInt64](repeating: 0, count: 256)
    for (index, type) in all.enumerated() {
      let bit: UInt64 = 1 << UInt64(index)
      let openings = type.openings
      for byte in 0..<256 where openings.utf8CodeUnitCount == 0 { table[byte] |= bit }
      for place in 0..<openings.utf8CodeUnitCount { table[Int(openings.utf8Start[place])] |= bit }
    }
    return table
  }()
}
