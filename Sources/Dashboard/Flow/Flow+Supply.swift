import Accounting
import Canvas
import Quantities
import Telemetry

extension Flow {
  /// The streams that feed the machine, the cleanest first, by the mix at the time shown.
  ///
  /// What the mix does not tell of the whole is a stream of its own, unknown.
  static func supply(_ watts: Double, _ c: FrameContext) -> [FlowBranch] {
    let mix = RenewableSharePanel.mix(c).filter { $0.share > 0 }
    guard !mix.isEmpty else { return supplyWithoutMix(watts, c) }
    let isModelled = c.grid.fuelsRung.isEstimate
    func branch(_ name: String, _ share: Double, _ role: Theme.Role) -> FlowBranch {
      FlowBranch(
        name: name, watts: watts * share, color: c.theme[role],
        certainty: isModelled ? .modelled : .measured, shows: .share(share))
    }
    // Shares that were rounded one by one may be more than the whole together.
    let told = mix.reduce(0) { $0 + $1.share }
    var branches = mix.map { branch($0.name, $0.share / max(1, told), $0.role) }
    if told < 0.995 { branches.append(unknown(watts * (1 - told), 1 - told, c)) }
    return branches
  }

  /// The streams where only the renewable share is told, or nothing at all.
  private static func supplyWithoutMix(_ watts: Double, _ c: FrameContext) -> [FlowBranch] {
    guard let renewable = c.grid.renewable else { return [unknown(watts, nil, c)] }
    let isModelled = c.grid.rung.isEstimate
    let clean = FlowBranch(
      name: c.say(FlowWords.renewable), watts: watts * renewable,
      color: c.theme[.renewable].end, certainty: isModelled ? .modelled : .measured,
      shows: .share(renewable))
    var rest = unknown(watts * (1 - renewable), 1 - renewable, c)
    rest.name = c.say(FlowWords.notRenewable)
    return [clean, rest].filter { $0.watts > 0 }
  }

  private static func unknown(
    _ watts: Double, _ share: Double?, _ c: FrameContext
  ) -> FlowBranch {
    var branch = FlowBranch(
      name: c.say(FlowWords.unknown), watts: watts, color: c.theme[.muted],
      certainty: .unknown,
      shows: share.map { .share($0) } ?? .nothing)
    if share == nil { branch.notes = [[Run(c.say(FlowWords.mixUntold), c.muted)]] }
    return branch
  }
}
