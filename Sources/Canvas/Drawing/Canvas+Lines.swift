extension Canvas {
  /// Draws values as a line between `bottom` and `top`; the last value is at the right edge.
  ///
  /// Neighbouring samples are joined by a vertical stroke; a missing value (nil, not a number)
  /// breaks the line and leaves its cells as they were. Values beyond the range lie on its edge.
  /// Rows are coloured from `gradient.start` at the bottom to `gradient.end` at the top.
  public mutating func lineChart(
    _ values: [Double?], in rect: Rect, bottom: Double, top: Double, gradient: Gradient,
    background: Color, glyphs: GlyphSet
  ) {
    guard !rect.isEmpty else { return }
    let perColumn = Self.samples(perColumnOf: glyphs)
    let dotsPerCell = DotMarks.rows(glyphs)
    let dots = rect.height * dotsPerCell
    let first = values.count - rect.width * perColumn
    let heights = (0..<rect.width * perColumn).map { sample in
      Self.dot(of: values, at: first + sample, bottom: bottom, top: top, dots: dots)
    }
    for column in 0..<rect.width {
      var masks = [UInt32](repeating: 0, count: rect.height)
      for side in 0..<perColumn {
        let sample = column * perColumn + side
        guard let height = heights[sample] else { continue }
        let previous = sample > 0 ? heights[sample - 1] ?? height : height
        // The stroke stops one dot short of the neighbour, so that lines stay one dot thick.
        let low = previous < height ? previous + 1 : height
        let high = previous > height ? previous - 1 : height
        for dot in min(low, height)...max(high, height) {
          masks[dot / dotsPerCell] |= DotMarks.bit(dot % dotsPerCell, side: side, glyphs)
        }
      }
      for (row, mask) in masks.enumerated() where mask != 0 {
        let share = rect.height > 1 ? Double(row) / Double(rect.height - 1) : 1
        let (x, y) = (rect.x + column, rect.bottom - 1 - row)
        let glyph = joined(DotMarks.glyph(mask, glyphs), x: x, y: y)
        put(glyph, x: x, y: y, Style(gradient.color(at: share), on: background))
      }
    }
  }

  /// How many dots of a line lie one above another in a cell.
  public static func dots(perRowOf glyphs: GlyphSet) -> Int { DotMarks.rows(glyphs) }

  /// The dot row of a sample counted from below, or nil when it is missing.
  private static func dot(
    of values: [Double?], at index: Int, bottom: Double, top: Double, dots: Int
  ) -> Int? {
    guard index >= 0, index < values.count, let value = values[index], !value.isNaN else {
      return nil
    }
    guard top > bottom else { return (dots - 1) / 2 }
    let share = min(1, max(0, (value - bottom) / (top - bottom)))
    return share.isNaN ? nil : Int((share * Double(dots - 1)).rounded())
  }
}

/// Glyphs made of single dots stacked in a cell.
enum DotMarks {
  /// Dot rows in one cell.
  static func rows(_ glyphs: GlyphSet) -> Int {
    switch glyphs {
    case .braille: 4
    case .blocks: 2
    case .ascii: 3
    }
  }

  /// The bit of a dot, its row counted from below.
  static func bit(_ row: Int, side: Int, _ glyphs: GlyphSet) -> UInt32 {
    guard glyphs == .braille else { return 1 << UInt32(row) }
    let column: [UInt32] = side == 0 ? [0x40, 0x04, 0x02, 0x01] : [0x80, 0x20, 0x10, 0x08]
    return column[row]
  }

  /// The glyph of a set of bits.
  static func glyph(_ mask: UInt32, _ glyphs: GlyphSet) -> Unicode.Scalar {
    switch glyphs {
    case .braille: return Unicode.Scalar(0x2800 + mask) ?? "⣿"
    case .blocks: return ["▄", "▀", "█"][Int(mask) - 1]
    case .ascii: return [".", "-", ":", "'", "|", ":", "|"][Int(mask) - 1]
    }
  }
}
