extension Canvas {
  /// The rows that ``hugeText(_:x:y:scale:_:glyphs:)`` takes.
  public static func hugeTextHeight(scale: Int) -> Int { (5 * max(1, scale) + 1) / 2 }

  /// The columns that ``hugeText(_:x:y:scale:_:glyphs:)`` takes for a string.
  public static func hugeTextWidth(_ s: String, scale: Int) -> Int {
    bigTextWidth(s) * max(1, scale)
  }

  /// Draws the digits of ``bigText(_:x:y:_:glyphs:)`` some times larger, for the last row of a hall, and
  /// returns the columns they take.
  ///
  /// At scale 1 a pixel is half a cell; at scale `n` it is `n` columns by `n` halves of a row.
  @discardableResult
  public mutating func hugeText(
    _ s: String, x: Int, y: Int, scale: Int, _ style: Style, glyphs: GlyphSet
  ) -> Int {
    let scale = max(1, scale)
    var left = x
    for character in s {
      let rows = BigDigits.rows(character).map { Array($0.utf8) }
      func isSet(_ column: Int, _ half: Int) -> Bool {
        let row = half / scale
        return row < rows.count && rows[row][column / scale] == 0x23
      }
      for column in 0..<rows[0].count * scale {
        for row in 0..<Self.hugeTextHeight(scale: scale) {
          put(
            BigDigits.half(isSet(column, row * 2), isSet(column, row * 2 + 1), glyphs),
            x: left + column, y: y + row, style)
        }
      }
      left += (rows[0].count + 1) * scale
    }
    return Self.hugeTextWidth(s, scale: scale)
  }
}
