import Accounting
import Canvas
import Telemetry

/// The watts of one accelerator over the window, as a line of little columns in its row.
enum GPUHistory {
  /// The fewest columns that say more than a bar does.
  static let leastColumns = 12

  /// Draws the course; its last column is now, and the full height is the power limit.
  static func draw(
    _ canvas: inout Canvas, _ gpu: Device, isThrottled: Bool, in rect: Rect, _ c: FrameContext
  ) {
    let values = c.ledger.powerCurve(
      of: [gpu], over: c.chartWindow(rect.width), columns: rect.width, until: c.time)
    let peak = values.compactMap { $0 }.max() ?? 0
    let limit = c.moment.known(.powerLimit, of: gpu.id)?.value ?? 0
    let top = max(limit, peak, 1)
    let levels = c.glyphs == .ascii ? Self.letters : Self.blocks
    let ramp = c.theme[.power]
    let color = isThrottled ? c.theme[.critical] : ramp.end
    for (column, value) in values.enumerated() {
      guard let value else { continue }
      // Rows touch each other: the highest block leaves a quarter free between them.
      let share = min(1, max(0, value / top))
      let level = min(levels.count - 1, Int((share * Double(levels.count - 1)).rounded()))
      // All of a height have one colour, which costs the terminal less than a change in each column.
      let ink = color.mixed(with: ramp.start, isThrottled ? 0 : 1 - share)
      canvas.put(levels[level], x: rect.x + column, y: rect.y, Style(ink, on: c.background))
    }
  }

  private static let blocks: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆"]
  private static let letters: [Unicode.Scalar] = ["_", ".", ":", "-", "=", "+", "*", "#"]
}
