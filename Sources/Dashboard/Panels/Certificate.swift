import Accounting
import Canvas
import Quantities
import Telemetry

/// How a panel's headline came about: whose energy, over which span, without which pauses, by which
/// formula.
///
/// One line for each thing it rests on, for the provenance view; the headline's own formula first.
enum Certificate {
  /// Joules of a step, a token or a sample of a job; empty while none are told.
  static func cost(of job: Device, _ c: FrameContext) -> [String] {
    guard let cost = c.ledger.cost(of: job.id, at: c.time) else { return serving(job, c) }
    var lines: [String] = []
    if let energy = cost.energy, let (count, unit, each) = divisor(cost), count > 0 {
      let mark = energy.isModelled ? "≈ " : ""
      let doubt = cost.uncertainty.map { " ± \(SI.fixed(max(1, $0 * 100), 0)) %" } ?? ""
      let share =
        cost.seenShare < 1 ? ", of which \(SI.percent(cost.seenShare)) % was done here" : ""
      let value = each.map { mark + SI.string($0, "J/\(unit)") + doubt } ?? "J/\(unit)"
      lines.append(
        "\(value) = \(mark)\(SI.string(energy.joules, "J")) ÷ "
          + "\(SI.count(count)) \(unit)s\(share)")
    }
    lines.append("energy of \(whose(c.ledger.charge(of: job.id, over: cost.span)))")
    var span = "from \(c.civil(cost.span.start).clock) to \(c.civil(cost.span.end).clock), "
    span += "between two of its own reports"
    if cost.pauses > 0 {
      span += "; \(cost.pauses) pause\(cost.pauses == 1 ? "" : "s") of "
      span += "\(SI.duration(cost.pausedSeconds)) left out"
    }
    lines.append(span)
    if let energy = cost.energy { lines.append(method(energy)) }
    lines += c.ledger.caveats(of: job.id, over: cost.span).map { "▲ " + $0.words }
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
    guard let account = c.ledger.grid(over: c.session), account.matched > 0 else { return [] }
    return [
      "share of what you drew = Σ joules × share of the grid at their time ÷ Σ joules, since start",
      "grams = Σ joules × intensity of the grid at their time: location-based, lifecycle",
      "the mix is known for \(SI.percent(account.coverage)) % of the joules",
    ]
  }

  /// What the joules are divided by, what one of them is called, and its joules.
  private static func divisor(_ cost: JobCost) -> (count: Double, unit: String, each: Double?)? {
    if let tokens = cost.tokens, tokens > 0 { return (tokens, "token", cost.joulesPerToken) }
    if let samples = cost.samples, samples > 0 { return (samples, "sample", cost.joulesPerSample) }
    return cost.steps > 0 ? (cost.steps, "step", cost.joulesPerStep) : nil
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
