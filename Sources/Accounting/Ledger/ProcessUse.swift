import Quantities
import Telemetry

/// What a process, or all of a user, a container or a batch job, takes of the accelerators.
public struct ProcessUse: Hashable, Sendable {
  /// What the rows of a process list are grouped by.
  public enum Grouping: String, Sendable, Hashable, CaseIterable {
    case process, user, container, job
  }

  /// What people call it: the program, the user, the container, the batch job.
  public var name: String
  /// The process ids behind the row, without repeats.
  public var pids: [Int]
  /// When a single process began, in clock ticks since its machine started.
  public var started: String?
  /// The user all of them run as; `nil` where they differ or it is not known.
  public var user: String?
  /// The command line of a single process.
  public var command: String?
  /// The container all of them run in.
  public var container: String?
  /// The batch job all of them belong to.
  public var job: String?
  /// The labels of the accelerators, in order.
  public var gpus: [String] = []
  /// Watts now; `nil` when it has ended or its power is not known.
  public var watts: Double?
  /// Joules over the span asked about.
  public var joules = 0.0
  /// Whether any energy was charged to it; otherwise its joules are unknown.
  public var isCharged = false
  /// Whether any of that is a share of an accelerator used by several: an estimate.
  public var isEstimated = false
  /// Bytes of accelerators' memory, all together.
  public var memory: Double?
  /// Shares of processing time, averaged over its accelerators.
  public var smShare: Double?
  /// Whether it was there at the time asked about.
  public var isRunning = false
  /// When it was first seen.
  public var since: Timestamp?
  /// The devices behind it.
  public var devices: [DeviceID] = []
  /// How many processes are behind it of which only the sum is known, since they ended a while ago.
  public var former = 0

  /// How many processes are behind it.
  public var count: Int { pids.count + former }
}

extension Ledger {
  /// The processes on accelerators that were there in a span, with what they took in it.
  ///
  /// Energy is what the sources charged: all of an accelerator for the one process on it, else its
  /// share by processing time, which is marked. A process on several accelerators is one entry.
  public func processes(over span: TimeSpan, by grouping: ProcessUse.Grouping) -> [ProcessUse] {
    let moment = timeline.moment(at: span.end)
    var order: [String] = []
    var uses: [String: ProcessUse] = [:]
    var shares: [String: [Double]] = [:]
    let jobs = grouping == .job ? SchedulerJobs(timeline) : nil
    for device in inventory.processes {
      guard let id = timeline.id(.energy, of: device.id) ?? timeline.id(.memoryUsed, of: device.id),
        let first = timeline.firstReading(id), first.time <= span.end,
        let last = moment.known(timeline.descriptor(id).metric, of: device.id),
        last.time >= span.start
      else { continue }
      var facts = timeline.processFacts(of: device.id)
      if let jobs { facts.job = jobs.job(of: facts, on: device.id.machine) }
      let key = Self.key(device, facts, grouping)
      if uses[key] == nil {
        order.append(key)
        let title = Self.title(device, facts, grouping)
        uses[key] = ProcessUse(
          name: jobs?.title(title, on: device.id.machine) ?? title, pids: [])
      }
      guard var use = uses[key] else { continue }
      use.add(facts)
      use.devices.append(device.id)
      use.since = min(use.since ?? first.time, first.time)
      let label = device.parent.map(gpuLabel) ?? ""
      if !use.gpus.contains(label) { use.gpus.append(label) }
      for metric in [Metric.energy, .sharedEnergy] {
        guard let series = timeline.id(metric, of: device.id) else { continue }
        let joules = timeline.total(series, over: span).amount
        use.joules += joules
        use.isCharged = true
        if metric == .sharedEnergy, joules > 0 { use.isEstimated = true }
      }
      if !last.isStale {
        use.isRunning = true
        let rates = [Metric.energy, .sharedEnergy].compactMap {
          moment.rate($0, of: device.id, window: 3)
        }
        if !rates.isEmpty { use.watts = (use.watts ?? 0) + rates.reduce(0, +) }
        if let memory = moment.value(.memoryUsed, of: device.id) {
          use.memory = (use.memory ?? 0) + memory
        }
        if let share = moment.value(.smShare, of: device.id) {
          shares[key, default: []].append(share)
        }
      }
      uses[key] = use
    }
    for former in timeline.formerProcesses
    where former.first <= span.end && former.last >= span.start {
      let (whole, shared) = former.joules(over: span)
      let key = Self.key(former, grouping)
      if uses[key] == nil {
        order.append(key)
        let title = Self.title(former, grouping)
        let machine = former.gpu?.machine ?? ""
        uses[key] = ProcessUse(name: jobs?.title(title, on: machine) ?? title, pids: [])
      }
      guard var use = uses[key] else { continue }
      use.add(former)
      let label = former.gpu.map(gpuLabel) ?? ""
      if !use.gpus.contains(label) { use.gpus.append(label) }
      use.joules += whole + shared
      use.isCharged = use.isCharged || former.isCharged
      use.isEstimated = use.isEstimated || shared > 0
      uses[key] = use
    }
    return order.compactMap { key in
      guard var use = uses[key] else { return nil }
      if let known = shares[key] { use.smShare = known.reduce(0, +) / Double(known.count) }
      use.gpus.sort { ($0.count, $0) < ($1.count, $1) }
      return use
    }
  }

