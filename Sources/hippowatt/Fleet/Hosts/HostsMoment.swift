import Accounting
import Exporting
import Quantities
import Sensors
import Telemetry

/// A fleet at a time as its machines' own streams tell it, by the accounts of one timeline.
struct HostsMoment {
  private let ledger: Ledger
  private let time: Timestamp
  private let span: TimeSpan
  private let tariff: Tariff?

  /// The accounts of a ledger over the seconds before a time.
  init(_ ledger: Ledger, at time: Timestamp, window: Double, since: Timestamp, tariff: Tariff?) {
    (self.ledger, self.time, self.tariff) = (ledger, time, tariff)
    span = TimeSpan(max(since, time - window), time)
  }

  private var timeline: Timeline { ledger.timeline }

  /// The fleet; `names` are the machines that were named, whether or not they speak.
  func moment(_ names: [String]) -> FleetMoment {
    let jobs = jobs()
    let hosts = names.map { host($0, jobs) }.sorted(by: FleetHost.isBefore)
    var moment = FleetMoment(time: time, span: span, hosts: hosts, jobs: jobs.map(\.told))
    moment.totals = totals(hosts, jobs)
    moment.findings = moment.findings(watts: wattsOfJobs(jobs))
    moment.isSimulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    return moment
  }

  // MARK: Machines

  private func host(_ name: String, _ jobs: [Gathered]) -> FleetHost {
    var host = FleetHost(name: name, state: state(name))
    let gpus = gpus(of: name)
    host.gpus = gpus.count
    let held = Set(jobs.flatMap { $0.present }.filter { $0.id.machine == name }.map(\.id))
    host.held = jobs.isEmpty ? nil : held.count
    host.exporters = ["hippowatt"]
    if let meters = ledger.inventory.machines.first(where: { $0.machine == name }) {
      let choice = ledger.meterChoice(of: meters, at: time)
      if case .answers = host.state { host.watts = ledger.power(of: choice.devices, at: time) }
      host.boundary =
        switch choice.whole?.role {
        case .machine?: .wall
        case .platform?: .platform
        default: .known
        }
      host.joules = ledger.energy(of: [meters], over: span).flatMap {
        $0.covered > 0 ? $0.joules : nil
      }
    }
    let judged = growth([.judgedEnergy], of: gpus)
    if judged > 0 {
      host.judged = judged
      host.wasted = growth(
        [.dataWaitEnergy, .peerWaitEnergy, .hostWaitEnergy, .gapEnergy, .idleEnergy], of: gpus)
    }
    return host
  }

  private func gpus(of machine: String) -> [Device] {
    ledger.inventory.gpus.filter { $0.id.machine == machine }
  }

  /// Whether a machine speaks: by its stream's state, and by when it said anything last.
  private func state(_ name: String) -> FleetHost.State {
    let heard = timeline.devices.filter { $0.id.machine == name }.flatMap { device in
      [Metric.power, .energy, .utilization, .cpuUtilization].compactMap { metric in
        timeline.id(metric, of: device.id).flatMap {
          timeline.reading($0, at: time)?.time
        }
      }
    }.max()
    let source = timeline.states(at: time).first {
      $0.kind == RemoteHostSource.sourceKind && $0.machine == name
    }
    if source?.health == .failed || source?.health == .stalled { return .refuses(since: heard) }
    guard let heard else { return .refuses(since: nil) }
    return time - heard > 10 ? .silent(since: heard) : .answers
  }

  /// What counters of accelerators grew by over the account.
  private func growth(_ metrics: [Metric], of gpus: [Device]) -> Double {
    gpus.reduce(0) { sum, gpu in
      let device = DeviceID(machine: gpu.id.machine, kind: .waiting, name: gpu.id.name)
      return metrics.reduce(sum) { sum, metric in
        sum + (timeline.id(metric, of: device).map { timeline.total($0, over: span).amount } ?? 0)
      }
    }
  }

  // MARK: Jobs

  /// A job with what each of its machines tells of it.
  fileprivate struct Gathered {
    var told: FleetJob
    /// The accelerators that it holds now.
    var present: [Device] = []
    var covered = 0.0
    var asked = 0.0
  }

