import Accounting
import Canvas
import Quantities
import Telemetry

/// The screen when there is room for a line per panel.
enum ListScreen {
  static func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let top = max(c.layout.title.bottom, c.layout.sentence.bottom)
    let bottom = c.layout.hints.y
    for (index, panel) in PanelCatalogue.all.enumerated() {
      let y = top + index
      guard y < bottom else { return }
      let headline = panel.headline(c)
      let name = canvas.width >= 50 ? c.say(panel.name) : c.say(panel.brief)
      let width = canvas.width >= 50 ? 18 : 7
      canvas.textClipped(name, x: 1, y: y, maxWidth: width - 1, c.muted)
      if let value = headline.value {
        let used = canvas.runs(
          [
            Run(
              (headline.isEstimate ? "≈ " : "") + c.string(value),
              headline.style(of: panel.ramp, c).bold)
          ], x: width, y: y,
          maxWidth: canvas.width - width)
        canvas.phrases(
          headline.phrases, x: width + used + 2, y: y, maxWidth: canvas.width - width - used - 3,
          gap: 2, inOrder: true)
      } else {
        canvas.textClipped(
          headline.missing.first ?? "–", x: width, y: y, maxWidth: canvas.width - width - 1, c.muted
        )
      }
    }
    Scrubber.draw(&canvas, in: c.layout.scrubber, c)
  }
}

/// The screen when there is room for one number: the power, or else the CPU utilization.
enum TinyScreen {
  static func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let (value, what) = number(c)
    let alert = AlertTicker.mark(c, room: canvas.width)
    let lines = [
      value, c.input.session.isSimulated ? c.say(FrameWords.simulated) : what,
      alert ?? TitleBar.badge(c).0,
    ]
    let first = max(0, (canvas.height - min(canvas.height, 3)) / 2)
    for (index, line) in lines.enumerated() where first + index < canvas.height {
      let style =
        index == 0
        ? c.style(.power).bold : index == 2 && alert != nil ? c.style(.critical).bold : c.muted
      canvas.textCentered(
        line, in: Rect(x: 0, y: 0, width: canvas.width, height: canvas.height), y: first + index,
        style)
    }
  }

  private static func number(_ c: FrameContext) -> (String, String) {
    if let watts = c.ledger.power(at: c.time) { return (c.string(watts, "W"), "hippowatt") }
    if let host = c.inventory.host, let busy = c.moment.value(.cpuUtilization, of: host.id) {
      return (c.percent(busy) + " % CPU", c.say(FrameWords.powerUnknown))
    }
    return ("–", "hippowatt")
  }
}
