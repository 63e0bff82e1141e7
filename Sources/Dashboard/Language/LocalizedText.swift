/// A text that somebody wrote in one or more languages, such as the caption of a scene.
package struct LocalizedText: Sendable, Hashable {
  /// What was written, by language.
  package var texts: [Language: String]

  /// A text in the languages it was written in.
  package init(_ texts: [Language: String] = [:]) { self.texts = texts }

  /// A text that stands for every language.
  package init(_ text: String) { texts = [Language.fallback: text] }

  /// The text in a language; in the fallback where it was not written in that one; else in any.
  package func text(in language: Language) -> String {
    texts[language] ?? texts[.fallback]
      ?? Language.allCases.lazy.compactMap { texts[$0] }.first ?? ""
  }

  /// Whether nothing was written in any language.
  package var isEmpty: Bool { texts.values.allSatisfy(\.isEmpty) }
}
