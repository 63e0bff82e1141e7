import Telemetry

extension Ledger {
  /// The scheduler's jobs that were there in a span, in the order they were announced, with what each
  /// held and what that drew.
  ///
  /// A job is charged all that its accelerators drew while it held them. What an accelerator drew that
  /// several jobs held at once is parted as the driver charged it to their processes; where that is not
  /// known, nobody is charged.
  public func allocations(over span: TimeSpan) -> [AllocationUse] {
    let holdings = timeline.devices(.allocation).compactMap { holding($0, over: span) }
    return holdings.map { use(of: $0, among: holdings, over: span) }
  }

  /// A job with when it held what.
  private struct Holding {
    var device: Device
    var facts: AllocationFacts
    var gpus: [Device]
    var series: Timeline.SeriesID
    var last: Timestamp
    var isPresent: Bool
    var stretches: [TimeSpan]
  }

  private func holding(_ device: Device, over span: TimeSpan) -> Holding? {
    let moment = timeline.moment(at: span.end)
    // What it holds may be told later than that it is there.
    let series = [Metric.heldGPUs, .allocationProcesses].compactMap {
      timeline.id($0, of: device.id)
    }
    guard
      let id = series.first(where: { series in
        timeline.firstReading(series).map { $0.time <= span.end } ?? false
      }), let first = timeline.firstReading(id),
      let last = moment.known(timeline.descriptor(id).metric, of: device.id),
      last.time >= span.start
    else { return nil }
    let facts = timeline.allocationFacts(of: device.id)
    let hull = TimeSpan(max(span.start, first.time), max(span.start, last.time))
    return Holding(
      device: device, facts: facts,
      gpus: inventory.gpus.filter { gpu in
        gpu.id.machine == device.id.machine && facts.gpus.contains(gpu.id.name)
      }, series: id, last: last.time, isPresent: !last.isStale,
      stretches: stretches(of: id, in: hull))
  }

  /// The parts of a span in which a series is known; holes of a few readings do not count.
  private func stretches(of id: Timeline.SeriesID, in span: TimeSpan) -> [TimeSpan] {
    let least = max(10, 10 * timeline.descriptor(id).provenance.period)
    func parts(_ span: TimeSpan, _ depth: Int) -> [TimeSpan] {
      let covered = timeline.total(id, over: span).covered
      if span.seconds <= 0 || covered >= span.seconds - least { return [span] }
      if covered <= 0 { return [] }
      guard depth < 24, span.seconds > least else { return [span] }
      let middle = span.start + span.seconds / 2
      return parts(TimeSpan(span.start, middle), depth + 1)
        + parts(TimeSpan(middle, span.end), depth + 1)
    }
    return parts(span, 0).reduce(into: []) { joined, part in
      if let last = joined.last, last.end >= part.start {
        joined[joined.count - 1] = TimeSpan(last.start, part.end)
      } else {
        joined.append(part)
      }
    }
  }

  private func use(
    of holding: Holding, among all: [Holding], over span: TimeSpan
  ) -> AllocationUse {
    let id = holding.device.id
    let ends = holding.stretches
    let hull = TimeSpan(ends.first?.start ?? holding.last, ends.last?.end ?? holding.last)
    var use = AllocationUse(
      device: id, facts: holding.facts, gpus: holding.gpus, span: hull,
      stretches: holding.stretches)
    use.isPresent = holding.isPresent
    use.processes = timeline.moment(at: span.end).value(.allocationProcesses, of: id)
      .map { Int($0) }
    use.gpuSeconds = timeline.id(.heldGPUs, of: id).map { timeline.total($0, over: span).amount }
    if let unused = timeline.id(.unusedGPUs, of: id) {
      let total = timeline.total(unused, over: span)
      use.unusedGPUSeconds = total.amount
      use.watchedGPUSeconds = total.covered * Double(max(1, holding.facts.gpus.count))
    }
    charge(&use, holding, all)
    use.works = works(in: holding.facts, on: id, over: hull)
    return use
  }

  // MARK: Energy

  private func charge(_ use: inout AllocationUse, _ holding: Holding, _ all: [Holding]) {
    guard !holding.facts.gpus.isEmpty else {
      use.absence = "which GPUs it holds is not known"
      return
    }
    var doubt: Double? = 0
    for gpu in holding.gpus {
      let others = all.filter { other in
        other.device.id != holding.device.id && other.gpus.contains { $0.id == gpu.id }
      }.flatMap(\.stretches)
      var amount: EnergyAmount?
      func add(_ part: EnergyAmount?, of stretch: TimeSpan) {
        let part = part ?? .unknown(seconds: stretch.seconds)
        amount = amount.map { $0.followed(by: part) } ?? part
      }
      for whole in holding.stretches {
        let stretch = Self.untilHandover(whole, to: others)
        guard stretch.seconds > 0 else { continue }
        let alone = stretch.parts(without: others.filter { !Self.hands($0, over: stretch) })
        for part in alone where part.seconds > 0 {
          add(timeline.energy(of: gpu.id, over: part), of: part)
          judge(&use, gpu, over: part)
          let own = balance(of: gpu.id, over: part).uncertainty
          doubt = doubt.flatMap { sum in own.map { sum + $0 } }
        }
        for part in stretch.parts(without: alone) where part.seconds > 0 {
          add(share(of: gpu, holding.facts, over: part), of: part)
          use.isShared = true
          doubt = nil
        }
      }
      if let amount { use.energy = use.energy.map { $0 + amount } ?? amount }
    }
    let missing = holding.facts.gpus.count - holding.gpus.count
    if missing > 0 {
      use.absence = "\(missing) of its \(holding.facts.gpus.count) GPUs are not measured here"
      let seconds = holding.stretches.reduce(0) { $0 + $1.seconds }
      for _ in 0..<missing {
        use.energy = use.energy.map { $0 + .unknown(seconds: seconds) }
      }
    } else if let energy = use.energy, energy.coverage < 0.995 {
      use.absence =
        use.isShared
        ? "it held a GPU together with another job, and the driver does not tell their shares"
        : "its GPUs did not tell their energy all the time"
    }
    if use.energy.map({ $0.covered <= 0 }) ?? true {
      use.energy = nil
      use.absence = use.absence ?? "it was seen once only"
    }
    use.uncertainty = use.energy == nil ? nil : doubt
  }

