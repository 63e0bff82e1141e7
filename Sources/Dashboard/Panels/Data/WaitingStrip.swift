import Accounting
import Canvas
import Quantities
import Telemetry

/// The watts of a job's accelerators, with the stretches in which they waited for data marked.
enum WaitingStrip {
  /// Draws the curve, in the lowest row of three or more a line under what was waiting, and the legend.
  static func draw(_ canvas: inout Canvas, in rect: Rect, legend: Rect, _ c: FrameContext) {
    let gpus = c.pathJob.map(c.ledger.accelerators) ?? c.inventory.gpus
    guard !gpus.isEmpty, rect.height > 0 else { return }
    let columns = c.samples(rect.width)
    let window = c.chartWindow(columns)
    let watts = c.ledger.powerCurve(of: gpus, over: window, columns: columns, until: c.time)
    guard let peak = watts.compactMap({ $0 }).max(), peak > 0 else { return }
    let chart = rect.height >= 3 ? rect.splitRows(-1).top : rect
    canvas.areaChart(
      watts, in: chart, top: peak * 1.05, gradient: c.theme[.power], background: c.background,
      glyphs: c.glyphs)
    let waits = c.ledger.dataWaitCurve(
      of: c.pathJob, over: window, columns: rect.width, until: c.time)
    let isJudged = waits.contains { $0 != nil }
    for (column, wait) in waits.enumerated() where (wait ?? 0) > 0.5 {
      let x = chart.x + column
      canvas.restyle(Rect(x: x, y: chart.y, width: 1, height: chart.height)) { style in
        Style(c.theme[.waiting], on: style.background, style.attributes)
      }
      if rect.height >= 3 { canvas.put("▀", x: x, y: rect.bottom - 1, c.style(.waiting)) }
    }
    guard legend.height > 0 else { return }
    var runs = [
      Run(c.say(DataWords.wattsOf) + " ", c.muted),
      Run(
        gpus.count == 1 ? c.say(DataWords.theGPU) : c.say(DataWords.gpus, "\(gpus.count)"), c.text),
      Run(", \(c.say(DataWords.peak, c.string(peak, "W")))   ", c.muted),
    ]
    if isJudged {
      runs += [
        Run("■", c.style(.power)), Run(" \(c.say(DataWords.works))   ", c.muted),
        Run(rect.height >= 3 ? "▀" : "■", c.style(.waiting)),
        Run(" " + c.say(DataWords.waitsForData), c.muted),
      ]
    }
    let used = canvas.runs(runs, x: legend.x, y: legend.y, maxWidth: legend.width)
    let right = c.say(DataWords.last, c.duration(c.window.seconds))
    if used + displayWidth(right) + 2 <= legend.width {
      canvas.textRight(right, right: legend.right, y: legend.y, c.muted)
    }
  }
}
