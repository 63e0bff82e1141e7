import Quantities
import Telemetry

extension Ledger {
  /// What a job's accelerators waited for over a span; `nil` where nothing of it was judged.
  ///
  /// Evaluations and checkpoints that the job tells are left out: then it does not starve.
  public func waiting(of job: DeviceID, over span: TimeSpan) -> WaitingAccount? {
    memos.waitings.answer(.init(job: job, span: span)) { account(of: job, over: span) }
  }

  /// How bad a job's waiting for data is at a time: that of the last minute, and left downwards only
  /// after a while of less; `nil` where nothing was judged.
  ///
  /// Looked at every ten seconds, so that a share that lies at a bound does not flicker across it.
  public func waitingBand(of job: DeviceID?, at time: Timestamp) -> WaitingBand? {
    var band: WaitingBand?
    for back in stride(from: 60.0, through: 0, by: -10) {
      let span = TimeSpan(last: 60, endingAt: time - back)
      let account = job.map { waiting(of: $0, over: span) } ?? waiting(over: span)
      guard let share = account?.share(.data) else { continue }
      band = band?.next(share) ?? WaitingBand(share: share)
    }
    return band
  }

  /// What all accelerators of a session waited for, where no job is known.
  public func waiting(over span: TimeSpan) -> WaitingAccount? {
    memos.waitings.answer(.init(span: span)) {
      account(of: inventory.gpus, job: nil, over: span)
    }
  }

  private func account(of job: DeviceID, over span: TimeSpan) -> WaitingAccount? {
    let isServing = isServer(job)
    let own = isServing ? servingAccelerators(of: job) : accelerators(of: job)
    return account(of: own, job: job, over: span, isServing: isServing)
  }

  private func account(
    of gpus: [Device], job: DeviceID?, over span: TimeSpan, isServing: Bool = false
  ) -> WaitingAccount? {
    var devices = waitingDevices(of: gpus)
    let pauses = job.map { statedPauses(of: $0, in: span).map(\.span) } ?? []
    let stretches = pauses.isEmpty ? [span] : span.parts(without: pauses)
    func sum(_ metric: Metric, of device: Device) -> Double {
      guard let id = timeline.id(metric, of: device.id) else { return 0 }
      return stretches.reduce(0) { $0 + timeline.total(id, over: $1).amount }
    }
    func sum(_ metric: Metric) -> Double { devices.reduce(0) { $0 + sum(metric, of: $1) } }
    if job == nil {
      // Accelerators that nobody holds say nothing of those that work.
      let held = devices.filter { sum(.idleTime, of: $0) < 0.9 * sum(.judgedTime, of: $0) }
      if !held.isEmpty { devices = held }
    }
    let judged = WaitingAccount.Part(seconds: sum(.judgedTime), joules: sum(.judgedEnergy))
    guard judged.seconds > 0, judged.seconds <= Double(devices.count) * span.seconds * 1.1 + 5
    else {
      return nil
    }
    // What little could be judged is no sample of the rest.
    guard sum(.undecidedTime) <= judged.seconds else { return nil }
    var account = WaitingAccount(
      span: span, accelerators: devices.count { sum(.judgedTime, of: $0) > 0 }, judged: judged,
      parts: [:])
    for kind in WaitingAccount.Kind.allCases {
      let (time, energy) = kind.metrics
      let seconds = sum(time)
      guard seconds > 0 else { continue }
      account.parts[kind] = WaitingAccount.Part(seconds: seconds, joules: sum(energy))
    }
    // More than was judged cannot have been lost: then the counters are no account of anything.
    let lost = account.parts.values.reduce(into: WaitingAccount.Part()) {
      $0.seconds += $1.seconds
      $0.joules += $1.joules
    }
    guard lost.seconds <= judged.seconds * 1.02 + 1, lost.joules <= judged.joules * 1.02 + 1,
      judged.joules.isFinite
    else { return nil }
    price(&account, without: sum(.unpricedTime))
    account.isServing = isServing || job == nil && isServed(devices, at: span.end)
    account.pausedSeconds = span.seconds(of: pauses)
    // Of accelerators that nobody judged nothing is known, and that is a part of what was asked.
    account.asked = max(0, span.seconds - account.pausedSeconds) * Double(gpus.count)
    let rungs: [(Metric, WaitingAccount.Evidence)] = [
      (.judgedByActivity, .activity), (.judgedByPower, .power), (.judgedByTrainer, .trainer),
    ]
    let most = rungs.map { ($0.1, sum($0.0)) }.max { $0.1 < $1.1 }
    if let most, most.1 > 0 { account.evidence = most.0 }
    account.processors = inventory.host.flatMap {
      timeline.moment(at: span.end).known(.cpuCount, of: $0.id)?.value
    }
    if let job {
      account.steps = steps(of: job, over: span)
      state(dataTimeOf: job, &account)
    }
    account.loader = loader(of: job, over: span)
    account.processorLimit = job.flatMap { processorLimit(of: $0, over: span) }
    account.kind = WaitingAccount.Kind.allCases
      .filter { kind in
        if kind == .idle { return account.share(kind) >= 0.05 && isAllIdle(account) }
        // One of many that waits is a small share of all, and may keep the others waiting.
        return account.share(kind) >= 0.05
          || (only(kind, devices) { sum($0, of: $1) }?.share ?? 0) >= 0.1
      }
      .max { account.share($0) < account.share($1) }
    account.culprit = culprit(devices) { sum($0, of: $1) }
    let shares = devices.compactMap { device -> Double? in
      let whole = sum(.judgedTime, of: device)
      return whole > 0 ? sum((account.kind ?? .data).metrics.time, of: device) / whole : nil
    }
    account.only = only(account.kind ?? .data, devices) { sum($0, of: $1) }
    account.isEven = (shares.max() ?? 0) <= account.share + 0.1
    account.unconfirmed = unconfirmed(account, gpus)
    account.explain(isSeen: !timeline.devices(.loader).isEmpty)
    account.avoidable = avoidable(account, gpus, at: span.end)
    return account
  }