  /// How long a job may be seen still while the next one has its accelerator already, in seconds: what a
  /// list of processes lags behind, and what an epilogue takes.
  private static let handover = 10.0

  /// Whether a stretch ended in the first seconds of another: then the accelerator was handed over.
  private static func hands(_ earlier: TimeSpan, over later: TimeSpan) -> Bool {
    earlier.start < later.start && earlier.end < later.end
      && earlier.end - later.start <= handover
  }

  /// A stretch until the accelerator was handed over to another job.
  private static func untilHandover(_ stretch: TimeSpan, to others: [TimeSpan]) -> TimeSpan {
    let ends = others.filter { hands(stretch, over: $0) && $0.start < stretch.end }.map(\.start)
    return TimeSpan(stretch.start, ends.min() ?? stretch.end)
  }

  /// Its share of what an accelerator drew that other jobs held at the same time; `nil` where what was
  /// charged to processes does not make up nine tenths of the whole.
  private func share(
    of gpu: Device, _ facts: AllocationFacts, over span: TimeSpan
  ) -> EnergyAmount? {
    guard var amount = timeline.energy(of: gpu.id, over: span), amount.joules > 0 else {
      return nil
    }
    var (own, all) = (0.0, 0.0)
    for process in inventory.processes where process.parent == gpu.id {
      let joules = [Metric.energy, .sharedEnergy].reduce(0.0) { sum, metric in
        guard let id = timeline.id(metric, of: process.id) else { return sum }
        return sum + timeline.total(id, over: span).amount
      }
      all += joules
      if isOwn(timeline.processFacts(of: process.id), facts) { own += joules }
    }
    for former in timeline.formerProcesses
    where former.gpu == gpu.id && former.first <= span.end && former.last >= span.start {
      let (whole, shared) = former.joules(over: span)
      all += whole + shared
      if former.facts.job == facts.batchJob { own += whole + shared }
    }
    guard all >= 0.9 * amount.joules, all <= 1.1 * amount.joules else { return nil }
    amount.joules = own
    amount.isModelled = true
    return amount
  }

  /// Whether a process is a job's.
  private func isOwn(_ process: ProcessFacts, _ facts: AllocationFacts) -> Bool {
    if let job = process.job { return job == facts.batchJob }
    return process.pid.map(facts.pids.contains) ?? false
  }

  /// Adds what an accelerator's joules were judged to be for.
  private func judge(_ use: inout AllocationUse, _ gpu: Device, over span: TimeSpan) {
    guard let joules = timeline.energy(of: gpu.id, over: span)?.joules, joules > 0,
      let uses = judged(gpu, joules, over: span)
    else { return }
    use.judged += joules
    let causes: [(EnergySplit.Use, AllocationUse.Cause)] = [
      (.waiting, .data), (.others, .peers), (.program, .program), (.gaps, .unknown),
      (.idle, .idle), (.heldBack, .heldBack),
    ]
    for (kind, cause) in causes {
      if let joules = uses[kind], joules > 0 { use.wasted[cause, default: 0] += joules }
    }
  }

  // MARK: Work

  /// The found jobs whose processes are a scheduler's job's, with what they did in a span.
  private func works(
    in facts: AllocationFacts, on device: DeviceID, over span: TimeSpan
  ) -> [AllocationUse.Work] {
    var pids = facts.pids
    for process in inventory.processes where process.id.machine == device.machine {
      let own = timeline.processFacts(of: process.id)
      if own.job == facts.batchJob, let pid = own.pid { pids.insert(pid) }
    }
    let groups = timeline.devices(.controlGroup).filter { group in
      group.attributes["job"] == facts.batchJob && group.id.machine == device.machine
    }.compactMap(\.parent)
    return inventory.jobs.compactMap { job in
      let own = timeline.facts(of: job.id)
      guard job.id.machine == device.machine, !own.isHistory,
        groups.contains(job.id) || !own.pids.isDisjoint(with: pids)
      else { return nil }
      var work = AllocationUse.Work(job: job)
      if isServer(job.id) {
        work.isServing = true
        guard let cost = servingCost(of: job.id, within: span) else { return work }
        work.tokens = cost.outputTokens > 0 ? cost.outputTokens : nil
        return work
      }
      guard let totals = totals(of: job.id, over: span) else { return work }
      func sum(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        // Of a life of which nobody knows how much it did, the sum would leave out something.
        return known.isEmpty || known.count < values.count ? nil : known.reduce(0, +)
      }
      work.steps = totals.steps > 0 ? totals.steps : nil
      work.tokens =
        counted(.tokens, of: job.id, over: span)
        ?? sum(totals.parts.map { $0.cost.tokenWork?.count })
      work.samples =
        counted(.samples, of: job.id, over: span)
        ?? sum(totals.parts.map { $0.cost.sampleWork?.count })
      return work
    }
  }

  /// How much a job itself counted in a span; `nil` where it counts none.
  private func counted(_ counter: Metric, of job: DeviceID, over span: TimeSpan) -> Double? {
    guard let id = timeline.id(counter, of: job) else { return nil }
    let amount = timeline.total(id, over: span).amount
    return amount > 0 ? amount : nil
  }
}
