import Canvas
import Quantities
import Telemetry

/// The list of marks, gaps, alerts and events, from which the cursor goes to one.
struct EventsOverlay: Overlay {
  let name = OverlayName.events
  let keys = ["E"]
  let section = KeyTable.Section.marks
  let text = Texts("marks and events: a list", "repères et événements : la liste")
  let hint: Texts? = nil

  func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let state = c.input.view.events
    let rows = state.rows(c.timeline)
    let all = Happening.all(in: c.timeline).count
    let count = rows.count == all ? "\(all)" : c.say(EventWords.count, "\(rows.count)", "\(all)")
    let body = OverlayBox.open(
      &canvas, title: c.say(EventWords.title, count), width: min(canvas.width - 6, 110),
      height: max(3, min(canvas.height - 6, rows.count + 2)), c)
    let ground = c.theme[.strip]
    func style(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
    guard body.height >= 2 else { return }
    let (list, foot) = body.splitRows(body.height - 1)
    drawFoot(&canvas, state, in: foot, c, style)
    guard !rows.isEmpty else {
      canvas.textClipped(
        all == 0
          ? c.say(EventWords.nothingYet) : c.say(EventWords.nothingMatches),
        x: list.x, y: list.y, maxWidth: list.width, style(.text))
      return
    }
    let chosen = state.selectedIndex(in: rows, at: c.time)
    let first = max(0, min(chosen - list.height / 2, rows.count - list.height))
    let hasDates = c.civil(c.input.bounds.start).isoDate != c.civil(c.input.bounds.end).isoDate
    for (offset, row) in rows.dropFirst(first).prefix(list.height).enumerated() {
      let isChosen = first + offset == chosen
      let line = list.row(offset)
      if isChosen { canvas.fill(line, Style(c.theme[.text], on: c.theme[.track])) }
      func ink(_ role: Theme.Role) -> Style {
        Style(c.theme[role], on: isChosen ? c.theme[.track] : ground)
      }
      let civil = c.civil(row.time)
      let (mark, role) = Self.mark(row.sort)
      canvas.runs(
        [
          Run(isChosen ? "› " : "  ", ink(.accent).bold),
          Run(
            (hasDates
              ? civil.date(in: c.language).padded(to: CalendarWords.dateWidth(in: c.language) + 1)
              : "") + civil.clock + "  ", ink(.muted)),
          Run(mark + " ", ink(role).bold), Run(sanitized(row.words), ink(.text)),
        ], x: line.x, y: line.y, maxWidth: line.width)
    }
  }

  /// The symbol that the scrubber draws, and its colour.
  private static func mark(_ sort: Destination.EventSort) -> (String, Theme.Role) {
    switch sort {
    case .alert: ("!", .critical)
    case .gap: ("▲", .critical)
    case .mark: ("▾", .accent)
    case .event: ("▾", .muted)
    case .phase: ("═", .muted)
    }
  }

  private func drawFoot(
    _ canvas: inout Canvas, _ state: EventListState, in rect: Rect, _ c: FrameContext,
    _ style: (Theme.Role) -> Style
  ) {
    if let runs = OverlayBox.filter(state.filter, c, style) {
      canvas.runs(runs, x: rect.x, y: rect.y, maxWidth: rect.width)
      return
    }
    let keys: [(String, EventWords)] = [
      ("↑ ↓", .choose), (OverlayBox.key("enter", c), .goThere), ("/", .search),
      (OverlayBox.key("esc", c), .close),
    ]
    canvas.phrases(
      keys.map { [Run($0.0, style(.accent).bold), Run(" " + c.say($0.1), style(.muted))] },
      x: rect.x, y: rect.y, maxWidth: rect.width, gap: 2)
  }
}

extension String {
  /// The text with spaces behind it up to a width.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
