import Accounting
import Canvas
import Quantities
import Telemetry

extension Flow {
  /// What the work buys: so much a second, what each costs, and how much of the chips that takes.
  static func bought(_ c: FrameContext) -> [[Run]] {
    guard let job = c.job, !c.timeline.facts(of: job.id).isHistory,
      c.ledger.earlierRun(of: job.id, at: c.time) == nil
    else { return [[Run(c.say(FlowWords.noJob), c.muted)]] }
    let lines = c.ledger.isServer(job.id) ? served(job, c) : trained(job, c)
    return lines.isEmpty ? [[Run(c.say(FlowWords.notYet), c.muted)]] : lines
  }

  private static func trained(_ job: Device, _ c: FrameContext) -> [[Run]] {
    guard let cost = c.ledger.cost(of: job.id, at: c.time) else { return [] }
    func lines(_ rate: Double?, _ unit: UnitWords, _ joules: Double?, _ thing: ThingWords)
      -> [[Run]]
    {
      Self.bought(rate, unit, joules, thing, job, over: cost.span, cost.energy, c)
    }
    var bought: [[Run]] = []
    if cost.tokensPerSecond != nil || cost.joulesPerToken != nil {
      bought = lines(cost.tokensPerSecond, .tokensPerSecond, cost.joulesPerToken, .token)
    } else if cost.samplesPerSecond != nil || cost.joulesPerSample != nil {
      bought = lines(cost.samplesPerSecond, .samplesPerSecond, cost.joulesPerSample, .sample)
    } else if let seconds = cost.secondsPerStep, seconds > 0 {
      bought = lines(1 / seconds, .stepsPerSecond, cost.joulesPerStep, .step)
    } else if cost.joulesPerEpoch != nil {
      bought = lines(nil, .epochs, cost.joulesPerEpoch, .epoch)
    }
    let mfu = c.ledger.mfu(
      of: job.id, tokensPerSecond: cost.tokensPerSecond,
      over: cost.tokenWork?.span ?? cost.span, withoutPauses: true)
    if let share = mfu.share {
      bought.append([Run(c.say(FlowWords.ofTheChips, c.percent(share)), c.muted)])
    }
    return bought
  }

  private static func served(_ job: Device, _ c: FrameContext) -> [[Run]] {
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return [] }
    func lines(_ rate: Double?, _ unit: UnitWords, _ joules: Double, _ thing: ThingWords)
      -> [[Run]]
    {
      bought(rate, unit, joules, thing, job, over: cost.span, cost.energy, c)
    }
    if let joules = cost.joulesPerOutputToken {
      return lines(cost.outputRate, .tokensPerSecond, joules, .outputToken)
    }
    if let joules = cost.joulesPerInputToken {
      return lines(cost.promptRate, .tokensPerSecond, joules, .inputToken)
    }
    return cost.joulesPerRequest.map {
      lines(cost.requestRate, .requestsPerSecond, $0, .request)
    } ?? []
  }

  /// How many a second, and below it what each takes and of whose joules.
  private static func bought(
    _ rate: Double?, _ unit: UnitWords, _ joules: Double?, _ thing: ThingWords, _ job: Device,
    over span: TimeSpan, _ energy: EnergyAmount?, _ c: FrameContext
  ) -> [[Run]] {
    var lines: [[Run]] = []
    if let rate {
      let text = "→ " + c.string(c.text(rate, unit, smallest: 0))
      lines.append([Run(text, c.style(.algorithm).bold)])
    }
    if let joules {
      let mark = energy?.isModelled ?? false ? "≈ " : ""
      let whose = c.charged(job, over: span).map { " (\($0))" } ?? ""
      let text = thing.text(in: c.language, mark + c.string(joules, "J"))
      lines.append([Run(text + whose, c.text)])
    }
    return lines
  }
}
