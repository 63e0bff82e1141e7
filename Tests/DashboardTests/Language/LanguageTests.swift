import Testing

@testable import Dashboard

/// The languages, and the words in them.
@Suite struct LanguageTests {
  /// The places of a text, in the order of their numbers.
  private func places(_ text: String) -> [String] {
    text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map {
      String($0.prefix { $0 != "}" })
    }.sorted()
  }

  @Test(arguments: TalkWords.allCases)
  func everyTextIsThereInEveryLanguageWithTheSamePlaces(_ words: TalkWords) {
    for language in Language.allCases {
      let text = words.text(in: language)
      #expect(!text.isEmpty, "\(words) in \(language)")
      #expect(places(text) == places(words.text(in: .fallback)), "\(words) in \(language)")
    }
  }

  @Test func placesAreFilledInTheirOrder() {
    #expect(TalkWords.goTo.text(in: .en, "7") == "Go to chapter 7")
    #expect(TalkWords.idleFaster.text(in: .fr, "×60") == "repos, ×60")
    #expect(TalkWords.goTo.text(in: .en) == "Go to chapter {1}")
    // What fills a place is not read as one.
    #expect(TalkWords.goTo.text(in: .en, "{1}") == "Go to chapter {1}")
  }

  @Test(arguments: [
    ("fr_FR.UTF-8", Language.fr), ("fr", .fr), ("fr-CA", .fr), ("FR_fr", .fr), ("en_GB@euro", .en),
  ])
  func aLocaleNamesItsLanguage(_ locale: String, _ language: Language) {
    #expect(Language(locale: locale) == language)
  }

  @Test func whatIsNoneOfOursIsNone() {
    for locale in ["C.UTF-8", "de_DE.UTF-8", "POSIX", "", "french"] {
      #expect(Language(locale: locale) == nil, "\(locale)")
    }
  }

  @Test func theFirstVariableThatIsSetDecides() {
    func asked(_ variables: [String: String]) -> Language {
      Language.preferred { variables[$0] }
    }
    #expect(asked([:]) == .en)
    #expect(asked(["LANG": "fr_FR.UTF-8"]) == .fr)
    #expect(asked(["LANG": "en_US", "LC_MESSAGES": "fr_FR"]) == .fr)
    #expect(asked(["LANG": "fr_FR", "LC_ALL": "C"]) == .en)
    #expect(asked(["LANG": "fr_FR", "LC_ALL": ""]) == .fr)
  }

  @Test func aWrittenTextFallsBackToEnglishAndThenToAny() {
    #expect(LocalizedText("x").text(in: .fr) == "x")
    #expect(LocalizedText([.en: "a", .fr: "b"]).text(in: .fr) == "b")
    #expect(LocalizedText([.fr: "b"]).text(in: .en) == "b")
    #expect(LocalizedText().text(in: .en).isEmpty)
    #expect(LocalizedText([.en: ""]).isEmpty)
  }
}
