import Accounting

/// The words of the view that lays energy beside familiar things.
enum EquivalentWords: ScreenWords {
  case title, nothing, sinceStart, sinceMark, byMix, byOtherMix, toGo, kilometres, source

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title:
      Texts("Equivalents: the same energy elsewhere", "Équivalents : la même énergie ailleurs")
    case .nothing:
      Texts(
        "No energy is known here, so there is nothing to compare.",
        "Aucune énergie n’est connue ici : il n’y a rien à comparer.")
    case .sinceStart: Texts("since start", "depuis le début")
    case .sinceMark: Texts("since mark", "depuis le repère")
    case .byMix: Texts("by the grid's mix", "selon le mix du réseau")
    case .byOtherMix:
      Texts("by another grid's mix: what if", "selon le mix d’un autre réseau : et si")
    case .toGo: Texts("to go to the end of the run", "à venir jusqu’à la fin")
    case .kilometres: Texts("{1} km in a Model 3", "{1} km en Model 3")
    case .source: Texts("source", "source")
    }
  }

  /// What a thing is called: the English is the table's own.
  static func name(_ thing: Equivalent) -> Texts {
    let french: String? =
      switch thing.kind {
      case .prompt: "requêtes texte à Gemini"
      case .bulb: "heures d’ampoule LED"
      case .phone: "recharges de téléphone"
      case .streaming: "heures de vidéo en ligne"
      case .kettle: "bouilloires d’un litre"
      case .hippoMinute: "minutes de repas d’hippopotame"
      case .carKilometre: "km en Model 3"
      case .laptop: "journées d’ordinateur portable"
      case .householdEU: "journées d’un foyer européen"
      case .householdUS: "journées d’un foyer américain"
      case .hippoDay: "journées d’herbe d’hippopotame"
      case .carLife: "de la vie d’une Model 3"
      case .training: "de l’entraînement de GPT-3"
      case .petrolKilometre: "km en voiture à essence"
      case .flight: "vols New York – San Francisco"
      case .petrolLife: "de la vie d’une voiture à essence"
      case nil: nil
      }
    return Texts(thing.name, french ?? thing.name)
  }

  /// Where five cars come from, a sentence for each step.
  static let fiveCars: [Texts] = zip(
    Equivalent.fiveCars,
    [
      "« Un modèle = cinq voitures » : 284 t, estimées pour une recherche d’architecture (Strubell 2019).",
      "Ce qui a vraiment tourné a émis 3,2 t, 88 fois moins (Patterson 2021).",
      "Des modèles plus récents y sont : GPT-3 552 t, dix telles voitures ; Llama 3.1 11 390 t, 200 voitures.",
    ]
  ).map { Texts($0, $1) }
}
