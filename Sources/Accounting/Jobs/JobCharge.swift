import Quantities
import Telemetry

/// Whose energy a job is charged.
public enum JobCharge: Hashable, Sendable {
  /// Accelerators, its own or all of its machine.
  case accelerators([Device])
  /// The processors and their memory: it uses no accelerator.
  case processors([Device])
  /// Everything that is measured of these machines.
  case machines([MachineMeters])
  /// What a server counts itself.
  case ownCount
  /// Nothing, and why: the rest of a sentence.
  case unknown(String)

  /// Whether it is charged anything.
  var isKnown: Bool { if case .unknown = self { false } else { true } }
}

/// What is doubtful about whom a job is charged.
public enum JobCaveat: Hashable, Sendable {
  /// It is charged all accelerators of its machine, since its own are not known.
  case allAccelerators(count: Int)
  /// Its accelerators are those that a variable or an option names, since the driver lists no process.
  case named(by: String)
  /// So many jobs used the processors at the same time, and each is charged all of them.
  case sharedProcessors(jobs: Int)
  /// So many jobs ran on its accelerators at the same time, and each is charged all of them.
  case sharedAccelerators(jobs: Int)
  /// Only this share of its devices is seen here; the others are taken to draw as much.
  case partlySeen(Double)
  /// It is charged nothing, and why.
  case unknown(String)

  /// Whether it says that nothing is charged.
  public var isAbsence: Bool { if case .unknown = self { true } else { false } }

  /// In words, for the screen and for reports.
  public var words: String {
    switch self {
    case .allAccelerators(let count): "charged for all \(count) GPUs: its own are not known"
    case .named(let origin): "its GPUs are those that \(origin) names: the driver lists no process"
    case .sharedProcessors(let jobs):
      "\(jobs) jobs ran on these processors at once, and each is charged all of their energy"
    case .sharedAccelerators(let jobs):
      "\(jobs) jobs ran on these accelerators at once, and each is charged all of their energy"
    case .partlySeen(let share):
      "\(SI.percent(share)) % of its devices are seen here; the others are taken to draw as much"
    case .unknown(let reason): "no joules: \(reason)"
    }
  }
}

extension Ledger {
  /// Whose energy a job is charged over a span.
  ///
  /// Its accelerators, where they tell any; the processors, if it is known to use no accelerator;
  /// else the whole machine, but never a part of it that leaves out what the job runs on.
  public func charge(of job: DeviceID, over span: TimeSpan) -> JobCharge {
    let facts = timeline.facts(of: job)
    guard facts.timing != .none else { return .unknown(JobCost.untimed) }
    // Nobody knows when its rows were written, or what was drawn then.
    guard !facts.isHistory else { return .unknown(JobCost.history) }
    // Whoever says on which GPUs its requests are served, says that it is here.
    guard !facts.isFront || !facts.gpus.isEmpty else { return .unknown(ServingCost.elsewhere) }
    func tellEnergy(_ devices: [Device]) -> Bool {
      devices.contains { timeline.energySeries(of: $0.id) != nil }
    }
    let isServing = facts.isServing || timeline.id(.outputTokens, of: job) != nil
    let own = isServing ? servingAccelerators(of: job) : accelerators(of: job)
    let silent = silentAccelerator(among: own, isGuessed: isChargedForAll(job))
    if tellEnergy(own), silent == nil { return .accelerators(own) }
    let machine = inventory.machines.filter { $0.machine == job.machine }
    let present = inventory.gpus.filter { $0.id.machine == job.machine }
    if isServing, machine.isEmpty, timeline.id(.reportedEnergy, of: job) != nil {
      return .ownCount
    }
    if facts.usesAccelerators == false, !present.isEmpty {
      let processors = (inventory.packages + inventory.memories)
        .filter { $0.id.machine == job.machine }
      return tellEnergy(processors)
        ? .processors(processors)
        : .unknown("it uses no accelerator, and nothing tells the processors' power")
    }
    // With accelerators that tell nothing, only a meter of the whole sees what the job takes.
    let isWhole = machine.contains { meterChoice(of: $0, at: span.end).whole?.role == .machine }
    guard present.isEmpty || isWhole else {
      return .unknown(
        silent.map { "gpu \($0.label) tells no power" }
          ?? "its accelerators do not tell their power")
    }
    if !machine.isEmpty { return .machines(machine) }
    // A log that was imported knows no machine; the meters that came with it are its own.
    let isStranger =
      isServing
      || timeline.devices.contains { device in
        // Grids, sites and alerts belong to no machine.
        device.id.machine == job.machine && ![.job, .grid, .site, .alert].contains(device.id.kind)
      }
    return isStranger || inventory.machines.isEmpty
      ? .unknown("nothing here tells its power") : .machines(inventory.machines)
  }

