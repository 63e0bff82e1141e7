extension SVGWriter {
  /// The letters of a frame: one element per run, with the position of every glyph.
  static func texts(_ cells: ResolvedFrame) -> String {
    var groups: [Color: String] = [:]
    for y in 0..<cells.height {
      for run in runs(cells, row: y) {
        groups[run.style.foreground, default: ""] += element(run, row: y)
      }
    }
    guard !groups.isEmpty else { return "" }
    let body = groups.sorted { $0.key.rgb < $1.key.rgb }
      .map { "<g fill=\"\($0.key.hex)\">\n\($0.value)</g>\n" }.joined()
    return """
      <g font-family="'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace" \
      font-size="15" xml:space="preserve">
      \(body)</g>

      """
  }

  private struct Run {
    var style: Style
    var glyphs: [(scalar: Unicode.Scalar, x: Int)] = []
  }

  /// Words of one style; a single space joins words, more of them part runs.
  private static func runs(_ cells: ResolvedFrame, row y: Int) -> [Run] {
    var runs: [Run] = []
    var open = false
    var pendingSpace: Int?
    for x in 0..<cells.width {
      let cell = cells[x, y]
      if cell.isTrailing { continue }
      let underlined = cell.attributes.contains(.underline)
      let isShape = drawsAsShape(cell.scalar)
      if isShape || (cell.glyph == " " && !underlined) {
        if isShape || pendingSpace != nil { open = false }
        pendingSpace = open ? x : nil
        continue
      }
      var style = cell.style
      style.background = cells.paper
      if open, let last = runs.indices.last, runs[last].style == style {
        if let space = pendingSpace { runs[last].glyphs.append((" ", space)) }
        runs[last].glyphs.append((cell.glyph, x))
      } else {
        runs.append(Run(style: style, glyphs: [(cell.glyph, x)]))
        open = true
      }
      pendingSpace = nil
    }
    return runs
  }

  private static func element(_ run: Run, row y: Int) -> String {
    let places = run.glyphs.map { String($0.x * cellWidth) }.joined(separator: " ")
    var letters = String.UnicodeScalarView()
    letters.append(contentsOf: run.glyphs.map(\.scalar))
    var style = ""
    if run.style.attributes.contains(.bold) { style += " font-weight=\"bold\"" }
    if run.style.attributes.contains(.italic) { style += " font-style=\"italic\"" }
    if run.style.attributes.contains(.underline) { style += " text-decoration=\"underline\"" }
    // The baseline leaves four pixels for descenders.
    let baseline = (y + 1) * cellHeight - 5
    return "<text y=\"\(baseline)\" x=\"\(places)\"\(style)>\(escaped(String(letters)))</text>\n"
  }
}
