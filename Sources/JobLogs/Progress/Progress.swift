import Telemetry

/// What one line of a training log says of the job.
///
/// It is filled, compared and handed on for every line, so it is small and its memory used again: a
/// bit for each value that is there, and the values side by side, named in `Progress+Values.swift`.
struct Progress: Sendable {
  /// Which values it holds.
  var fields: Fields = []
  /// The values, each at the index of its bit: whole numbers as they are, the others as their bits.
  ///
  /// What stands where no bit is set means nothing.
  var slots = InlineArray<22, UInt64>(repeating: 0)
  /// When it was, if the line says so together with a zone.
  var time: Timestamp?
  /// Seconds since the job or its bar began, if the line says so.
  var elapsed: Double?
  /// Whose clock that is: equal for draws of one bar, 0 for lines.
  var clock: UInt64 = 0
  /// Whether a line states its step itself.
  var statesStep = false
  /// Whether it is a line's beside the bar whose clock it has.
  var isBesideBar = false
  /// The place of its time among those of the history, for a line that was kept back; -1 for none.
  var heardAt = -1
  /// What is counted, before it is decided what that is; taken out by `ProgressModel`.
  var count: Count?
  /// Seconds for one of what a bar counts, as the bar states it.
  var barEach: Double?
  /// What does not change about the job, under the keys of a job's `Device.attributes`.
  var facts: [String: String] = [:]
  /// Something worth a word besides the numbers.
  var note: String?
  /// Whether a program says what it is about to do, as it does once in its life.
  var isBanner = false
  /// That another life of the job begins with this row, in words.
  var beginning: Beginning?
  /// Steps done once more up to this row.
  var redone: Int64 = 0
  /// How many steps a program says that it is about to do.
  var announcedTotal: Int64?
  /// What the job did besides steps, as the line shows.
  var pause: PauseKind?
  /// Seconds that it took, if the line says so.
  var pauseSeconds: Double?
  /// Whether the time of a step is a mean over all steps since the line before, without pauses.
  var isTimeWithoutPauses = false
  /// Whether what was told as steps before is known now to be none of the run.
  var retractsSteps = false
  /// Whether the run is over with this line.
  var isEnd = false

  /// The first word of another life of a job.
  struct Beginning: Sendable {
    var text: String
    var cause: Event.Cause
  }

  init() {}

  /// What the job did besides steps, with the seconds it took.
  var heardPauses: HeardPauses {
    var heard = HeardPauses()
    if let pause { heard.hear(pause, seconds: pauseSeconds) }
    return heard
  }

  /// Forgets everything, to be filled anew.
  mutating func clear() {
    fields = []
    time = nil
    elapsed = nil
    clock = 0
    heardAt = -1
    isBesideBar = false
    statesStep = false
    count = nil
    barEach = nil
    isBanner = false
    isEnd = false
    announcedTotal = nil
    if beginning != nil { beginning = nil }
    redone = 0
    pause = nil
    pauseSeconds = nil
    isTimeWithoutPauses = false
    retractsSteps = false
    if !facts.isEmpty { facts = [:] }
    if note != nil { note = nil }
  }
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
  static var firstCharacters: StaticString { get }
  /// Whose word counts where several formats are in one log.
  var authority: ProgressAuthority { get }

  /// Whether what was read last is only taken for this format until more of it comes.
  var isProvisional: Bool { get }

  init()

  /// Puts what a line says into `progress`, which is empty; false when it is none of this format's.
  ///
  /// Then it does not matter what is left in `progress`.
  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool

  /// Adds what follows from the step, which a bar beside the lines of this format told.
  func complete(_ progress: inout Progress)
}

extension ProgressReader {
  static var caution: String { "" }
  static var firstCharacters: StaticString { "" }
  var authority: ProgressAuthority { .framework }
  var isProvisional: Bool { false }
  func complete(_ progress: inout Progress) {}
}

/// Every log format there is; adding one means adding a line.
package enum ProgressFormats {
  /// What the formats are called.
  package static let names = all.map { $0.format }

  static let all: [any ProgressReader.Type] = [
    NanoGPTReader.self,
    HuggingFaceReader.self,
    LitGPTReader.self,
    LevanterReader.self,
    SlimeReader.self,
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
    JSONRowsReader.self,
    ImageNetReader.self,
    ESPnetReader.self,
    WeNetReader.self,
    CoquiReader.self,
    TacotronReader.self,
    BasicSRReader.self,
    DarknetReader.self,
    StyleGANReader.self,
    CycleGANReader.self,
    BoostingReader.self,
    CatBoostReader.self,
    StepBlocksReader.self,
    RSLRLReader.self,
    LeRobotReader.self,
    StableBaselinesReader.self,
    OLMoCoreReader.self,
    ProgressBarReader.self,
    ColumnsReader.self,
    NamedValuesReader.self,
  ]

  /// For every character, which formats (as bits, in the order of `all`) a message may be of that
  /// begins with it.
  static let byFirstByte: [UInt64] = {
    var table = [UInt64](repeating: 0, count: 256)
    for (index, type) in all.enumerated() {
      let bit: UInt64 = 1 << UInt64(index)
      let firstCharacters = type.firstCharacters
      for byte in 0..<256 where firstCharacters.utf8CodeUnitCount == 0 { table[byte] |= bit }
      for place in 0..<firstCharacters.utf8CodeUnitCount {
        table[Int(firstCharacters.utf8Start[place])] |= bit
      }
    }
    return table
  }()
}
