import Canvas

extension Theme {
  /// The text of a theme file, as `ThemeParser` reads it.
  public var fileText: String {
    var lines = ["name = \"\(name)\"", ""]
    lines += Role.allCases.map { "\($0.rawValue) = \"\(self[$0].hex)\"" }
    lines += ["", "# Ramps, from little to much."]
    for ramp in Ramp.allCases {
      let gradient = self[ramp]
      lines.append("\(ramp.rawValue)_start = \"\(gradient.start.hex)\"")
      lines.append("\(ramp.rawValue)_mid = \"\(gradient.middle.hex)\"")
      lines.append("\(ramp.rawValue)_end = \"\(gradient.end.hex)\"")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
