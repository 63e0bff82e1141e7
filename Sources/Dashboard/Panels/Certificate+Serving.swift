import Accounting
import Canvas
import Quantities
import Telemetry

extension Certificate {
  /// Joules of a server's token or request, by the formula of each; empty while none are told.
  static func serving(_ job: Device, _ c: FrameContext) -> [String] {
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return [] }
    var lines: [String] = []
    if let energy = cost.energy {
      let mark = energy.isModelled ? "≈ " : ""
      let joules = mark + SI.string(energy.joules, "J")
      func add(_ value: Double?, _ unit: String, _ count: Double?, _ words: String) {
        guard let value, let count else { return }
        lines.append(
          "\(mark)\(SI.string(value, "J/\(unit)")) = \(joules) ÷ \(SI.count(count)) \(words)")
      }
      add(cost.joulesPerOutputToken, "output token", cost.outputTokens, "output tokens")
      add(
        cost.joulesPerTotalToken, "total token", cost.totalTokens,
        "computed prompt and output tokens")
      add(cost.joulesPerInputToken, "input token", cost.promptTokens, "input tokens")
      add(
        cost.joulesPerRequest, "request", cost.requests,
        "requests that were served"
          + (cost.abortedRequests ?? 0 > 0 ? ", aborted ones not among them" : ""))
    }
    if let shortfall = cost.shortfall { lines.append(shortfall.words) }
    lines.append("energy of \(whose(c.ledger.charge(of: job.id, over: cost.span)))")
    lines.append(
      "from \(c.civil(cost.span.start).clock) to \(c.civil(cost.span.end).clock), "
        + (cost.isLate ? "tokens counted when requests end" : "tokens counted as they are written"))
    if let energy = cost.energy { lines.append(method(energy)) }
    return lines + c.ledger.caveats(of: job.id, over: cost.span).map { "▲ " + $0.words }
  }
}
