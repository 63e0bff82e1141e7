import Canvas

/// Every key, from the one table.
struct HelpOverlay: ScrollingOverlay {
  let name = OverlayName.help
  let keys = ["?", "f1"]
  let section = KeyTable.Section.program
  let text = Texts("this help", "cette aide")
  let hint: Texts? = Texts("help", "aide")

  func title(_ c: FrameContext) -> String { c.say(HelpWords.title) }

  /// One column or two, which are read one after the other.
  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let lines = lines(c)
    let keyWidth = lines.filter { !$0.text.isEmpty }.map { displayWidth($0.keys) }.max() ?? 0
    let columns = width >= 100 ? 2 : 1
    let columnWidth = min(keyWidth + 2 + 50, (width - 2 * (columns - 1)) / columns)
    let perColumn = (lines.count + columns - 1) / columns
    let ink = OverlayInk(c: c)
    return (0..<perColumn).map { row in
      (0..<columns).flatMap { column -> [Run] in
        let index = column * perColumn + row
        guard index < lines.count else { return [] }
        let (keys, text) = lines[index]
        let isLast = column == columns - 1
        if text.isEmpty {
          return [Run(padded(keys, isLast ? displayWidth(keys) : columnWidth + 2), ink.title)]
        }
        let room = max(0, columnWidth - keyWidth - 2)
        let shown = clipped(text, to: room)
        return [
          Run(padded(keys, keyWidth + 2), ink.text.bold),
          Run(isLast ? shown : padded(shown, room + 2), ink.muted),
        ]
      }
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
  }

  /// Every key, by what it is for.
  private func lines(_ c: FrameContext) -> [(keys: String, text: String)] {
    var lines: [(keys: String, text: String)] = []
    if c.input.fleet != nil {
      lines.append((c.say(FleetWords.manyMachines), ""))
      lines += FleetHints.help(c)
    }
    for section in KeyTable.Section.allCases {
      lines.append((c.say(section.title), ""))
      for binding in KeyTable.all where binding.section == section {
        // Not every symbol has an ASCII form, so the names of the keys are shown.
        let keys = binding.keys.map {
          c.glyphs == .ascii ? $0 : KeyTable.symbol($0, in: c.language)
        }
        lines.append((keys.joined(separator: " "), c.say(binding.texts)))
      }
    }
    return lines + [
      (c.say(HelpWords.mouse), ""), (c.say(HelpWords.click), c.say(HelpWords.clicking)),
      (c.say(HelpWords.drag), c.say(HelpWords.dragging)),
      (c.say(HelpWords.wheel), c.say(HelpWords.wheeling)),
    ]
  }
}
