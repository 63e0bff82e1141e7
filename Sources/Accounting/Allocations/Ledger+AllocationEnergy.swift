import Telemetry

/// What a scheduler's job is charged, and what that was for.
extension Ledger {
  func charge(
    _ use: inout AllocationUse, _ holding: AllocationHolding, _ book: AllocationBook
  ) {
    guard !holding.facts.gpus.isEmpty else {
      use.absence = "which GPUs it holds is not known"
      return
    }
    var doubt: Double? = 0
    for gpu in holding.gpus {
      let others = book.others(of: holding, on: gpu.id)
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
          add(share(of: gpu, holding.facts, book, over: part), of: part)
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
    of gpu: Device, _ facts: AllocationFacts, _ book: AllocationBook, over span: TimeSpan
  ) -> EnergyAmount? {
    guard var amount = timeline.energy(of: gpu.id, over: span), amount.joules > 0 else {
      return nil
    }
    var (own, all) = (0.0, 0.0)
    for process in book.processes[gpu.id] ?? [] {
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
}
