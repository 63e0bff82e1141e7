extension Canvas {
  /// The columns ``bigText(_:x:y:_:glyphs:)`` takes for a string.
  public static func bigTextWidth(_ s: String) -> Int {
    let widths = s.map { BigDigits.rows($0)[0].utf8.count }
    return widths.isEmpty ? 0 : widths.reduce(0, +) + widths.count - 1
  }

  /// Draws digits three rows tall out of half blocks and returns the columns they take.
  ///
  /// It knows 0-9, space, `.`, `,`, `:`, `%`, `+`, `-`, `–`, `×` and `≈`; anything else is a gap.
  @discardableResult
  public mutating func bigText(
    _ s: String, x: Int, y: Int, _ style: Style, glyphs: GlyphSet
  ) -> Int {
    var left = x
    for character in s {
      let rows = BigDigits.rows(character).map { Array($0.utf8) }
      for column in rows[0].indices {
        for row in 0..<3 {
          let upper = rows[row * 2][column] == 0x23
          let lower = row < 2 && rows[row * 2 + 1][column] == 0x23
          put(BigDigits.half(upper, lower, glyphs), x: left + column, y: y + row, style)
        }
      }
      left += rows[0].count + 1
    }
    return Self.bigTextWidth(s)
  }
}

/// A 3x5 alphabet of numbers; two pixels share a cell, one above the other.
enum BigDigits {
  static func half(_ upper: Bool, _ lower: Bool, _ glyphs: GlyphSet) -> Unicode.Scalar {
    switch (upper, lower) {
    case (true, true): glyphs == .ascii ? "#" : "█"
    case (true, false): glyphs == .ascii ? "\"" : "▀"
    case (false, true): glyphs == .ascii ? "_" : "▄"
    case (false, false): " "
    }
  }

  static func rows(_ character: Character) -> [String] {
    switch character {
    case "0": ["###", "# #", "# #", "# #", "###"]
    case "1": ["## ", " # ", " # ", " # ", "###"]
    case "2": ["###", "  #", "###", "#  ", "###"]
    case "3": ["###", "  #", "###", "  #", "###"]
    case "4": ["# #", "# #", "###", "  #", "  #"]
    case "5": ["###", "#  ", "###", "  #", "###"]
    case "6": ["###", "#  ", "###", "# #", "###"]
    case "7": ["###", "  #", "  #", "  #", "  #"]
    case "8": ["###", "# #", "###", "# #", "###"]
    case "9": ["###", "# #", "###", "  #", "###"]
    case ".": [" ", " ", " ", " ", "#"]
    case ",": ["  ", "  ", "  ", " #", "# "]
    case ":": [" ", "#", " ", "#", " "]
    case "%": ["#  #", "  # ", " #  ", "#   ", "#  #"]
    case "+": ["   ", " # ", "###", " # ", "   "]
    case "×": ["   ", "# #", " # ", "# #", "   "]
    case "≈": [" # #", "# # ", "    ", " # #", "# # "]
    case "-", "–", "−": ["   ", "   ", "###", "   ", "   "]
    default: ["  ", "  ", "  ", "  ", "  "]
    }
  }
}
