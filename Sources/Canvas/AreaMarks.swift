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

  private func braille(left: Int?, right: Int?, isBase: Bool) -> Mark? {
    func dots(_ level: Int?, _ bits: [UInt32]) -> UInt32 {
      guard let level else { return 0 }
      let count = min(4, isBase ? max(1, level) : level)
      guard count > 0 else { return 0 }
      let ordered = hanging ? bits : bits.reversed()
      return ordered.prefix(count).reduce(0, |)
    }
    // Braille numbers its dots down the columns, the fourth row as an afterthought.
    let pattern = dots(left, [0x01, 0x02, 0x04, 0x40]) | dots(right, [0x08, 0x10, 0x20, 0x80])
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
