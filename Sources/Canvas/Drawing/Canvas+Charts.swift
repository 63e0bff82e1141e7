extension Canvas {
  /// How many samples one column of a chart shows: 2 with braille, else 1.
  public static func samples(perColumnOf glyphs: GlyphSet) -> Int {
    glyphs == .braille ? 2 : 1
  }

  /// Draws values as a filled area; the last value is at the right edge.
  ///
  /// Missing values (nil, not a number) leave their cells as they were, so two charts can share a
  /// rectangle. A zero is a faint line of dots, and anything above it shows at least one dot.
  /// `top` is the value of a full column. Each row has one colour, `gradient.start` nearest the
  /// base: a moving chart then costs few bytes. `hanging` puts the base at the top edge.
  public mutating func areaChart(
    _ values: [Double?], in rect: Rect, top: Double, gradient: Gradient, background: Color,
    glyphs: GlyphSet, hanging: Bool = false
  ) {
    guard !rect.isEmpty else { return }
    let marks = AreaMarks(glyphs: glyphs, hanging: hanging)
    let perColumn = Self.samples(perColumnOf: glyphs)
    let levels = rect.height * marks.levelsPerCell
    let first = values.count - rect.width * perColumn
    let faint = Style(gradient.start.mixed(with: background, 0.45), on: background)
    let inks = (0..<rect.height).map { row in
      gradient.color(at: rect.height > 1 ? Double(row) / Double(rect.height - 1) : 1)
    }
    for column in 0..<rect.width {
      let index = first + column * perColumn
      let left = Self.level(of: values, at: index, top: top, levels: levels)
      let right =
        perColumn == 2 ? Self.level(of: values, at: index + 1, top: top, levels: levels) : nil
      guard left != nil || right != nil else { continue }
      let isZero = (left ?? 0) == 0 && (right ?? 0) == 0
      for row in 0..<rect.height {
        let base = row * marks.levelsPerCell
        let mark = marks.glyph(
          left: left.map { $0 - base }, right: right.map { $0 - base }, isBase: row == 0)
        guard let mark else { break }
        var style = isZero ? faint : Style(inks[row], on: background)
        if mark.isReversed { style.attributes.insert(.reverse) }
        let y = hanging ? rect.y + row : rect.bottom - 1 - row
        put(joined(mark.scalar, x: rect.x + column, y: y), x: rect.x + column, y: y, style)
      }
    }
  }

  /// The filled levels of a sample: nil when missing, 0 for zero, else 1...levels.
  static func level(of values: [Double?], at index: Int, top: Double, levels: Int) -> Int? {
    guard index >= 0, index < values.count, let value = values[index], !value.isNaN else {
      return nil
    }
    guard value > 0 else { return 0 }
    guard top > 0, value < top else { return levels }
    return max(1, Int((value / top * Double(levels)).rounded()))
  }

  /// Braille dots laid over braille dots, so that two charts may meet inside one cell.
  func joined(_ scalar: Unicode.Scalar, x: Int, y: Int) -> Unicode.Scalar {
    let old = self[x, y].scalar
    guard scalar.value & ~0xFF == 0x2800, old & ~0xFF == 0x2800 else { return scalar }
    return Unicode.Scalar(scalar.value | old) ?? scalar
  }
}
