import Accounting
import Canvas
import Quantities
import Telemetry

extension Certificate {
  /// Joules of a server's token or request, by the formula of each; empty while none are told.
  static func serving(_ job: Device, _ c: FrameContext) -> [CertificateLine] {
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return [] }
    var lines: [CertificateLine] = []
    if let energy = cost.energy {
      let mark = energy.isModelled ? "≈ " : ""
      let joules = mark + c.string(energy.joules, "J")
      func add(_ value: Double?, _ unit: UnitWords, _ count: Double?, _ words: String) {
        guard let value, let count else { return }
        lines.append(
          "\(mark)\(c.string(value, unit)) = \(joules) ÷ \(SI.count(count)) \(words)")
      }
      add(
        cost.joulesPerOutputToken, .joulesPerOutputToken, cost.outputTokens,
        c.say(CertificateWords.outputTokens))
      add(
        cost.joulesPerTotalToken, .joulesPerTotalToken, cost.totalTokens,
        c.say(CertificateWords.computedTokens))
      add(
        cost.joulesPerInputToken, .joulesPerInputToken, cost.promptTokens,
        c.say(CertificateWords.inputTokens))
      add(
        cost.joulesPerRequest, .joulesPerRequest, cost.requests,
        c.say(
          cost.abortedRequests ?? 0 > 0 ? CertificateWords.servedWithAborted : .served))
    }
    if let shortfall = cost.shortfall {
      lines.append(ShortfallWords.text(shortfall, in: c.language))
    }
    let charge = c.ledger.charge(of: job.id, over: cost.span)
    lines.append(c.say(CertificateWords.energyOf, whose(charge, c)))
    lines.append(
      c.say(
        CertificateWords.fromTo, c.civil(cost.span.start).clock, c.civil(cost.span.end).clock,
        c.say(cost.isLate ? CertificateWords.lateTokens : .liveTokens)))
    if let energy = cost.energy { lines.append(method(energy, c)) }
    return lines
      + c.ledger.caveats(of: job.id, over: cost.span).map {
        .warning(ShortfallWords.text($0, in: c.language))
      }
  }
}
