import Canvas

/// A scheme of base16 or base24 (tinted-theming's styling guide 0.4): numbered colours with a meaning.
///
/// Of YAML it takes what schemes are written in: lines of `key: value`, where the colours stand at the
/// left or below `palette:`. Whatever else a scheme says is passed over.
struct Base16Scheme {
  /// The sixteen colours, by their numbers.
  private var colors: [Int: Color] = [:]

  init(_ lines: [Substring]) throws(ThemeError) {
    var section = ""
    var places: [Int: Int] = [:]
    for (index, raw) in lines.enumerated() {
      let line = ThemeImport.trimmed(raw.drop { $0 == "\u{FEFF}" })
      if line.isEmpty || line.hasPrefix("#") || line == "---" || line == "..." { continue }
      let isIndented = raw.first == " " || raw.first == "\t"
      // Texts of several lines, lists, and whatever else belongs to keys of other meanings.
      if isIndented, section != "palette" { continue }
      guard let colon = line.firstIndex(of: ":"), !line.hasPrefix("-") else {
        throw ThemeError(line: index + 1, problem: "expected key: value, as in a base16 scheme")
      }
      let key = Self.unquoted(line[..<colon])
      let value = Self.value(line[line.index(after: colon)...])
      if !isIndented { section = key }
      if key == "system", !["base16", "base24"].contains(value) {
        throw ThemeError(
          line: index + 1,
          problem:
            "the system “\(ThemeImport.shown(value))” is not known; there are base16 and base24"
        )
      }
      guard let number = Self.number(key) else { continue }
      guard let color = Color(hex: value), value.utf8.count >= 6 else {
        throw ThemeError(
          line: index + 1,
          problem: "“\(ThemeImport.shown(value))” is not a colour; write it as \"rrggbb\"")
      }
      if let place = places[number] {
        throw ThemeError(line: index + 1, problem: "\(key) stands in line \(place) already")
      }
      places[number] = index + 1
      colors[number] = color
    }
    for number in 0..<16 where colors[number] == nil {
      let name = "base0" + String(number, radix: 16, uppercase: true)
      if colors.isEmpty {
        throw ThemeError(
          line: 0, problem: "it is neither a base16 scheme, with base00 to base0F, nor a btop theme"
        )
      }
      throw ThemeError(line: 0, problem: "the colour \(name) is missing")
    }
  }

  /// The number in `base0A`; nil for another key.
  private static func number(_ key: String) -> Int? {
    let digits = key.dropFirst(4)
    guard key.lowercased().hasPrefix("base"), digits.utf8.count == 2, digits.first != "+" else {
      return nil
    }
    return Int(digits, radix: 16)
  }

  /// The value of a key without quotes and without what is remarked behind it.
  private static func value(_ text: Substring) -> String {
    let text = ThemeImport.trimmed(text)
    if text.first == "\"" || text.first == "'" { return unquoted(text) }
    // A remark begins with white space before it; at the very beginning it is a colour all the same.
    var end = text.startIndex
    while end < text.endIndex {
      let next = text.index(after: end)
      if text[end].isWhitespace, next < text.endIndex, text[next] == "#" { break }
      end = next
    }
    return String(ThemeImport.trimmed(text[..<end]))
  }

  private static func unquoted(_ text: Substring) -> String {
    let text = ThemeImport.trimmed(text)
    guard let quote = text.first, quote == "\"" || quote == "'",
      let end = text.dropFirst().firstIndex(of: quote)
    else { return String(text) }
    return String(text[text.index(after: text.startIndex)..<end])
  }

  /// The theme, by the meanings that the guide gives to the numbers.
  func theme(name: String) -> Theme {
    func base(_ number: Int) -> Color { colors[number] ?? .terminalDefault }
    let paper = base(0x0)
    let (red, orange, yellow, green) = (base(0x8), base(0x9), base(0xA), base(0xB))
    let (cyan, blue, magenta, brown) = (base(0xC), base(0xD), base(0xE), base(0xF))
    func ramp(_ color: Color) -> Gradient {
      Gradient(color.mixed(with: paper, 0.4), color.mixed(with: paper, 0.2), color)
    }
    return Theme(
      name: name,
      colors: [
        .background: paper, .text: base(0x5), .muted: base(0x4), .border: base(0x3),
        .strip: base(0x1), .track: base(0x2), .good: green, .warning: yellow, .critical: red,
        .accent: orange, .solar: yellow, .wind: cyan, .hydro: blue, .bioenergy: green,
        .nuclear: magenta, .gas: brown.mixed(with: base(0x4), 0.6), .coal: base(0x3), .oil: brown,
        .compute: orange, .waiting: red, .idle: red.mixed(with: base(0x3), 0.5),
        .host: yellow.mixed(with: base(0x3), 0.4), .other: blue.mixed(with: base(0x3), 0.5),
      ],
      gradients: [
        .power: ramp(orange), .algorithm: ramp(magenta), .dataIn: ramp(blue), .dataOut: ramp(cyan),
        .renewable: ramp(green),
      ])
  }
}
