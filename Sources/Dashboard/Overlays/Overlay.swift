import Canvas

/// A box over the middle of the screen.
enum Overlay {
  /// Draws the box for a body of `width` by `height` and returns where the body goes.
  static func open(
    _ canvas: inout Canvas, title: String, width: Int, height: Int, _ c: FrameContext
  ) -> Rect {
    let outer = Rect(
      x: max(0, (canvas.width - width - 4) / 2), y: max(0, (canvas.height - height - 2) / 2),
      width: min(canvas.width, width + 4), height: min(canvas.height, height + 2))
    let ground = Style(c.theme[.text], on: c.theme[.strip])
    canvas.fill(outer, ground)
    canvas.box(outer, Style(c.theme[.muted], on: c.theme[.strip]), glyphs: c.glyphs)
    canvas.textClipped(
      " \(title) ", x: outer.x + 2, y: outer.y, maxWidth: outer.width - 4, ground.bold)
    return outer.inset(dx: 2, dy: 1)
  }
}

/// Every key, from the one table.
enum HelpOverlay {
  static func draw(_ canvas: inout Canvas, _ c: FrameContext) {
    var lines: [(keys: String, text: String)] = []
    for section in KeyTable.Section.allCases {
      lines.append((section.rawValue, ""))
      for binding in KeyTable.all where binding.section == section {
        // Not every symbol has a seven-bit stand-in; the keys' names do without.
        let keys = binding.keys.map { c.glyphs == .ascii ? $0 : KeyTable.symbol($0) }
        lines.append((keys.joined(separator: " "), binding.text))
      }
    }
    lines.append(("Mouse", ""))
    lines.append(("click", "a panel: large; the scrubber: go there"))
    lines.append(("wheel", "shorter or longer time"))
    let keyWidth = lines.filter { !$0.text.isEmpty }.map { displayWidth($0.keys) }.max() ?? 0
    let room = canvas.height - 2
    let columns = lines.count > room && canvas.width >= 76 ? 2 : 1
    let columnWidth = min(keyWidth + 2 + 46, (canvas.width - 4 - 2 * (columns - 1)) / columns)
    var perColumn = (lines.count + columns - 1) / columns
    if perColumn > room {
      perColumn = max(1, room)
      let hidden = lines.count - (columns * perColumn - 1)
      lines =
        Array(lines.prefix(columns * perColumn - 1)) + [("…", "\(hidden) more: enlarge the screen")]
    }
    let body = Overlay.open(
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
}
