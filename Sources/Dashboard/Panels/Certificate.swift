import Accounting
import Canvas
import Quantities
import Telemetry

/// How a panel's headline came about: whose energy, over which span, without which pauses, by which
/// formula.
///
/// One line for each thing it rests on, for the provenance view; the headline's own formula first.
enum Certificate {
  /// Joules of a step, a token, a sample, an epoch or a request of a job; empty while none are told.
  static func cost(of job: Device, _ c: FrameContext) -> [CertificateLine] {
    if c.ledger.isServer(job.id) { return serving(job, c) }
    if let earlier = c.ledger.earlierRun(of: job.id, at: c.time) {
      let progress = AlgorithmCostPanel.progress(earlier, c) ?? ""
      return [.warning(c.say(CertificateWords.earlier, progress))]
    }
    guard let cost = c.ledger.cost(of: job.id, at: c.time) else { return [] }
    var lines: [CertificateLine] = []
    let divisor = divisor(cost)
    let work = divisor?.work
    let span = work?.span ?? cost.span
    let energy = work?.energy ?? cost.energy
    if let energy, let divisor, divisor.work.count > 0 {
      let mark = energy.isModelled ? "≈ " : ""
      let doubt = cost.uncertainty.map { " ± \(c.fixed(max(1, $0 * 100), 0)) %" } ?? ""
      let share =
        cost.seenShare < 1 ? c.say(CertificateWords.doneHere, c.percent(cost.seenShare)) : ""
      let value =
        divisor.each.map { mark + c.string($0, divisor.unit) + doubt } ?? c.say(divisor.unit)
      lines.append(
        "\(value) = \(mark)\(c.string(energy.joules, "J")) ÷ "
          + "\(SI.count(divisor.work.count)) \(c.say(divisor.many))\(share)")
    }
    let charge = c.ledger.charge(of: job.id, over: span)
    lines.append(c.say(CertificateWords.energyOf, whose(charge, c)))
    var words = c.say(
      CertificateWords.fromTo, c.civil(span.start).clock, c.civil(span.end).clock,
      c.say(basis(work)))
    let paused = work?.pausedSeconds ?? cost.pausedSeconds
    if paused > 0 {
      let count = cost.pausedSeconds == paused ? cost.pauses : 0
      let pauses: CertificateWords = count == 1 ? .onePause : count > 1 ? .pauses : .somePauses
      words += c.say(pauses, c.duration(paused), "\(count)")
    }
    lines.append(words)
    if let energy { lines.append(method(energy, c)) }
    lines += c.ledger.caveats(of: job.id, over: span).map {
      .warning(ShortfallWords.text($0, in: c.language))
    }
    let unseen = c.timeline.facts(of: job.id).unseen
    if !unseen.isEmpty { lines.append(.warning(unseen)) }
    return lines
  }

  /// The energy of the machine since the session began, and what must be said with it.
  static func energy(_ c: FrameContext) -> [CertificateLine] {
    guard let energy = c.ledger.energy(over: c.account), energy.covered > 0 else { return [] }
    let doubt = c.ledger.uncertainty(over: c.account).map { doubt in
      energy.joules > 0 && doubt < energy.joules
        ? " ± \(c.fixed(max(1, doubt / energy.joules * 100), 0)) %" : ""
    }
    var lines: [CertificateLine] = []
    lines.append(
      "\(energy.isModelled ? "≈ " : "")\(c.string(SI.energy(energy.joules)))\(doubt ?? "") "
        + c.accountWords)
    if let boundary = c.ledger.boundary(over: c.account) {
      lines.append(c.say(CertificateWords.energyOf, boundary))
    }
    lines.append(method(energy, c))
    lines += c.ledger.warnings(over: c.account).map {
      .warning(WarningWords.text($0, in: c.language))
    }
    return lines
  }

  /// The renewable share and the grams of what was drawn.
  static func grid(_ c: FrameContext) -> [CertificateLine] {
    var lines = GridAsked.lines(c).map { CertificateLine($0) }
    guard let account = c.ledger.grid(over: c.session), account.isKnown else { return lines }
    if account.siteJoules > 0 { lines.append(c.say(CertificateWords.sunShare)) }
    if c.input.session.supposed != nil {
      lines.append(.warning(c.say(CertificateWords.whatIf)))
    }
    let live = c.ledger.gridCourse.live.flatMap { GridFacts($0.attributes) }
    let factors = live.map { $0.factors.isEmpty ? "" : ", " + sanitized($0.factors) } ?? ""
    if account.matched > 0 { lines.append(c.say(CertificateWords.share)) }
    lines.append(c.say(CertificateWords.grams) + factors)
    lines.append(c.say(CertificateWords.known, c.percent(account.coverage)))
    if let live {
      let basis: CertificateWords =
        switch live.basis {
        case .production: .ofProduction
        case .consumption: .ofConsumption
        case .unknown: .ofUnknown
        }
      lines.append(
        c.say(
          CertificateWords.sharesOf, c.say(basis),
          sanitized(WarningWords.otherBasis(live, in: c.language))))
    }
    return lines
  }

  /// What the joules are divided by, what one of them is called, and its joules.
  private static func divisor(
    _ cost: JobCost
  ) -> (work: JobWork, unit: UnitWords, many: UnitWords, each: Double?)? {
    if let work = cost.tokenWork, work.count > 0 {
      return (work, .joulesPerToken, .tokens, cost.joulesPerToken)
    }
    if let work = cost.sampleWork, work.count > 0 {
      return (work, .joulesPerSample, .samples, cost.joulesPerSample)
    }
    if cost.steps > 0 {
      let work = JobWork(
        count: cost.steps, span: cost.span, pausedSeconds: cost.pausedSeconds, energy: cost.energy,
        basis: .counted)
      return (work, .joulesPerStep, .steps, cost.joulesPerStep)
    }
    if let work = cost.epochWork, work.count > 0 {
      return (work, .joulesPerEpoch, .epochs, cost.joulesPerEpoch)
    }
    return cost.requestWork.map { ($0, .joulesPerRequest, .requests, cost.joulesPerRequest) }
  }

  /// How an amount of work is known.
  private static func basis(_ work: JobWork?) -> CertificateWords {
    switch work?.basis ?? .counted {
    case .counted: .between
    case .stated: .byStatedRate
    case .scaled: .byLastCounts
    case .batches: .byBatches
    case .statedTime: .statedSeconds
    }
  }

  static func whose(_ charge: JobCharge, _ c: FrameContext) -> String {
    switch charge {
    case .accelerators(let devices):
      let names = devices.prefix(8).map { sanitized($0.label) }.joined(separator: ", ")
      return devices.count == 1
        ? c.say(CertificateWords.oneAccelerator, names)
        : c.say(
          CertificateWords.accelerators, "\(devices.count)",
          names + (devices.count > 8 ? ", …" : ""))
    case .processors(let devices):
      let names = devices.map { sanitized($0.label) }.joined(separator: ", ")
      return c.say(CertificateWords.processors, names)
    case .machines(let machines):
      return machines.count == 1
        ? c.say(CertificateWords.machine)
        : c.say(CertificateWords.machines, "\(machines.count)")
    case .ownCount: return c.say(CertificateWords.ownCount)
    case .unknown(let reason): return c.say(CertificateWords.nothing, reason)
    }
  }

  static func method(_ energy: EnergyAmount, _ c: FrameContext) -> String {
    let words: CertificateWords =
      energy.isModelled
      ? .modelled
      : energy.isCounted ? .byCounters : .byIntegral
    return c.say(CertificateWords.covered, c.say(words), c.percent(energy.coverage))
  }
}
