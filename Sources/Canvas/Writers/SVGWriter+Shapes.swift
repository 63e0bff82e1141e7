extension SVGWriter {
  /// True for glyphs drawn as geometry.
  static func drawsAsShape(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x2500...0x259F, 0x2800...0x28FF: true
    case 0x25A0, 0x25B2, 0x25B4, 0x25B6, 0x25B8, 0x25BC, 0x25BE, 0x25C0, 0x25C2, 0x25C6, 0x25CF,
      0x25CB:
      true
    default: false
    }
  }

  /// Every mark of a frame: one path per colour and way of drawing.
  static func shapes(_ cells: ResolvedFrame) -> String {
    var fills: [Color: String] = [:]
    var signs: [Color: String] = [:]
    var thin: [Color: String] = [:]
    var thick: [Color: String] = [:]
    var dots: [Color: DotRows] = [:]
    for y in 0..<cells.height {
      for x in 0..<cells.width where drawsAsShape(cells[x, y].scalar) {
        let cell = cells[x, y]
        let color = cell.foreground
        let (left, top) = (x * cellWidth, y * cellHeight)
        switch cell.scalar {
        case 0x2800...0x28FF: dots[color, default: DotRows()].add(cell.scalar, x: x, y: y)
        case 0x2580...0x259F:
          for block in BlockShape.rectangles(cell.scalar) {
            fills[color.faded(block.opacity, on: cell.background), default: ""] += block.path(
              left, top)
          }
        case 0x2500...0x257F:
          let strokes = BoxShape.strokes(cell.scalar, left: left, top: top)
          if !strokes.thin.isEmpty { thin[color, default: ""] += strokes.thin }
          if !strokes.thick.isEmpty { thick[color, default: ""] += strokes.thick }
        default: signs[color, default: ""] += SignShape.path(cell.scalar, left: left, top: top)
        }
      }
    }
    // Crisp, or neighbouring blocks would show a seam at scales that are not whole.
    return group("shape-rendering=\"crispEdges\"", "fill", fills)
      + group("stroke=\"none\"", "fill", signs)
      + group("fill=\"none\"", "stroke", thin)
      + group("fill=\"none\" stroke-width=\"2\"", "stroke", thick)
      + group(
        "fill=\"none\" stroke-width=\"3.3\" stroke-linecap=\"round\" stroke-dasharray=\"0 4.5\"",
        "stroke", dots.mapValues(\.path))
  }

  private static func group(_ attributes: String, _ paint: String, _ paths: [Color: String])
    -> String
  {
    guard !paths.isEmpty else { return "" }
    let body = paths.sorted { $0.key.rgb < $1.key.rgb }
      .map { "<path \(paint)=\"\($0.key.hex)\" d=\"\($0.value)\"/>\n" }.joined()
    return "<g \(attributes)>\n\(body)</g>\n"
  }
}

/// Braille dots of one colour, gathered into rows.
///
/// A row of neighbouring dots is one dashed line whose dashes have no length and round ends: a dot
/// costs no bytes of its own.
struct DotRows {
  private var rows: [Int: [Int]] = [:]

  mutating func add(_ scalar: UInt32, x: Int, y: Int) {
    for (bit, place) in Self.places.enumerated() where scalar & (1 << UInt32(bit)) != 0 {
      rows[y * 4 + place.row, default: []].append(x * 2 + place.column)
    }
  }

  private static let places: [(column: Int, row: Int)] = [
    (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3),
  ]

  var path: String {
    var out = ""
    for (row, unsorted) in rows.sorted(by: { $0.key < $1.key }) {
      let columns = unsorted.sorted()
      var index = 0
      while index < columns.count {
        let first = columns[index]
        while index + 1 < columns.count, columns[index + 1] == columns[index] + 1 { index += 1 }
        // A little past the last dot, or rounding could lose it.
        let length = quarters((columns[index] - first) * 18 + 1)
        out += "M\(quarters(first * 18 + 9)) \(quarters(row * 18 + 9))h\(length)"
        index += 1
      }
    }
    return out
  }
}

/// A number of quarter pixels as decimal text.
func quarters(_ value: Int) -> String {
  let fractions = ["", ".25", ".5", ".75"]
  return "\(value / 4)\(fractions[value % 4])"
}

extension Color {
  /// The colour as seen when it covers only a share of its background.
  fileprivate func faded(_ opacity: Double, on background: Color) -> Color {
    opacity >= 1 ? self : background.mixed(with: self, opacity)
  }
}
