/// What is known of a job, decoded from the attributes of its device.
///
/// A timeline decodes them when the device is announced or changes, and never again.
public struct JobFacts: Hashable, Sendable {
  /// The names of the attributes that the facts of the same names are decoded from.
  public enum Key: String, Sendable, CaseIterable {
    case kind, framework, parameters, layers, heads, vocabulary, precision, gpus, pids, pid
    case activeParameters = "active_parameters"
    case trainableParameters = "trainable_parameters"
    case modelWidth = "model_width"
    case headSize = "head_size"
    case sequenceLength = "sequence_length"
    case worldSize = "world_size"
    case globalBatch = "global_batch"
    case rateScope = "rate_scope"
    /// `yes` or `no`: whether the job's processes hold an accelerator.
    case onGPU = "on_gpu"
    /// The accelerators that its processes were told to use, by UUID or number.
    case visibleGPUs = "visible_gpus"
    /// What told them, such as `CUDA_VISIBLE_DEVICES`.
    case visibleGPUsOrigin = "visible_gpus_from"
    /// `bus` where those numbers are known to count by bus address.
    case visibleGPUsOrder = "visible_gpus_order"
    /// Why not all can be known of its processes, in words.
    case unseen
    /// When its log was last changed, in whole seconds since 1970, if that is long past.
    case lastSaid = "last_said"
    /// One of `Timing`: how the times of a finished job's rows are known.
    case timing
    /// The name of the zone in which times without one were read.
    case timeZone = "time_zone"
    /// `yes` where nobody named that zone.
    case isTimeZoneAssumed = "time_zone_assumed"
    /// `yes` where the year or the day was taken from the time the file was changed.
    case isDateFromFile = "date_from_file"
    /// How many rows had no time and were not kept one by one.
    case untimedRows = "untimed_rows"
    /// `yes` where all that is known of it was written before anyone looked.
    case history
    /// `step` or `request`: when a server counts the tokens it writes.
    case tokenCount = "token_count"
    /// `all` where prompt tokens found in a cache may be among those that a server counts.
    case promptCount = "prompt_count"
    /// `yes` where a server hands its requests on to others.
    case front
  }

  /// What a rate that the job states is counted for.
  public enum RateScope: String, Sendable, Hashable {
    /// One of its devices.
    case device
    /// All of its devices together.
    case job
    /// Nothing says which, so that nothing may be told by it.
    case unknown
  }

  /// How the times of a job's rows are known.
  public enum Timing: String, Sendable, Hashable {
    /// They stand in the log.
    case stamped
    /// Some stand in the log, and the others lie between those.
    case anchored
    /// They were laid out by what steps took, and end when the file was last changed.
    case durations
    /// Nobody knows them: the rows are in their order and no more, so nothing per time is known.
    case none
  }

  /// The size of the model, for FLOP formulas.
  public var shape = ModelShape()
  /// The training framework or server, such as `nanoGPT`; empty when it is not known.
  public var framework = ""
  /// The arithmetic of its matrix products.
  public var precision: Precision?
  /// How many processes it has, each on a device of its own (the world size of PyTorch).
  public var worldSize: Double?
  /// Sequences or samples in a step, over all devices.
  public var globalBatch: Double?
  /// The names of the GPU devices it runs on; empty when they are not known.
  public var gpus: [String] = []
  /// The accelerators that its processes were told to use, by UUID or number; it may use fewer.
  public var visibleGPUs: [String] = []
  /// What told them, such as `CUDA_VISIBLE_DEVICES`.
  public var visibleGPUsOrigin = ""
  /// Whether the numbers among those are known to count by bus address.
  public var areVisibleGPUsByBus = false
  /// Why not all can be known of its processes, in words; empty where nothing is hidden.
  public var unseen = ""
  /// Whether the rates that the job states are for one device or for the whole job.
  public var rateScope = RateScope.job
  /// Whether it answers requests, such as an inference server, and does not train.
  public var isServing = false
  /// Whether a server counts tokens when a request ends, and not when it writes them.
  public var countsTokensAtEnd = false
  /// Whether prompt tokens found in a cache may be among those that a server counts.
  public var promptsMayHoldCached = false
  /// Whether a server hands its requests on to others, who may be on other machines.
  public var isFront = false
  /// Whether it uses accelerators at all; `nil` where that was not looked for.
  public var usesAccelerators: Bool?
  /// The ids of its processes.
  public var pids: Set<Int> = []
  /// When its log last said something, if that was long before anybody looked.
  public var lastSaid: Timestamp?
  /// How the times of its rows are known; those of a job that was watched are.
  public var timing = Timing.stamped
  /// The zone in which times without one were read; `nil` where none was needed.
  public var timeZone: String?
  /// Whether that zone was not named by the user but is that of the machine that read them.
  public var isTimeZoneAssumed = false
  /// Whether the year or the day of its times is that of the file's last change.
  public var isDateFromFile = false
  /// How many rows had no time, so that only the last state of them is kept.
  public var untimedRows = 0.0
  /// Whether all that is known of it was written before anyone looked: an earlier run's history.
  public var isHistory = false

