import Accounting
import Canvas
import Quantities
import Telemetry

/// The list of processes on accelerators, in place of the panels.
struct ProcessOverlay: Overlay {
  let name = OverlayName.processes
  let keys = ["p"]
  let text = "whose joules: processes on the GPUs"
  let hint = "processes"

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
    let number = rows.count == count ? "\(count)" : "\(rows.count) of \(count)"
    return "Whose joules: \(number), \(mark)\(SI.energy(joules).joined) \(c.accountWords)"
  }

  private func absence(_ isEmpty: Bool, _ c: FrameContext) -> [String] {
    if !isEmpty { return ["No process matches the filter.", "Esc clears it."] }
    if c.input.view.selection != nil {
      return ["Nobody was on an accelerator in the selected span."]
    }
    if c.inventory.gpus.isEmpty { return ["No accelerator is being read, so nobody uses one."] }
    return [
      "No process is on an accelerator, or the driver does not list any to this user.",
      "In a container the driver sees the host's process numbers: run hippowatt on the host.",
    ]
  }

  private func drawFoot(
    _ canvas: inout Canvas, _ state: ProcessListState, in rect: Rect, _ c: FrameContext,
    _ style: (Theme.Role) -> Style
  ) {
    if let pid = state.asked {
      // The answers are named once they count.
      let answers = "  y: SIGTERM   i: SIGINT   9: SIGKILL   any other key: no"
      canvas.textClipped(
        "End process \(pid)?" + (state.isHoldingAnswers ? "" : answers),
        x: rect.x, y: rect.y, maxWidth: rect.width, style(.critical).bold)
      return
    }
    if let runs = OverlayBox.filter(state.filter, style) {
      canvas.runs(runs, x: rect.x, y: rect.y, maxWidth: rect.width)
      return
    }
    let keys = [
      ("↑ ↓", "choose"), ("s", "sort"), ("r", "reverse"), ("u", "group"), ("/", "filter"),
      ("enter", "details"), ("k", "end it"), ("esc", "close"),
    ]
    canvas.phrases(
      keys.map { [Run($0.0, style(.accent).bold), Run(" " + $0.1, style(.muted))] },
      x: rect.x, y: rect.y, maxWidth: rect.width, gap: 2)
  }

  private func drawDetails(
    _ canvas: inout Canvas, _ use: ProcessUse, in rect: Rect, _ c: FrameContext,
    _ style: (Theme.Role) -> Style
  ) {
    canvas.fill(rect.row(0), style(.border), scalar: c.glyphs == .ascii ? "-" : "─")
    let lines: [(String, String?)] = [
      ("command", use.command), ("pid", use.pids.map(String.init).joined(separator: " ")),
      ("user", use.user), ("container", use.container), ("batch job", use.job),
      ("first seen", use.since.map { SI.age(c.time - $0) + " before" }),
      (
        "energy",
        (use.isCharged ? SI.energy(use.joules).joined : "unknown: the driver tells no shares")
          + (use.isEstimated ? ", partly by its share of an accelerator used by several" : "")
      ),
    ]
    var y = rect.y + 1
    for (name, text) in lines {
      guard let text, !text.isEmpty, y < rect.bottom else { continue }
      canvas.text(name, x: rect.x, y: y, style(.muted))
      canvas.textClipped(
        sanitized(text), x: rect.x + 12, y: y, maxWidth: rect.width - 12, style(.text))
      y += 1
    }
  }
}
