/// Block elements (U+2580-259F) as rectangles inside a cell, in eighths of its size.
struct BlockShape {
  var x = 0
  var y = 0
  var width = 8
  var height = 8
  var opacity = 1.0

  static func rectangles(_ scalar: UInt32) -> [BlockShape] {
    switch scalar {
    case 0x2580: return [BlockShape(height: 4)]
    case 0x2581...0x2588:
      let eighths = Int(scalar - 0x2580)
      return [BlockShape(y: 8 - eighths, height: eighths)]
    case 0x2589...0x258F: return [BlockShape(width: Int(0x2590 - scalar))]
    case 0x2590: return [BlockShape(x: 4, width: 4)]
    case 0x2591...0x2593: return [BlockShape(opacity: Double(scalar - 0x2590) * 0.25)]
    case 0x2594: return [BlockShape(height: 1)]
    case 0x2595: return [BlockShape(x: 7, width: 1)]
    default: return quadrants(scalar)
    }
  }

  private static func quadrants(_ scalar: UInt32) -> [BlockShape] {
    // Upper left, upper right, lower left, lower right as bits 1, 2, 4, 8, from U+2596.
    let masks: [UInt8] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]
    let mask = masks[Int(scalar - 0x2596)]
    return (0..<4).filter { mask & (1 << $0) != 0 }.map {
      BlockShape(x: $0 % 2 * 4, y: $0 / 2 * 4, width: 4, height: 4)
    }
  }

  /// The rectangle as a path, with the corner of its cell in pixels.
  func path(_ left: Int, _ top: Int) -> String {
    let unitX = SVGWriter.cellWidth
    let unitY = SVGWriter.cellHeight
    // Eighths of a 9x18 cell are whole multiples of an eighth of a pixel, given here in quarters.
    let x0 = left * 4 + (x * unitX + 1) / 2
    let x1 = left * 4 + ((x + width) * unitX + 1) / 2
    let y0 = top * 4 + (y * unitY) / 2
    let y1 = top * 4 + ((y + height) * unitY) / 2
    return "M\(quarters(x0)) \(quarters(y0))h\(quarters(x1 - x0))v\(quarters(y1 - y0))"
      + "h-\(quarters(x1 - x0))z"
  }
}

/// Box-drawing glyphs (U+2500-257F) as strokes through the middle of a cell.
enum BoxShape {
  static func strokes(_ scalar: UInt32, left: Int, top: Int) -> (thin: String, thick: String) {
    let (x, y) = ("\(left + 4).5", "\(top + 9).5")
    let (right, bottom) = (left + SVGWriter.cellWidth, top + SVGWriter.cellHeight)
    switch scalar {
    case 0x256D: return ("M\(x) \(bottom)v-4Q\(x) \(y) \(right) \(y)", "")
    case 0x256E: return ("M\(left) \(y)Q\(x) \(y) \(x) \(bottom - 4)v4", "")
    case 0x256F: return ("M\(left) \(y)Q\(x) \(y) \(x) \(top + 4)v-4", "")
    case 0x2570: return ("M\(x) \(top)v4Q\(x) \(y) \(right) \(y)", "")
    case 0x2504, 0x2508, 0x254C: return ("M\(left + 1) \(y)h3m2 0h3", "")
    case 0x2505, 0x2509, 0x254D: return ("", "M\(left + 1) \(y)h3m2 0h3")
    case 0x2506, 0x250A, 0x254E: return ("M\(x) \(top + 2)v5m0 4v5", "")
    case 0x2507, 0x250B, 0x254F: return ("", "M\(x) \(top + 2)v5m0 4v5")
    case 0x2571: return ("M\(left) \(bottom)L\(right) \(top)", "")
    case 0x2572: return ("M\(left) \(top)L\(right) \(bottom)", "")
    default: break
    }
    let arms = arms(scalar)
    var thin = ""
    var thick = ""
    let paths = [
      "M\(x) \(y)V\(top)", "M\(x) \(y)H\(right)", "M\(x) \(y)V\(bottom)", "M\(x) \(y)H\(left)",
    ]
    for (weight, path) in zip(arms, paths) where weight > 0 {
      if weight == 1 { thin += path } else { thick += path }
    }
    // Whole lines are the bulk of a frame, so they are one stroke.
    if arms == [0, 1, 0, 1] { thin = "M\(left) \(y)H\(right)" }
    if arms == [1, 0, 1, 0] { thin = "M\(x) \(top)V\(bottom)" }
    return (thin, thick)
  }

