import Accounting
import Canvas
import Quantities
import Telemetry

extension Flow {
  /// What the watts are used for, work first, then waste, then the rest of the machine.
  static func uses(_ split: EnergySplit, _ flow: Flow, _ c: FrameContext) -> [FlowBranch] {
    guard split.total.joules > 0 else { return [] }
    let perJoule = flow.watts / split.total.joules
    let certainty = split.total.isModelled ? FlowBranch.Certainty.modelled : .measured
    // Where no part of the machine is measured, nothing tells what it goes to inside.
    if split.joules.allSatisfy({ $0.use == .other }) {
      var whole = branch(.machine, flow.watts, c.theme[.compute], certainty, c)
      whole.notes = bought(c)
      return [whole] + cooling(flow, c)
    }
    let buyer = buyer(split)
    let branches = split.joules.filter { $0.joules > 0 }.flatMap { use, joules -> [FlowBranch] in
      let color = c.theme[Ribbon.role(use)]
      guard use == .other, let fit = c.wallFit else {
        var branch = branch(.use(use), joules * perJoule, color, certainty, c)
        if use == buyer { branch.notes = bought(c) }
        branch.isWaste = waste.contains(use)
        if branch.isWaste, let price = c.price {
          branch.notes = [[Run(hourly(branch.watts, price, c), Style(color, on: c.background))]]
        }
        return [branch]
      }
      // What no part measures, as the meter's ups and downs tell it apart.
      let measured = split.total.joules - joules
      let base = min(joules, max(0, fit.base.value) * split.total.covered)
      let losses = min(joules - base, max(0, fit.slope.value - 1) * measured)
      return [
        branch(.base, base * perJoule, color, .modelled, c),
        branch(.losses, losses * perJoule, color, .modelled, c),
        branch(.use(.other), (joules - base - losses) * perJoule, color, .measured, c),
      ].filter { $0.watts > 1e-6 * flow.watts }
    }
    return branches + cooling(flow, c)
  }

  /// What the site takes beyond the plug is modelled: the mean of a year, on every watt alike.
  private static func cooling(_ flow: Flow, _ c: FrameContext) -> [FlowBranch] {
    flow.beyond > 0 ? [branch(.cooling, flow.beyond, c.theme[.host], .modelled, c)] : []
  }

  /// Uses that buy nothing.
  private static let waste: Set<EnergySplit.Use> = [.waiting, .others, .program, .gaps, .idle]

  private static func branch(
    _ words: FlowWords, _ watts: Double, _ color: Color, _ certainty: FlowBranch.Certainty,
    _ c: FrameContext
  ) -> FlowBranch {
    FlowBranch(
      name: words.text(in: c.language), short: words.short(in: c.language), watts: watts,
      color: color, certainty: certainty)
  }

  private static func hourly(_ watts: Double, _ price: Price, _ c: FrameContext) -> String {
    let amount = watts / 1000 * price.perKilowattHour
    let number =
      amount < 0.01 ? "< " + c.language.number("0.01") : c.language.number(SI.fixed(amount, 2))
    return FlowWords.anHour(number, sanitized(price.currency)).text(in: c.language)
  }

  /// The use whose joules do the work that is paid for.
  private static func buyer(_ split: EnergySplit) -> EnergySplit.Use? {
    [.compute, .gpu, .heldBack, .host].first { split.share($0) > 0 }
  }
}
