import Quantities
import Telemetry

/// Decides second by second what accelerators did, and tells it as counters: a pure state machine.
///
/// It is asked while a session goes on, with the timeline as it is, and judges what lies a little back,
/// when all sources have told of it. What it decides is kept like any reading, so that a replay, a report
/// and any stretch of both say the same, and nobody has to look at every value again.
public struct WaitingJudge: Sendable {
  struct Accelerator: Sendable {
    var levels = PowerLevels()
    var jobs: Set<DeviceID> = []
    var totals = WaitingTotals()
    /// The totals before the last tick.
    var before = WaitingTotals()
    /// What the last tick was for, and the one before it.
    var split = TickSplit()
    var lastSplit = TickSplit()
    var toldAt: Timestamp?
    var reporter: DeviceReporter
    /// Whether its activity, and its utilization, ever told of work.
    var hasActivity = false
    var hasUtilization = false
    /// What its trainer did in the last seconds.
    var trainer = TrainerCourse()
    /// Whom it was last seen to wait for.
    var bond = PeerWaits.Bond()
  }

  /// The machine of which nobody else decides; `nil` where that is so of all.
  ///
  /// Whoever sends what was read on another machine may send what was decided there as well, but later.
  public var home: String?

  private var accelerators: [DeviceID: Accelerator] = [:]
  /// When accelerators of other machines were first met.
  private var met: [DeviceID: Timestamp] = [:]
  private var next: Timestamp?

  /// How far behind it judges, in seconds: a driver's mean of a second and a log come late.
  public static let lag = 2.0
  static let tick = 1.0
  /// A longer time without being asked is left out: nobody watched.
  private static let longestBacklog = 120.0
  /// Seconds that another machine has to tell what was decided there.
  static let patience = 6.0
  /// What goes on as before is told this often, in seconds; where nothing happens, more rarely.
  private static let period = 5.0
  private static let quietPeriod = 30.0

  /// A judge that has judged nothing.
  public init() {}

  /// Judges what lies before `now`, and returns what is to be kept of it.
  public mutating func judge(_ timeline: Timeline, until now: Timestamp) -> [Observation] {
    let limit = now - Self.lag
    guard let span = timeline.span, let first = start(in: span, limit), first < limit else {
      return []
    }
    guard limit - first >= Self.tick else { return [] }
    var observations: [Observation] = []
    let ledger = Ledger(timeline)
    var start = first
    while limit - start >= Self.tick {
      judge(TimeSpan(start, start + Self.tick), ledger, &observations)
      start = start + Self.tick
    }
    next = start
    return observations
  }

  /// Tells all that is decided and not yet told, at the end of a session.
  public mutating func finish() -> [Observation] {
    var observations: [Observation] = []
    guard let time = next else { return [] }
    for id in accelerators.keys.sorted(by: { $0.name < $1.name }) {
      tell(id, at: time, &observations, isLast: true)
    }
    return observations
  }

  private func start(in span: TimeSpan, _ limit: Timestamp) -> Timestamp? {
    let earliest = limit - Self.longestBacklog
    guard let next else { return max(span.start, earliest) }
    // A clock that stepped back is waited for.
    return max(next, earliest)
  }

