import Canvas

/// A row of a name, a strong value, a second value and perhaps a bar.
struct FactRow {
  var name: String
  var value: String
  var more: String
  var bar: Double?

  init(_ name: String, _ value: String, _ more: String, bar: Double? = nil) {
    self.name = name
    self.value = value
    self.more = more
    self.bar = bar
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, gradient: Gradient, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    canvas.textClipped(name, x: rect.x, y: rect.y, maxWidth: 10, c.muted)
    let width = rect.width >= 44 ? 18 : rect.width - 11
    canvas.textClipped(value, x: rect.x + 11, y: rect.y, maxWidth: width, c.text.bold)
    guard rect.width >= 44 else { return }
    canvas.text(
      more.wholePhrases(fitting: rect.width - 30), x: rect.x + 30, y: rect.y,
      maxWidth: rect.width - 30, c.text)
    let start = rect.x + 30 + max(displayWidth(more) + 1, 12)
    if let bar, rect.right - start >= 6 {
      canvas.bar(
        bar, in: Rect(x: start, y: rect.y, width: rect.right - start, height: 1),
        gradient: gradient, track: c.theme[.track], glyphs: c.glyphs)
    }
  }
}

extension String {
  /// As many of its phrases, which commas part, as have room; the first one is cut where it has none.
  func wholePhrases(fitting width: Int) -> String {
    guard displayWidth(self) > width else { return self }
    // A comma between two digits is a decimal one, so that only those before a space part phrases.
    var kept = ""
    var phrase = ""
    var wasComma = false
    for character in self {
      if wasComma, character == " " {
        let whole = String(phrase.dropLast())
        guard displayWidth(whole) <= width else { break }
        kept = whole
      }
      phrase.append(character)
      wasComma = character == ","
    }
    return kept.isEmpty ? clipped(self, to: width) : kept
  }

  /// Without blanks at its end.
  var trimmedEnd: String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}
