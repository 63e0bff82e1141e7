import Accounting
import Quantities
import Telemetry

/// What a job took on one machine, as a store tells it.
package struct FleetUse: Sendable {
  /// What it held and what that drew.
  package var use: AllocationUse
  /// Grams of CO₂ equivalent; `nil` where the machine does not tell them.
  package var grams: Double?
  /// What its joules cost; `nil` where no price is known.
  package var cost: FleetCost?
  /// What must be said with its joules, in words.
  package var reservations: [String] = []
  /// Whether anything tells for how much of its time its joules are known; labels alone do not.
  package var tellsCoverage = true
  /// Whether it held no accelerator, so that its joules are the whole machine's.
  package var isOfMachine = false
}

extension FleetAssembly {
  /// What a job took on each machine over the view, which is its life.
  ///
  /// The sums are those of `FleetJob`; what each machine tells of all of them, such as tokens, is told once.
  package func uses(of id: String, _ life: TimeSpan, isPresent: Bool) -> [FleetUse] {
    let gpus = FleetAccelerators(rows)
    guard var job = jobs(gpus).first(where: { $0.id == id }) else { return [] }
    job.isRunning = isPresent
    return uses(of: job, rows.filter { $0.job == id }, HostRates(rows), life)
  }

  /// What every job took on each machine over the view, but for those that took nothing, or were there before it
  /// only.
  package func uses() -> [FleetUse] {
    let rates = HostRates(rows)
    let byJob = Dictionary(grouping: rows, by: \.job)
    return jobs(FleetAccelerators(rows)).flatMap { job in
      let own = byJob[job.id] ?? []
      let heard = own.filter {
        Self.counters.contains($0.quantity) && $0.growth?.last ?? -1 >= 0
      }
      let hosts = Set(heard.map(\.host))
      return uses(of: job, own, rates, view.span).filter { told in
        let use = told.use
        let isNothing = use.energy?.joules == 0 && use.gpuSeconds ?? 0 == 0
        return hosts.contains(use.device.machine) && !isNothing
      }
    }
  }

