import Canvas

/// A box over the middle of the screen.
enum OverlayBox {
  /// The row that stays free above a box: the title says whether what is shown is simulated, supposed
  /// or recorded.
  static func top(_ canvas: Canvas) -> Int { canvas.height >= 8 ? 1 : 0 }

  /// Draws the box for a body of `width` by `height` and returns where the body goes.
  static func open(
    _ canvas: inout Canvas, title: String, width: Int, height: Int, _ c: FrameContext
  ) -> Rect {
    let top = top(canvas)
    let outer = Rect(
      x: max(0, (canvas.width - width - 4) / 2),
      y: top + max(0, (canvas.height - top - height - 2) / 2),
      width: min(canvas.width, width + 4), height: min(canvas.height - top, height + 2))
    let ground = Style(c.theme[.text], on: c.theme[.strip])
    canvas.fill(outer, ground)
    canvas.box(outer, Style(c.theme[.muted], on: c.theme[.strip]), glyphs: c.glyphs)
    canvas.textClipped(
      " \(title) ", x: outer.x + 2, y: outer.y, maxWidth: outer.width - 4, ground.bold)
    return outer.inset(dx: 2, dy: 1)
  }

  /// The name of a key as the foot of a list has it: in small letters.
  static func key(_ name: String, _ c: FrameContext) -> String {
    switch name {
    case "enter": c.say(Texts("enter", "entrée"))
    case "esc": c.say(Texts("esc", "échap"))
    default: name
    }
  }

  /// The foot of a list that is filtered, or being so; `nil` where it is not.
  static func filter(
    _ line: FilterLine, _ c: FrameContext, _ style: (Theme.Role) -> Style
  ) -> [Run]? {
    guard line.isTyping || !line.text.isEmpty else { return nil }
    return [
      Run("/", style(.accent).bold), Run(sanitized(line.text), style(.text)),
      Run(line.isTyping ? "▏" : "   " + c.say(FrameWords.clears), style(.muted)),
    ]
  }
}
