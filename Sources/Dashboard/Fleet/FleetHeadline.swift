import Accounting
import Canvas
import Quantities
import Telemetry

/// What all machines draw, what it buys, and what of it bought nothing.
enum FleetHeadline {
  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    drawLine(&canvas, in: rect.row(0), moment, c)
    drawBar(&canvas, in: rect.row(1), moment, c)
  }

  /// The numbers in one line, the most important first.
  static func drawLine(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    guard !rect.isEmpty else { return }
    let totals = moment.totals
    let watts = totals.watts.map { c.string($0, "W") } ?? "–"
    var phrases: [[Run]] = [
      [
        Run(watts, c.style(.power).bold),
        Run(
          totals.unmetered > 0 ? " " + c.say(FleetWords.without, "\(totals.unmetered)") : "",
          c.muted),
      ]
    ]
    if let share = totals.wastedShare {
      phrases.append([
        Run(c.percent(share) + " %", c.style(.waiting).bold),
        Run(" " + c.say(FleetWords.wasted), c.muted),
      ])
    }
    if let tokens = totals.tokens, let each = totals.joulesPerToken, moment.span.seconds > 0 {
      let rate = SI.text(tokens / moment.span.seconds, "", smallest: 0)
      let unit = rate.unit.isEmpty ? "" : " " + rate.unit
      phrases.append([
        Run(c.string(each, "J"), c.style(.algorithm).bold),
        Run(c.say(FleetWords.perToken, c.number(rate.number) + unit), c.muted),
      ])
    }
    phrases.append(account(moment, c))
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width, inOrder: true)
  }

  /// `since 21:05: 529 kWh, 111 EUR, 174 kg CO₂e`.
  private static func account(_ moment: FleetMoment, _ c: FrameContext) -> [Run] {
    let totals = moment.totals
    var parts = [totals.joules.map { c.string(SI.energy($0)) } ?? "–"]
    if let cost = totals.cost {
      let decimals = cost.amount >= 100 ? 0 : cost.amount >= 0.1 || cost.amount == 0 ? 2 : 4
      parts.append(
        c.fixed(cost.amount, decimals) + " " + sanitized(cost.currency)
          + part(totals.costShare, c))
    }
    if let grams = totals.grams {
      parts.append(c.string(SI.carbon(grams)) + part(totals.gramsShare, c))
    }
    let since = c.civil(moment.span.start).shortClock
    var runs = [
      Run(c.say(FleetWords.since, since) + " ", c.muted),
      Run(parts.joined(separator: " · "), c.text),
    ]
    if let coverage = totals.coverage, coverage < 0.995 {
      runs.append(Run(" " + c.say(FleetWords.covered, c.percent(coverage)), c.style(.warning)))
    }
    return runs
  }

  /// ` (of 60 %)`, where an amount is not of all joules.
  private static func part(_ share: Double, _ c: FrameContext) -> String {
    share < 0.995 ? " " + c.say(FleetWords.ofShare, c.percent(share)) : ""
  }

  /// What the joules of the account were for.
  private static func drawBar(
    _ canvas: inout Canvas, in rect: Rect, _ moment: FleetMoment, _ c: FrameContext
  ) {
    guard !rect.isEmpty, let joules = moment.totals.joules, joules > 0 else { return }
    let wasted = moment.totals.wasted ?? 0
    let judged = moment.totals.judged ?? 0
    // Of some accelerators nothing is judged, and they are not beside themselves.
    let accelerators = max(judged, moment.totals.accelerators ?? joules)
    let beside = max(0, joules - accelerators)
    let whole = accelerators + beside
    func part(_ joules: Double, _ role: Theme.Role, _ words: FleetWords) -> StackedPart {
      let color = c.theme[role]
      let name = c.say(words)
      return StackedPart(
        weight: joules, color: color, label: "\(name) \(c.percent(joules / whole)) %",
        shortLabel: c.percent(joules / whole) + " %", ink: color.ink)
    }
    canvas.stackedBar(
      [
        part(max(0, judged - wasted), .compute, .work), part(wasted, .waiting, .wasted),
        part(accelerators - judged, .other, .notJudged), part(beside, .host, .beside),
      ], in: rect, track: c.theme[.track], glyphs: c.glyphs)
  }
}
