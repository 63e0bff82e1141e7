/// The glyphs of a filled column, cell by cell from its base.
struct AreaMarks {
  let glyphs: GlyphSet
  let hanging: Bool

  struct Mark {
    var scalar: Unicode.Scalar
    /// Set where only the complement of the wanted shape exists as a glyph.
    var isReversed = false
  }

  /// Steps of height inside one cell.
  var levelsPerCell: Int {
    switch glyphs {
    case .braille: 4
    case .blocks: 8
    case .ascii: 3
    }
  }

  /// The mark of one cell, or nil where the column has ended.
  ///
  /// Levels count from this cell's own base; nil is a missing sample, 0 in the base cell is a zero.
  func glyph(left: Int?, right: Int?, isBase: Bool) -> Mark? {
    switch glyphs {
    case .braille: return braille(left: left, right: right, isBase: isBase)
    case .blocks: return block(left ?? 0, isBase: isBase)
    case .ascii: return ascii(left ?? 0, isBase: isBase)
    }
  }

  // Dots of 0-4 levels in the left and right half of a cell. Braille numbers its dots down the
  // columns, the fourth row as an afterthought.
  private static let fromBottom: ([UInt32], [UInt32]) = (
    [0, 0x40, 0x44, 0x46, 0x47], [0, 0x80, 0xA0, 0xB0, 0xB8]
  )
  private static let fromTop: ([UInt32], [UInt32]) = (
    [0, 0x01, 0x03, 0x07, 0x47], [0, 0x08, 0x18, 0x38, 0xB8]
  )

  private func braille(left: Int?, right: Int?, isBase: Bool) -> Mark? {
    let (lefts, rights) = hanging ? Self.fromTop : Self.fromBottom
    let least = isBase ? 1 : 0
    let pattern =
      (left.map { lefts[min(4, max(least, $0))] } ?? 0)
      | (right.map { rights[min(4, max(least, $0))] } ?? 0)
    guard pattern != 0, let scalar = Unicode.Scalar(0x2800 + pattern) else { return nil }
    return Mark(scalar: scalar)
  }

  private func block(_ level: Int, isBase: Bool) -> Mark? {
    let eighths = min(8, isBase ? max(1, level) : level)
    guard eighths > 0 else { return nil }
    if eighths == 8 { return Mark(scalar: "█") }
    if !hanging { return Mark(scalar: Self.lower(eighths)) }
    switch eighths {
    case 1: return Mark(scalar: "▔")
    case 4: return Mark(scalar: "▀")
    default: return Mark(scalar: Self.lower(8 - eighths), isReversed: true)
    }
  }

  private func ascii(_ level: Int, isBase: Bool) -> Mark? {
    switch level {
    case ...0: return isBase ? Mark(scalar: hanging ? "'" : "_") : nil
    case 1: return Mark(scalar: hanging ? "'" : ".")
    case 2: return Mark(scalar: ":")
    default: return Mark(scalar: "#")
    }
  }

  /// The glyph filled from below to so many eighths, 1-8.
  static func lower(_ eighths: Int) -> Unicode.Scalar {
    Unicode.Scalar(0x2580 + UInt32(min(8, max(1, eighths)))) ?? "█"
  }
}
