import Canvas

/// A theme of btop: lines of `theme[key]="value"`.
///
/// A value is `#rrggbb`, two digits for a grey, or three numbers up to 255; empty is the terminal's own
/// colour, or no further stop of a gradient. Keys that nobody knows are passed over, as btop does.
struct BtopTheme {
  /// The colours by their keys; those left empty are not there.
  private var colors: [String: Color] = [:]

  init(_ lines: [Substring]) throws(ThemeError) {
    for (index, raw) in lines.enumerated() {
      let line = ThemeImport.trimmed(raw.drop { $0 == "\u{FEFF}" })
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard line.hasPrefix("theme["), let close = line.firstIndex(of: "]") else {
        throw ThemeError(line: index + 1, problem: "expected theme[key]=\"#rrggbb\"")
      }
      let key = String(ThemeImport.trimmed(line[line.index(line.startIndex, offsetBy: 6)..<close]))
      let rest = ThemeImport.trimmed(line[line.index(after: close)...])
      guard rest.first == "=", let value = Self.unquoted(ThemeImport.trimmed(rest.dropFirst()))
      else { throw ThemeError(line: index + 1, problem: "expected theme[key]=\"#rrggbb\"") }
      if value.isEmpty { continue }
      guard let color = Self.color(value) else {
        throw ThemeError(
          line: index + 1,
          problem: "“\(ThemeImport.shown(value))” is not a colour; write it as \"#rrggbb\"")
      }
      colors[key] = color
    }
    guard !colors.isEmpty else { throw ThemeError(line: 0, problem: "it has no colours") }
  }

  /// What stands between quotes, with nothing but a remark behind them; nil where that is not so.
  private static func unquoted(_ text: Substring) -> Substring? {
    guard let quote = text.first, quote == "\"" || quote == "'" else { return text }
    let body = text.dropFirst()
    guard let end = body.firstIndex(of: quote) else { return nil }
    let rest = ThemeImport.trimmed(body[body.index(after: end)...])
    return rest.isEmpty || rest.hasPrefix("#") ? ThemeImport.trimmed(body[..<end]) : nil
  }

  private static func color(_ value: Substring) -> Color? {
    if value.hasPrefix("#") {
      let digits = value.dropFirst()
      if digits.utf8.count == 2 { return Color(hex: "#\(digits)\(digits)\(digits)") }
      return digits.utf8.count == 6 ? Color(hex: String(value)) : nil
    }
    let parts = value.split(whereSeparator: \.isWhitespace).map { UInt8($0) }
    guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2] else {
      return nil
    }
    return Color(red: red, green: green, blue: blue)
  }

  /// The theme: what is drawn from btop's own keys, and what stands for a source of electricity from the
  /// colour that is nearest in hue to its own.
  func theme(name: String) -> Theme {
    let text = colors["main_fg"] ?? Color(0xCCCCCC)
    // Where the terminal's own background is meant, it is one that the text can be read on.
    let paper = colors["main_bg"] ?? (text.relativeLuminance > 0.179 ? Color(0) : Color(0xFFFFFF))
    let muted = colors["graph_text"] ?? colors["inactive_fg"] ?? text.mixed(with: paper, 0.4)
    let own = Theme.dusk
    // Neither greys nor what is nearly black or white stands for a hue.
    let palette = colors.values.sorted { $0.rgb < $1.rgb }.filter {
      HSL($0).saturation > 0.2 && 0.25...0.85 ~= HSL($0).lightness
    }
    func near(_ color: Color) -> Color {
      let hue = HSL(color).hue
      let nearest = palette.min { HSL($0).distance(to: hue) < HSL($1).distance(to: hue) }
      guard let nearest, HSL(nearest).distance(to: hue) < 25 else { return color }
      return nearest
    }
    var theme = Theme(
      name: name,
      colors: [
        .background: paper, .text: text, .muted: muted,
        .border: colors["div_line"] ?? muted.mixed(with: paper, 0.5),
        .strip: paper.mixed(with: text, 0.06),
        .track: colors["meter_bg"] ?? paper.mixed(with: text, 0.14),
        .accent: colors["hi_fg"] ?? near(own[.accent]),
      ], gradients: [:])
    for role in Theme.Role.allCases where theme.colors[role] == nil {
      // Greys stay: they are no hue of anybody's.
      theme.colors[role] = HSL(own[role]).saturation > 0.2 ? near(own[role]) : own[role]
    }
    let names: [Theme.Ramp: String] = [
      .power: "cpu", .algorithm: "used", .dataIn: "download", .dataOut: "upload",
      .renewable: "free",
    ]
    for ramp in Theme.Ramp.allCases {
      theme.gradients[ramp] = gradient(names[ramp] ?? "") ?? own[ramp]
    }
    return theme
  }

  /// A gradient by its name: of three stops, of two, or of one colour throughout.
  private func gradient(_ name: String) -> Gradient? {
    guard let start = colors[name + "_start"] else { return nil }
    let end = colors[name + "_end"] ?? colors[name + "_mid"] ?? start
    return Gradient(start, colors[name + "_mid"] ?? start.mixed(with: end, 0.5), end)
  }
}
