import Accounting
import Quantities
import Telemetry

extension ExportedJob {
  /// The training and serving jobs that were found by themselves.
  static func found(
    in ledger: Ledger, over span: TimeSpan, but inside: Set<DeviceID>
  ) -> [ExportedJob] {
    let timeline = ledger.timeline
    let lives: [(Device, TimeSpan)] = ledger.inventory.jobs.compactMap { device in
      let facts = timeline.facts(of: device.id)
      guard !inside.contains(device.id), facts.timing != .none, !facts.isHistory,
        let begin = begin(of: device.id, in: timeline)
      else { return nil }
      let ending = timeline.ending(of: device.id, at: span.end)
      let end = ending.flatMap { $0.cause == .stalled ? nil : $0.time } ?? span.end
      guard end > begin else { return nil }
      return (device, TimeSpan(max(begin, span.start), max(begin, end)))
    }
    // Those that ended long ago are not told, and had their share of what others have.
    return lives.filter { span.end - $0.1.end < afterlife }.map { device, life in
      var job = ExportedJob(device, ledger, over: life)
      job.isPresent = life.end == span.end
      let others = lives.filter { other in
        other.0.id != device.id && other.1.intersection(life).map { $0.seconds > 0 } ?? false
      }
      job.share(with: others.flatMap { Self.charged($0.0.id, ledger, over: $0.1) })
      if ledger.startedAgain(device.id, in: life) { job.forgetEnergy(because: "started_again") }
      return job
    }
  }

  /// When a job first told any progress.
  private static func begin(of job: DeviceID, in timeline: Timeline) -> Timestamp? {
    Ledger.progressMetrics.compactMap { metric in
      timeline.id(metric, of: job).flatMap { timeline.firstReading($0)?.time }
    }.min()
  }

  private static func charged(
    _ job: DeviceID, _ ledger: Ledger, over span: TimeSpan
  ) -> [Device] {
    if case .accelerators(let gpus) = ledger.charge(of: job, over: span) { gpus } else { [] }
  }

  private init(_ device: Device, _ ledger: Ledger, over life: TimeSpan) {
    let timeline = ledger.timeline
    let facts = timeline.facts(of: device.id)
    // What is called alike on two machines need not be one job.
    id = "\(device.id.name)@\(device.id.machine)"
    name = device.label
    user = Self.user(of: facts, on: device.id.machine, in: ledger)
    kind = ledger.isServer(device.id) ? "serving" : "training"
    gpus = Self.charged(device.id, ledger, over: life)
    energy = ledger.jobEnergy(of: device.id, over: life)
    doubts = ledger.caveats(of: device.id, over: life).map(\.exportedWord)
    if !gpus.isEmpty {
      gpuSeconds = Double(gpus.count) * life.seconds
      wasted = Self.wasted(by: gpus, timeline, over: life)
      judged = Self.judged(of: gpus, timeline, over: life)
    }
    if !facts.pids.isEmpty, !gpus.isEmpty {
      let present = ledger.processes(over: TimeSpan(life.end - 5, life.end), by: .process)
        .filter { $0.isRunning && $0.pids.contains(where: facts.pids.contains) }
      processes = timeline.devices(.process).isEmpty ? nil : Double(present.count)
    }
    func count(_ metric: Metric) -> Double? {
      timeline.id(metric, of: device.id).map { timeline.total($0, over: life).amount }
    }
    tokens = count(.outputTokens) ?? count(.tokens)
    samples = count(.samples)
    let lives = ledger.lives(of: device.id, over: life)
    if timeline.id(.step, of: device.id) != nil {
      steps = lives.reduce(0) { $0 + $1.steps }
    }
  }

  /// Who its processes run as; empty where that is not known of all that are seen, or differs.
  private static func user(of facts: JobFacts, on machine: String, in ledger: Ledger) -> String {
    let users = ledger.inventory.processes.filter { $0.id.machine == machine }
      .map { ledger.timeline.processFacts(of: $0.id) }
      .filter { $0.pid.map(facts.pids.contains) ?? false }.map(\.user)
    return Set(users).count == 1 ? users[0] ?? "" : ""
  }

  /// Joules that accelerators wasted over a span; those held back were at work.
  static func wasted(
    by gpus: [Device], _ timeline: Timeline, over span: TimeSpan
  ) -> [AllocationUse.Cause: Double] {
    var sums: [AllocationUse.Cause: Double] = [:]
    for gpu in gpus {
      for cause in AllocationUse.Cause.allCases {
        guard let id = timeline.id(cause.energy, of: AllocationUse.Cause.judged(gpu)) else {
          continue
        }
        sums[cause, default: 0] += max(0, timeline.total(id, over: span).amount)
      }
    }
    return sums
  }

  /// Joules of accelerators over a span of which it was judged what they were for; `nil` where none were.
  private static func judged(
    of gpus: [Device], _ timeline: Timeline, over span: TimeSpan
  ) -> Double? {
    let sum = gpus.reduce(0.0) { sum, gpu in
      timeline.id(.judgedEnergy, of: AllocationUse.Cause.judged(gpu))
        .map { sum + max(0, timeline.total($0, over: span).amount) } ?? sum
    }
    return sum > 0 ? sum : nil
  }

  /// Tells no joules where others were on the same accelerators: whose they were is not known.
  mutating func share(with others: [Device]) {
    let ids = Set(others.map(\.id))
    guard gpus.contains(where: { ids.contains($0.id) }) else { return }
    forgetEnergy(because: "shared_accelerators")
  }

  /// Tells no joules, and why.
  private mutating func forgetEnergy(because reason: String) {
    energy = nil
    (judged, wasted) = (nil, [:])
    gpuSeconds = nil
    doubts.append(reason)
  }
}

extension Ledger {
  /// Whether a job ended within a life and told progress again later: who had its accelerators in between
  /// is not known.
  fileprivate func startedAgain(_ job: DeviceID, in life: TimeSpan) -> Bool {
    let newest = Self.progressMetrics.compactMap { metric in
      timeline.id(metric, of: job).flatMap { timeline.newest(of: $0) }
    }.max()
    guard let newest else { return false }
    return timeline.events.contains { event in
      event.device == job && event.cause?.isEnding == true && event.cause != .stalled
        && event.time > life.start && newest - event.time > 60
    }
  }
}

extension JobCaveat {
  /// The word for it in a label.
  var exportedWord: String {
    switch self {
    case .allAccelerators: "all_accelerators"
    case .named: "named_accelerators"
    case .sharedProcessors: "shared_processors"
    case .sharedAccelerators: "shared_accelerators"
    case .partlySeen: "partly_seen"
    case .unknown: "not_charged"
    }
  }
}
