import Telemetry

/// What a ledger knows of all accelerators and their jobs over a second: what is judged by.
struct WaitingFacts {
  private let ledger: Ledger
  private let span: TimeSpan
  /// The jobs that are under way, and their accelerators.
  private var running: [(job: DeviceID, accelerators: [DeviceID], isServer: Bool)] = []
  /// What the trainers do, by the number of their process.
  private var trainers:
    [(
      pid: Int, machine: String, job: DeviceID?, isNamed: Bool, launch: String?,
      doing: AcceleratorTick.Trainer
    )] = []
  /// The numbers of the processes on each accelerator.
  private var processes: [DeviceID: Set<Int>] = [:]

  private var timeline: Timeline { ledger.timeline }

  init(_ ledger: Ledger, _ span: TimeSpan) {
    self.ledger = ledger
    self.span = span
    for process in ledger.inventory.processes {
      guard let gpu = process.parent, isFresh(process.id),
        let pid = timeline.processFacts(of: process.id).pid
      else { continue }
      processes[gpu, default: []].insert(pid)
    }
    for job in ledger.inventory.jobs where isRunning(job.id) {
      let isServer = ledger.isServer(job.id)
      let own = isServer ? ledger.servingAccelerators(of: job.id) : ledger.accelerators(of: job.id)
      running.append((job.id, own.map(\.id), isServer))
    }
    for loader in timeline.devices(.loader) {
      guard let doing = doing(of: loader), let pid = loader.attributes["pid"].flatMap({ Int($0) })
      else { continue }
      // Workers that are known by their parent alone, and compute themselves, are ranks.
      let workers = (loader.attributes["worker_pids"] ?? "").split(separator: ",")
      let onAccelerators = pids(of: loader.id.machine) { _ in true }
      guard !workers.contains(where: { Int($0).map(onAccelerators.contains) ?? false }) else {
        continue
      }
      let isNamed = loader.attributes["named"] == "yes"
      trainers.append(
        (
          pid, loader.id.machine, loader.parent, isNamed, loader.attributes["launch"], doing
        ))
    }
  }

  /// The jobs under way.
  var jobs: [DeviceID] { running.map(\.job) }

  func accelerators(of job: DeviceID) -> [DeviceID] {
    running.first { $0.job == job }?.accelerators ?? []
  }

  func jobs(on gpu: Device) -> Set<DeviceID> {
    Set(running.filter { $0.accelerators.contains(gpu.id) }.map(\.job))
  }

  /// What the trainers on an accelerator were started by, all of them alike; `nil` where that is not known.
  func launch(on gpu: DeviceID) -> String? {
    let own = trainers.filter { processes[gpu]?.contains($0.pid) ?? false }.map(\.launch)
    guard let first = own.first, own.allSatisfy({ $0 == first }) else { return nil }
    return first.map { "\(gpu.machine) \($0)" }
  }

  /// What is known of an accelerator; `nil` where its energy is not.
  func tick(of gpu: Device) -> AcceleratorTick? {
    guard let energy = timeline.energy(of: gpu.id, over: span),
      energy.covered >= 0.5 * span.seconds, energy.joules >= 0
    else { return nil }
    var tick = AcceleratorTick(
      seconds: span.seconds, joules: energy.joules * span.seconds / energy.covered)
    tick.holder = holder(of: gpu)
    tick.activity = mean(.smActive, of: gpu.id)
    tick.utilization = mean(.utilization, of: gpu.id)
    tick.trainer = trainer(on: gpu)
    return tick
  }

  /// The share of the power samples of the second that lie below a threshold; `nil` with fewer than five.
  func lowSamples(of gpu: Device, below threshold: Double?) -> Double? {
    guard let threshold, let id = timeline.id(.power, of: gpu.id) else { return nil }
    let values = timeline.readings(id, in: span)
    guard values.count >= 5 else { return nil }
    return Double(values.count { $0.value < threshold }) / Double(values.count)
  }

  /// The share of the second in which heat, the board or a power brake held the clocks down.
  func heldBack(_ gpu: DeviceID) -> Double {
    let seconds = [Metric.throttledByThermal, .throttledByBoard].compactMap { metric in
      timeline.id(metric, of: gpu).map { timeline.total($0, over: span).amount }
    }
    return min(1, max(0, seconds.reduce(0, +) / span.seconds))
  }

  private func mean(_ metric: Metric, of gpu: DeviceID) -> Double? {
    timeline.id(metric, of: gpu).flatMap { id in
      let total = timeline.total(id, over: span)
      return total.covered >= 0.5 * span.seconds ? total.mean : nil
    }.map { min(1, max(0, $0)) }
  }

