import Accounting
import Canvas
import Quantities
import Telemetry

extension Flow {
  /// What the work buys: so much a second, what each costs, and how much of the chips that takes.
  static func bought(_ c: FrameContext) -> [[Run]] {
    guard let job = c.job, !c.timeline.facts(of: job.id).isHistory,
      c.ledger.earlierRun(of: job.id, at: c.time) == nil
    else { return [[Run(FlowWords.noJob.text(in: c.language), c.muted)]] }
    if c.ledger.isServer(job.id) { return served(job, c) }
    guard let cost = c.ledger.cost(of: job.id, at: c.time) else {
      return [[Run(FlowWords.noJob.text(in: c.language), c.muted)]]
    }
    var lines: [[Run]] = []
    func line(_ rate: Double?, _ unit: UnitWords, _ joules: Double?, _ each: FlowWords.Thing) {
      if let rate { lines.append(buys(c.text(rate, unit, smallest: 0), c)) }
      if let joules { lines.append(eachCosts(joules, each, cost.energy, c)) }
    }
    if cost.tokensPerSecond != nil || cost.joulesPerToken != nil {
      line(cost.tokensPerSecond, .tokensPerSecond, cost.joulesPerToken, .token)
    } else if cost.samplesPerSecond != nil || cost.joulesPerSample != nil {
      line(cost.samplesPerSecond, .samplesPerSecond, cost.joulesPerSample, .sample)
    } else if let seconds = cost.secondsPerStep, seconds > 0 {
      line(1 / seconds, .stepsPerSecond, cost.joulesPerStep, .step)
    } else if cost.joulesPerEpoch != nil {
      line(nil, .epochs, cost.joulesPerEpoch, .epoch)
    }
    let span = cost.tokenWork?.span ?? cost.span
    let mfu = c.ledger.mfu(
      of: job.id, tokensPerSecond: cost.tokensPerSecond, over: span, withoutPauses: true)
    if let share = mfu.share {
      let percent = c.language.number(SI.percent(share))
      lines.append([Run(FlowWords.ofTheChips(percent).text(in: c.language), c.muted)])
    }
    return lines.isEmpty ? [[Run(FlowWords.notYet.text(in: c.language), c.muted)]] : lines
  }

  private static func served(_ job: Device, _ c: FrameContext) -> [[Run]] {
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else {
      return [[Run(FlowWords.notYet.text(in: c.language), c.muted)]]
    }
    if let joules = cost.joulesPerOutputToken {
      return [
        buys(c.text(cost.outputRate, .tokensPerSecond, smallest: 0), c),
        eachCosts(joules, .outputToken, cost.energy, c),
      ]
    }
    if let joules = cost.joulesPerInputToken {
      return [
        buys(c.text(cost.promptRate ?? 0, .tokensPerSecond, smallest: 0), c),
        eachCosts(joules, .inputToken, cost.energy, c),
      ]
    }
    if let joules = cost.joulesPerRequest {
      return [
        buys(c.text(cost.requestRate ?? 0, .requestsPerSecond, smallest: 0), c),
        eachCosts(joules, .request, cost.energy, c),
      ]
    }
    return [[Run(FlowWords.notYet.text(in: c.language), c.muted)]]
  }

  private static func buys(_ rate: SI.Text, _ c: FrameContext) -> [Run] {
    [Run("→ " + c.language.string(rate), c.style(.algorithm).bold)]
  }

  private static func eachCosts(
    _ joules: Double, _ thing: FlowWords.Thing, _ energy: EnergyAmount?, _ c: FrameContext
  ) -> [Run] {
    let mark = energy?.isModelled ?? false ? "≈ " : ""
    let text = mark + c.language.string(SI.text(joules, "J"))
    // Its joules are those of its accelerators; the machine takes more.
    var ofGPUs = false
    if let job = c.job, case .accelerators = c.ledger.charge(of: job.id, over: span(c)) {
      ofGPUs = true
    }
    return [Run(FlowWords.each(text, thing, ofGPUs: ofGPUs).text(in: c.language), c.text)]
  }
}
