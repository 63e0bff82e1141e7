import Canvas

/// Makes a theme of what other programs call one: schemes of base16 and base24, and themes of btop.
///
/// What they have for text and marks may be fainter than a theme here must be; colours are then made
/// lighter or darker, by as little as it takes.
public enum ThemeImport {
  /// A theme and what had to be changed for it.
  public struct Result: Sendable, Hashable {
    /// The theme, which keeps the contrasts that one must have.
    public var theme: Theme
    /// How many colours are lighter or darker than the file had them.
    public var adjusted: Int
  }

  /// Reads a file of another program.
  /// - Parameter name: the name the theme gets.
  /// - Throws: `ThemeError` with the line of the first fault.
  public static func theme(_ text: String, name: String) throws(ThemeError) -> Result {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let isBtop = lines.contains { $0.drop { $0 == " " || $0 == "\t" }.hasPrefix("theme[") }
    let theme =
      isBtop
      ? try BtopTheme(lines).theme(name: name) : try Base16Scheme(lines).theme(name: name)
    let legible = theme.legible()
    let roles = Theme.Role.allCases.count { theme[$0] != legible[$0] }
    let stops = Theme.Ramp.allCases.reduce(0) { count, ramp in
      let (old, new) = (theme[ramp], legible[ramp])
      return count + (old.start != new.start ? 1 : 0) + (old.middle != new.middle ? 1 : 0)
        + (old.end != new.end ? 1 : 0)
    }
    return Result(theme: legible, adjusted: roles + stops)
  }

  /// A text without white space at its ends.
  static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }

  /// What a file says, cut and harmless, for a message about it.
  static func shown(_ text: some StringProtocol) -> String { sanitized(String(text.prefix(40))) }
}
