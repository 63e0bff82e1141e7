import Formats
import Linux
import Telemetry

/// Reads a run in MLflow's file store: `mlruns/EXPERIMENT/RUN`.
///
/// Each metric is a file of its own in `metrics`, slashes in its name are folders; the parameters
/// in `params` become facts. Values of one step that were logged within five seconds are one row.
struct MLflowSource: JobFileSource {
  let name = "mlflow"
  let interval: Double? = 1

  /// One metric's file.
  private struct Following {
    var file: GrowingFile
    var splitter = LineSplitter(cap: 4096, splitsAtReturns: false)
    var use: Use
    var key: String
    var lines = 0
  }

  /// What a metric is of.
  private enum Use {
    case job(ScalarUse)
    case gpu(MLflowGPUMetric)

    init?(_ key: String) {
      if let gpu = MLflowGPUMetric(key) {
        self = .gpu(gpu)
      } else if let use = ScalarNames.use(key) {
        self = .job(use)
      } else {
        return nil
      }
    }

    /// The better names of a job first.
    var rank: Int { if case .job(let use) = self { use.rank } else { 100 } }
  }

  private let path: String
  private let context: SourceContext
  private var files: [Following] = []
  private var known: Set<String> = []
  private var choice = ScalarChoice()
  private var rows: JobRows
  private var gpus: SecondHandGPUs
  private var lastLook: Timestamp?
  private var badLines = 0
  /// The end that was told; a run may be begun again.
  private var ending: MLflowEnding?
  private(set) var isAtEnd = false

  init(path: String, context: SourceContext) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.context = context
    rows = Self.rows(self.path, context, isWhole: false)
    gpus = MLflowGPUMetric.gpus("mlflow", context)
  }

  mutating func probe() -> Probe {
    guard FolderWalk.isFolder("\(path)/metrics") else {
      return Probe(.waiting, "no folder \(path)/metrics", remedy: "name the folder of a run")
    }
    return Probe(.ok, path)
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    var result: [Observation] = []
    if lastLook.map({ now - $0 >= 5 || now < $0 }) ?? true {
      guard FolderWalk.isFolder("\(path)/metrics") else {
        throw SourceFailure(
          .waiting, "waiting for \(path)/metrics to appear", remedy: "name the folder of a run")
      }
      lastLook = now
      findFiles()
      rows.learn(facts(), label: runName, to: &result)
    }
    var all: [JobRow] = []
    var samples: [SecondHandGPUs.Sample] = []
    var isAtEnd = true
    let bad = badLines
    for index in files.indices {
      all += read(index, &samples, isAtEnd: &isAtEnd)
    }
    self.isAtEnd = isAtEnd
    rows.say(
      Self.joined(all.sorted { $0.time < $1.time }), by: choice, arrival: now, to: &result)
    gpus.say(samples.sorted { $0.time < $1.time }, arrival: now, to: &result)
    if isAtEnd, let text = GrowingFile.start("\(path)/meta.yaml", count: 4096),
      let found = MLflowEnding(metadata: String(decoding: text, as: UTF8.self)), found != ending
    {
      ending = found
      rows.finish(arrival: now, to: &result)
      rows.note(found.words, found.cause, at: min(found.time, now), to: &result)
    }
    if bad == 0, badLines > 0 {
      rows.note(
        "\(path): a line is no metric; such lines are passed over", .refused, at: now, to: &result)
    }
    return result
  }

  private static func rows(_ path: String, _ context: SourceContext, isWhole: Bool) -> JobRows {
    JobRows(
      context, source: "mlflow", kind: "MLflow metric", path: path, framework: "MLflow",
      isOfTracker: true, isWhole: isWhole)
  }

  mutating func expectWhole() { rows = Self.rows(path, context, isWhole: true) }

  mutating func finish(_ clock: any SessionClock) -> [Observation] {
    var result: [Observation] = []
    rows.finish(arrival: clock.now, to: &result)
    return result
  }

  private mutating func findFiles() {
    let folder = "\(path)/metrics"
    for file in FolderWalk(folder, depth: 4, where: { _ in true }).files {
      guard files.count < 256, known.count < 4096, known.insert(file.path).inserted else {
        continue
      }
      let key = String(file.path.dropFirst(folder.count + 1))
      guard let use = Use(key) else { continue }
      files.append(Following(file: GrowingFile(path: file.path), use: use, key: key))
    }
    // The better names first, so that the choice does not change on the way.
    files.sort { ($0.use.rank, $0.key) < ($1.use.rank, $1.key) }
  }

  private mutating func read(
    _ index: Int, _ samples: inout [SecondHandGPUs.Sample], isAtEnd: inout Bool
  ) -> [JobRow] {
    var following = files[index]
    guard let look = try? following.file.look() else { return [] }
    if case .job(let use) = following.use, !choice.takes(use, name: following.key) { return [] }
    if case .fresh = look { following.splitter.reset() }
    var rows: [JobRow] = []
    let use = following.use
    let key = following.key
    var splitter = following.splitter
    var bad = 0
    _ = following.file.read(budget: 4 << 20) { bytes in
      splitter.feed(bytes) { line, isCut in
        guard !isCut, let metric = MLflowMetric(line) else {
          bad += 1
          return
        }
        let job: ScalarUse
        switch use {
        case .gpu(let gpu):
          samples.append(gpu.sample(metric))
          return
        case .job(let use): job = use
        }
        guard let value = job.value(metric.value) else { return }
        var row = JobRow(time: metric.time)
        if job.metric != .step {
          row.set(job.counting == .epochs ? .epoch : .step, Double(metric.step))
        }
        row.set(job.metric, value, name: key)
        rows.append(row)
      }
    }
    badLines += bad
    following.splitter = splitter
    if !following.file.isAtEnd { isAtEnd = false }
    files[index] = following
    return rows
  }

  /// Puts neighbours of the same step together.
  static func joined(_ rows: [JobRow]) -> [JobRow] {
    var result: [JobRow] = []
    for row in rows {
      if let last = result.last, last[.step] == row[.step], row.time - last.time < 5,
        !row.entries.contains(where: { $0.metric != .step && last[$0.metric] != nil })
      {
        for entry in row.entries {
          result[result.count - 1].set(entry.metric, entry.value, name: entry.name)
        }
      } else {
        result.append(row)
      }
    }
    return result
  }

  private var runName: String? {
    GrowingFile.start("\(path)/tags/mlflow.runName", count: 256).map {
      String(decoding: $0.prefix { $0 >= 0x20 }, as: UTF8.self)
    }
  }

  private func facts() -> [String: String] {
    var facts: [String: String] = [:]
    for file in FolderWalk("\(path)/params", depth: 0, limit: 64, where: { _ in true }).files {
      guard facts.count < 32, let value = GrowingFile.start(file.path, count: 128) else { continue }
      let text = String(decoding: value, as: UTF8.self)
      facts["param.\(file.name.prefix(64))"] = text
    }
    return facts
  }

  /// The line of the catalogue: `mlflow:PATH`.
  package static let entry = SourceEntry(
    "mlflow", gives: "step and loss of a run, from MLflow's database or file store", feeds: [.job],
    isDefault: false,
    usage: "mlflow:PATH"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError(
        "“mlflow” needs a database or the folder of a run: mlflow:mlruns/0/RUN")
    }
    guard !MLflowDatabaseSource.reads(request.argument) else {
      return MLflowDatabaseSource(path: request.argument, context: context)
    }
    return MLflowSource(path: request.argument, context: context)
  }
}
