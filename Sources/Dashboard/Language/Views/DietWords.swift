import Accounting

/// The words of the view of what frugality saves.
enum DietWords: ScreenWords {
  case title, noRun, run, speed, power, loss, memory, on
  case layBeside, race, beside, cannotCompare, perMeasure
  case lossAgainst, others, model, condition, source, ratio
  case token, outputToken, sample, step, epoch, request
  case energy, time, operations, joules

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title: Texts("Diet: what frugality saves", "Régime : ce qu’économise la sobriété")
    case .noRun:
      Texts(
        "No job has told its progress twice, so there is no run to weigh yet.",
        "Aucun travail n’a dit deux fois ses progrès : rien encore à peser.")
    case .run: Texts("run", "exécution")
    case .speed: Texts("speed", "vitesse")
    case .power: Texts("power", "puissance")
    case .loss: Texts("loss", "perte")
    case .memory: Texts("memory", "mémoire")
    case .on: Texts("on", "sur")
    case .layBeside:
      Texts(
        "--baseline OTHER.hippo lays another run beside this one, with an interval for what it saved.",
        "--baseline AUTRE.hippo met une autre exécution à côté, avec un intervalle de ce qu’elle économise."
      )
    case .race: Texts("lets them race, side by side", "les fait courir, côte à côte")
    case .beside: Texts("Beside {1}: ", "À côté de {1} : ")
    case .cannotCompare: Texts("Beside {1}: cannot be compared", "À côté de {1} : incomparable")
    case .perMeasure: Texts("joules per {1}", "joules par {1}")
    case .lossAgainst: Texts("loss {1} against {2} after {3}", "perte {1} contre {2} après {3}")
    case .others: Texts("what others measured", "mesuré par d’autres")
    case .model: Texts("model", "modèle")
    case .condition: Texts("condition", "condition")
    case .source: Texts("source", "source")
    case .ratio:
      Texts(
        "Of the same work, with over without: below ×1 saves, above ×1 costs.",
        "Du même travail, avec sur sans : moins de ×1 économise, plus de ×1 coûte.")
    case .token: Texts("token", "jeton")
    case .outputToken: Texts("output token", "jeton produit")
    case .sample: Texts("sample", "échantillon")
    case .step: Texts("step", "pas")
    case .epoch: Texts("epoch", "époque")
    case .request: Texts("request", "requête")
    case .energy: Texts("energy", "énergie")
    case .time: Texts("time", "temps")
    case .joules: Texts("joules", "joules")
    case .operations: Texts("operations", "opérations")
    }
  }

  /// What a publication measured.
  static func published(_ measure: Diet.Measure) -> DietWords {
    switch measure {
    case .energy: .energy
    case .time: .time
    case .memory: .memory
    case .operations: .operations
    }
  }

  /// What a run is measured by.
  static func measure(_ measure: RunProfile.Measure) -> DietWords {
    switch measure {
    case .token: .token
    case .outputToken: .outputToken
    case .sample: .sample
    case .step: .step
    case .epoch: .epoch
    case .request: .request
    }
  }
}
