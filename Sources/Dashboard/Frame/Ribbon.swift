import Accounting
import Canvas
import Quantities
import Telemetry

/// The two bars under the title: the sources of the electricity, and its uses.
enum Ribbon {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height >= 2 else { return }
    let label = rect.width >= 60 ? 9 : 0
    let tail = rect.width >= 72 ? 20 : 0
    let bar = Rect(
      x: rect.x + label, y: rect.y, width: rect.width - label - tail - (tail > 0 ? 2 : 0), height: 1
    )
    if label > 0 {
      canvas.text(c.say(FrameWords.fedBy), x: rect.x, y: rect.y, c.muted)
      canvas.text(c.say(FrameWords.goesTo), x: rect.x, y: rect.y + 1, c.muted)
    }
    drawSources(&canvas, in: bar, tail: tail, c)
    let lower = Rect(x: bar.x, y: bar.y + 1, width: bar.width, height: 1)
    drawUses(&canvas, in: lower, tail: tail, c)
  }

  private static func drawSources(
    _ canvas: inout Canvas, in bar: Rect, tail: Int, _ c: FrameContext
  ) {
    let mix = RenewableSharePanel.mix(c)
    guard !mix.isEmpty else {
      say(
        c.grid.renewable != nil
          ? c.say(FrameWords.notToldWhat)
          : c.say(
            FrameWords.unknownBecause,
            c.states(feeding: [.grid]).first?.message ?? c.say(FrameWords.gridNotRead)),
        &canvas,
        in: bar, c)
      drawShare(&canvas, in: bar, tail: tail, c)
      return
    }
    let parts = mix.filter { $0.share > 0 }.map { fuel in
      // Less than half a per cent has no label: “0” would read as none.
      let share = fuel.share < 0.005 ? "" : c.fixed(fuel.share * 100, 0)
      let color = c.theme[fuel.role]
      return StackedPart(
        weight: fuel.share, color: color, label: "\(fuel.name) \(share)", shortLabel: share,
        ink: color.ink)
    }
    canvas.stackedBar(parts, in: bar, track: c.theme[.track], glyphs: c.glyphs)
    drawShare(&canvas, in: bar, tail: tail, c)
  }

  /// The renewable share at the end of the bar.
  private static func drawShare(
    _ canvas: inout Canvas, in bar: Rect, tail: Int, _ c: FrameContext
  ) {
    if tail > 0, let share = c.grid.renewable {
      let words: FrameWords =
        c.input.session.supposed == nil ? .renewable : .supposedRenewable
      canvas.text(
        c.say(words, c.fixed(share * 100, 0)), x: bar.right + 2, y: bar.y,
        Style(c.theme[.renewable].end, on: c.background).bold)
    }
  }

  private static func drawUses(
    _ canvas: inout Canvas, in bar: Rect, tail: Int, _ c: FrameContext
  ) {
    guard let split = c.split, split.total.joules > 0 else {
      let reason =
        c.inventory.knowsPower
        ? c.say(FrameWords.noPowerNow) : c.say(FrameWords.powerUntold)
      say(reason, &canvas, in: bar, c)
      return
    }
    func part(_ name: String, _ joules: Double, _ color: Color) -> StackedPart {
      let share = joules / split.total.joules
      let text = share < 0.005 ? "" : c.fixed(share * 100, 0)
      return StackedPart(
        weight: joules, color: color, label: "\(name) \(text)", shortLabel: text, ink: color.ink)
    }
    // Where no part of the machine is measured, nothing tells what it goes to inside.
    let isWhole = split.joules.allSatisfy { $0.use == .other }
    var parts = split.joules.filter { $0.joules > 0 }.flatMap { use, joules -> [StackedPart] in
      if isWhole { return [part("the machine", joules, c.theme[.compute])] }
      let color = c.theme[role(use)]
      guard use == .other, let fit = c.wallFit else { return [part(name(use, c), joules, color)] }
      // What no part measures, as the meter's ups and downs tell it apart.
      let measured = split.total.joules - joules
      let base = min(joules, max(0, fit.base.value) * split.total.covered)
      let losses = min(joules - base, max(0, fit.slope.value - 1) * measured)
      return [
        ("≈ " + c.say(FrameWords.base), base), ("≈ " + c.say(FrameWords.losses), losses),
        (name(use, c), joules - base - losses),
      ]
      .filter { $0.1 > 1e-6 * joules }.map { part($0.0, $0.1, color) }
    }
    // What the site takes beyond the plug is modelled: the mean of a year, on every watt alike.
    if let pue = c.input.session.pue, pue > 1 {
      let color = c.theme[.host]
      let share = "+" + c.fixed((pue - 1) * 100, 0)
      parts.append(
        StackedPart(
          weight: split.total.joules * (pue - 1), color: color,
          label: "≈ \(c.say(FrameWords.cooling)) \(share)",
          shortLabel: "≈", ink: color.ink))
    }
    canvas.stackedBar(parts, in: bar, track: c.theme[.track], glyphs: c.glyphs)
    guard tail > 0, let watts = c.ledger.power(at: c.time) else { return }
    let mark = split.total.isModelled ? "≈ " : ""
    let place: FrameWords =
      switch c.ledger.wholeRole(at: c.time) {
      case nil: .seen
      case .machine?: .plug
      default: .platform
      }
    canvas.textClipped(
      mark + c.string(watts, "W") + " " + c.say(place), x: bar.right + 2, y: bar.y, maxWidth: tail,
      c.text.bold)
  }

  /// The colour of a use, here and in the flow.
  static func role(_ use: EnergySplit.Use) -> Theme.Role {
    switch use {
    case .compute, .gpu, .heldBack: .compute
    case .waiting, .others, .program: .waiting
    case .idle, .gaps: .idle
    case .host: .host
    case .other: .other
    }
  }

  /// A use in a word or two.
  private static func name(_ use: EnergySplit.Use, _ c: FrameContext) -> String {
    switch c.language {
    case .en: use == .waiting ? "waits" : use.rawValue
    case .fr: FlowWords.use(use).short(in: .fr) ?? FlowWords.use(use).text(in: .fr)
    }
  }

  private static func say(_ text: String, _ canvas: inout Canvas, in bar: Rect, _ c: FrameContext) {
    canvas.fill(bar, Style(c.theme[.muted], on: c.theme[.track]))
    canvas.textClipped(
      " " + text, x: bar.x, y: bar.y, maxWidth: bar.width,
      Style(c.theme[.text], on: c.theme[.track]))
  }
}
