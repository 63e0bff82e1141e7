extension Canvas {
  /// Where ``heatGrid(_:in:bottom:top:gradient:missing:background:glyphs:labels:)`` puts each tile.
  ///
  /// The columns are chosen so that tiles are as large as they can be and about three times as wide
  /// as they are tall, which is close to square with room for a number. Tiles that do not fit are
  /// empty rectangles.
  public static func heatGridTiles(count: Int, in rect: Rect) -> [Rect] {
    guard count > 0, !rect.isEmpty else { return Array(repeating: Rect.zero, count: max(0, count)) }
    func best(_ columns: [Int]) -> Int? {
      columns.max { tileScore($0, count: count, in: rect) < tileScore($1, count: count, in: rect) }
    }
    let all = Array(1...min(count, rect.width))
    // Boards come in eights, and rows that end with a board are easier to find one's way in.
    let eights = best(all.filter { $0 % 8 == 0 }).flatMap {
      count > 8 && tileScore($0, count: count, in: rect) > 0 ? $0 : nil
    }
    let perRow = eights ?? best(all) ?? 1
    let rows = (count + perRow - 1) / perRow
    let height = max(1, min(rect.height / rows, 4))
    let width = rect.width / perRow
    return (0..<count).map { index in
      let x = rect.x + index % perRow * width
      let y = rect.y + index / perRow * height
      let gap = width > 2 ? 1 : 0
      return Rect(x: x, y: y, width: width - gap, height: y < rect.bottom ? height : 0)
    }
  }

  private static func tileScore(_ columns: Int, count: Int, in rect: Rect) -> Double {
    let rows = (count + columns - 1) / columns
    guard rows <= rect.height else { return -Double(rows) }
    let width = Double(rect.width / columns)
    let height = Double(min(4, rect.height / rows))
    return min(width / 3, height) + 0.01 * width - (width < 4 ? 0.5 : 0)
  }

  /// Draws one tile per value, coloured from `bottom` to `top`; missing values are hatched.
  ///
  /// `labels` are written inside where they fit, in an ink that reads on the tile. Returns the
  /// tiles, so that a caller can mark or name the outliers.
  @discardableResult
  public mutating func heatGrid(
    _ values: [Double?], in rect: Rect, bottom: Double, top: Double, gradient: Gradient,
    missing: Color, background: Color, glyphs: GlyphSet, labels: [String] = []
  ) -> [Rect] {
    let tiles = Self.heatGridTiles(count: values.count, in: rect)
    for (index, tile) in tiles.enumerated() where !tile.isEmpty {
      guard let value = values[index], !value.isNaN else {
        fill(tile, Style(missing, on: background), scalar: glyphs == .ascii ? "?" : "╌")
        continue
      }
      let share = top > bottom ? min(1, max(0, (value - bottom) / (top - bottom))) : 0
      let color = gradient.color(at: share)
      if glyphs == .ascii {
        let ramp: [Unicode.Scalar] = [".", ":", "-", "=", "+", "*", "#", "@"]
        let step = min(ramp.count - 1, Int(share * Double(ramp.count)))
        fill(tile, Style(color, on: background), scalar: ramp[step])
      } else {
        fill(tile, Style(color.ink, on: color))
        // Tiles without names would run into each other from row to row.
        let isNamed = index < labels.count && !labels[index].isEmpty
        if !isNamed, tile.bottom < rect.bottom {
          fill(tile.row(tile.height - 1), Style(color, on: background), scalar: "▇")
        }
      }
      guard index < labels.count, displayWidth(labels[index]) <= tile.width else { continue }
      let ink = glyphs == .ascii ? Style(color, on: background) : Style(color.ink, on: color)
      textCentered(labels[index], in: tile, y: tile.y + (tile.height - 1) / 2, ink.bold)
    }
    return tiles
  }
}

extension Rect {
  static let zero = Rect(x: 0, y: 0, width: 0, height: 0)
}