  private func holder(of gpu: Device) -> AcceleratorTick.Holder {
    let own = running.filter { $0.accelerators.contains(gpu.id) }
    if own.contains(where: { !$0.isServer }) { return .job }
    if !own.isEmpty { return .server }
    // A process that nothing is known of may be a job of anybody's.
    if processes[gpu.id]?.isEmpty == false { return .job }
    // Whoever names a trainer says that it works here.
    let listed = processes.values.reduce(into: Set<Int>()) { $0.formUnion($1) }
    return trainers.contains {
      $0.isNamed && $0.machine == gpu.id.machine && !listed.contains($0.pid)
    } ? .job : .nobody
  }

  private func isFresh(_ process: DeviceID) -> Bool {
    let moment = timeline.moment(at: span.end)
    return [Metric.memoryUsed, .smShare].contains { moment.value($0, of: process) != nil }
  }

  private func isRunning(_ job: DeviceID) -> Bool {
    let facts = timeline.facts(of: job)
    guard !facts.isHistory, facts.timing == .stamped else { return false }
    if let ending = timeline.ending(of: job, at: span.end), ending.cause != .stalled {
      return false
    }
    return true
  }

  /// The trainer whose work an accelerator does: the one whose process is on it, or the only one, or all
  /// of a job's where they do the same.
  private func trainer(on gpu: Device) -> AcceleratorTick.Trainer? {
    if let pids = processes[gpu.id] {
      let own = trainers.filter { pids.contains($0.pid) && $0.machine == gpu.id.machine }
      if own.count == 1 { return own[0].doing }
      if own.count > 1 { return Self.common(own.map(\.doing)) }
    }
    let jobs = jobs(on: gpu)
    let known = trainers.filter { trainer in
      trainer.job.map(jobs.contains) ?? (trainer.isNamed && trainer.machine == gpu.id.machine)
    }
    // One of several processes on other accelerators says nothing of this one.
    return Self.common(
      known.filter { trainer in
        !pids(of: trainer.machine) { $0 != gpu.id }.contains(trainer.pid)
      }.map(\.doing))
  }

  /// The numbers of the processes on some accelerators of a machine; another machine's mean others.
  private func pids(of machine: String, where isMeant: (DeviceID) -> Bool) -> Set<Int> {
    processes.filter { $0.key.machine == machine && isMeant($0.key) }.values
      .reduce(into: []) { $0.formUnion($1) }
  }

  /// What several trainers do alike; `nil` where they differ.
  private static func common(_ all: [AcceleratorTick.Trainer]) -> AcceleratorTick.Trainer? {
    guard let first = all.first else { return nil }
    guard all.count > 1 else { return first }
    let queues = all.map(\.onQueue)
    guard let low = queues.min(), let high = queues.max(), high - low <= 0.3 else { return nil }
    let count = Double(all.count)
    return AcceleratorTick.Trainer(
      onQueue: queues.reduce(0, +) / count, running: all.reduce(0) { $0 + $1.running } / count,
      queued: all.reduce(0) { $0 + $1.queued } / count,
      onStore: all.reduce(0) { $0 + $1.onStore } / count,
      hasWorkers: all.contains(where: \.hasWorkers)
    )
  }

  /// The share of a trainer's sleep in which none of its workers had anything to do, over the last seconds,
  /// since many workers are looked at less often: then its batches were there, and it waited for
  /// something else, such as its own kernels, another rank or an upload.
  private func unfounded(_ loader: Device) -> Double {
    let recent = TimeSpan(span.end - 6, span.end)
    func amount(_ metric: Metric) -> Double {
      timeline.id(metric, of: loader.id).map { timeline.total($0, over: recent).amount } ?? 0
    }
    let looked = amount(.starvedLookTime)
    return looked > 0 ? min(1, amount(.starvedIdleTime) / looked) : 0
  }

  private func doing(of loader: Device) -> AcceleratorTick.Trainer? {
    func amount(_ metric: Metric) -> Double {
      timeline.id(metric, of: loader.id).map { timeline.total($0, over: span).amount } ?? 0
    }
    let watched = amount(.trainerTime)
    guard watched >= 0.3 * span.seconds else { return nil }
    let workers = timeline.moment(at: span.end).known(.workerCount, of: loader.id)?.value ?? 0
    return AcceleratorTick.Trainer(
      onQueue: min(1, amount(.trainerQueueTime) / watched) * (1 - unfounded(loader)),
      running: min(1, amount(.trainerRunTime) / watched),
      queued: min(1, amount(.trainerRunQueueTime) / watched),
      onStore: min(1, (amount(.trainerDiskTime) + amount(.trainerSocketTime)) / watched),
      hasWorkers: workers > 0)
  }
}
