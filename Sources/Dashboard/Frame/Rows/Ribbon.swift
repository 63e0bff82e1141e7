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
    // Shares are the same of any watts, and known without them.
    let supply = Flow.supply(1, c)
    if supply.contains(where: { $0.certainty != .unknown }) {
      stack(supply, of: 1, marksModels: false, &canvas, in: bar, c)
    } else {
      let tellsGrams = (c.grid.intensity ?? c.grid.directIntensity) != nil
      let reason =
        tellsGrams
        ? c.say(FrameWords.gridWithoutShare)
        : c.states(feeding: [.grid]).first?.message ?? c.say(FrameWords.gridNotRead)
      say(c.say(FrameWords.unknownBecause, reason), &canvas, in: bar, c)
    }
    drawShare(&canvas, in: bar, tail: tail, c)
  }

  /// Draws streams of the flow as segments of a bar, in per cent of the machine's watts.
  private static func stack(
    _ branches: [FlowBranch], of watts: Double, marksModels: Bool, _ canvas: inout Canvas,
    in bar: Rect, _ c: FrameContext
  ) {
    let parts = branches.map { branch in
      // Less than half a per cent has no label: “0” would read as none.
      let share = branch.watts / watts
      let percent = share < 0.005 ? "" : (branch.isBeyond ? "+" : "") + c.fixed(share * 100, 0)
      let mark = marksModels && branch.certainty == .modelled ? "≈ " : ""
      return StackedPart(
        weight: branch.watts, color: branch.color,
        label: "\(mark)\(branch.short ?? branch.name) \(percent)", shortLabel: percent,
        ink: branch.color.ink)
    }
    canvas.stackedBar(parts, in: bar, track: c.theme[.track], glyphs: c.glyphs)
  }

  /// The renewable share at the end of the bar.
  private static func drawShare(
    _ canvas: inout Canvas, in bar: Rect, tail: Int, _ c: FrameContext
  ) {
    if tail > 0, let share = c.grid.renewable {
      let words: FrameWords =
        c.input.session.supposed == nil ? .renewable : .supposedRenewable
      canvas.text(
        c.say(words, (c.grid.rung.isEstimate ? "≈ " : "") + c.fixed(share * 100, 0)),
        x: bar.right + 2, y: bar.y,
        Style(c.theme[.renewable].end, on: c.background).bold)
    }
  }

  private static func drawUses(
    _ canvas: inout Canvas, in bar: Rect, tail: Int, _ c: FrameContext
  ) {
    guard let flow = c.flow else {
      let reason =
        c.inventory.knowsPower
        ? c.say(FrameWords.noPowerNow) : c.say(FrameWords.powerUntold)
      say(reason, &canvas, in: bar, c)
      return
    }
    stack(flow.uses, of: flow.watts, marksModels: true, &canvas, in: bar, c)
    guard tail > 0, let watts = c.ledger.power(at: c.time) else { return }
    let mark = flow.isModelled ? "≈ " : ""
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

  private static func say(_ text: String, _ canvas: inout Canvas, in bar: Rect, _ c: FrameContext) {
    canvas.fill(bar, Style(c.theme[.muted], on: c.theme[.track]))
    canvas.textClipped(
      " " + text, x: bar.x, y: bar.y, maxWidth: bar.width,
      Style(c.theme[.text], on: c.theme[.track]))
  }
}
