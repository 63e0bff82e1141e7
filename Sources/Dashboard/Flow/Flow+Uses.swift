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
    func branch(
      _ name: Texts, _ watts: Double, _ role: Theme.Role,
      _ certainty: FlowBranch.Certainty = certainty
    ) -> FlowBranch {
      FlowBranch(
        name: c.say(name), watts: watts, color: c.theme[role], certainty: certainty)
    }
    // What the site takes beyond the plug is modelled: the mean of a year, on every watt alike.
    var cooling = branch(FlowWords.cooling.texts, flow.beyond, .host, .modelled)
    cooling.isBeyond = true
    let beyond = flow.beyond > 0 ? [cooling] : []
    // Where no part of the machine is measured, nothing tells what it goes to inside.
    if split.joules.allSatisfy({ $0.use == .other }) {
      var whole = branch(FlowWords.machine.texts, flow.watts, .compute)
      whole.notes = bought(c)
      return [whole] + beyond
    }
    let buyer = buyer(split)
    let uses = split.joules.filter { $0.joules > 0 }.flatMap { use, joules -> [FlowBranch] in
      guard use == .other, let fit = c.wallFit else {
        var stream = branch(use.name, joules * perJoule, role(use))
        stream.short = use.shortName.map { c.say($0) }
        stream.isWaste = waste.contains(use)
        if use == buyer { stream.notes = bought(c) }
        if stream.isWaste, let price = c.price {
          let cost = c.language.hourly(stream.watts, price)
          stream.notes = [[Run(cost, Style(stream.color, on: c.background))]]
        }
        return [stream]
      }
      // What no part measures, as the meter's ups and downs tell it apart.
      let measured = split.total.joules - joules
      let base = min(joules, max(0, fit.base.value) * split.total.covered)
      let losses = min(joules - base, max(0, fit.slope.value - 1) * measured)
      var rest = branch(use.name, (joules - base - losses) * perJoule, role(use))
      rest.short = use.shortName.map { c.say($0) }
      var standing = branch(FlowWords.base.texts, base * perJoule, role(use), .modelled)
      standing.short = c.say(FlowWords.shortBase)
      return [
        standing, branch(FlowWords.losses.texts, losses * perJoule, role(use), .modelled), rest,
      ].filter { $0.watts > 1e-6 * flow.watts }
    }
    return uses + beyond
  }

  /// The colour of a use.
  private static func role(_ use: EnergySplit.Use) -> Theme.Role {
    switch use {
    case .compute, .gpu, .heldBack: .compute
    case .waiting, .others, .program: .waiting
    case .idle, .gaps: .idle
    case .host: .host
    case .other: .other
    }
  }

  /// Uses that buy nothing.
  private static let waste: Set<EnergySplit.Use> = [.waiting, .others, .program, .gaps, .idle]

  /// The use whose joules do the work that is paid for.
  private static func buyer(_ split: EnergySplit) -> EnergySplit.Use? {
    [.compute, .gpu, .heldBack, .host].first { split.share($0) > 0 }
  }
}
