extension GlyphSet {
  /// Spells a string in seven-bit characters, column for column, when the set asks for it.
  public func plain(_ s: String) -> String {
    guard self == .ascii else { return s }
    var letters = ""
    forEachGlyph(of: s) { scalar, columns in
      letters.unicodeScalars.append(asciiStandIn(scalar))
      if columns == 2 { letters.unicodeScalars.append(" ") }
      return true
    }
    return letters
  }
}

extension Canvas {
  /// The same frame in seven-bit characters, cell for cell.
  public func asciiOnly() -> Canvas {
    var plain = self
    for y in 0..<height {
      for x in 0..<width {
        var cell = self[x, y]
        guard cell.scalar > 0x7E || cell.scalar == 0 else { continue }
        cell.scalar = cell.scalar == 0 ? 0x20 : asciiStandIn(cell.glyph).value
        plain[x, y] = cell
      }
    }
    return plain
  }
}

/// The seven-bit character that looks or reads most like a glyph.
func asciiStandIn(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  let value = scalar.value
  if value >= 0x20, value < 0x7F { return scalar }
  if let known = asciiTable[scalar] { return known }
  switch value {
  case 0x2801...0x28FF: return brailleStandIn(value & 0xFF)
  case 0x2500...0x257F: return "+"
  case 0x2581...0x2583: return "."
  case 0x2584...0x2586: return ":"
  case 0x2587...0x2593: return "#"
  default:
    // "é" and its like: the name of the letter says what it is without its accent.
    guard let name = scalar.properties.name, name.hasPrefix("LATIN ") else { return "?" }
    let words = name.split(separator: " ")
    guard words.count >= 4, words[2] == "LETTER", words[3].utf8.count == 1,
      let letter = words[3].unicodeScalars.first
    else { return "?" }
    return words[1] == "SMALL"
      ? letter.properties.lowercaseMapping.unicodeScalars.first ?? letter
      : letter
  }
}

private func brailleStandIn(_ dots: UInt32) -> Unicode.Scalar {
  switch dots.nonzeroBitCount {
  case 7...: return "#"
  case 4...: return ":"
  default: return dots & 0x09 != 0 && dots & 0xE4 == 0 ? "'" : "."
  }
}

private let asciiTable: [Unicode.Scalar: Unicode.Scalar] = [
  "·": "-", "─": "-", "━": "-", "╌": "-", "┄": "-", "┈": "-", "═": "=", "│": "|", "┃": "|",
  "║": "|", "┆": "|", "╎": "|", "▲": "^", "▴": "^", "▼": "v", "▾": "v", "◀": "<", "◂": "<",
  "▶": ">", "▸": ">", "◆": "*", "◇": "*", "●": "*", "○": "o", "◌": "o", "■": "#", "□": "#",
  "•": "*", "…": ".", "–": "-", "—": "-", "−": "-", "×": "x", "÷": "/", "±": "~", "≈": "~",
  "≤": "<", "≥": ">", "←": "<", "→": ">", "↑": "^", "↓": "v", "↗": "^", "↘": "v", "↔": "-",
  "⚡": "!", "↯": "!", "µ": "u", "μ": "u", "Δ": "d", "Σ": "S", "Ω": "O", "∞": "~", "√": "v",
  "°": " ", "′": "'", "″": "\"", "‘": "'", "’": "'", "“": "\"", "”": "\"", "«": "<", "»": ">",
  "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8",
  "₉": "9", "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7",
  "⁸": "8", "⁹": "9", "⁻": "-", "½": "/", "‖": "|", "╱": "/", "╳": "x", "¼": "/", "‰": "%",
  "€": "E", "£": "L", "§": "S",
  "▀": "\"", "▄": "_", "▁": "_", "▔": "'", "█": "#", "▌": "#", "▐": "#", "░": ".", "▒": ":",
  "▓": "#", "✓": "v", "✔": "v", "✗": "x", "✘": "x", "⏸": "=", "⏵": ">", "ß": "s", "æ": "a",
  "Æ": "A", "ø": "o", "Ø": "O", "œ": "o", "ł": "l", "Ł": "L", "▏": "|", "▎": "|", "▍": "|",
]