  /// Joules of all accelerators over the view, each counted once; `nil` where none tells any.
  package var acceleratorJoules: Double? {
    let known = FleetAccelerators(rows).all.sorted { $0.key < $1.key }
      .compactMap { $0.value.energy?.total }
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  private func uses(
    of job: FleetJob, _ own: [FleetRow], _ rates: HostRates, _ life: TimeSpan
  ) -> [FleetUse] {
    let coverage = JobCoverage(own, view, seconds)
    let byHost = Dictionary(grouping: own, by: \.host)
    let end = own.filter { Self.counters.contains($0.quantity) }.compactMap { $0.growth?.last }
      .max()
    var uses = job.hosts.compactMap { host in
      byHost[host].map { rows in
        let silence = silence(of: rows, until: end)
        return use(of: job, on: host, rows, rates, coverage.parts[host], silence, life)
      }
    }
    let counting = uses.indices.first { uses[$0].use.energy != nil } ?? 0
    guard uses.indices.contains(counting), job.tokens != nil || job.steps != nil else {
      return uses
    }
    let device = DeviceID(
      machine: uses[counting].use.device.machine, kind: .job, name: job.name)
    var work = AllocationUse.Work(job: Device(id: device, label: job.name))
    (work.tokens, work.steps) = (job.tokens, job.steps)
    work.isServing = job.kind == "serving"
    uses[counting].use.works = [work]
    return uses
  }

  private func use(
    of job: FleetJob, on host: String, _ rows: [FleetRow], _ rates: HostRates,
    _ part: JobCoverage.Part?, _ silence: Double, _ life: TimeSpan
  ) -> FleetUse {
    let id = DeviceID(machine: host, kind: .allocation, name: job.id)
    var facts = AllocationFacts()
    facts.scheduler = job.scheduler.isEmpty ? "none" : job.scheduler
    facts.jobID = job.id
    facts.name = job.name == job.number ? nil : job.name
    facts.user = job.user.isEmpty ? nil : job.user
    facts.account = job.account.isEmpty ? nil : job.account
    facts.partition = job.partition.isEmpty ? nil : job.partition
    facts.started = rows.first { $0.quantity == .jobStart }.map { Timestamp(seconds: $0.value) }
    let held = rows.filter { $0.quantity == .holding || $0.quantity == .gpuEnergy }
    facts.gpus = Set(held.map(\.gpu)).filter { !$0.isEmpty }.sorted()
    func total(_ quantity: FleetQuantity) -> Double? {
      Self.sum(rows.filter { $0.quantity == quantity }.map { $0.growth?.total })
    }
    var use = AllocationUse(device: id, facts: facts, span: life)
    use.isPresent = job.isRunning
    use.processes = rows.first { $0.quantity == .jobProcesses }
      .map { Int(min(max($0.value, 0), 1e9)) }
    use.gpuSeconds = total(.jobGPUSeconds)
    use.unusedGPUSeconds = total(.jobUnusedSeconds)
    use.judged = total(.jobJudged) ?? 0
    for row in rows where row.quantity == .jobWasted {
      guard let joules = row.growth?.total, use.judged > 0 else { continue }
      use.wasted[AllocationUse.Cause(rawValue: row.labels[.cause]) ?? .unknown, default: 0] +=
        joules
    }
    let doubts = Set(rows.filter { $0.quantity == .jobDoubt }.map { $0.labels[.reason] })
    use.isShared = doubts.contains("shared_accelerators")
    use.absence = absence(of: job, doubts, silence)
    let counters = rows.filter { $0.quantity == .jobEnergy }
    let energies = counters.isEmpty ? rows.filter { $0.quantity == .gpuEnergy } : counters
    charge(&use, energies, rows, part, silence)
    return FleetUse(
      use: use, grams: grams(energies, rates), cost: cost(energies, rates),
      reservations: doubts.compactMap { Self.reservations[$0] }.sorted(),
      tellsCoverage: silence > 0 || rows.contains { $0.quantity == .jobKnownSeconds },
      isOfMachine: facts.gpus.isEmpty && use.gpuSeconds == nil)
  }

  private func charge(
    _ use: inout AllocationUse, _ energies: [FleetRow], _ rows: [FleetRow],
    _ part: JobCoverage.Part?, _ silence: Double
  ) {
    guard let joules = Self.sum(energies.map { $0.growth?.total }) else { return }
    let known = rows.first { $0.quantity == .jobKnownSeconds }?.growth?.total
    // A counter of the accelerator's life is known for as long as it is read.
    var (covered, asked) = (use.span.seconds - silence, use.span.seconds)
    if let part, part.gpus > 0 {
      (covered, asked) = (part.known / part.gpus, part.held / part.gpus)
    } else if let known {
      let gpus = Double(use.facts.gpus.count)
      asked = use.gpuSeconds.flatMap { gpus > 0 ? $0 / gpus : nil } ?? known
      covered = known
      asked += silence
    }
    use.stretches = [TimeSpan(use.span.start, use.span.start + max(0, asked))]
    use.energy = EnergyAmount(
      joules: joules, covered: max(0, min(covered, asked)), asked: max(0, asked),
      isModelled: false, isCounted: energies.contains { $0.quantity == .gpuEnergy })
  }

  /// Seconds since a machine told anything of a job that others went on telling of.
  private func silence(of rows: [FleetRow], until end: Int?) -> Double {
    let ends = rows.filter { Self.counters.contains($0.quantity) }.compactMap { $0.growth?.last }
    guard let end, let last = ends.max(), last >= 0, last < end else { return 0 }
    return seconds[(last + 1)...end].reduce(0, +)
  }

  private static let counters: Set<FleetQuantity> = [.jobGPUSeconds, .jobEnergy, .gpuEnergy]

  /// Why joules are not known, or not all of them, as the rest of a sentence.
  private func absence(
    of job: FleetJob, _ doubts: Set<String>, _ silence: Double
  ) -> String? {
    if silence > 0 {
      return "the machine was not heard of for the last \(Int(saturating: silence)) s of it"
    }
    if job.joules == nil, let doubt = job.doubt {
      return doubt == .noCounter
        ? "nothing in the store counts its joules" : "it was read only once"
    }
    let words = doubts.compactMap { Self.reasons[$0] }.sorted()
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }

  /// What the exporter's words mean; those of which joules are a share are told beside them.
  private static let reasons = [
    "not_charged": "its exporter could not charge all of it with joules",
    "partly_known": "its exporter knew the joules of a part of it only",
    "started_again": "it ended and began again, and who had its GPUs meanwhile is not known",
  ]

  /// What a sum is to be taken with; that it is a share of what several held, `isShared` tells.
  private static let reservations = [
    "accelerators_by_processes":
      "its GPUs are those its processes were seen on; it may have held more",
    "all_accelerators": "it is charged for all GPUs of the machine: its own are not known",
    "named_accelerators": "its GPUs are those that a setting names: the driver lists no process",
    "shared_processors":
      "several jobs ran on these processors at once, and each is charged all of their energy",
    "shared_accelerators":
      "several jobs ran on these accelerators at once, and each is charged all of their energy",
    "partly_seen": "not all of its devices are seen; those that are not are taken to draw as much",
  ]
}
