/// Which characters arrive, by the locale and what is known of the terminal.
enum LocaleChoice {
  /// Locales of no country and no language whose characters are UTF-8, by age of the system.
  private static let neutral = ["C.UTF-8", "C.utf8", "en_US.UTF-8"]

  /// Sets the locale; true when text is UTF-8 then.
  ///
  /// A locale that is not set, or set and not installed here, says nothing of the terminal: a modern one
  /// shows UTF-8. What is set to the `C` locale, or to other characters, is followed.
  /// - Parameter set: sets a locale by its name as `ct_locale` does, and answers like it.
  static func isUTF8(
    _ options: TerminalOptions, isModern: Bool, set: (String) -> Int32
  ) -> Bool {
    let answer = set(options.locale)
    switch options.encoding {
    case .ascii: return false
    case .utf8: return answer == 1 || neutral.contains { set($0) == 1 }
    case nil: break
    }
    if answer == 1 { return true }
    let name = options.locale.isEmpty ? named(options.variables) : options.locale
    guard let name else { return isModern && neutral.contains { set($0) == 1 } }
    if name == "C" || name == "POSIX" { return false }
    // Installed, and of other characters.
    if answer == 0 { return false }
    let wants = codeset(name).map { ["utf8", "utf-8"].contains($0.lowercased()) } ?? isModern
    return wants && neutral.contains { set($0) == 1 }
  }

  /// The locale for characters that an environment names; nil where it names none.
  static func named(_ variables: [String: String]) -> String? {
    ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
  }

  /// The characters in the name of a locale: `UTF-8` in `de_DE.UTF-8@euro`.
  private static func codeset(_ name: String) -> String? {
    guard let dot = name.firstIndex(of: ".") else { return nil }
    return String(name[name.index(after: dot)...].prefix { $0 != "@" })
  }

  /// Whether a locale is of a language whose terminals may draw many symbols two columns wide.
  static func isEastAsian(_ variables: [String: String]) -> Bool {
    let name = named(variables) ?? ""
    return ["ja", "ko", "zh"].contains { name.hasPrefix($0) }
  }
}
