/// Writes a frame as text with colour escape sequences, for a pipe, a pager or a cast.
public enum ANSIWriter {
  /// The rows of a frame, each ended by a reset where one is due and a newline.
  ///
  /// The frame is reduced to `depth` first. Only changes of style are written.
  public static func string(_ canvas: Canvas, depth: ColorDepth) -> String {
    let frame = canvas.reduced(to: depth)
    var out = ""
    for y in 0..<frame.height {
      let row = frame.row(y)
      let plain = Style()
      var current = plain
      let last = row.lastIndex { !($0.isBlank && $0.style.looksPlain) } ?? row.startIndex - 1
      for cell in row.prefix(through: last) where !cell.isTrailing {
        if cell.style != current {
          out += select(cell.style, depth: depth)
          current = cell.style
        }
        out.unicodeScalars.append(cell.glyph)
      }
      if current != plain { out += "\u{1B}[0m" }
      out += "\n"
    }
    return out
  }

  /// The escape sequence that selects a style, whatever was selected before.
  static func select(_ style: Style, depth: ColorDepth) -> String {
    var codes = ["0"]
    if style.attributes.contains(.bold) { codes.append("1") }
    if style.attributes.contains(.dim) { codes.append("2") }
    if style.attributes.contains(.italic) { codes.append("3") }
    if style.attributes.contains(.underline) { codes.append("4") }
    if style.attributes.contains(.reverse) { codes.append("7") }
    if let code = code(style.foreground, depth: depth, base: 30) { codes.append(code) }
    if let code = code(style.background, depth: depth, base: 40) { codes.append(code) }
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }

  private static func code(_ color: Color, depth: ColorDepth, base: Int) -> String? {
    guard !color.isTerminalDefault else { return nil }
    switch depth {
    case .none: return nil
    case .truecolor: return "\(base + 8);2;\(color.red);\(color.green);\(color.blue)"
    case .indexed256:
      return color.paletteIndex(at: depth).map { "\(base + 8);5;\($0)" }
    case .ansi8, .ansi16:
      return color.paletteIndex(at: depth).map { "\($0 < 8 ? base + $0 : base + 52 + $0)" }
    }
  }
}

extension Cell {
  fileprivate var isBlank: Bool { scalar == 0x20 }
}

extension Style {
  /// True when a space in this style cannot be seen.
  fileprivate var looksPlain: Bool {
    background.isTerminalDefault && attributes.isDisjoint(with: [.reverse, .underline])
  }
}
