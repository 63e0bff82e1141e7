extension Canvas {
  /// Draws one glyph; what could act on a terminal becomes a stand-in.
  public mutating func put(_ scalar: Unicode.Scalar, x: Int, y: Int, _ style: Style) {
    self[x, y] = Cell(safeGlyph(scalar), style)
  }

  /// Covers a rectangle with one glyph.
  public mutating func fill(_ rect: Rect, _ style: Style, scalar: Unicode.Scalar = " ") {
    let area = rect.intersection(bounds)
    guard !area.isEmpty else { return }
    let glyph = safeGlyph(scalar)
    let cell = Cell(isWide(glyph.value) ? standIn : glyph, style)
    for y in area.y..<area.bottom { store(cell, row: y, area.x..<area.right) }
  }

  /// Changes the style of every cell in a rectangle and leaves the glyphs.
  public mutating func restyle(_ rect: Rect, _ transform: (Style) -> Style) {
    let area = rect.intersection(bounds)
    guard !area.isEmpty else { return }
    for y in area.y..<area.bottom {
      // The second half of a wide glyph follows its first.
      for x in area.x..<area.right where !self[x, y].isTrailing {
        var cell = self[x, y]
        cell.style = transform(cell.style)
        self[x, y] = cell
      }
    }
  }

  /// Draws a frame with rounded corners along the edge of a rectangle; the inside is left alone.
  public mutating func box(_ rect: Rect, _ style: Style, glyphs: GlyphSet) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    let line: [Unicode.Scalar] =
      glyphs == .ascii ? ["+", "+", "+", "+", "-", "|"] : ["╭", "╮", "╰", "╯", "─", "│"]
    let (left, right, top, bottom) = (rect.x, rect.right - 1, rect.y, rect.bottom - 1)
    fill(Rect(x: left + 1, y: top, width: rect.width - 2, height: 1), style, scalar: line[4])
    fill(Rect(x: left + 1, y: bottom, width: rect.width - 2, height: 1), style, scalar: line[4])
    fill(Rect(x: left, y: top + 1, width: 1, height: rect.height - 2), style, scalar: line[5])
    fill(Rect(x: right, y: top + 1, width: 1, height: rect.height - 2), style, scalar: line[5])
    put(line[0], x: left, y: top, style)
    put(line[1], x: right, y: top, style)
    put(line[2], x: left, y: bottom, style)
    put(line[3], x: right, y: bottom, style)
  }

  /// Copies another canvas in with its top left corner at a place.
  public mutating func blit(_ other: Canvas, x: Int, y: Int) {
    let area = Rect(x: x, y: y, width: other.width, height: other.height).intersection(bounds)
    guard !area.isEmpty else { return }
    for row in area.y..<area.bottom {
      for column in area.x..<area.right {
        self[column, row] = other[column - x, row - y]
      }
    }
  }
}
