/// One text of the program in every language: a language that is added asks for all of them.
///
/// `{1}`, `{2}` … are places that are filled in their order.
package struct Texts: Hashable, Sendable {
  let english: String
  let french: String

  /// A text in English and in French.
  package init(_ english: String, _ french: String) {
    self.english = english
    self.french = french
  }

  /// The text in a language, with its places unfilled.
  func text(in language: Language) -> String {
    switch language {
    case .en: english
    case .fr: french
    }
  }

  /// The text in a language, with its places filled in their order.
  func text(in language: Language, _ values: [String]) -> String {
    values.isEmpty ? text(in: language) : text(in: language).filled(values)
  }
}

/// The words of one area of the screen: a case for each text.
package protocol ScreenWords: CaseIterable, Sendable {
  /// The text in every language.
  var texts: Texts { get }
  /// How many columns it has at most; `nil` where it may be of any length.
  var room: Int? { get }
}

extension ScreenWords {
  package var room: Int? { nil }

  /// The words in a language, with their places filled in their order.
  package func text(in language: Language, _ values: String...) -> String {
    texts.text(in: language, values)
  }
}

extension String {
  /// The text with `{1}`, `{2}` … filled in their order; what fills a place is not read as one.
  func filled(_ values: [String]) -> String {
    var out = ""
    var rest = self[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      out += rest[..<open]
      let place = Int(rest[rest.index(after: open)..<close]) ?? 0
      out += values.indices.contains(place - 1) ? values[place - 1] : ""
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }
}
