/// The words behind the large number of a scene.
enum TalkNumberWords: ScreenWords {
  case inModelThree, lifecycle, of, byParts, since

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .inModelThree:
      Texts("in a Model 3, with the same energy", "en Model 3, avec la même énergie")
    case .lifecycle: Texts("lifecycle", "cycle de vie")
    case .of: Texts("of {1}", "pour {1}")
    case .byParts: Texts("by its parts", "par ses parties")
    case .since: Texts("in {1}", "en {1}")
    }
  }
}