  /// The least share of the time judged that was without a kernel and is in no part of an account.
  ///
  /// Of the time that nobody judged it is taken that no kernel ran in it: what is told holds for the rest.
  private func unconfirmed(_ account: WaitingAccount, _ gpus: [Device]) -> Double? {
    let judged = account.judged.seconds
    guard judged > 0 else { return nil }
    let shares = gpus.compactMap { utilization(of: $0.id, over: account.span) }
    guard !shares.isEmpty, shares.count == gpus.count else { return nil }
    let free = shares.reduce(0) { $0 + (1 - $1) * account.span.seconds }
    let others = account.span.seconds * Double(gpus.count) - judged
    let rest = (free - others) / judged
    let told = WaitingAccount.Kind.allCases.reduce(0) { $0 + account.share($1) }
    return rest - told >= 0.15 ? rest - told : nil
  }

  /// Takes what is not known of the energy of some waits to be as in the others.
  private func price(_ account: inout WaitingAccount, without unpriced: Double) {
    let all = account.parts.values.reduce(0) { $0 + $1.seconds }
    guard unpriced > 0, all > 0 else { return }
    guard unpriced < 0.5 * all else {
      account.isPriced = false
      return
    }
    for kind in account.parts.keys { account.parts[kind]?.joules *= all / (all - unpriced) }
  }

  /// The limit of processors that held a job's control group back for a tenth of the time or more.
  private func processorLimit(of job: DeviceID, over span: TimeSpan) -> Double? {
    for group in timeline.devices(.controlGroup) where group.parent == job {
      guard let held = timeline.id(.throttledByCPULimit, of: group.id),
        timeline.total(held, over: span).amount >= 0.1 * span.seconds,
        let limit = timeline.moment(at: span.end).known(.cpuLimit, of: group.id)?.value
      else { continue }
      return limit
    }
    return nil
  }

  /// Whether all of some accelerators are servers' and nobody else's.
  private func isServed(_ devices: [Device], at time: Timestamp) -> Bool {
    let running = inventory.jobs.map(\.id).filter { timeline.ending(of: $0, at: time) == nil }
    let served = running.filter(isServer).flatMap(servingAccelerators).map(\.id)
    let others = running.filter { !isServer($0) }.flatMap(accelerators).map(\.id)
    let only = Set(served).subtracting(others)
    return !devices.isEmpty && devices.allSatisfy { $0.parent.map(only.contains) ?? false }
  }

  private func isAllIdle(_ account: WaitingAccount) -> Bool {
    account.share(.idle) > 0.5
  }

