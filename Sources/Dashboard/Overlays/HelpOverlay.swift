import Canvas

/// Every key, from the one table.
struct HelpOverlay: Overlay {
  let name = OverlayName.help
  let keys = ["?", "f1"]
  let section = KeyTable.Section.program
  let text = "this help"
  let hint = "help"

  func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    let room = canvas.height - 2
    let most = canvas.width >= 76 ? 2 : 1
    var lines = lines(c, isShort: false)
    if lines.count > most * room { lines = self.lines(c, isShort: true) }
    let keyWidth = lines.filter { !$0.text.isEmpty }.map { displayWidth($0.keys) }.max() ?? 0
    let columns = lines.count > room ? most : 1
    let columnWidth = min(keyWidth + 2 + 46, (canvas.width - 4 - 2 * (columns - 1)) / columns)
    var perColumn = (lines.count + columns - 1) / columns
    if perColumn > room {
      perColumn = max(1, room)
      let hidden = lines.count - (columns * perColumn - 1)
      lines =
        Array(lines.prefix(columns * perColumn - 1)) + [("…", "\(hidden) more: enlarge the screen")]
    }
    let body = OverlayBox.open(
      &canvas, title: "hippowatt: keys", width: columns * columnWidth + (columns - 1) * 2,
      height: perColumn, c)
    let areas = body.columns(columns, gap: columns > 1 ? 2 : 0)
    for (index, line) in lines.enumerated() {
      let row = areas[index / perColumn].row(index % perColumn)
      guard !row.isEmpty else { continue }
      let ground = c.theme[.strip]
      if line.text.isEmpty {
        canvas.text(line.keys, x: row.x, y: row.y, Style(c.theme[.accent], on: ground).bold)
      } else {
        canvas.text(
          line.keys, x: row.x, y: row.y, maxWidth: row.width, Style(c.theme[.text], on: ground).bold
        )
        canvas.textClipped(
          line.text, x: row.x + keyWidth + 2, y: row.y, maxWidth: row.width - keyWidth - 2,
          Style(c.theme[.muted], on: ground))
      }
    }
  }

  /// Commands that share a line where there is little room.
  private static let pairs: [(first: Command, second: Command, text: String)] = [
    (.nextPanel, .previousPanel, "to the next panel, the previous"),
    (.slower, .faster, "play slower, faster"),
  ]

  /// Every key; in short with one line for all panels.
  private func lines(_ c: FrameContext, isShort: Bool) -> [(keys: String, text: String)] {
    var lines: [(keys: String, text: String)] = []
    for section in KeyTable.Section.allCases {
      // The rows of marks say so themselves.
      if !isShort || section != .marks { lines.append((section.rawValue, "")) }
      for binding in KeyTable.all where binding.section == section {
        if isShort, case .panel(let index) = binding.command {
          if index == 0 {
            lines.append(("1-\(min(9, PanelCatalogue.all.count))", "a panel large; again: back"))
          }
          continue
        }
        if isShort, Self.pairs.contains(where: { $0.second == binding.command }) { continue }
        // Not every symbol has an ASCII form, so the names of the keys are shown.
        let keys = binding.keys.map { c.glyphs == .ascii ? $0 : KeyTable.symbol($0) }
        if isShort, let pair = Self.pairs.first(where: { $0.first == binding.command }) {
          let others = KeyTable.all.first { $0.command == pair.second }?.keys ?? []
          let more = others.map { c.glyphs == .ascii ? $0 : KeyTable.symbol($0) }
          lines.append(((keys + more).joined(separator: " "), pair.text))
          continue
        }
        lines.append((keys.joined(separator: " "), binding.text))
      }
    }
    guard !isShort else {
      return lines + [("click", "a panel, the scrubber; wheel: zoom")]
    }
    lines.append(("Mouse", ""))
    lines.append(("click", "a panel: large; the scrubber: go there"))
    lines.append(("drag", "the scrubber's track: wind; its curve: select"))
    lines.append(("wheel", "shorter or longer time"))
    return lines
  }
}
