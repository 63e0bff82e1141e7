import Accounting
import Canvas
import Quantities
import Telemetry

/// The accelerators one by one, each in a row: a bar of watts against the limit, then numbers.
enum GPURows {
  /// The narrowest a row may get beside another.
  static let cell = 17

  /// The width from which there are so many columns that they need headings.
  static let titledWidth = 80

  static func perRow(_ count: Int, width: Int, height: Int) -> Int {
    max(1, (count + max(1, height) - 1) / max(1, height))
  }

  /// Whether so many accelerators do not fit as rows.
  static func needsGrid(_ count: Int, width: Int, height: Int) -> Bool {
    let rows = max(1, height - 2)
    return count > 16 || (width + 2) / perRow(count, width: width, height: rows) < cell
  }

  /// The rows of the screen that so many accelerators take, at most those there are.
  static func height(_ count: Int, width: Int, available: Int) -> Int {
    guard available > 0 else { return 0 }
    let columns = perRow(count, width: width, height: available)
    return min(available, (count + columns - 1) / columns)
  }

  static func draw(_ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    let columns = perRow(gpus.count, width: rect.width, height: rect.height)
    let perColumn = (gpus.count + columns - 1) / columns
    let areas = rect.columns(columns, gap: 2)
    let label = min(12, gpus.map { displayWidth($0.label) }.max() ?? 1)
    let outliers = c.outliers
    let condition = (areas.first?.width ?? 0) >= 56 ? 10 : 0
    var table = GPUColumn.fitting(
      gpus, width: (areas.first?.width ?? 0) - label - 2 - condition,
      bar: barWidth(areas.first?.width ?? 0), c)
    let needsTitles = columns == 1 && rect.height > gpus.count && rect.width >= titledWidth
    // The first few columns are explained by their units.
    if !needsTitles { table = Array(table.prefix(5)) }
    if needsTitles { drawTitles(&canvas, table, condition, in: rect, c) }
    for (index, gpu) in gpus.enumerated() {
      let line = areas[index / perColumn].row(index % perColumn + (needsTitles ? 1 : 0))
      guard !line.isEmpty else { continue }
      drawRow(&canvas, gpu, table, outliers, label: label, condition: condition, in: line, c)
    }
  }

  /// The course of the watts keeps a third of the row.
  private static func barWidth(_ width: Int) -> Int { width < 28 ? 2 : max(6, width / 3) }

  private static func drawTitles(
    _ canvas: inout Canvas, _ table: [GPUColumn], _ condition: Int, in rect: Rect,
    _ c: FrameContext
  ) {
    var right = rect.right - condition
    for column in table.reversed() {
      canvas.textRight(c.say(column.title), right: right, y: rect.y, c.muted)
      right -= column.width
    }
  }

  private static func drawRow(
    _ canvas: inout Canvas, _ gpu: Device, _ table: [GPUColumn], _ outliers: [Outlier],
    label: Int, condition width: Int, in rect: Rect, _ c: FrameContext
  ) {
    canvas.textClipped(gpu.label, x: rect.x, y: rect.y, maxWidth: label, c.muted)
    if let cause = GPUCondition.silence(of: gpu, c) {
      let style = c.style(.critical)
      canvas.put("▲", x: rect.x + label + 1, y: rect.y, style)
      canvas.textClipped(
        cause, x: rect.x + label + 3, y: rect.y, maxWidth: rect.width - label - 3, style)
      return
    }
    let condition = GPUCondition.of(gpu, outliers, c)
    if width > 0, let condition {
      canvas.textRight(
        "\(condition.symbol) \(c.say(condition.word))", right: rect.right, y: rect.y,
        c.style(condition.role))
    }
    var right = rect.right - width
    for column in table.reversed() {
      canvas.textRight(
        column.text(gpu, c) ?? "–", right: right, y: rect.y, column.style(gpu, c))
      right -= column.width
    }
    let bar = Rect(
      x: rect.x + label + 1, y: rect.y, width: right - rect.x - label - 1, height: 1)
    let isThrottled = condition?.role == .critical
    if bar.width >= GPUHistory.leastColumns {
      GPUHistory.draw(&canvas, gpu, isThrottled: isThrottled, in: bar, c)
    } else {
      drawBar(&canvas, gpu, isThrottled: isThrottled, in: bar, c)
    }
  }

  /// Watts against the limit.
  static func drawBar(
    _ canvas: inout Canvas, _ gpu: Device, isThrottled: Bool, in rect: Rect, _ c: FrameContext
  ) {
    let limit = c.moment.known(.powerLimit, of: gpu.id)?.value
    let share = c.power(of: gpu.id).flatMap { watts in
      limit.map { watts / max($0, 1) }
    }
    let critical = c.theme[.critical]
    let gradient =
      isThrottled
      ? Gradient(critical.mixed(with: c.background, 0.3), critical, critical) : c.theme[.power]
    canvas.bar(share, in: rect, gradient: gradient, track: c.theme[.track], glyphs: c.glyphs)
  }
}