  /// Steps between the first and the last report of a span; `nil` where none are told.
  private func steps(of job: DeviceID, over span: TimeSpan) -> Double? {
    guard let id = timeline.id(.step, of: job) else { return nil }
    let known = timeline.reports(id, in: span)
    guard let first = known.first, let last = known.last, last.value > first.value else {
      return nil
    }
    return last.value - first.value
  }

  private func culprit(_ devices: [Device], _ sum: (Metric, Device) -> Double) -> Device? {
    let blamed = devices.map { ($0, sum(.blamedTime, $0)) }.filter { $0.1 > 0 }
    let all = blamed.reduce(0) { $0 + $1.1 }
    guard let most = blamed.max(by: { $0.1 < $1.1 }), most.1 >= WaitingCause.leastCover * all else {
      return nil
    }
    return most.0.parent.flatMap { timeline.device($0) }
  }

  /// The one of several accelerators that a kind of waiting was nearly all of.
  private func only(
    _ kind: WaitingAccount.Kind, _ devices: [Device], _ sum: (Metric, Device) -> Double
  ) -> WaitingAccount.Only? {
    let waits = devices.map { ($0, sum(kind.metrics.time, $0)) }
    let all = waits.reduce(0) { $0 + $1.1 }
    guard devices.count > 1, all > 0, let most = waits.max(by: { $0.1 < $1.1 }),
      most.1 >= WaitingCause.leastCover * all, let parent = most.0.parent,
      let device = timeline.device(parent)
    else { return nil }
    let whole = sum(.judgedTime, most.0)
    return whole > 0 ? .init(device: device, share: min(1, most.1 / whole)) : nil
  }

  private func avoidable(
    _ account: WaitingAccount, _ gpus: [Device], at time: Timestamp
  ) -> Double? {
    guard account.isPriced, let part = account.parts[account.kind ?? .data], part.seconds > 0 else {
      return nil
    }
    let floors = gpus.compactMap { idleFloor(of: $0.id, at: time)?.empty }
    guard !floors.isEmpty, floors.count == gpus.count else { return nil }
    let watts = floors.reduce(0, +) / Double(floors.count)
    return max(0, part.joules - watts * part.seconds)
  }
}

extension WaitingAccount.Kind {
  /// The counters of its time and its energy.
  var metrics: (time: Metric, energy: Metric) {
    switch self {
    case .data: (.dataWaitTime, .dataWaitEnergy)
    case .host: (.hostWaitTime, .hostWaitEnergy)
    case .peer: (.peerWaitTime, .peerWaitEnergy)
    case .gap: (.gapTime, .gapEnergy)
    case .idle: (.idleTime, .idleEnergy)
    }
  }
}

extension WaitingAccount {
  /// Finds the cause of what weighs most, or says why none is named and what would tell it.
  mutating func explain(isSeen: Bool) {
    guard let kind else { return }
    if kind == .data || kind == .host, loader?.isOneJob == false {
      doubt = "several programs run here, and which of them waits is not told apart"
      return
    }
    switch kind {
    case .data:
      guard let loader else {
        doubt = "nothing is known of its loader"
        missing.append(
          "run as the job's user, on the job's machine: the loader's processes tell why")
        return
      }
      take(WaitingCause.ofLoader(loader))
    case .host:
      if let loader, let written = loader.written, written >= 50e6, written > 5 * (loader.read ?? 0)
      {
        cause = .writing
        cover = 1
      } else if let loader {
        cause = .host
        cover = loader.running
      }
    case .peer:
      if culprit != nil {
        cause = .peer
        cover = 1
      } else {
        doubt = "which rank is late is not known"
      }
    case .gap:
      doubt =
        switch loader {
        case nil: "nothing is known of the processes that feed it"
        case let seen? where seen.onQueue >= 0.3 && (seen.inWait?.allIdle ?? 0) >= 0.5:
          "its main thread slept, and its loader workers had nothing to do"
        default: "neither its loader nor its main thread explains them"
        }
      if loader == nil {
        missing.append(
          isSeen
            ? "its trainer is not among the processes that are seen: --source loader:PID names it"
            : "the source loader tells: run as the job's user, or name it with --source loader:PID")
      }
    case .idle: if isServing { cause = .noRequests }
    }
  }

  private mutating func take(_ finding: WaitingCause.Finding) {
    switch finding {
    case .named(let cause, let covers):
      self.cause = cause
      cover = covers
    case .unknown(let reason): doubt = reason
    }
  }
}
