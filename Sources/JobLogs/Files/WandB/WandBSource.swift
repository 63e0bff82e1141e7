import Formats
import Linux
import Telemetry

/// Reads what W&B keeps of a run on this machine, online or offline.
///
/// Takes a `.wandb` file, the folder of a run, or a folder `wandb` in which the newest run is
/// followed. Where there is no log, `wandb-summary.json` tells the last state.
struct WandBSource: JobFileSource {
  let name: String
  let interval: Double? = 1

  private let path: String
  private let context: SourceContext
  private var file: GrowingFile?
  private var reader = WandBReader()
  private var isWhole = false
  private var rows: JobRows?
  private var gpus: SecondHandGPUs
  private var lastLook: Timestamp?
  private var isEndTold = false
  private var isDamageTold = false
  private var summaryTime: Timestamp?

  init(path: String, context: SourceContext, name: String = "wandb") {
    self.name = name
    self.path = path
    self.context = context
    gpus = Self.gpus(name, context)
  }

  private static func gpus(_ name: String, _ context: SourceContext) -> SecondHandGPUs {
    // Versions of before 2025 write means over the time since the last, later ones single readings.
    SecondHandGPUs(
      machine: context.machine, teller: "wandb", source: name, method: .average,
      note: "W&B's own measurement of the machine's GPUs, whoever used them")
  }

  var isAtEnd: Bool { file?.isAtEnd ?? true }

  mutating func probe() -> Probe {
    guard let found = Self.find(path) else {
      return Probe(.waiting, "no run of W&B in \(path)", remedy: "name a run's folder")
    }
    return Probe(.ok, found)
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    if file == nil || lastLook.map({ now - $0 >= 5 || now < $0 }) ?? true {
      lastLook = now
      guard let found = Self.find(path) else {
        throw SourceFailure(
          .waiting, "waiting for a run of W&B in \(path)", remedy: "name a run's folder")
      }
      if file?.path != found { begin(found) }
    }
    guard var file else { return [] }
    if file.path.hasSuffix(".json") { return try summary(now) }
    let look: GrowingFile.Look
    do throws(SourceFailure) {
      look = try file.look()
    } catch {
      self.file = nil
      throw error
    }
    if case .fresh = look {
      reader = WandBReader()
      (isEndTold, isDamageTold) = (false, false)
    }
    _ = file.read(budget: 64 << 20) { reader.feed($0) }
    self.file = file
    guard !reader.isForeign else {
      throw SourceFailure(.failed, "\(file.path) is no log of W&B", remedy: "name a .wandb file")
    }
    return say(now)
  }

  mutating func expectWhole() { isWhole = true }

  mutating func finish(_ clock: any SessionClock) -> [Observation] {
    var result: [Observation] = []
    rows?.finish(arrival: clock.now, to: &result)
    return result
  }

  private mutating func begin(_ found: String) {
    file = GrowingFile(path: found)
    reader = WandBReader()
    gpus = Self.gpus(name, context)
    (isEndTold, isDamageTold, summaryTime) = (false, false, nil)
    rows = JobRows(
      context, source: name, kind: "W&B log", path: found, framework: "W&B", isOfTracker: true,
      isWhole: isWhole)
  }

  private mutating func say(_ now: Timestamp) -> [Observation] {
    var result: [Observation] = []
    guard var rows else { return [] }
    rows.learn(reader.facts, label: reader.label, to: &result)
    let fresh = reader.takeRows()
    rows.say(fresh, by: reader.choice, arrival: now, to: &result)
    gpus.say(
      reader.takeGPUs(), host: String(reader.host.prefix(80)), arrival: now, to: &result)
    if let place = reader.firstDamage, !isDamageTold {
      isDamageTold = true
      rows.note(
        "\(rows.device.label): the log is damaged at byte \(place); read on behind it", .refused,
        at: now,
        to: &result)
    }
    if let code = reader.exitCode, !isEndTold {
      isEndTold = true
      let words = code == 0 ? "ended" : "ended with code \(code)"
      rows.note(
        "\(rows.device.label) \(words)", code == 0 ? .finished : .crashed,
        at: min(fresh.last?.time ?? now, now), to: &result)
    }
    self.rows = rows
    return result
  }

  private mutating func summary(_ now: Timestamp) throws(SourceFailure) -> [Observation] {
    guard var looking = file else { return [] }
    _ = try looking.look()
    file = looking
    guard summaryTime != looking.modified else { return [] }
    guard let bytes = GrowingFile.content(looking.path, cap: 16 << 20) else {
      throw SourceFailure(.failed, "\(looking.path) is larger than 16 MB or cannot be read")
    }
    _ = file?.read(budget: 16 << 20) { _ in }
    let row: JobRow?
    do throws(JSONFault) {
      row = try WandBSummary.row(bytes)
    } catch {
      throw SourceFailure(.failed, "\(looking.path): \(error.message)")
    }
    summaryTime = looking.modified
    var result: [Observation] = []
    if let row { rows?.say(row, arrival: now, to: &result) }
    return result
  }

  /// The file to read: the log of the newest run, else its summary.
  private static func find(_ path: String) -> String? {
    guard FolderWalk.isFolder(path) else { return path }
    let files = FolderWalk(path, depth: 2) { $0.hasSuffix(".wandb") || $0 == "wandb-summary.json" }
      .files
    let newest = { (files: [FolderWalk.File]) in
      files.max { ($0.modified, $0.path) < ($1.modified, $1.path) }?.path
    }
    return newest(files.filter { $0.path.hasSuffix(".wandb") }) ?? newest(files)
  }

  /// The line of the catalogue: `wandb:FILE`.
  package static let entry = SourceEntry(
    "wandb", gives: "step, loss and tokens from the files of Weights & Biases", feeds: [.job],
    isDefault: false,
    usage: "wandb:FILE"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“wandb” needs a file or a run's folder: wandb:FILE")
    }
    return WandBSource(path: request.argument, context: context)
  }
}

/// Reads `wandb-summary.json`: the last value of everything a run logged.
package enum WandBSummary {
  /// The row it makes; `nil` when it says nothing that is known.
  /// - Throws: `JSONFault` when it is no JSON.
  package static func row(_ bytes: [UInt8]) throws(JSONFault) -> JobRow? {
    let flat = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
      try JSONFlat(buffer)
    }
    var choice = ScalarChoice()
    let values = flat.values.keys.sorted().compactMap { name in
      flat.double(name).map { (name: name, value: $0) }
    }
    return WandBReader.row(values, step: flat.whole("_step"), &choice)
  }
}
