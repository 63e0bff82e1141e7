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
  static func cost(of job: Device, _ c: FrameContext) -> [String] {
    if c.ledger.isServer(job.id) { return serving(job, c) }
    if let earlier = c.ledger.earlierRun(of: job.id, at: c.time) {
      return ["▲ \(EarlierRun.words), \(earlier.progress)"]
    }
    guard let cost = c.ledger.cost(of: job.id, at: c.time) else { return [] }
    var lines: [String] = []
    let divisor = divisor(cost)
    let work = divisor?.work
    let span = work?.span ?? cost.span
    let energy = work?.energy ?? cost.energy
    if let energy, let divisor, divisor.work.count > 0 {
      let mark = energy.isModelled ? "≈ " : ""
      let doubt = cost.uncertainty.map { " ± \(SI.fixed(max(1, $0 * 100), 0)) %" } ?? ""
      let share =
        cost.seenShare < 1 ? ", of which \(SI.percent(cost.seenShare)) % was done here" : ""
      let unit = divisor.unit
      let value = divisor.each.map { mark + SI.string($0, "J/\(unit)") + doubt } ?? "J/\(unit)"
      lines.append(
        "\(value) = \(mark)\(SI.string(energy.joules, "J")) ÷ "
          + "\(SI.count(divisor.work.count)) \(unit)s\(share)")
    }
    lines.append("energy of \(whose(c.ledger.charge(of: job.id, over: span)))")
    var words = "from \(c.civil(span.start).clock) to \(c.civil(span.end).clock), "
    words += basis(work)
    let paused = work?.pausedSeconds ?? cost.pausedSeconds
    if paused > 0 {
      let count = cost.pausedSeconds == paused ? cost.pauses : 0
      words += count == 1 ? "; 1 pause of " : count > 1 ? "; \(count) pauses of " : "; pauses of "
      words += "\(SI.duration(paused)) left out"
    }
    lines.append(words)
    if let energy { lines.append(method(energy)) }
    lines += c.ledger.caveats(of: job.id, over: span).map { "▲ " + $0.words }
    let unseen = c.timeline.facts(of: job.id).unseen
    if !unseen.isEmpty { lines.append("▲ " + sanitized(unseen)) }
    return lines
  }

  /// The energy of the machine since the session began, and what must be said with it.
  static func energy(_ c: FrameContext) -> [String] {
    guard let energy = c.ledger.energy(over: c.account), energy.covered > 0 else { return [] }
    let doubt = c.ledger.uncertainty(over: c.account).map { doubt in
      energy.joules > 0 && doubt < energy.joules
        ? " ± \(SI.fixed(max(1, doubt / energy.joules * 100), 0)) %" : ""
    }
    var lines = [
      "\(energy.isModelled ? "≈ " : "")\(SI.energy(energy.joules).joined)\(doubt ?? "") "
        + c.accountWords
    ]
    if let boundary = c.ledger.boundary(over: c.account) { lines.append("energy of " + boundary) }
    lines.append(method(energy))
    lines += c.ledger.warnings(over: c.account).map { "▲ " + $0.words }
    return lines
  }

  /// The renewable share and the grams of what was drawn.
  static func grid(_ c: FrameContext) -> [String] {
    let asked = GridAsked.lines(c)
    guard let account = c.ledger.grid(over: c.session), account.matched > 0 else { return asked }
    let site =
      account.siteJoules > 0
      ? [
        "own sun f = min(sun, load) ÷ load of the site, and what was stored of it: share = f + (1 − f) × grid"
      ]
      : []
    let live = c.ledger.gridCourse.live.flatMap { GridFacts($0.attributes) }
    let factors = live.map { $0.factors.isEmpty ? "" : ", " + sanitized($0.factors) } ?? ""
    var lines = [
      "share of what you drew = Σ joules × share of the grid at their time ÷ Σ joules, since start",
      "grams = Σ joules × intensity of the grid at their time: location-based, lifecycle"
        + factors,
      "the mix is known for \(SI.percent(account.coverage)) % of the joules",
    ]
    if c.input.session.supposed != nil {
      lines.insert("▲ WHAT IF: of another grid, not of the one the run drew from", at: 0)
    }
    if let live { lines.append("shares of \(live.basis.rawValue); " + sanitized(live.otherBasis)) }
    return asked + site + lines
  }

  /// What the joules are divided by, what one of them is called, and its joules.
  private static func divisor(_ cost: JobCost) -> (work: JobWork, unit: String, each: Double?)? {
    if let work = cost.tokenWork, work.count > 0 { return (work, "token", cost.joulesPerToken) }
    if let work = cost.sampleWork, work.count > 0 { return (work, "sample", cost.joulesPerSample) }
    if cost.steps > 0 {
      let work = JobWork(
        count: cost.steps, span: cost.span, pausedSeconds: cost.pausedSeconds, energy: cost.energy,
        basis: .counted)
      return (work, "step", cost.joulesPerStep)
    }
    if let work = cost.epochWork, work.count > 0 { return (work, "epoch", cost.joulesPerEpoch) }
    return cost.requestWork.map { ($0, "request", cost.joulesPerRequest) }
  }

  /// How an amount of work is known.
  private static func basis(_ work: JobWork?) -> String {
    switch work?.basis ?? .counted {
    case .counted: "between two of its own reports"
    case .stated: "by the rate that the job states"
    case .scaled: "steps times what a step was between its last two counts"
    case .batches: "steps times the batch that the job states"
    case .statedTime: "the seconds that the job says it took"
    }
  }

  static func whose(_ charge: JobCharge) -> String {
    switch charge {
    case .accelerators(let devices):
      let names = devices.prefix(8).map { sanitized($0.label) }.joined(separator: ", ")
      return devices.count == 1
        ? "accelerator \(names)"
        : "\(devices.count) accelerators: \(names)\(devices.count > 8 ? ", …" : "")"
    case .processors(let devices):
      return "the processors, \(devices.map { sanitized($0.label) }.joined(separator: ", ")): "
        + "it uses no accelerator"
    case .machines(let machines):
      return machines.count == 1 ? "the whole machine" : "\(machines.count) whole machines"
    case .ownCount: return "what the server counts itself"
    case .unknown(let reason): return "nothing: \(reason)"
    }
  }

  static func method(_ energy: EnergyAmount) -> String {
    let words =
      energy.isModelled
      ? "modelled, not measured"
      : energy.isCounted ? "by difference of counters" : "by the integral of power, without gaps"
    return "\(words); \(SI.percent(energy.coverage)) % covered"
  }
}
