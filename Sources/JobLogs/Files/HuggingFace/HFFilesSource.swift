import Formats
import Linux
import Telemetry

/// Reads the state that the Trainer of Hugging Face transformers saves, and the model's facts.
///
/// Takes `trainer_state.json`, a results file, or a folder: then the state in it, or else in its
/// newest checkpoint. The rows in it carry no times, so only the last state is said, at the moment
/// the file was written. It is minutes to hours old while the job runs.
struct HFFilesSource: JobFileSource {
  let name = "trainer-state"
  let interval: Double? = 5

  private let path: String
  private let context: SourceContext
  /// What was saved before is another job's.
  private let since: Timestamp?
  private var rows: JobRows?
  private var read: (path: String, time: Timestamp)?
  private var failures = 0
  /// What is wrong with a file that did not change since.
  private var broken: (path: String, time: Timestamp, failure: SourceFailure)?
  private var isEndTold = false
  /// Whether all rows of a finished training are told, and not only the last state.
  private var isWhole = false

  init(path: String, context: SourceContext, since: Timestamp? = nil) {
    self.path = path
    self.context = context
    self.since = since
  }

  var isAtEnd: Bool { true }

  mutating func readHistory(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    isWhole = true
    // Nobody is writing it any more, so there is nothing to wait for.
    failures = 2
    return try sample(clock)
  }

  mutating func probe() -> Probe {
    guard let found = find() else {
      return Probe(
        .waiting, "no trainer_state.json in \(path)", remedy: "name the job's output folder")
    }
    return Probe(.ok, found)
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    guard let found = find() else {
      throw SourceFailure(
        .waiting, "waiting for trainer_state.json in \(path)",
        remedy: "name the job's output folder")
    }
    var file = GrowingFile(path: found)
    _ = try file.look()
    if let read, read == (found, file.modified) { return [] }
    if let broken, broken.path == found, broken.time == file.modified { throw broken.failure }
    guard let bytes = GrowingFile.content(found, cap: 256 << 20) else {
      throw SourceFailure(.failed, "\(found) is larger than 256 MB or cannot be read")
    }
    let state: HFTrainerState
    do throws(JSONFault) {
      state = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
        try HFTrainerState(buffer)
      }
    } catch {
      failures += 1
      // It may be in the middle of being written.
      if failures < 3 { return [] }
      let failure = SourceFailure(.failed, "\(found): \(error.message)")
      broken = (found, file.modified, failure)
      throw failure
    }
    failures = 0
    read = (found, file.modified)
    return say(state, found, min(file.modified, now), now)
  }

  private mutating func say(
    _ state: HFTrainerState, _ found: String, _ written: Timestamp, _ now: Timestamp
  ) -> [Observation] {
    let folder = Self.folder(found)
    var rows =
      self.rows
      ?? JobRows(
        context, source: name, kind: "last row of the saved trainer state", path: path,
        framework: "Hugging Face Trainer")
    var result: [Observation] = []
    let facts = GrowingFile.content("\(folder)/config.json", cap: 4 << 20).flatMap {
      ModelConfig(config: $0)
    }
    var attributes = state.facts.merging(facts?.attributes ?? [:]) { state, _ in state }
    attributes["framework"] = "Hugging Face Trainer"
    // The weights themselves say how many they are, unless several are packed into one number.
    if attributes["parameters"] == nil, attributes["quantization"] == nil,
      let weights = try? Safetensors.read(folder)
    {
      attributes["parameters"] = "\(weights.parameters)"
      attributes["weights_precision"] =
        attributes["weights_precision"] ?? weights.format.flatMap(ModelConfig.precision)
    }
    rows.learn(attributes, to: &result)
    let age = now - written
    if !isWhole, state.runtime == nil, age > Self.tellingAge {
      let step = state.step.map { " of step \($0)" } ?? ""
      rows.note(
        "\(rows.device.label): the state\(step) was saved \(Int(age / 60)) min ago; it is written "
          + "with checkpoints alone, and the job is further by now", at: written, to: &result)
    }
    if isWhole, state.rows.count > 1 {
      rows.sayUntimed(
        state.rows + [state.last(at: written)], runtime: state.wholeRuntime, written: written,
        arrival: now, to: &result)
    } else {
      if isWhole {
        rows.learn([JobFacts.Key.timing.rawValue: JobFacts.Timing.none.rawValue], to: &result)
      }
      rows.say(state.last(at: written), arrival: now, to: &result)
    }
    if let runtime = state.runtime, 0..<1e9 ~= runtime, !isEndTold {
      isEndTold = true
      rows.note(
        "\(rows.device.label): training ended after \(Int(runtime)) s", at: written, to: &result)
    }
    self.rows = rows
    return result
  }

  private static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// From which age on a saved state is said to be old, in seconds.
  private static let tellingAge = 120.0

  /// The folder that all checkpoints of a training lie in, or the path itself where it is another.
  static func output(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 2, parts[parts.count - 2].hasPrefix("checkpoint-") else { return path }
    return parts.dropLast(2).joined(separator: "/")
  }

  /// The file to read: of a folder, the state that was saved last.
  ///
  /// That is the folder's own, which is written when the training ends, else that of the checkpoint
  /// with most steps. What is older by more than a minute is of a training before: copies of a folder
  /// have all their files within that.
  private func find() -> String? {
    guard FolderWalk.isFolder(path) else { return path }
    var saved = FolderWalk(path, depth: 1) { $0 == "trainer_state.json" }.files
    if let since { saved.removeAll { $0.modified < since - 2 } }
    let own = "\(path)/trainer_state.json"
    func steps(_ file: FolderWalk.File) -> Int64 {
      if file.path == own { return .max }
      return PlainNumber.whole(file.folder.split(separator: "-").last.map { Array($0.utf8) } ?? [])
        ?? -1
    }
    if let newest = saved.map(\.modified).max() {
      return saved.filter { newest - $0.modified <= 60 }
        .max { (steps($0), $0.path) < (steps($1), $1.path) }?.path
    }
    return since != nil
      ? nil
      : ["all_results.json", "train_results.json"].map { "\(path)/\($0)" }
        .first { SystemFile.exists($0) }
  }

  /// The line of the catalogue: `trainer-state:FILE`.
  package static let entry = SourceEntry(
    "trainer-state", gives: "the last saved state of a Hugging Face Trainer, and its model",
    feeds: [.job],
    isDefault: false, usage: "trainer-state:FILE"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“trainer-state” needs a file or folder: trainer-state:FILE")
    }
    return HFFilesSource(path: request.argument, context: context)
  }
}