  /// Nothing is known.
  public init() {}

  /// Decodes the attributes; a number outside 1...1e18 counts as not known.
  public init(_ attributes: [String: String]) {
    func text(_ key: Key) -> String? { attributes[key.rawValue] }
    func number(_ key: Key) -> Double? {
      guard let text = text(key), text.utf8.count <= 40, let value = Double(text),
        value.isFinite, value >= 1, value <= 1e18
      else { return nil }
      return value
    }
    shape.parameters = number(.parameters)
    shape.activeParameters = number(.activeParameters)
    shape.trainableParameters = number(.trainableParameters)
    shape.layers = number(.layers)
    shape.width = number(.modelWidth)
    shape.heads = number(.heads)
    shape.headSize = number(.headSize)
    shape.sequenceLength = number(.sequenceLength)
    shape.vocabulary = number(.vocabulary)
    framework = text(.framework) ?? ""
    precision = text(.precision).flatMap(Precision.init(text:))
    worldSize = number(.worldSize)
    globalBatch = number(.globalBatch)
    gpus = Self.list(text(.gpus))
    visibleGPUs = Self.list(text(.visibleGPUs))
    visibleGPUsOrigin = text(.visibleGPUsOrigin) ?? ""
    areVisibleGPUsByBus = text(.visibleGPUsOrder) == "bus"
    unseen = text(.unseen) ?? ""
    rateScope = text(.rateScope).flatMap(RateScope.init(rawValue:)) ?? .job
    isServing = text(.kind) == "serving"
    countsTokensAtEnd = text(.tokenCount) == "request"
    promptsMayHoldCached = text(.promptCount) == "all"
    isFront = text(.front) == "yes"
    usesAccelerators = text(.onGPU).map { $0 == "yes" }
    pids = Set(Self.list(text(.pids)).compactMap { Int($0) })
    lastSaid = number(.lastSaid).flatMap { $0 < 1e11 ? Timestamp(seconds: $0) : nil }
    timing = text(.timing).flatMap(Timing.init(rawValue:)) ?? .stamped
    timeZone = text(.timeZone)
    isTimeZoneAssumed = text(.isTimeZoneAssumed) == "yes"
    isDateFromFile = text(.isDateFromFile) == "yes"
    untimedRows = number(.untimedRows) ?? 0
    isHistory = text(.history) == "yes"
    if let pid = text(.pid).flatMap({ Int($0) }) { pids.insert(pid) }
  }

  /// The parts of a text between commas, without blanks around them; at most 4096.
  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").prefix(4096).map { part in
      var name = part.drop { $0 == " " }
      while name.last == " " { name.removeLast() }
      return String(name)
    }.filter { !$0.isEmpty }
  }

  /// How many devices a stated rate must be multiplied by; `nil` when that is not known.
  public var rateFactor: Double? {
    let devices = worldSize ?? (gpus.isEmpty ? nil : Double(gpus.count))
    return switch rateScope {
    case .job: 1
    case .device: devices
    // Both are the same on one device.
    case .unknown: devices == 1 ? 1 : nil
    }
  }
}
