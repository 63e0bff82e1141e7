/// Why a time that was typed is none.
enum TravelWords: ScreenWords {
  case write, noTime, oneOf, noneAfter, noneBefore, tooLong, sessionIs, noPower

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .write: Texts("write {1}", "écrivez {1}")
    case .noTime: Texts("“{1}” is no time; write {2}", "« {1} » n’est pas une heure ; écrivez {2}")
    case .oneOf: Texts("after “{1}” write one of {2}", "après « {1} » écrivez un de {2}")
    case .noneAfter: Texts("no {1} after this", "aucun {1} après")
    case .noneBefore: Texts("no {1} before this", "aucun {1} avant")
    case .tooLong: Texts("the session is too long for that", "la session est trop longue pour cela")
    case .sessionIs: Texts("the session is from {1} to {2}", "la session va de {1} à {2}")
    case .noPower: Texts("nothing here tells the power", "rien ici ne dit la puissance")
    }
  }
}
