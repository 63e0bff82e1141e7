import Accounting
import Canvas
import Quantities
import Telemetry

/// Draws processes in rows: name, accelerators, watts, energy, memory, share of time.
enum ProcessTable {
  /// One column with its heading.
  private struct Column: Sendable {
    var title: String
    var width: Int
    var order: ProcessListState.Order?
    var text: @Sendable (ProcessUse) -> String
    /// The least width of the table in which the column is shown.
    var from: Int
  }

  private static let columns: [Column] = [
    Column(
      title: "pid", width: 9, order: .pid,
      text: { $0.count == 1 && $0.former == 0 ? "\($0.pids[0])" : "\($0.count) ×" }, from: 60),
    Column(title: "user", width: 10, text: { $0.user ?? "–" }, from: 92),
    Column(title: "GPU", width: 8, text: { gpus($0.gpus) }, from: 0),
    Column(
      title: "share", width: 7, order: .share,
      text: { $0.smShare.map { SI.fixed($0 * 100, 0) + " %" } ?? "–" }, from: 84),
    Column(
      title: "memory", width: 10, order: .memory,
      text: { $0.memory.map { SI.memory($0).joined } ?? "–" }, from: 70),
    Column(
      title: "power", width: 10, order: .power,
      text: { use in
        guard use.isRunning else { return "ended" }
        return use.watts.map { (use.isEstimated ? "≈ " : "") + SI.string($0, "W") } ?? "–"
      }, from: 0),
    Column(
      title: "energy", width: 11, order: .energy,
      text: { !$0.isCharged ? "–" : (($0.isEstimated ? "≈ " : "") + SI.energy($0.joules).joined) },
      from: 0),
  ]

  /// `0-3 6` for a list of labels.
  static func gpus(_ labels: [String]) -> String {
    let numbers = labels.compactMap { Int($0) }
    guard numbers.count == labels.count, numbers.count > 1 else {
      return labels.joined(separator: " ")
    }
    var runs: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = runs.last, number == last.upperBound + 1 {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: " ")
  }

  /// The processes that draw most, for the bottom of a panel.
  static func drawShort(
    _ canvas: inout Canvas, _ uses: [ProcessUse], in rect: Rect, _ c: FrameContext
  ) {
    let rows = ProcessListState().rows(uses)
    draw(&canvas, rows, chosen: nil, state: ProcessListState(), in: rect, c.background, c)
    guard rows.count > rect.height - 1 else { return }
    canvas.runs(
      [
        Run("  \(rect.height - 1) of \(rows.count) processes, ", c.muted),
        Run("p", c.style(.accent).bold), Run(" shows all", c.muted),
      ], x: rect.x, y: rect.y, maxWidth: max(0, rect.width - columnsWidth(rect.width)))
  }

  private static func columnsWidth(_ width: Int) -> Int {
    columns.filter { width >= $0.from }.reduce(1) { $0 + $1.width }
  }

  /// Draws a heading and as many rows as fit, the chosen one among them.
  static func draw(
    _ canvas: inout Canvas, _ rows: [ProcessUse], chosen: Int?, state: ProcessListState,
    in rect: Rect, _ ground: Color, _ c: FrameContext
  ) {
    guard rect.height > 0 else { return }
    let shown = columns.filter { rect.width >= $0.from }
    let widths = shown.reduce(0) { $0 + $1.width }
    let nameWidth = max(8, rect.width - widths - 1)
    drawHeading(&canvas, shown, state, nameWidth, in: rect.row(0), ground, c)
    let room = rect.height - 1
    let first = max(0, min((chosen ?? 0) - room / 2, rows.count - room))
    for (index, use) in rows.dropFirst(first).prefix(room).enumerated() {
      let y = rect.y + 1 + index
      let isChosen = chosen == first + index
      let role: Theme.Role = use.isRunning ? .text : .muted
      var style = Style(c.theme[role], on: isChosen ? c.theme[.track] : ground)
      if isChosen {
        canvas.fill(Rect(x: rect.x, y: y, width: rect.width, height: 1), style)
        style = style.bold
      }
      var name = sanitized(use.name)
      if let place = use.container ?? use.job, nameWidth > 30 {
        name += "  (\(sanitized(place)))"
      }
      canvas.textClipped(
        (isChosen ? "▸ " : "  ") + name, x: rect.x, y: y, maxWidth: nameWidth, style)
      var right = rect.x + nameWidth + 1
      for column in shown {
        right += column.width
        canvas.textRight(
          clipped(sanitized(column.text(use)), to: column.width - 1), right: right, y: y, style)
      }
    }
  }

  private static func drawHeading(
    _ canvas: inout Canvas, _ shown: [Column], _ state: ProcessListState, _ nameWidth: Int,
    in rect: Rect, _ ground: Color, _ c: FrameContext
  ) {
    let plain = Style(c.theme[.muted], on: ground)
    let strong = Style(c.theme[.accent], on: ground).bold
    let arrow = state.isReversed ? "▴" : "▾"
    func title(_ text: String, _ order: ProcessListState.Order?) -> String {
      order == state.order ? text + arrow : text
    }
    canvas.text(
      "  " + title(state.grouping.rawValue, .name), x: rect.x, y: rect.y, maxWidth: nameWidth,
      state.order == .name ? strong : plain)
    var right = rect.x + nameWidth + 1
    for column in shown {
      right += column.width
      canvas.textRight(
        title(column.title, column.order), right: right, y: rect.y,
        column.order == state.order && column.order != nil ? strong : plain)
    }
  }
}
