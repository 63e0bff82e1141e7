import Canvas
import Quantities
import Telemetry

/// One of the dashboard's panels: a headline number, what it means, its curve and its rows.
protocol Panel: Sendable {
  /// The name in capitals, as it is written on the frame.
  var title: Texts { get }
  /// The name as it is written in lists.
  var name: Texts { get }
  /// The name in the middle of a sentence.
  var nameInSentence: Texts { get }
  /// One word that it may be called by on the command line.
  var word: String { get }
  /// One word, for screens that have no room for more: six columns.
  var brief: Texts { get }
  /// The panel's own colours.
  var ramp: Theme.Ramp { get }
  /// The one number and what it means.
  func headline(_ context: FrameContext) -> Headline
  /// Draws what stands below the headline.
  func draw(_ canvas: inout Canvas, in rect: Rect, _ context: FrameContext)
  /// The time that its curves show, from their left end to their right one; `nil` where there are none
  /// or they have an axis of their own.
  func curves(_ context: FrameContext) -> TimeSpan?
  /// The kinds of device whose series the provenance view lists.
  var kinds: [DeviceKind] { get }
  /// How its headline came about, a line for each thing it rests on.
  func certificate(_ context: FrameContext) -> [CertificateLine]
  /// What it shows, for the manual.
  var tells: String { get }
  /// The sources of its numbers, for the manual.
  var origin: String { get }
}

extension Panel {
  func curves(_ context: FrameContext) -> TimeSpan? { context.window }
  var nameInSentence: Texts {
    func lowered(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
    return Texts(lowered(name.english), lowered(name.french))
  }
}

/// Every panel there is, in the order of their keys; adding one means adding a line.
public enum PanelCatalogue {
  static let all: [any Panel] = [
    GPUDrawPanel(),
    AlgorithmCostPanel(),
    DataThroughputPanel(),
    RenewableSharePanel(),
  ]

  /// The short words they may be called by, in the order of their keys.
  public static let words: [String] = all.map(\.word)

  /// The index of the panel with a number from 1 or a short word; `nil` for any other text.
  public static func index(of text: String) -> Int? {
    if let number = Int(text) { return all.indices.contains(number - 1) ? number - 1 : nil }
    return all.firstIndex { $0.word.lowercased() == text.lowercased() }
  }

  /// The table of panels as Markdown, for the manual.
  public static var markdown: String {
    let rows = all.enumerated().map {
      "| \($0 + 1) \($1.name.english) | \($1.tells) | \($1.origin) |\n"
    }
    return "| panel | tells | from |\n|---|---|---|\n" + rows.joined()
  }
}

/// The one number of a panel.
struct Headline {
  /// `nil` when nothing is known.
  var value: SI.Text?
  /// The value as large digits show it, where that is not the same.
  var large: SI.Text?
  /// The phrases behind the number, the most important ones first.
  var phrases: [[Run]] = []
  /// The role whose colour the value has, where it is not the panel's own.
  var tone: Theme.Role?
  /// Whether the value comes from a model, which is marked by a sign before it.
  var isEstimate = false
  /// The text at the right of the frame.
  var note = ""
  /// What stands there instead where it has no room, the longest first; without one it is cut.
  var shorterNotes: [String] = []
  /// A name of any length before the note, which is cut where much of it still has room.
  var noteName = ""
  /// Where there is no number: what was looked for, and how to feed the panel.
  var missing: [String] = []
}

extension Headline {
  /// The longest note that has room; `nil` where none has.
  func note(fitting width: Int) -> String? {
    guard !note.isEmpty else { return nil }
    if !noteName.isEmpty {
      let room = width - displayWidth(note) - 3
      return room >= min(Self.leastName, displayWidth(noteName))
        ? clipped(noteName, to: room) + " · " + note : displayWidth(note) <= width ? note : nil
    }
    if let whole = ([note] + shorterNotes).first(where: { displayWidth($0) <= width }) {
      return whole
    }
    return shorterNotes.isEmpty ? clipped(note, to: width) : nil
  }

  /// Says whose the number is and how old; where there is little room, how old.
  mutating func tell(_ job: Device, age: Double, _ c: FrameContext) {
    note = c.say(PanelWords.ago, c.age(age))
    noteName = job.label
  }

  /// So many columns of a name say whose it is.
  private static let leastName = 12

