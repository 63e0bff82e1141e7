/// The words of the list of marks and events.
enum EventWords: ScreenWords {
  case title, count, nothingYet, nothingMatches
  case choose, goThere, search, close
  case answersAgain

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title: Texts("Marks and events: {1}", "Repères et événements : {1}")
    case .count: Texts("{1} of {2}", "{1} sur {2}")
    case .nothingYet:
      Texts(
        "Nothing was marked and nothing happened yet; m sets a mark.",
        "Rien n’est marqué et rien n’est arrivé ; m pose un repère.")
    case .nothingMatches: Texts("Nothing matches.", "Rien ne correspond.")
    case .choose: Texts("choose", "choisir")
    case .goThere: Texts("go there", "y aller")
    case .search: Texts("search", "chercher")
    case .close: Texts("close", "fermer")
    case .answersAgain: Texts("answers again", "répond de nouveau")
    }
  }
}
