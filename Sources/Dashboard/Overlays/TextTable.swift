import Canvas

/// Rows of cells in columns as wide as their widest cell; the least important columns are left out
/// first.
struct TextTable {
  struct Column {
    var title: String
    var isRight = false
    /// Whether the cells are never cut, as for a bar, a part of which would mislead.
    var isWhole = false
    /// Columns of a higher number go first when room is short; 0 always stays.
    var rank = 0
    /// The greatest width of the column.
    var limit = 60

    init(
      _ title: String, right: Bool = false, whole: Bool = false, rank: Int = 0, limit: Int = 60
    ) {
      self.title = title
      isRight = right
      isWhole = whole
      self.rank = rank
      self.limit = limit
    }
  }

  var columns: [Column]
  var rows: [[Run]] = []
  static let gap = 2

  init(_ columns: [Column]) { self.columns = columns }

  /// The table as lines of runs, no wider than `width`; cut text ends in an ellipsis.
  func lines(width: Int, title: Style) -> [[Run]] {
    var widths = columns.indices.map { index in
      let cells = rows.map { index < $0.count ? displayWidth($0[index].text) : 0 }
      return min(
        columns[index].limit, max(displayWidth(columns[index].title), cells.max() ?? 0))
    }
    var shown = columns.indices.filter { widths[$0] > 0 }
    func total() -> Int {
      shown.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, shown.count - 1)
    }
    while total() > width,
      let worst = shown.filter({ columns[$0].rank > 0 }).max(by: {
        columns[$0].rank < columns[$1].rank
      })
    {
      // A column that is a little too wide is cut; one that is much too wide is left out.
      let over = total() - width
      if over <= widths[worst] / 3, !columns[worst].isRight, !columns[worst].isWhole {
        widths[worst] -= over
      } else {
        shown.removeAll { $0 == worst }
      }
    }
    // Columns that must stay are narrowed evenly, the widest texts first and numbers last.
    while total() > width,
      let widest = shown.filter({ widths[$0] > 6 }).max(by: {
        (columns[$0].isRight ? 0 : widths[$0]) < (columns[$1].isRight ? 0 : widths[$1])
      })
    {
      widths[widest] -= 1
    }
    let heads = columns.map { Run($0.title, title) }
    let hasTitles = columns.contains { !$0.title.isEmpty }
    return ((hasTitles ? [heads] : []) + rows).map { row in
      shown.map { index in
        let cell = index < row.count ? row[index] : Run("", title)
        let text = clipped(sanitized(cell.text), to: widths[index])
        let pad = String(repeating: " ", count: max(0, widths[index] - displayWidth(text)))
        let gap = index == shown.last ? "" : String(repeating: " ", count: Self.gap)
        return Run((columns[index].isRight ? pad + text : text + pad) + gap, cell.style)
      }
    }
  }
}

extension OverlayBox {
  /// The width and height a body may have on a screen.
  static func room(_ canvas: Canvas) -> (width: Int, height: Int) {
    (max(0, min(canvas.width - 4, 148)), max(0, canvas.height - 2 - top(canvas)))
  }

  /// Draws lines of runs into a box, from the row that it is scrolled to, and says on its lower edge
  /// which they are and what closes it.
  static func draw(
    _ lines: [[Run]], title: String, on canvas: inout Canvas, _ c: FrameContext
  ) {
    let room = room(canvas)
    let widths = lines.map { $0.reduce(0) { $0 + displayWidth($1.text) } }
    let width = min(room.width, max(widths.max() ?? 0, displayWidth(title) + 2, 12))
    let body = open(
      &canvas, title: title, width: width, height: min(lines.count, room.height), c)
    let first = max(0, min(c.input.view.scroll, lines.count - body.height))
    for (row, index) in (first..<min(lines.count, first + body.height)).enumerated() {
      canvas.runs(lines[index], x: body.x, y: body.y + row, maxWidth: body.width)
      if widths[index] > body.width, let last = lines[index].last {
        canvas.put("…", x: body.right - 1, y: body.y + row, last.style)
      }
    }
    let ink = OverlayInk(c: c)
    var foot = [
      Run(" " + KeyTable.symbol("escape", in: c.language), ink.title),
      Run(" \(c.say(FrameWords.closes)) ", ink.muted),
    ]
    if lines.count > body.height {
      let shown = c.say(
        FrameWords.shownRows, "\(first + 1)", "\(first + body.height)", "\(lines.count)")
      foot = [Run(" ↑ ↓", ink.title), Run(" \(shown)  ", ink.muted)] + foot
    }
    let length = foot.reduce(0) { $0 + displayWidth($1.text) }
    guard length <= body.width else { return }
    canvas.runs(foot, x: body.right - length, y: body.bottom, maxWidth: length)
  }

  /// A sentence broken between words into lines of one style.
  static func paragraph(_ text: String, width: Int, _ style: Style) -> [[Run]] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, displayWidth(last) + 1 + displayWidth(String(word)) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { [Run($0, style)] }
  }
}

/// The styles of text in a box.
struct OverlayInk {
  let c: FrameContext
  var ground: Color { c.theme[.strip] }
  var text: Style { Style(c.theme[.text], on: ground) }
  var muted: Style { Style(c.theme[.muted], on: ground) }
  var title: Style { Style(c.theme[.accent], on: ground).bold }
  func role(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
  func ramp(_ ramp: Theme.Ramp) -> Style { Style(c.theme[ramp].end, on: ground) }
}