  /// The style of the value and its unit, in a panel of some colours.
  func style(of ramp: Theme.Ramp, _ context: FrameContext) -> Style {
    tone.map(context.style) ?? context.style(ramp)
  }
}

extension Panel {
  /// Draws the frame, the headline and the rest into `rect`.
  func render(
    _ canvas: inout Canvas, in rect: Rect, number: Int, isSelected: Bool, _ context: FrameContext
  ) {
    guard rect.width >= 8, rect.height >= 3 else { return }
    let headline = headline(context)
    let edge = isSelected ? context.style(.muted) : context.style(.border)
    canvas.box(rect, edge, glyphs: context.glyphs)
    let titleWidth =
      canvas.runs(
        [
          Run(" ", edge), Run("\(number)", context.style(ramp).bold),
          Run(" \(context.say(title)) ", context.text.bold),
        ], x: rect.x + 2, y: rect.y, maxWidth: rect.width - 4)
    let room = rect.width - 7 - titleWidth
    if room >= 6, let note = headline.note(fitting: room - 2) {
      canvas.textRight(" \(note) ", right: rect.right - 2, y: rect.y, context.muted)
    }
    let inner = rect.inset(dx: 2, dy: 1)
    guard inner.height > 0 else { return }
    var body = inner.splitRows(1).bottom
    guard let value = headline.value else {
      let lines = explain(headline.missing, &canvas, in: inner, context)
      draw(&canvas, in: inner.splitRows(lines).bottom, context)
      return
    }
    drawTimes(&canvas, in: rect, edge, context)
    let plain = headline.style(of: ramp, context)
    let strong = plain.bold
    let isLarge = context.layout.panels.count == 1 && inner.height >= 14
    if isLarge {
      // Large digits know no sign for an estimate, so it stands before them as text.
      let sign = headline.isEstimate ? "≈ " : ""
      let value = headline.large ?? value
      let digits = context.number(value.number).replacingMinus
      let indent = canvas.text(sign, x: inner.x, y: inner.y + 1, strong)
      let width =
        indent
        + canvas.bigText(
          digits, x: inner.x + indent, y: inner.y, strong, glyphs: context.glyphs)
      canvas.text(value.unit, x: inner.x + width + 2, y: inner.y + 2, strong)
      let left = width + 3 + displayWidth(value.unit) + 2
      canvas.phrases(
        headline.phrases, x: inner.x + left, y: inner.y + 2, maxWidth: inner.width - left,
        inOrder: true)
      body = inner.splitRows(4).bottom
    } else {
      let number = Run(
        (headline.isEstimate ? "≈ " : "") + context.number(value.number), strong)
      let unit = Run(value.unit.isEmpty ? "" : " " + value.unit, plain)
      let used = canvas.runs([number, unit], x: inner.x, y: inner.y, maxWidth: inner.width)
      canvas.phrases(
        headline.phrases, x: inner.x + used + 2, y: inner.y, maxWidth: inner.width - used - 2,
        inOrder: true)
    }
    draw(&canvas, in: body, context)
  }

  /// Writes the time that the curves show on the lower edge: how long it is, or a clock's times where
  /// the panel has the whole screen.
  private func drawTimes(
    _ canvas: inout Canvas, in rect: Rect, _ edge: Style, _ c: FrameContext
  ) {
    guard let span = curves(c), span.seconds > 0, rect.width >= 30, rect.height >= 6 else { return }
    let y = rect.bottom - 1
    let end =
      span.end >= c.input.bounds.end && c.input.view.cursor.mode == .live
      ? c.say(FrameWords.now) : ""
    guard c.input.view.focused != nil else {
      canvas.text(
        " \(c.age(span.seconds)) ", x: rect.x + 2, y: y, maxWidth: rect.width - 4, c.muted)
      if !end.isEmpty { canvas.textRight(" \(end) ", right: rect.right - 2, y: y, c.muted) }
      return
    }
    let inner = rect.inset(dx: 2, dy: 0)
    let length = " \(c.age(span.seconds)), \(c.zone) "
    let room = inner.width - displayWidth(length) - 1
    for tick in TimeAxis(
      span, columns: inner.width, offset: c.utcOffset(c.time), language: c.language
    ).ticks
    where tick.column + displayWidth(tick.text) + 2 <= room {
      canvas.text(" \(tick.text) ", x: inner.x + tick.column, y: y, c.muted)
    }
    canvas.textRight(length, right: inner.right, y: y, c.muted)
  }

  /// Writes what is missing and returns the rows that took.
  ///
  /// Lines are broken between words. Each gets its first row, then one more in turn, as long as a fifth of the
  /// room is left for the rest of the panel; what has no row is cut with "…".
  private func explain(
    _ lines: [String], _ canvas: inout Canvas, in rect: Rect, _ context: FrameContext
  ) -> Int {
    let broken = lines.map { self.broken($0, to: rect.width) }
    var counts = broken.map { min(1, $0.count) }
    var room = max(lines.count, rect.height * 4 / 5) - counts.reduce(0, +)
    while room > 0,
      let next = counts.indices.filter({ counts[$0] < broken[$0].count })
        .min(by: { counts[$0] < counts[$1] })
    {
      counts[next] += 1
      room -= 1
    }
    var y = rect.y
    for (index, line) in broken.enumerated() where counts[index] > 0 {
      let last = line[(counts[index] - 1)...].joined(separator: " ")
      for part in line.prefix(counts[index] - 1) + [last] where y < rect.bottom {
        canvas.textClipped(
          part, x: rect.x, y: y, maxWidth: rect.width, index == 0 ? context.text : context.muted)
        y += 1
      }
    }
    return y - rect.y
  }

  /// Breaks a line between words.
  private func broken(_ line: String, to width: Int) -> [String] {
    var rows: [String] = []
    for word in line.split(separator: " ") {
      if let last = rows.last, displayWidth(last) + 1 + displayWidth(String(word)) <= width {
        rows[rows.count - 1] = last + " " + word
      } else {
        rows.append(String(word))
      }
    }
    return rows
  }
}

extension String {
  /// With a hyphen for the minus sign, which big digits know.
  var replacingMinus: String { String(map { $0 == "−" ? "-" : $0 }) }
}
