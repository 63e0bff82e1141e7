import Telemetry

/// Reads a run in MLflow's database: `mlflow.db`, or `mlflow.db#RUN` for one of its runs.
///
/// Without a run's number the one that was begun last is followed. Values of one step that were
/// logged within five seconds are one row.
struct MLflowDatabaseSource: JobFileSource {
  let name: String
  let interval: Double? = 2

  private let path: String
  private let wanted: String?
  private let context: SourceContext
  private var database: MLflowDatabase?
  private var run: MLflowDatabase.Run?
  private var rows: JobRows?
  private var gpus: SecondHandGPUs
  private var choice = ScalarChoice()
  private var place: Int64 = 0
  private(set) var isAtEnd = true

  init(path: String, context: SourceContext, name: String = "mlflow") {
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
      var file = GrowingFile(path: path)
      _ = try file.look()
      guard let run = try MLflowDatabase(path).run(wanted) else {
        return Probe(.waiting, "\(path) holds no such run")
      }
      return Probe(.ok, "\(path): run \(run.name.isEmpty ? run.id : run.name)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    var file = GrowingFile(path: path)
    do throws(SourceFailure) {
      // SQLite would answer less clearly, and open things that are no files.
      _ = try file.look()
      if let database { return try read(database, now) }
      let opened = try MLflowDatabase(path)
      database = opened
      return try read(opened, now)
    } catch {
      if error.health != .waiting { database = nil }
      throw error
    }
  }

  private mutating func read(
    _ database: MLflowDatabase, _ now: Timestamp
  ) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    guard let found = try database.run(wanted) else {
      throw SourceFailure(.waiting, "\(path) holds no such run yet")
    }
    if found.id != run?.id {
      var fresh = JobRows(
        context, source: name, kind: "MLflow metric", path: "\(path)#\(found.id)",
        label: found.name.isEmpty ? found.id : found.name, framework: "MLflow")
      fresh.learn(try database.parameters(of: found.id), to: &result)
      (rows, run, place, choice) = (fresh, found, 0, ScalarChoice())
      gpus = MLflowGPUMetric.gpus(name, context)
    }
    let values = try database.values(of: found.id, after: place)
    isAtEnd = values.count < MLflowDatabase.page
    place = values.last?.row ?? place
    var all: [JobRow] = []
    var samples: [SecondHandGPUs.Sample] = []
    for value in values {
      if let metric = value.metric, let gpu = MLflowGPUMetric(value.key) {
        samples.append(gpu.sample(metric))
        continue
      }
      guard let metric = value.metric, let use = ScalarNames.use(value.key),
        let number = use.value(metric.value), choice.takes(use, name: value.key)
      else { continue }
      var row = JobRow(time: metric.time)
      if use.metric != .step { row.set(.step, Double(metric.step)) }
      row.set(use.metric, number, name: value.key)
      all.append(row)
    }
    rows?.say(
      MLflowSource.joined(all.sorted { $0.time < $1.time }), arrival: now, to: &result)
    gpus.say(samples.sorted { $0.time < $1.time }, arrival: now, to: &result)
    return result
  }
}
