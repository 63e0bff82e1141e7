import Canvas

/// Draws the speaker's view: notes, what comes next, and how the time stands.
package enum TalkNotesFrame {
  /// Draws it in a size; any from 0x0.
  package static func render(
    _ status: TalkStatus, width: Int, height: Int, theme: Theme, language: Language,
    glyphs: GlyphSet
  ) -> Canvas {
    let text = theme.style(.text)
    var canvas = Canvas(width: max(0, width), height: max(0, height), style: text)
    guard canvas.width > 2, canvas.height > 0 else { return canvas }
    let strip = Style(theme[.text], on: theme[.strip])
    let inner = canvas.width - 2
    canvas.fill(Rect(x: 0, y: 0, width: width, height: 1), strip)
    drawTimes(&canvas, status, theme, language)
    let place = "\(min(status.chapter + 1, status.count))/\(status.count)"
    var y = canvas.height >= 12 ? 2 : 1
    func write(_ line: String, _ style: Style) {
      canvas.textClipped(sanitized(line), x: 1, y: y, maxWidth: inner, style)
      y += 1
    }
    func paragraph(_ words: String, _ style: Style, until end: Int) {
      for row in TalkCaption.rows(words, width: inner) where y < end { write(row, style) }
    }
    let amber = theme.style(Theme.Ramp.power).bold
    write("\(TalkWords.now.text(in: language))  \(place)  \(status.name)", amber)
    if status.isBlack { write(TalkWords.black.text(in: language), theme.style(.critical).bold) }
    let foot = canvas.height >= 10 ? 4 : 1
    let end = canvas.height - foot
    if canvas.height >= 12 {
      paragraph(status.caption, theme.style(.muted), until: end)
      y += 1
    }
    // A blank line begins a paragraph of its own.
    let notes =
      status.notes.isEmpty && status.chapter < status.count
      ? TalkWords.noNotes.text(in: language) : status.notes
    for line in notes.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.allSatisfy(\.isWhitespace) {
        if y < end { y += 1 }
      } else {
        paragraph(String(line), text.bold, until: end)
      }
    }
    y = end + (foot > 1 ? 1 : 0)
    let next =
      status.nextName.isEmpty ? TalkWords.theEnd.text(in: language) : status.nextName
    if status.chapter < status.count {
      write("\(TalkWords.next.text(in: language))  \(next)", theme.style(.accent).bold)
      paragraph(status.nextCaption, theme.style(.muted), until: canvas.height)
    }
    return glyphs == .ascii ? canvas.asciiOnly() : canvas
  }

  /// Minutes and seconds as a clock shows them: `4:07`.
  private static func minutes(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let whole = Int(max(0, min(seconds, 359_999)))
    return "\(whole / 60):" + CivilTime.two(whole % 60)
  }

  private static func drawTimes(
    _ canvas: inout Canvas, _ status: TalkStatus, _ theme: Theme, _ language: Language
  ) {
    func style(_ role: Theme.Role) -> Style { Style(theme[role], on: theme[.strip]) }
    let late = status.lateness
    let (pace, role): (String, Theme.Role) =
      abs(late) < TalkStatus.tolerance
      ? (TalkWords.onTime.text(in: language), .good)
      : late > 0
        ? (TalkWords.late.text(in: language, minutes(late)), .critical)
        : (TalkWords.early.text(in: language, minutes(-late)), .warning)
    var phrases: [[Run]] = [
      [Run(TalkWords.used.text(in: language, minutes(status.used)), style(.text).bold)],
      [Run(TalkWords.left.text(in: language, minutes(status.left)), style(.text).bold)],
      [Run(pace, style(role).bold)],
    ]
    if status.isPaused {
      phrases.append([Run("‖ " + TalkWords.paused.text(in: language), style(.warning))])
    } else {
      let words: TalkWords = status.waitsForKey ? .waitsForKey : .goesOn
      phrases.append([Run(words.text(in: language), style(.text))])
    }
    canvas.phrases(phrases, x: 1, y: 0, maxWidth: canvas.width - 2, inOrder: true)
  }
}