  /// Weights (0 none, 1 light, 2 heavy or double) of the arms: up, right, down, left.
  private static func arms(_ scalar: UInt32) -> [Int] {
    switch scalar {
    case 0x2500: return [0, 1, 0, 1]
    case 0x2501, 0x2550: return [0, 2, 0, 2]
    case 0x2502: return [1, 0, 1, 0]
    case 0x2503, 0x2551: return [2, 0, 2, 0]
    case 0x2574: return [0, 0, 0, 1]
    case 0x2575: return [1, 0, 0, 0]
    case 0x2576: return [0, 1, 0, 0]
    case 0x2577: return [0, 0, 1, 0]
    case 0x2578: return [0, 0, 0, 2]
    case 0x2579: return [2, 0, 0, 0]
    case 0x257A: return [0, 2, 0, 0]
    case 0x257B: return [0, 0, 2, 0]
    case 0x250C...0x250F, 0x2552...0x2554: return corner(scalar, [0, 1, 1, 0])
    case 0x2510...0x2513, 0x2555...0x2557: return corner(scalar, [0, 0, 1, 1])
    case 0x2514...0x2517, 0x2558...0x255A: return corner(scalar, [1, 1, 0, 0])
    case 0x2518...0x251B, 0x255B...0x255D: return corner(scalar, [1, 0, 0, 1])
    case 0x251C...0x2523, 0x255E...0x2560: return [1, 1, 1, 0]
    case 0x2524...0x252B, 0x2561...0x2563: return [1, 0, 1, 1]
    case 0x252C...0x2533, 0x2564...0x2566: return [0, 1, 1, 1]
    case 0x2534...0x253B, 0x2567...0x2569: return [1, 1, 0, 1]
    default: return [1, 1, 1, 1]
    }
  }

  /// The last of each group of corners is the heavy one.
  private static func corner(_ scalar: UInt32, _ arms: [Int]) -> [Int] {
    let isHeavy = scalar >= 0x2550 || scalar % 4 == 3
    return isHeavy ? arms.map { $0 * 2 } : arms
  }
}

/// Signs whose glyphs differ from font to font: triangles, diamond, discs, square.
enum SignShape {
  static func path(_ scalar: UInt32, left: Int, top: Int) -> String {
    let (x, y) = (left, top)
    switch scalar {
    case 0x25A0: return "M\(x + 1) \(y + 6)h7v7h-7z"
    case 0x25B2: return "M\(x) \(y + 14)h9l-4.5-9z"
    case 0x25B4: return "M\(x + 1) \(y + 12)h7l-3.5-6z"
    case 0x25BC: return "M\(x) \(y + 5)h9l-4.5 9z"
    case 0x25BE: return "M\(x + 1) \(y + 7)h7l-3.5 6z"
    case 0x25B6: return "M\(x) \(y + 5)v9l9-4.5z"
    case 0x25B8: return "M\(x + 2) \(y + 6)v7l6-3.5z"
    case 0x25C0: return "M\(x + 9) \(y + 5)v9l-9-4.5z"
    case 0x25C2: return "M\(x + 7) \(y + 6)v7l-6-3.5z"
    case 0x25C6: return "M\(x) \(y + 9).5l4.5-4.5l4.5 4.5l-4.5 4.5z"
    case 0x25CB:
      return "M\(x) \(y + 9).5a4.5 4.5 0 0 1 9 0a4.5 4.5 0 0 1-9 0z"
        + "M\(x + 1) \(y + 9).5a3.5 3.5 0 0 0 7 0a3.5 3.5 0 0 0-7 0z"
    default: return "M\(x) \(y + 9).5a4.5 4.5 0 0 1 9 0a4.5 4.5 0 0 1-9 0z"
    }
  }
}
