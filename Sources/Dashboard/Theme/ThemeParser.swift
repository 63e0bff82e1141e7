import Canvas

/// Why a theme file cannot be used, with its line.
public struct ThemeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Counted from 1; 0 when the whole file is meant.
  public var line: Int
  /// What is wrong, for people.
  public var problem: String
  public var description: String { line > 0 ? "line \(line): \(problem)" : problem }
}

/// Reads theme files: lines of `key = "#rrggbb"`, with `#` before a remark.
///
/// Every role and ramp must be there; `name = "…"` is optional. A ramp is three keys, such as
/// `power_start`, `power_mid` and `power_end`.
public enum ThemeParser {
  /// Reads a theme from the text of a file.
  /// - Parameter name: used where the file has no `name`; usually the file's own name.
  /// - Throws: `ThemeError` with the line of the first fault.
  public static func parse(_ text: String, name: String) throws(ThemeError) -> Theme {
    var values: [String: Color] = [:]
    var title = name
    let keys = Set(
      Theme.Role.allCases.map(\.rawValue)
        + Theme.Ramp.allCases.flatMap { ramp in parts.map { "\(ramp.rawValue)_\($0)" } })
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, raw) in lines.enumerated() {
      let line = trimmed(raw)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let equals = line.firstIndex(of: "=") else {
        throw ThemeError(line: index + 1, problem: "expected key = \"#rrggbb\"")
      }
      let key = String(trimmed(line[..<equals]))
      let value = unquoted(trimmed(line[line.index(after: equals)...]))
      if key == "name" {
        title = shown(value)
        continue
      }
      guard keys.contains(key) else {
        throw ThemeError(line: index + 1, problem: "there is no role “\(shown(key))”")
      }
      guard let color = Color(hex: value) else {
        throw ThemeError(
          line: index + 1, problem: "“\(shown(value))” is not a colour; write it as \"#rrggbb\"")
      }
      values[key] = color
    }
    return try assemble(values, name: title)
  }

  private static let parts = ["start", "mid", "end"]

  private static func assemble(_ values: [String: Color], name: String) throws(ThemeError) -> Theme
  {
    func value(_ key: String) throws(ThemeError) -> Color {
      guard let color = values[key] else {
        throw ThemeError(line: 0, problem: "the role “\(key)” is missing")
      }
      return color
    }
    var theme = Theme(name: name, colors: [:], gradients: [:])
    for role in Theme.Role.allCases { theme.colors[role] = try value(role.rawValue) }
    for ramp in Theme.Ramp.allCases {
      theme.gradients[ramp] = Gradient(
        try value("\(ramp.rawValue)_start"), try value("\(ramp.rawValue)_mid"),
        try value("\(ramp.rawValue)_end"))
    }
    return theme
  }

  /// What a file says, cut and harmless, for a message about it.
  private static func shown(_ text: String) -> String { sanitized(String(text.prefix(40))) }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }

  private static func unquoted(_ text: Substring) -> String {
    guard text.first == "\"", let end = text.dropFirst().firstIndex(of: "\"") else {
      return String(text)
    }
    return String(text[text.index(after: text.startIndex)..<end])
  }
}
