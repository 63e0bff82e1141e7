import Accounting
import Canvas
import Quantities
import Telemetry

/// Draws processes in rows: name, accelerators, watts, energy, memory, share of time.
enum ProcessTable {
  /// One column with its heading.
  private struct Column: Sendable {
    var title: ProcessWords
    var width: Int
    var order: ProcessListState.Order?
    var text: @Sendable (ProcessUse, FrameContext) -> String
    /// The least width of the table in which the column is shown.
    var from: Int
  }

  private static let columns: [Column] = [
    Column(
      title: .pid, width: 9, order: .pid,
      text: { use, _ in
        use.count == 1 && use.former == 0 ? "\(use.pids[0])" : "\(use.count) ×"
      }, from: 60),
    Column(title: .user, width: 10, text: { use, _ in use.user ?? "–" }, from: 92),
    Column(title: .gpu, width: 8, text: { use, _ in gpus(use.gpus) }, from: 0),
    Column(
      title: .share, width: 7, order: .share,
      text: { use, c in use.smShare.map { c.fixed($0 * 100, 0) + " %" } ?? "–" }, from: 84),
    Column(
      title: .memory, width: 10, order: .memory,
      text: { use, c in use.memory.map { c.string(SI.memory($0)) } ?? "–" }, from: 70),
    Column(
      title: .power, width: 10, order: .power,
      text: { use, c in
        guard use.isRunning else { return c.say(ProcessWords.ended) }
        return use.watts.map { (use.isEstimated ? "≈ " : "") + c.string($0, "W") } ?? "–"
      }, from: 0),
    Column(
      title: .energy, width: 11, order: .energy,
      text: { use, c in
        !use.isCharged
          ? "–" : (use.isEstimated ? "≈ " : "") + c.string(SI.energy(use.joules))
      },
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
        Run(
          "  " + c.say(ProcessWords.showing, "\(rect.height - 1)", "\(rows.count)") + " ", c.muted),
        Run("p", c.style(.accent).bold), Run(" " + c.say(ProcessWords.showsAll), c.muted),
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
      if let place = use.container ?? use.job, !use.name.hasPrefix(place), nameWidth > 30 {
        name += "  (\(sanitized(place)))"
      }
      canvas.textClipped(
        (isChosen ? "▸ " : "  ") + name, x: rect.x, y: y, maxWidth: nameWidth, style)
      var right = rect.x + nameWidth + 1
      for column in shown {
        right += column.width
        canvas.textRight(
          clipped(sanitized(column.text(use, c)), to: column.width - 1), right: right, y: y, style)
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
      "  " + title(c.say(ProcessWords.grouping(state.grouping)), .name), x: rect.x, y: rect.y,
      maxWidth: nameWidth,
      state.order == .name ? strong : plain)
    var right = rect.x + nameWidth + 1
    for column in shown {
      right += column.width
      canvas.textRight(
        title(c.say(column.title), column.order), right: right, y: rect.y,
        column.order == state.order && column.order != nil ? strong : plain)
    }
  }
}