  /// A scheduler's job on several machines is one; what was found by itself is one for each machine.
  private func jobs() -> [Gathered] {
    var order: [String] = []
    var gathered: [String: Gathered] = [:]
    for part in ExportedJob.all(in: ledger, over: span) {
      if gathered[part.id] == nil {
        order.append(part.id)
        gathered[part.id] = Gathered(told: FleetJob(id: part.id))
        gathered[part.id]?.told.isRunning = false
      }
      gathered[part.id]?.add(part, at: time)
    }
    return order.compactMap { gathered[$0] }.map { job in
      var job = job
      if let joules = job.told.joules, let tariff, tariff.periods.isEmpty {
        job.told.cost = FleetCost(joules / 3.6e6 * tariff.perKilowattHour, tariff.currency)
      }
      return job
    }
  }

  private func wattsOfJobs(_ jobs: [Gathered]) -> [String: [String: Double]] {
    var result: [String: [String: Double]] = [:]
    for job in jobs {
      for (machine, gpus) in Dictionary(grouping: job.present, by: \.id.machine) {
        guard let watts = ledger.power(of: gpus, at: time) else { continue }
        result[job.told.id, default: [:]][machine] = watts / Double(gpus.count)
      }
    }
    return result
  }

  // MARK: Together

  private func totals(_ hosts: [FleetHost], _ jobs: [Gathered]) -> FleetTotals {
    func sum(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +)
    }
    var totals = FleetTotals()
    totals.watts = sum(hosts.map(\.watts))
    totals.unmetered = hosts.count { $0.state == .answers && $0.watts == nil }
    totals.gpus = ledger.inventory.gpus.count
    totals.held = jobs.isEmpty ? nil : hosts.reduce(0) { $0 + ($1.held ?? 0) }
    totals.joules = sum(hosts.map(\.joules))
    totals.accelerators = sum(
      ledger.inventory.gpus.map { timeline.energy(of: $0.id, over: span)?.joules })
    totals.judged = sum(hosts.map(\.judged))
    totals.wasted = sum(hosts.map(\.wasted))
    let counting = jobs.map(\.told).filter { $0.tokenJoules != nil }
    totals.tokens = sum(counting.map(\.tokens))
    totals.tokenJoules = sum(counting.map(\.tokenJoules))
    if let grid = ledger.grid(over: span), grid.gramsMatched > 0 {
      totals.grams = grid.grams
      totals.gramsShare = grid.gramsCoverage
    }
    if let tariff, let money = ledger.cost(over: span, tariff, offset: HostEnvironment.utcOffset) {
      totals.cost = FleetCost(money, tariff.currency)
    }
    let known = hosts.count { $0.joules != nil }
    if known > 0, let energy = ledger.energy(over: span) {
      totals.coverage = energy.coverage * Double(known) / Double(max(1, hosts.count))
    }
    return totals
  }
}

extension HostsMoment.Gathered {
  /// Adds what one machine tells of the job.
  fileprivate mutating func add(_ part: ExportedJob, at time: Timestamp) {
    if !part.name.isEmpty { told.name = part.name }
    if told.user.isEmpty { told.user = part.user }
    if told.account.isEmpty { told.account = part.account }
    if told.partition.isEmpty { told.partition = part.partition }
    told.scheduler = part.scheduler.isEmpty ? "none" : part.scheduler
    if !part.kind.isEmpty { told.kind = part.kind }
    for machine in part.gpus.map(\.id.machine) where !told.hosts.contains(machine) {
      told.hosts.append(machine)
    }
    told.gpus = (told.gpus ?? 0) + part.gpus.count
    if part.isPresent {
      told.isRunning = true
      present += part.gpus
    }
    if let energy = part.energy {
      told.joules = (told.joules ?? 0) + energy.joules
      covered += energy.coverage * energy.asked
    } else {
      told.doubt = .noCounter
    }
    asked += part.energy?.asked ?? 0
    told.coverage = asked > 0 ? min(1, covered / asked) : nil
    told.judged = part.judged.map { (told.judged ?? 0) + $0 } ?? told.judged
    if !part.wasted.isEmpty {
      var wasted = told.wasted ?? [:]
      for (cause, joules) in part.wasted {
        // Held back is work at lower clocks.
        guard let cause = FleetJob.Cause(rawValue: cause.rawValue) else { continue }
        wasted[cause, default: 0] += joules
      }
      told.wasted = wasted
    }
    told.reservations = Set(told.reservations + part.doubts).sorted()
    told.gpuSeconds = part.gpuSeconds.map { (told.gpuSeconds ?? 0) + $0 } ?? told.gpuSeconds
    // Every machine of a job tells the same counts.
    told.tokens = [told.tokens, part.tokens].compactMap { $0 }.max()
    told.steps = [told.steps, part.steps].compactMap { $0 }.max()
    told.processes =
      part.processes.map { (told.processes ?? 0) + Int(min(max($0, 0), 1e9)) } ?? told.processes
  }
}
