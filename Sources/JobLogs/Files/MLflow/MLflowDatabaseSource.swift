import Telemetry

/// Reads a run in MLflow's database: `mlflow.db`, or `mlflow.db#RUN` for one of its runs.
///
/// Without a run's number the one that was begun last is followed, or, where the job is known that
/// writes it, the one that job is busy with. Values of one step that were logged within five seconds
/// are one row.
struct MLflowDatabaseSource: JobFileSource {
  let name: String
  let interval: Double? = 2

  private let path: String
  private let wanted: String?
  /// The job that writes the database, where one was found.
  private let owner: FileOwner?
  private let context: SourceContext
  private var isWhole = false
  private var run: MLflowDatabase.Run?
  private var rows: JobRows?
  private var gpus: SecondHandGPUs
  private var choice = ScalarChoice()
  private var place: Int64 = 0
  /// The end that was told; a run may be begun again.
  private var ending: MLflowEnding?
  private(set) var isAtEnd = true

  init(
    path: String, context: SourceContext, name: String = "mlflow", owner: FileOwner? = nil
  ) {
    self.owner = owner
    let parts = path.split(separator: "#", maxSplits: 1).map(String.init)
    self.path = parts.first ?? path
    wanted = parts.count > 1 ? parts[1] : nil
    self.context = context
    self.name = name
    gpus = MLflowGPUMetric.gpus(name, context)
  }

  /// Whether the source is for a path, rather than the one that reads folders.
  static func reads(_ path: String) -> Bool {
    path.hasSuffix(".db") || path.hasSuffix(".sqlite") || path.contains(".db#")
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      guard let run = try MLflowDatabase(path).run(wanted) else {
        return Probe(.waiting, "\(path) holds no such run")
      }
      return Probe(.ok, "\(path): run \(run.name.isEmpty ? run.id : run.name)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    // Opened anew each time: who has a database with a write-ahead log open holds a lock on it, and
    // the job could not clear the log away when it ends.
    return try read(MLflowDatabase(path), clock.now)
  }

  /// Reads every run of a database that is finished with, or the one that was named.
  mutating func readHistory(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    expectWhole()
    guard wanted == nil else {
      let read = try readAll(clock)
      return read + finish(clock)
    }
    var result: [Observation] = []
    for run in try MLflowDatabase(path).runs() {
      var one = MLflowDatabaseSource(path: "\(path)#\(run.id)", context: context, name: name)
      result += try one.readHistory(clock)
    }
    return result
  }

  /// The run to follow; `nil` when there is none yet.
  private func choose(_ database: MLflowDatabase) throws(SourceFailure) -> MLflowDatabase.Run? {
    guard wanted == nil, let owner else { return try database.run(wanted) }
    let runs = try database.runs(of: owner)
    guard runs.count > 1 else { return runs.first }
    // The one that was followed goes on; of several new ones nobody knows whose they are.
    if let run, runs.contains(run) { return run }
    throw SourceFailure(
      .waiting, "\(path): \(runs.count) runs go on at once",
      remedy: "name one: mlflow:\(path)#\(runs[0].id)")
  }

  private mutating func read(
    _ database: MLflowDatabase, _ now: Timestamp
  ) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    guard let found = try choose(database) else {
      throw SourceFailure(.waiting, "\(path) holds no such run yet")
    }
    if found.id != run?.id {
      var fresh = JobRows(
        context, source: name, kind: "MLflow metric", path: "\(path)#\(found.id)",
        label: found.name.isEmpty ? found.id : found.name, framework: "MLflow", isOfTracker: true,
        isWhole: isWhole)
      fresh.learn(try database.parameters(of: found.id), to: &result)
      (rows, run, place, choice, ending) = (fresh, found, 0, ScalarChoice(), nil)
      gpus = MLflowGPUMetric.gpus(name, context)
    }
    var all: [JobRow] = []
    var samples: [SecondHandGPUs.Sample] = []
    isAtEnd = false
    for _ in 0..<Self.pages where !isAtEnd {
      let values = try database.values(of: found.id, after: place)
      isAtEnd = values.count < MLflowDatabase.page
      place = values.last?.row ?? place
      take(values, &all, &samples)
    }
    rows?.say(
      MLflowSource.joined(all.sorted { $0.time < $1.time }), by: choice, arrival: now, to: &result)
    gpus.say(samples.sorted { $0.time < $1.time }, arrival: now, to: &result)
    if isAtEnd, let found = try database.ending(of: found.id), found != ending {
      ending = found
      rows?.finish(arrival: now, to: &result)
      rows?.note(found.words, found.cause, at: min(found.time, now), to: &result)
    }
    return result
  }

  mutating func expectWhole() { isWhole = true }

  mutating func finish(_ clock: any SessionClock) -> [Observation] {
    var result: [Observation] = []
    rows?.finish(arrival: clock.now, to: &result)
    return result
  }

  /// How many pages of values are read at a time, each by a query of its own: half a million values
  /// that were logged before are caught up with in ten seconds.
  private static let pages = 32

  private mutating func take(
    _ values: [MLflowDatabase.Value], _ all: inout [JobRow],
    _ samples: inout [SecondHandGPUs.Sample]
  ) {
    for value in values {
      if let metric = value.metric, let gpu = MLflowGPUMetric(value.key) {
        samples.append(gpu.sample(metric))
        continue
      }
      guard let metric = value.metric, let use = ScalarNames.use(value.key),
        let number = use.value(metric.value), choice.takes(use, name: value.key)
      else { continue }
      var row = JobRow(time: metric.time)
      if use.metric != .step {
        row.set(use.counting == .epochs ? .epoch : .step, Double(metric.step))
      }
      row.set(use.metric, number, name: value.key)
      all.append(row)
    }
  }
}
