import Accounting
import Canvas
import Quantities
import Telemetry

/// The list of processes on accelerators, in place of the panels.
struct ProcessOverlay: Overlay {
  let name = OverlayName.processes
  let keys = ["p"]
  let text = Texts(
    "whose joules: processes on the GPUs", "à qui les joules : processus sur les GPU")
  let hint: Texts? = Texts("processes", "processus")

  func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let state = c.input.view.processes
    let all = c.ledger.processes(over: c.account, by: state.grouping)
    let rows = state.rows(all)
    let body = OverlayBox.open(
      &canvas, title: title(rows, all.count, c), width: canvas.width - 6,
      height: max(3, min(canvas.height - 6, max(8, rows.count + (state.showsDetails ? 12 : 3)))), c)
    let ground = c.theme[.strip]
    func style(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
    guard body.height >= 2 else { return }
    let (list, foot) = body.splitRows(body.height - 1)
    drawFoot(&canvas, state, in: foot, c, style)
    guard !rows.isEmpty else {
      for (index, line) in absence(all.isEmpty, c).enumerated() where index < list.height {
        canvas.textClipped(
          line, x: list.x, y: list.y + index, maxWidth: list.width,
          style(index == 0 ? .text : .muted))
      }
      return
    }
    let chosen = state.selectedIndex(in: rows)
    let details = state.showsDetails ? min(8, list.height / 2) : 0
    let (table, below) = list.splitRows(list.height - details)
    ProcessTable.draw(&canvas, rows, chosen: chosen, state: state, in: table, ground, c)
    if details > 0 { drawDetails(&canvas, rows[chosen], in: below, c, style) }
  }

  private func title(_ rows: [ProcessUse], _ count: Int, _ c: FrameContext) -> String {
    let joules = rows.reduce(0) { $0 + $1.joules }
    let mark = rows.contains(where: \.isEstimated) ? "≈ " : ""
    let number =
      rows.count == count ? "\(count)" : c.say(ProcessWords.of, "\(rows.count)", "\(count)")
    return c.say(ProcessWords.title, number, mark + c.string(SI.energy(joules)), c.accountWords)
  }

  private func absence(_ isEmpty: Bool, _ c: FrameContext) -> [String] {
    if !isEmpty { return [c.say(ProcessWords.noMatch), c.say(ProcessWords.clears)] }
    if c.input.view.selection != nil {
      return [c.say(ProcessWords.nobody)]
    }
    if c.inventory.gpus.isEmpty { return [c.say(ProcessWords.noneRead)] }
    return [c.say(ProcessWords.none), c.say(ProcessWords.container)]
  }

  private func drawFoot(
    _ canvas: inout Canvas, _ state: ProcessListState, in rect: Rect, _ c: FrameContext,
    _ style: (Theme.Role) -> Style
  ) {
    if let pid = state.asked {
      // The answers are named once they count.
      let answers = "  " + c.say(ProcessWords.answers)
      canvas.textClipped(
        c.say(ProcessWords.endIt, "\(pid)") + (state.isHoldingAnswers ? "" : answers),
        x: rect.x, y: rect.y, maxWidth: rect.width, style(.critical).bold)
      return
    }
    if let runs = OverlayBox.filter(state.filter, c, style) {
      canvas.runs(runs, x: rect.x, y: rect.y, maxWidth: rect.width)
      return
    }
    let keys: [(String, ProcessWords)] = [
      ("↑ ↓", .choose), ("s", .sort), ("r", .reverse), ("u", .group), ("/", .filter),
      (OverlayBox.key("enter", c), .details), ("k", .end), (OverlayBox.key("esc", c), .close),
    ]
    canvas.phrases(
      keys.map { [Run($0.0, style(.accent).bold), Run(" " + c.say($0.1), style(.muted))] },
      x: rect.x, y: rect.y, maxWidth: rect.width, gap: 2)
  }

  private func drawDetails(
    _ canvas: inout Canvas, _ use: ProcessUse, in rect: Rect, _ c: FrameContext,
    _ style: (Theme.Role) -> Style
  ) {
    canvas.fill(rect.row(0), style(.border), scalar: c.glyphs == .ascii ? "-" : "─")
    let lines: [(ProcessWords, String?)] = [
      (.command, use.command), (.pid, use.pids.map(String.init).joined(separator: " ")),
      (.user, use.user), (.place, use.container), (.batchJob, use.job),
      (.firstSeen, use.since.map { c.say(ProcessWords.before, c.age(c.time - $0)) }),
      (
        .energy,
        (use.isCharged ? c.string(SI.energy(use.joules)) : c.say(ProcessWords.untold))
          + (use.isEstimated ? c.say(ProcessWords.partly) : "")
      ),
    ]
    var y = rect.y + 1
    for (name, text) in lines {
      guard let text, !text.isEmpty, y < rect.bottom else { continue }
      canvas.text(c.say(name), x: rect.x, y: y, style(.muted))
      canvas.textClipped(
        sanitized(text), x: rect.x + 12, y: y, maxWidth: rect.width - 12, style(.text))
      y += 1
    }
  }
}
