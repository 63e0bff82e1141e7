/// A language that the program draws its words in.
///
/// Each area of the screen has one enumeration of its texts with a `switch` over the languages, so
/// that a text without a translation does not compile. Text that users write, such as the captions
/// of a talk, is looked up by ``rawValue`` and falls back to ``fallback``.
package enum Language: String, CaseIterable, Sendable {
  /// English.
  case en
  /// French.
  case fr

  /// What is shown where a text is not there in the language asked for.
  package static let fallback = Language.en

  /// The language of a locale's name as POSIX writes it (`fr_CA.UTF-8`), of a language tag
  /// (`fr-CA`) or of the word alone; nil if it is none of ours.
  package init?(locale: some StringProtocol) {
    let word = locale.prefix { $0 != "_" && $0 != "-" && $0 != "." && $0 != "@" }
    self.init(rawValue: word.lowercased())
  }

  /// The language that an environment asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG`
  /// that is set and not empty decides, and what it names is ours or the fallback stands.
  package static func preferred(variable: (String) -> String?) -> Language {
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      if let value = variable(name), !value.isEmpty { return Language(locale: value) ?? fallback }
    }
    return fallback
  }
}
