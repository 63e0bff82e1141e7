import Canvas

/// The last card: what the audience may do.
enum TalkCard {
  /// What watches this machine, and what shows a recording.
  static let commands = (here: "hippowatt", demo: "hippowatt demo")

  static func draw(_ canvas: inout Canvas, _ input: TalkInput) {
    let theme = input.theme
    let text = theme.style(.text)
    let language = input.language
    let title = sanitized(input.title.text(in: language))
    let lines: [[Run]] = [
      [Run(title, text)],
      [],
      [Run(TalkWords.endTitle.text(in: language), theme.style(Theme.Ramp.power).bold)],
      [],
      [
        Run("$ ", text), Run(commands.here, theme.style(Theme.Ramp.power).bold),
        Run("        # " + TalkWords.endHere.text(in: language), text),
      ],
      [
        Run("$ ", text), Run(commands.demo, theme.style(Theme.Ramp.power).bold),
        Run("   # " + TalkWords.endDemo.text(in: language), text),
      ],
    ]
    let width = lines.map { $0.reduce(0) { $0 + displayWidth($1.text) } }.max() ?? 0
    let x = max(1, (canvas.width - width) / 2)
    let y = max(0, (canvas.height - lines.count) / 2)
    for (index, line) in lines.enumerated() {
      canvas.runs(line, x: x, y: y + index, maxWidth: canvas.width - x)
    }
  }
}

/// What opens over a scene to choose another: the list of chapters, and the number that is typed.
enum TalkChooser {
  static func draw(_ canvas: inout Canvas, _ input: TalkInput) {
    let theme = input.theme
    let ground = Style(theme[.text], on: theme[.strip])
    if let typed = input.state.typed {
      let line = " " + TalkWords.goTo.text(in: input.language, typed + "▏") + " "
      let width = min(canvas.width, displayWidth(line))
      let y = canvas.height - 1
      canvas.fill(Rect(x: 0, y: y, width: canvas.width, height: 1), ground)
      canvas.text(line, x: 0, y: y, maxWidth: width, ground.bold)
    }
    guard let chosen = input.state.listed, !input.names.isEmpty else { return }
    let names = input.names.enumerated().map { index, name in
      "\(index + 1)  " + sanitized(name.text(in: input.language))
    }
    let title = " " + TalkWords.chapters.text(in: input.language) + " "
    let keys = TalkWords.listKeys.text(in: input.language)
    let inner = min(
      canvas.width - 4, max(displayWidth(keys), names.map { displayWidth($0) }.max() ?? 0))
    let rows = min(names.count, max(1, canvas.height - 4))
    let box = Rect(
      x: (canvas.width - inner - 4) / 2, y: max(0, (canvas.height - rows - 3) / 2),
      width: inner + 4, height: rows + 3)
    canvas.fill(box, ground)
    canvas.box(box, ground, glyphs: input.frame.view.glyphs)
    canvas.textClipped(title, x: box.x + 2, y: box.y, maxWidth: inner, ground.bold)
    // The chosen line is always among those that are shown.
    let first = max(0, min(chosen - rows / 2, names.count - rows))
    for row in 0..<rows {
      let index = first + row
      let style =
        index == chosen ? Style(theme[.accent], on: theme[.strip]).bold.reverse : ground
      let line = Rect(x: box.x + 1, y: box.y + 1 + row, width: inner + 2, height: 1)
      if index == chosen { canvas.fill(line, style) }
      canvas.textClipped(names[index], x: line.x + 1, y: line.y, maxWidth: inner, style)
    }
    canvas.textClipped(keys, x: box.x + 2, y: box.bottom - 2, maxWidth: inner, ground)
  }
}
