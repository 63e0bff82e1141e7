import Accounting
import Canvas
import Quantities
import Telemetry

extension AlgorithmCostPanel {
  /// The saving against the first baseline, over the whole run so far.
  func besideBaseline(_ job: Device, _ c: FrameContext) -> [Run] {
    guard let baseline = c.input.baselines.first, let own = wholeRun(job, c),
      let measure = RunProfile.Measure.allCases.first(where: {
        own.joules(per: $0) != nil && baseline.joules(per: $0) != nil
      }), let joules = own.joules(per: measure), let other = baseline.joules(per: measure)
    else { return [] }
    // Quality first: a cheaper token is no saving where the same loss takes more of them.
    if let equal = c.profile.flatMap({ Comparison($0, against: baseline).equalLoss }) {
      return [
        Run(c.number(equal.sign), equal.saves == true ? c.style(.good) : c.style(.warning)),
        Run(
          " "
            + c.say(
              CostWords.joulesToLoss, c.significant(equal.loss),
              clipped(sanitized(baseline.name), to: 20)), c.muted),
      ]
    }
    let change = joules / other - 1
    let text = (change < 0 ? "−" : "+") + c.percent(abs(change)) + " % "
    return [
      Run(text, change < 0 ? c.style(.good) : c.style(.warning)),
      Run(c.say(CostWords.versus, clipped(sanitized(baseline.name), to: 20)), c.muted),
    ]
  }

  /// The profile of the whole run so far, measured as its baselines are.
  private func wholeRun(_ job: Device, _ c: FrameContext) -> RunProfile? {
    guard !c.input.baselines.isEmpty else { return nil }
    return c.ledger.profile(
      of: job, over: c.session, name: c.say(FrameWords.thisRun), isBrief: true)
  }

  /// Each baseline and this run as a bar of its joules.
  func drawDiet(_ canvas: inout Canvas, _ job: Device, in rect: Rect, _ c: FrameContext) {
    guard let own = wholeRun(job, c), rect.width >= 30 else { return }
    canvas.textClipped(c.say(CostRowWords.diet), x: rect.x, y: rect.y, maxWidth: 10, c.muted)
    let runs = Array(c.input.baselines.prefix(2)) + [own]
    let measure = RunProfile.Measure.allCases.first { own.joules(per: $0) != nil } ?? .step
    let top = runs.compactMap { $0.joules(per: measure) }.max() ?? 0
    guard top > 0 else { return }
    let areas = rect.splitColumns(11).right.columns(runs.count, gap: 2)
    for (run, area) in zip(runs, areas) {
      let name = clipped(sanitized(run.name), to: max(4, area.width / 2 - 1))
      let used = canvas.text(name, x: area.x, y: area.y, maxWidth: area.width, c.text) + 1
      guard let joules = run.joules(per: measure), area.width - used >= 3 else { continue }
      let ramp: Theme.Ramp = run == own ? .algorithm : .power
      canvas.bar(
        joules / top,
        in: Rect(x: area.x + used, y: area.y, width: area.width - used, height: 1),
        gradient: c.theme[ramp], track: c.theme[.track], glyphs: c.glyphs)
    }
  }

}
