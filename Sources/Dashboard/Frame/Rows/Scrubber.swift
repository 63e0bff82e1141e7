import Accounting
import Canvas
import Quantities
import Telemetry

/// The whole session at the bottom: its power, its marks and the cursor.
enum Scrubber {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height >= 2, rect.width >= 8 else { return }
    let track = c.layout.track
    let hasAxis = track.bottom < rect.bottom
    drawChart(&canvas, in: rect.splitRows(track.y - rect.y).top, c)
    drawTrack(&canvas, in: track, hasAxis: hasAxis, c)
    if hasAxis { drawAxis(&canvas, in: rect.row(rect.height - 1), c) }
  }

  /// The times of the session, with the zone of the clock at its right end.
  private static func drawAxis(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    let span = span(c)
    let zone = c.zone
    let columns = rect.width - displayWidth(zone) - 2
    canvas.textRight(zone, right: rect.right, y: rect.y, c.muted)
    let axis = TimeAxis(
      span, columns: rect.width, offset: c.utcOffset(c.time), language: c.language)
    for tick in axis.ticks where tick.column + displayWidth(tick.text) <= columns {
      canvas.text(tick.text, x: rect.x + tick.column, y: rect.y, c.muted)
    }
  }

  private static func drawChart(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    let bounds = span(c)
    guard bounds.seconds > 0 else { return }
    let columns = c.samples(rect.width)
    let head = c.input.bounds.end
    var values =
      FleetScreen.isShown(c.input)
      ? FleetCurve.watts(c, over: bounds, columns: columns, until: head)
      : SteadyCurve.watts(c.ledger, over: bounds, columns: columns, until: head)
    var top = values.compactMap { $0 }.max() ?? 0
    var ramp = Theme.Ramp.power
    if values.allSatisfy({ $0 == nil }), let host = c.inventory.host,
      let id = c.timeline.id(.cpuUtilization, of: host.id)
    {
      values = c.timeline.curve(id, over: bounds, columns: columns, until: head).map { $0?.mean }
      top = 1
      ramp = .dataIn
    }
    let strong = c.theme[ramp]
    let faint = Gradient(
      strong.start.mixed(with: c.background, 0.45), strong.middle.mixed(with: c.background, 0.45),
      strong.end.mixed(with: c.background, 0.45))
    canvas.areaChart(
      values, in: rect, top: max(top, 1e-9) * 1.05, gradient: faint, background: c.background,
      glyphs: c.glyphs)
    // What the curves show stands out.
    let from = column(c.window.start, in: rect, c)
    let to = column(c.time, in: rect, c)
    for y in rect.y..<rect.bottom {
      let color = strong.color(at: Double(rect.bottom - 1 - y) / Double(max(1, rect.height - 1)))
      canvas.restyle(Rect(x: from, y: y, width: to - from + 1, height: 1)) {
        $0.foreground(color)
      }
    }
  }

  private static func span(_ c: FrameContext) -> TimeSpan {
    let isLive = if case .live = c.input.session.origin { true } else { false }
    return isLive ? ViewState.scrubberSpan(c.input.bounds) : c.input.bounds
  }

  static func column(_ time: Timestamp, in rect: Rect, _ c: FrameContext) -> Int {
    let bounds = span(c)
    guard bounds.seconds > 0 else { return rect.right - 1 }
    let share = min(1, max(0, (time - bounds.start) / bounds.seconds))
    return rect.x + Int(saturating: (share * Double(rect.width - 1)).rounded())
  }

  private static func drawTrack(
    _ canvas: inout Canvas, in rect: Rect, hasAxis: Bool, _ c: FrameContext
  ) {
    canvas.fill(rect, c.style(.border), scalar: "─")
    let from = column(c.window.start, in: rect, c)
    let to = column(c.time, in: rect, c)
    canvas.fill(
      Rect(x: from, y: rect.y, width: max(1, to - from + 1), height: 1),
      c.muted, scalar: "━")
    for phase in c.ledger.phases(over: c.input.bounds) where phase.span.seconds > 0 {
      let (begin, end) = (
        column(phase.span.start, in: rect, c), column(phase.span.end, in: rect, c)
      )
      canvas.fill(
        Rect(x: begin, y: rect.y, width: end - begin + 1, height: 1), c.style(.algorithm),
        scalar: "═")
    }
    let span = c.input.view.selectedSpan(at: c.time)
    let ends = span.map { (column($0.start, in: rect, c), column($0.end, in: rect, c)) }
    if let (from, to) = ends {
      canvas.fill(
        Rect(x: from, y: rect.y, width: to - from + 1, height: 1), c.style(.accent), scalar: "━")
    }
    var first = rect.x
    // Without a row of their own, the time of the beginning stands on the track where nothing else does.
    if !hasAxis, rect.width >= 40 {
      let begin = c.civil(Self.span(c).start).shortClock
      let end = rect.x + displayWidth(begin)
      let isFree = (c.timeline.events.first.map { column($0.time, in: rect, c) > end + 1 }) ?? true
      if isFree, to > end, ends.map({ $0.0 > end }) ?? true {
        first += canvas.text(begin + " ", x: rect.x, y: rect.y, c.muted)
      }
    }
    for mark in TrackMarks(in: rect, from: first, c).marks {
      canvas.text(mark.sign, x: mark.x, y: rect.y, mark.style)
      canvas.text(mark.name, x: mark.x + 1, y: rect.y, c.muted)
    }
    if let (from, to) = ends {
      // Of a span without an end of its own the cursor is the other end.
      let isLoop = c.input.view.selectionEnd != nil
      canvas.put(isLoop ? "┣" : "◆", x: from, y: rect.y, c.style(.accent))
      canvas.put(isLoop ? "┫" : "◆", x: to, y: rect.y, c.style(.accent))
    }
    canvas.put("◆", x: to, y: rect.y, c.style(.accent).bold)
  }
}