  private mutating func judge(
    _ span: TimeSpan, _ ledger: Ledger, _ observations: inout [Observation]
  ) {
    let facts = WaitingFacts(ledger, span)
    var ticks: [DeviceID: AcceleratorTick] = [:]
    for gpu in ledger.inventory.gpus {
      // What was decided where the readings come from is not decided again.
      guard accelerators[gpu.id] != nil || ledger.timeline.device(Self.id(of: gpu)) == nil,
        var tick = facts.tick(of: gpu), isOurs(gpu, at: span.start)
      else { continue }
      var known = accelerators[gpu.id] ?? Self.accelerator(gpu, ledger)
      let jobs = facts.jobs(on: gpu)
      if jobs != known.jobs {
        // A job that is found late was there before.
        if !known.jobs.isEmpty, known.jobs.isDisjoint(with: jobs) { known.levels.forgetJobs() }
        known.jobs = jobs
      }
      tick.lowSamples = facts.lowSamples(of: gpu, below: known.levels.threshold)
      known.levels.note(
        tick.watts, isKernelFree: tick.isKernelFree, isHeld: tick.holder != .nobody,
        utilization: tick.utilization)
      tick.levels = known.levels
      known.believe(&tick)
      known.trainer.note(tick.trainer, work: tick.utilization ?? tick.activity)
      if tick.utilization != nil {
        (tick.cover, tick.busy) = (known.trainer.cover, known.trainer.busy)
      }
      tick.trainer = known.trainer.smoothed
      ticks[gpu.id] = tick
      accelerators[gpu.id] = known
    }
    let splits = settle(ticks, facts, ledger)
    for (id, tick) in ticks {
      guard let split = splits[id] else {
        if tick.holder == .job, tick.isBelieved {
          accelerators[id]?.totals.add(.undecidedTime, tick.seconds)
        }
        continue
      }
      accelerators[id]?.totals.add(tick, split)
      accelerators[id]?.split = split
      let held = facts.heldBack(id)
      if held > 0 {
        let work = max(0, 1 - split.data - split.host - split.peer - split.gap - split.idle)
        accelerators[id]?.totals.add(.heldBackEnergy, tick.joules * min(held, work))
      }
    }
    for gpu in ledger.inventory.gpus where ticks[gpu.id] != nil {
      tell(gpu.id, at: span.end, &observations, isLast: false)
    }
  }

  /// Whether it is decided here what an accelerator did.
  private mutating func isOurs(_ gpu: Device, at time: Timestamp) -> Bool {
    guard let home, gpu.id.machine != home else { return true }
    let first = met[gpu.id] ?? time
    met[gpu.id] = first
    return time - first >= Self.patience
  }

  /// Decides the ticks, job by job, since only in one job do accelerators wait for each other.
  private mutating func settle(
    _ ticks: [DeviceID: AcceleratorTick], _ facts: WaitingFacts, _ ledger: Ledger
  ) -> [DeviceID: TickSplit] {
    var splits = ticks.compactMapValues { $0.split() }
    var groups = facts.jobs.map(facts.accelerators(of:))
    // Processes of which no job is known are ranks of one where the same launcher started them alike.
    let known = Set(groups.joined())
    var launches: [String: [DeviceID]] = [:]
    for gpu in ledger.inventory.gpus.map(\.id)
    where !known.contains(gpu) && ticks[gpu]?.holder == .job {
      guard let launch = facts.launch(on: gpu) else { continue }
      launches[launch, default: []].append(gpu)
    }
    groups += launches.values
    for group in groups {
      if group.contains(where: { ticks[$0]?.hasYetToWork ?? false }) {
        // Others may spin for one that has not come yet, as long as nobody saw what they draw at work.
        for id in group where ticks[id]?.levels.pair == nil && splits[id]?.isQuiet ?? false {
          splits[id] = nil
        }
      }
      let members = group.filter { splits[$0] != nil }
      guard members.count > 1 else { continue }
      let own = members.compactMap { ticks[$0] }
      var decided = members.compactMap { splits[$0] }
      let late = PeerWaits.late(own, decided)
      compare(members, own, decided, late: late?.place)
      guard let late else { continue }
      var bonds = members.map { accelerators[$0]?.bond ?? PeerWaits.Bond() }
      let verdict = PeerWaits.settle(own, &decided, late: late, bonds: &bonds)
      for (id, bond) in zip(members, bonds) { accelerators[id]?.bond = bond }
      for place in verdict.open { splits[members[place]] = nil }
      guard verdict.hasVictims else { continue }
      for (place, split) in decided.enumerated() where !verdict.open.contains(place) {
        splits[members[place]] = split
      }
      var lost = (seconds: 0.0, joules: 0.0)
      for (tick, split) in zip(own, decided) where split.peer > 0 {
        lost.seconds += split.peer * tick.seconds
        lost.joules += min(tick.joules, split.peer * tick.seconds * (split.watts ?? tick.watts))
      }
      accelerators[members[late.place]]?.totals.blame(seconds: lost.seconds, joules: lost.joules)
    }
    return splits
  }

