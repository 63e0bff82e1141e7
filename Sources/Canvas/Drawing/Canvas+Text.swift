extension Canvas {
  /// Draws a string and returns the columns it took.
  ///
  /// It stops at `maxWidth` columns and at the right edge, between glyphs; what starts left of the
  /// canvas is counted but not seen. Control characters, reordering marks and invisible scalars are
  /// drawn as "·".
  @discardableResult
  public mutating func text(
    _ s: String, x: Int, y: Int, maxWidth: Int = .max, _ style: Style
  ) -> Int {
    guard maxWidth > 0, x < width else { return 0 }
    let limit = min(maxWidth, width - x)
    var used = 0
    forEachGlyph(of: s) { scalar, columns in
      guard used + columns <= limit else { return false }
      let column = x + used
      if column >= 0 {
        self[column, y] = Cell(scalar, style)
      } else if column + columns > 0 {
        self[0, y] = Cell(" ", style)
      }
      used += columns
      return true
    }
    return used
  }

  /// Draws a string cut to `maxWidth` columns, with "…" for what was cut.
  @discardableResult
  public mutating func textClipped(
    _ s: String, x: Int, y: Int, maxWidth: Int, _ style: Style
  ) -> Int {
    text(clipped(s, to: min(maxWidth, width - x)), x: x, y: y, style)
  }

  /// Draws a string that ends before column `right` and returns the columns it took.
  @discardableResult
  public mutating func textRight(
    _ s: String, right: Int, y: Int, maxWidth: Int = .max, _ style: Style
  ) -> Int {
    var kept = String.UnicodeScalarView()
    var used = 0
    forEachGlyph(of: s) { scalar, columns in
      guard used + columns <= maxWidth else { return false }
      kept.append(scalar)
      used += columns
      return true
    }
    return text(String(kept), x: right - used, y: y, style)
  }

  /// Draws a string in the middle of a row of `rect` and returns the columns it took.
  @discardableResult
  public mutating func textCentered(_ s: String, in rect: Rect, y: Int, _ style: Style) -> Int {
    let shown = clipped(s, to: rect.width)
    return text(shown, x: rect.x + (rect.width - displayWidth(shown)) / 2, y: y, style)
  }
}
