import Telemetry

/// What is known of a job once and for all, read from its attributes.
public struct JobFacts: Hashable, Sendable {
  /// What a rate that the job states is counted for.
  public enum RateScope: String, Sendable, Hashable { case device, job }

  public var shape = ModelShape()
  public var framework = ""
  /// The arithmetic of its matrix products.
  public var precision: Precision?
  /// Processes, which is devices, it runs on.
  public var worldSize: Double?
  /// Sequences or samples in a step, over all devices.
  public var globalBatch: Double?
  /// The names of the GPU devices it runs on; empty when it does not tell.
  public var gpus: [String] = []
  public var rateScope = RateScope.job
  public var isServing = false
  /// Whether it uses accelerators at all; `nil` where nobody looked.
  public let usesAccelerators: Bool?
  /// The numbers of its processes, as text.
  public let pids: Set<String>

  /// Reads the attributes; a number that is none, or out of all proportion, is not known.
  public init(_ attributes: [String: String]) {
    func number(_ key: String) -> Double? {
      guard let text = attributes[key], text.utf8.count <= 40, let value = Double(text),
        value.isFinite, value >= 1, value <= 1e18
      else { return nil }
      return value
    }
    shape.parameters = number("parameters")
    shape.activeParameters = number("active_parameters")
    shape.trainableParameters = number("trainable_parameters")
    shape.layers = number("layers")
    shape.width = number("model_width")
    shape.heads = number("heads")
    shape.headSize = number("head_size")
    shape.sequenceLength = number("sequence_length")
    shape.vocabulary = number("vocabulary")
    framework = attributes["framework"] ?? ""
    precision = attributes["precision"].flatMap(Precision.init(text:))
    worldSize = number("world_size")
    globalBatch = number("global_batch")
    gpus = (attributes["gpus"] ?? "").split(separator: ",").prefix(4096).map { part in
      var name = part.drop { $0 == " " }
      while name.last == " " { name.removeLast() }
      return String(name)
    }.filter { !$0.isEmpty }
    rateScope = attributes["rate_scope"].flatMap(RateScope.init(rawValue:)) ?? .job
    isServing = attributes["kind"] == "serving"
    usesAccelerators = attributes["on_gpu"].map { $0 == "yes" }
    pids = Set((attributes["pids"] ?? "").split(separator: ",").prefix(4096).map(String.init))
  }

  public init(_ job: Device) { self.init(job.attributes) }

  /// How many devices a stated rate must be multiplied by; `nil` when that is not known.
  public var rateFactor: Double? {
    guard rateScope == .device else { return 1 }
    return worldSize ?? (gpus.isEmpty ? nil : Double(gpus.count))
  }
}

extension Ledger {
  /// The accelerators of a job: those it names, else those its processes are on, else all of its
  /// machine; none where it is known to use none.
  public func accelerators(of job: DeviceID) -> [Device] {
    own(job) ?? inventory.gpus.filter { $0.id.machine == job.machine }
  }

  /// Whether a job is charged several accelerators only because nobody knows which are its own.
  public func isChargedForAll(_ job: DeviceID) -> Bool {
    guard own(job) == nil else { return false }
    let count = accelerators(of: job).count
    let world = timeline.device(job).flatMap { JobFacts($0).worldSize } ?? 1
    return count > 1 && Double(count) > world
  }

  /// The accelerators that are known to be a job's; `nil` where nothing tells.
  private func own(_ job: DeviceID) -> [Device]? {
    guard let facts = timeline.device(job).map({ JobFacts($0) }) else { return nil }
    let named = inventory.gpus.filter {
      facts.gpus.contains($0.id.name) || facts.gpus.contains($0.label)
    }
    if !named.isEmpty { return named }
    if facts.usesAccelerators == false { return [] }
    guard !facts.pids.isEmpty else { return nil }
    let occupied = Set(
      inventory.processes.lazy.filter { process in
        process.id.machine == job.machine
          && process.attributes["pid"].map(facts.pids.contains) ?? false
      }.compactMap { $0.attributes["gpu"] })
    let found = inventory.gpus.filter { occupied.contains($0.id.name) }
    return found.isEmpty ? nil : found
  }
}