  private static func key(_ former: FormerProcesses, _ grouping: ProcessUse.Grouping) -> String {
    let facts = former.facts
    guard grouping == .process else { return group(facts, grouping) ?? "" }
    return "former \(facts.user ?? "") \(facts.container ?? "") \(facts.job ?? "")"
  }

  private static func title(_ former: FormerProcesses, _ grouping: ProcessUse.Grouping) -> String {
    if grouping == .user { return former.facts.user ?? "unknown user" }
    let owner = former.facts.user.map { " of " + $0 } ?? ""
    return group(former.facts, grouping) ?? "ended before" + owner
  }

  /// What groups of processes are told apart by; `nil` where each is by itself.
  private static func group(_ facts: ProcessFacts, _ grouping: ProcessUse.Grouping) -> String? {
    switch grouping {
    case .process: nil
    case .user: facts.user ?? "?"
    case .container: facts.container ?? "no container"
    case .job: facts.job ?? "no batch job"
    }
  }

  private func gpuLabel(_ id: DeviceID) -> String { timeline.device(id)?.label ?? id.name }

  private static func key(
    _ device: Device, _ facts: ProcessFacts, _ grouping: ProcessUse.Grouping
  ) -> String {
    group(facts, grouping)
      ?? facts.pid.map { "\($0) \(facts.started ?? "")" } ?? device.id.name
  }

  private static func title(
    _ device: Device, _ facts: ProcessFacts, _ grouping: ProcessUse.Grouping
  ) -> String {
    switch grouping {
    case .process: device.label
    case .user: facts.user ?? "unknown user"
    case .container, .job: group(facts, grouping) ?? device.label
    }
  }
}

extension ProcessUse {
  /// Adds one more process to the row; facts that differ become `nil`.
  fileprivate mutating func add(_ facts: ProcessFacts) {
    let isFirst = devices.isEmpty && former == 0
    if let pid = facts.pid, !pids.contains(pid) { pids.append(pid) }
    func merged(_ old: String?, _ new: String?) -> String? { isFirst || old == new ? new : nil }
    user = merged(user, facts.user)
    command = merged(command, facts.command)
    container = merged(container, facts.container)
    job = merged(job, facts.job)
    started = merged(started, facts.started)
  }

  /// Adds the sum of some that ended a while ago.
  fileprivate mutating func add(_ others: FormerProcesses) {
    add(others.facts)
    former += others.count
    since = min(since ?? others.first, others.first)
  }
}