  /// An accelerator of a job that tells no power beside others of it that do: what they drew together is
  /// unknown then.
  ///
  /// - Parameter isGuessed: whether they are all there are, since its own are not known; then one of another
  ///   model than those that tell, as one for a display, is none of the job's.
  private func silentAccelerator(among accelerators: [Device], isGuessed: Bool) -> Device? {
    let telling = accelerators.filter { timeline.energySeries(of: $0.id) != nil }
    guard !telling.isEmpty else { return nil }
    return accelerators.first { device in
      timeline.energySeries(of: device.id) == nil && device.attributes[Device.integratedKey] == nil
        && (!isGuessed || telling.contains { $0.model == device.model })
    }
  }

  /// The energy charged to a job over a span; `nil` where it is charged nothing.
  public func jobEnergy(of job: DeviceID, over span: TimeSpan) -> EnergyAmount? {
    switch charge(of: job, over: span) {
    case .accelerators(let devices), .processors(let devices):
      return timeline.energy(of: devices, over: span)
    case .machines(let machines): return energy(of: machines, over: span)
    case .ownCount:
      return timeline.id(.reportedEnergy, of: job).map { id in
        let total = timeline.total(id, over: span)
        return EnergyAmount(
          joules: total.amount, covered: total.covered, asked: span.seconds, isModelled: false,
          isCounted: true)
      }
    case .unknown: return nil
    }
  }

  /// How far the energy charged to a job may be from the truth, in joules.
  func energyDoubt(of job: DeviceID, over span: TimeSpan) -> Double? {
    switch charge(of: job, over: span) {
    case .accelerators(let devices), .processors(let devices):
      balance(of: devices.filter { timeline.energySeries(of: $0.id) != nil }, over: span)
        .uncertainty
    case .machines(let machines): uncertainty(of: machines, over: span)
    case .ownCount, .unknown: nil
    }
  }

  /// What is doubtful about whom a job is charged over a span.
  public func caveats(of job: DeviceID, over span: TimeSpan) -> [JobCaveat] {
    switch charge(of: job, over: span) {
    case .accelerators(let devices):
      let share = seenShare(of: job, timeline.facts(of: job))
      let whose: [JobCaveat] =
        isChargedForAll(job)
        ? [.allAccelerators(count: devices.count)]
        : origin(ofAcceleratorsOf: job).map { [.named(by: $0)] } ?? []
      let others = jobs(beside: job, on: devices, over: span)
      let shared: [JobCaveat] = others > 0 ? [.sharedAccelerators(jobs: others + 1)] : []
      return whose + shared + (share < 1 ? [.partlySeen(share)] : [])
    case .processors, .machines:
      let others = inventory.jobs.filter { other in
        other.id != job && other.id.machine == job.machine && ran(other.id, in: span)
          && !chargesAccelerators(other.id, over: span)
      }
      return others.isEmpty ? [] : [.sharedProcessors(jobs: others.count + 1)]
    case .ownCount: return []
    case .unknown(let reason): return [.unknown(reason)]
    }
  }

  /// How many other jobs are charged some of the same accelerators for the same time: a hundredth of it at
  /// the least, since one may end as the next begins.
  private func jobs(beside job: DeviceID, on devices: [Device], over span: TimeSpan) -> Int {
    let ids = Set(devices.map(\.id))
    let margin = span.seconds / 100
    let inner = TimeSpan(span.start + margin, span.end - margin)
    guard span.seconds > 0 else { return 0 }
    return inventory.jobs.count { other in
      guard other.id != job, other.id.machine == job.machine, ran(other.id, in: inner),
        case .accelerators(let own) = charge(of: other.id, over: span)
      else { return false }
      return own.contains { ids.contains($0.id) }
    }
  }

  private func chargesAccelerators(_ job: DeviceID, over span: TimeSpan) -> Bool {
    if case .accelerators = charge(of: job, over: span) { true } else { false }
  }

  /// Whether a job reported progress at any time of a span.
  private func ran(_ job: DeviceID, in span: TimeSpan) -> Bool {
    Self.progressMetrics.contains { metric in
      guard let id = timeline.id(metric, of: job), let first = timeline.firstReading(id),
        let last = timeline.newest(id)
      else { return false }
      return first.time < span.end && last > span.start
    }
  }
}
