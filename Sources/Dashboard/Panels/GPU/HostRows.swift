import Accounting
import Canvas
import Quantities
import Telemetry

/// The machine itself, for panel 1 where no accelerator is found.
enum HostRows {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height >= 1 else { return }
    guard let host = c.inventory.host else {
      if c.inventory.knowsPower { drawPower(&canvas, in: rect, c) }
      return
    }
    let hasPower = c.inventory.knowsPower
    let rows = min(rect.height >= 4 ? 3 : 1, rect.height)
    let (chart, list) = rect.splitRows(rect.height - rows)
    if chart.height > 0 {
      let columns = c.samples(chart.width)
      if hasPower {
        drawPower(&canvas, in: chart, c)
      } else if let id = c.timeline.id(.cpuUtilization, of: host.id) {
        let values = c.timeline.curve(
          id, over: c.chartWindow(columns), columns: columns, until: c.time
        ).map {
          $0?.mean
        }
        canvas.areaChart(
          values, in: chart, top: 1, gradient: c.theme[.power], background: c.background,
          glyphs: c.glyphs)
      }
    }
    drawRows(&canvas, host, in: list, c)
  }

  private static func drawPower(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    let columns = c.samples(rect.width)
    let values = c.ledger.powerCurve(
      over: c.chartWindow(columns), columns: columns, until: c.time)
    canvas.areaChart(
      values, in: rect, top: max(1, values.compactMap { $0 }.max() ?? 1) * 1.15,
      gradient: c.theme[.power], background: c.background, glyphs: c.glyphs)
  }

  private static func drawRows(
    _ canvas: inout Canvas, _ host: Device, in rect: Rect, _ c: FrameContext
  ) {
    let busy = c.moment.value(.cpuUtilization, of: host.id)
    let cores = c.moment.value(.cpuCount, of: host.id)
    let used = c.moment.value(.memoryUsed, of: host.id)
    let total = c.moment.value(.memoryTotal, of: host.id)
    var lines: [(String, Double?, String, String)] = []
    lines.append(
      (
        "CPU", busy, busy.map { c.percent($0) + " %" } ?? "–",
        cores.map { c.say(GPUWords.ofCores, SI.count($0)) } ?? ""
      ))
    if let used, let total, total > 0 {
      lines.append(
        (
          c.say(GPUWords.memory), used / total, c.string(SI.memory(used)),
          c.say(GPUWords.of, c.string(SI.memory(total)))
        ))
    }
    let pressures: [(GPUWords, Metric)] = [
      (.processor, .cpuPressure), (.memory, .memoryPressure), (.inputOutput, .ioPressure),
    ]
    let stalls = pressures.compactMap { name, metric in
      c.moment.rate(metric, of: host.id, window: 10).map { (c.say(name), $0) }
    }
    for (index, line) in lines.enumerated() where index < rect.height {
      let y = rect.y + index
      canvas.text(line.0, x: rect.x, y: y, c.muted)
      let bar = Rect(x: rect.x + 8, y: y, width: max(0, rect.width - 34), height: 1)
      if bar.width >= 6 {
        canvas.bar(
          line.1, in: bar, gradient: c.theme[.power], track: c.theme[.track], glyphs: c.glyphs)
      }
      let x = bar.width >= 6 ? bar.right + 1 : rect.x + 8
      canvas.textRight(line.2, right: x + 9, y: y, c.text.bold)
      canvas.textClipped(line.3, x: x + 10, y: y, maxWidth: rect.right - x - 10, c.muted)
    }
    if !stalls.isEmpty, lines.count < rect.height {
      let phrases = stalls.map { name, share in
        [
          Run(name + " ", c.muted),
          Run(c.percent(min(1, share)) + " %", share > 0.1 ? c.style(.warning) : c.text),
        ]
      }
      let y = rect.y + lines.count
      canvas.text(c.say(GPUWords.stalls), x: rect.x, y: y, c.muted)
      canvas.phrases(phrases, x: rect.x + 8, y: y, maxWidth: rect.width - 8)
    }
  }
}
