import Linux
import Telemetry

/// What the processes do that feed a job with data: its trainers and their loader workers.
///
/// Unprivileged: states and places of sleep of one's own processes, as `/proc` tells them. Which jobs
/// there are, the session's roster says; `loader:PID` names a trainer oneself. Nothing is traced,
/// stopped or written.
struct LoaderSource: DataSource {
  static let sourceName = "loader"

  let name: String
  let kind = sourceName

  private let context: SourceContext
  private let pid: Int32?
  private var tree: LoaderTree
  private var watches: [Int32: TrainerWatch] = [:]
  private var nextScan: Timestamp?
  private var lastScan: Timestamp?
  private var lastRoster: [JobRoster.Entry] = []
  private var lastMessage = ""
  /// When the named process began.
  private var started: Int64?

  /// How many looks were made.
  private var looks = 0

  /// Whether there are so many workers that looking costs more than it tells.
  private var isLarge = false

  /// Ten looks a second while there is somebody to look at, at uneven times; five where a large loader
  /// makes each of them dear, since that is many ranks or many samples to go by.
  ///
  /// Steps of a training are as regular as a clock: looks at even times would meet the same part of
  /// each again and again. Parts of the golden ratio never fall into step with anything.
  var interval: Double? {
    guard !watches.isEmpty else { return 1 }
    let uneven = (Double(looks) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
    return (0.05 + 0.1 * uneven) * (isLarge ? 2 : 1)
  }

  private static let scanPeriod = 4.9
  private static let largeLoader = 16
  /// While a trainer has no workers yet, which it starts when it begins; a few processes cost little.
  private static let eagerPeriod = 1.4
  private static let eagerProcesses = 64

  init(_ context: SourceContext, pid: Int32? = nil) {
    self.context = context
    self.pid = pid
    name = pid.map { "\(Self.sourceName):\($0)" } ?? Self.sourceName
    tree = LoaderTree(context)
  }

  mutating func probe() -> Probe {
    if let pid {
      return ProcessRecord(pid: pid, in: context) == nil
        ? Probe(.absent, "there is no process \(pid)", remedy: "ps says which there are")
        : Probe(.ok, "process \(pid)")
    }
    return Probe(.ok, "looks at the trainers of the jobs that are found, and their loader workers")
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    var observations: [Observation] = []
    if isScanDue(now) { scan(now, &observations) }
    looks &+= 1
    for key in watches.keys {
      watches[key]?.look(at: now)
      watches[key]?.report(at: now, to: &observations)
      if watches[key]?.isGone == true { watches[key] = nil }
    }
    if watches.isEmpty, let pid, !isNamedAlive(pid) {
      throw SourceFailure(.absent, "process \(pid) has ended")
    }
    return observations
  }

  /// Whether the process that the user named still runs: another may have taken over its number.
  private func isNamedAlive(_ pid: Int32) -> Bool {
    guard let record = ProcessRecord(pid: pid, in: context) else { return false }
    return started.map { $0 == record.started } ?? true
  }

  private func isScanDue(_ now: Timestamp) -> Bool {
    guard let nextScan else { return true }
    if now >= nextScan { return true }
    // New workers take the place of old ones at each pass; a second after the last look is soon enough.
    guard let lastScan, now - lastScan >= 1 else { return false }
    return watches.values.contains(where: \.hasLostWorkers)
      || pid == nil
        && context.roster.entries != lastRoster
  }

  private mutating func scan(_ now: Timestamp, _ observations: inout [Observation]) {
    lastScan = now
    lastRoster = context.roster.entries
    var trainers: [LoaderTree.Trainer] = []
    if let pid {
      started = started ?? ProcessRecord(pid: pid, in: context)?.started
      if isNamedAlive(pid) { trainers = tree.trainers(among: [pid], of: nil) }
    } else {
      for entry in lastRoster where !entry.isServing {
        trainers += tree.trainers(among: entry.pids.compactMap(Int32.init(exactly:)), of: entry.job)
      }
      for group in context.roster.unannounced where !group.isServing {
        trainers += tree.trainers(among: group.pids.compactMap(Int32.init(exactly:)), of: nil)
      }
    }
    let isEager =
      tree.kept <= Self.eagerProcesses && trainers.contains { $0.workers.isEmpty }
    isLarge = trainers.reduce(0) { $0 + $1.workers.count } > Self.largeLoader
    // Workers that end are missed at once, so that a large loader need not be counted so often.
    let period = isLarge ? 2 * Self.scanPeriod : Self.scanPeriod
    nextScan = now + (isEager ? Self.eagerPeriod : period)
    tree.endScan()
    // A process that two jobs hold is looked at once.
    var present: [Int32: LoaderTree.Trainer] = [:]
    for trainer in trainers.prefix(64) where present[trainer.pid] == nil {
      present[trainer.pid] = trainer
    }
    for (key, trainer) in present {
      if watches[key]?.trainer.started == trainer.started {
        watches[key]?.update(trainer, in: context)
      } else {
        watches[key] = TrainerWatch(trainer, isNamed: pid != nil, in: context)
      }
    }
    watches = watches.filter { present[$0.key] != nil }
    tell(present.values.sorted { $0.pid < $1.pid }, now, &observations)
  }

  private mutating func tell(
    _ trainers: [LoaderTree.Trainer], _ now: Timestamp, _ observations: inout [Observation]
  ) {
    let workers = trainers.reduce(0) { $0 + $1.workers.count }
    let hidden = watches.values.filter { !$0.isSeen }.map(\.trainer.pid).min()
    let (message, remedy): (String, String) =
      if trainers.isEmpty {
        ("no job is known whose loader could be looked at", "--source loader:PID names a trainer")
      } else if let hidden {
        ("where process \(hidden) sleeps is not told to this user", "run as the user of the job")
      } else {
        (
          "\(trainers.count) trainer\(trainers.count == 1 ? "" : "s"), \(workers) loader workers",
          ""
        )
      }
    guard message != lastMessage else { return }
    lastMessage = message
    observations.append(
      .state(
        SourceState(
          source: name, kind: kind, time: now, health: remedy.isEmpty ? .ok : .waiting,
          message: message, remedy: remedy)))
  }
}

extension LoaderSource {
  /// The line of the catalogue: `loader`.
  package static let entry = SourceEntry(
    sourceName, gives: "what a job's trainer and its loader workers do: run, wait, for what",
    feeds: [.loader], usage: "loader[:PID]"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else { return LoaderSource(context) }
    guard let pid = Int32(request.argument), pid > 0 else {
      throw SourceRequestError("loader:\(request.argument): write the number of a process")
    }
    return LoaderSource(context, pid: pid)
  }
}
