import Accounting
import Canvas
import Quantities
import Telemetry

/// A job that serves instead of training: joules for each token it writes.
extension AlgorithmCostPanel {
  /// Seconds over which a server's counters are taken; many count only when a request ends.
  private static let stretch = 30.0

  private func written(_ job: Device, _ c: FrameContext) -> Total? {
    c.timeline.id(.outputTokens, of: job.id).map { id in
      c.timeline.total(
        id,
        over: TimeSpan(last: Self.stretch, endingAt: c.time).intersection(c.session) ?? c.session)
    }
  }

  /// Joules for a written token; `nil` for a job that writes none.
  func servingHeadline(_ job: Device, _ c: FrameContext) -> Headline? {
    guard let known = c.moment.known(.outputTokens, of: job.id), let written = written(job, c)
    else { return nil }
    var headline = Headline()
    headline.note = "\(job.label) · \(SI.age(known.age)) ago"
    let span = TimeSpan(last: Self.stretch, endingAt: c.time).intersection(c.session) ?? c.session
    let energy = c.ledger.jobEnergy(of: job.id, over: span)
    let rate = written.mean ?? 0
    // Below thirty tokens a joule more or less decides.
    if let energy, energy.coverage >= 0.9, written.amount >= 30 {
      let text = SI.text(energy.joules / written.amount, "J/output token")
      headline.value = SI.Text(
        number: (energy.isModelled ? "≈ " : "") + text.number, unit: text.unit)
      headline.phrases.append([
        Run(SI.text(rate, "tokens/s", smallest: 0).joined, c.muted)
      ])
    } else {
      headline.value = SI.text(rate, "tokens/s", smallest: 0)
      let reason =
        energy == nil ? "no joules: nothing here tells its power" : "too few tokens for a cost"
      headline.phrases.append([Run(reason, c.muted)])
    }
    return headline
  }

  /// What a server does at the moment.
  func servingRows(_ job: Device, _ c: FrameContext) -> [WeighedRow] {
    var rows: [WeighedRow] = []
    func value(_ metric: Metric) -> Double? { c.moment.known(metric, of: job.id)?.value }
    if let running = value(.requestsRunning) {
      let waiting = value(.requestsWaiting).map { SI.count($0) + " waiting" } ?? ""
      rows.append(WeighedRow(0, FactRow("requests", SI.count(running) + " running", waiting)))
    }
    if let total = value(.outputTokens) {
      let served = value(.requests).map { SI.count($0) + " requests" } ?? ""
      rows.append(
        WeighedRow(1, FactRow("written", SI.text(total, "tokens", smallest: 0).joined, served)))
    }
    if let prompt = value(.promptTokens) {
      let cached =
        value(.cachedPromptTokens).map {
          SI.text($0, "more from a cache", smallest: 0).joined
        } ?? ""
      rows.append(
        WeighedRow(2, FactRow("read", SI.text(prompt, "tokens", smallest: 0).joined, cached)))
    }
    return rows
  }
}