  /// Takes in how the watts of a job's accelerators go with the time in which the late one of them computes.
  private mutating func compare(
    _ members: [DeviceID], _ ticks: [AcceleratorTick], _ splits: [TickSplit], late: Int?
  ) {
    for (place, id) in members.enumerated() {
      guard var bond = accelerators[id]?.bond else { continue }
      if let late, late != place, bond.late != members[late] {
        bond = bond.renewed(members[late])
      }
      if let suspect = bond.late.flatMap(members.firstIndex(of:)) {
        let lost = splits[suspect].data + splits[suspect].unexplained
        bond.beside.note(ticks[place].watts, 1 - min(1, lost))
      }
      accelerators[id]?.bond = bond
    }
  }

  /// Tells what was added up, where the course of it turns, and now and then where it goes on.
  ///
  /// Between two readings counters grow evenly, so that these few say all.
  private mutating func tell(
    _ id: DeviceID, at time: Timestamp, _ observations: inout [Observation], isLast: Bool
  ) {
    guard var known = accelerators[id] else { return }
    func report(_ totals: WaitingTotals, at time: Timestamp) {
      known.reporter.report(
        totals.reading(of: known.reporter.device.id, at: time), to: &observations,
        provenance: known.provenance)
      known.toldAt = time
    }
    // A counter begins where it was still nothing: what it grew by before its first reading is lost.
    let isNew = known.totals.count > known.before.count
    if !isLast, isNew || known.split.isTurn(from: known.lastSplit) {
      report(known.before.naming(all: known.totals), at: time - Self.tick)
    }
    let period = known.split.isQuiet ? Self.quietPeriod : Self.period
    if isLast || known.toldAt.map({ time - $0 >= period }) ?? true {
      report(known.totals, at: time)
    }
    known.before = known.totals
    known.lastSplit = known.split
    accelerators[id] = known
  }

  private static func id(of gpu: Device) -> DeviceID {
    DeviceID(machine: gpu.id.machine, kind: .waiting, name: gpu.id.name)
  }

  private static func accelerator(_ gpu: Device, _ ledger: Ledger) -> Accelerator {
    var device = Device(id: id(of: gpu), label: gpu.label, parent: gpu.id)
    let energy = ledger.timeline.energySeries(of: gpu.id)
    if energy.map({ ledger.timeline.descriptor($0).provenance.method == .simulated }) == true {
      device.attributes["simulated"] = "yes"
    }
    return Accelerator(reporter: DeviceReporter(device))
  }
}

extension WaitingJudge.Accelerator {
  /// Leaves out what has not told of any work yet: a driver that has no such counter tells 0 for ever.
  mutating func believe(_ tick: inout AcceleratorTick) {
    hasActivity = hasActivity || (tick.activity ?? 0) >= AcceleratorTick.inactive
    hasUtilization = hasUtilization || (tick.utilization ?? 0) > 0.02
    guard tick.holder == .job, tick.activity != nil || tick.utilization != nil else { return }
    if !hasActivity { tick.activity = nil }
    if !hasUtilization { tick.utilization = nil }
    tick.isBelieved = hasActivity || hasUtilization
  }

  func provenance(of metric: Metric) -> Provenance {
    Provenance(
      source: "waiting",
      method: reporter.device.attributes["simulated"] == nil ? .counter : .simulated,
      period: 1,
      note: "decided from activity, power and the job's processes, second by second")
  }
}
