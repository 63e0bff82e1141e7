/// The words of a race of two runs.
enum RaceTexts: ScreenWords {
  case needsTwo, noProgress, noCurves, noLossTwice, caution
  case aligned, over, against
  case atStart, atStep, atTokens, atLoss, joules, time, units
  case ate, ran, progress, loss, validationLoss, toLoss, took
  case failed, cancelled, finished, ended
  case from, curveOver
  case beside, soFar, unknownBecause, noLossYet, cannotCompare, wholeRuns, perMeasure
  case leads, versus, after, whenStep, whenAmount, downTo
  case xAgainstY, lossAgainst, range, spentUntil, lifecycle, and
  case endLoss, sameLoss

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .needsTwo:
      Texts(
        "A race needs two runs: --baseline OTHER.hippo, or hippowatt race BASE.hippo RUN.hippo.",
        "Une course demande deux exécutions : --baseline AUTRE.hippo, ou hippowatt race BASE.hippo AUTRE.hippo."
      )
    case .noProgress:
      Texts(
        "No job has told its progress twice, so there is no run to race yet.",
        "Aucun travail n’a dit deux fois ses progrès : rien encore à faire courir.")
    case .noCurves: Texts("No curves: {1}", "Pas de courbes : {1}")
    case .noLossTwice: Texts("neither tells its loss twice", "aucune ne dit deux fois sa perte")
    case .caution: Texts("Caution: {1}", "Attention : {1}")
    case .aligned: Texts("aligned {1}", "alignées {1}")
    case .over: Texts("over {1}", "selon {1}")
    case .against: Texts("against {1} of {2}", "contre {1} sur {2}")
    case .atStart: Texts("at the start", "au départ")
    case .atStep: Texts("at the same step", "au même pas")
    case .atTokens: Texts("at as many tokens", "à autant de jetons")
    case .atLoss: Texts("at the same loss", "à la même perte")
    case .joules: Texts("joules", "les joules")
    case .time: Texts("time", "le temps")
    case .units: Texts("{1}", "les {1}")
    case .ate: Texts("ate", "mangé")
    case .ran: Texts("ran", "couru")
    case .progress: Texts("progress", "progrès")
    case .loss: Texts("loss", "perte")
    case .validationLoss: Texts("val loss", "perte val")
    case .toLoss: Texts("to {1} {2}", "jusqu’à {2} de {1}")
    case .took: Texts("in {1}", "en {1}")
    case .failed: Texts("failed", "échoué")
    case .cancelled: Texts("cancelled", "annulé")
    case .finished: Texts("finished", "fini")
    case .ended: Texts("ended", "terminé")
    case .from: Texts("from {1}", "depuis {1}")
    case .curveOver: Texts("{1} over {2}", "{1} selon {2}")
    case .beside: Texts("{1}, beside {2}", "{1}, à côté de {2}")
    case .soFar: Texts(", so far", ", jusqu’ici")
    case .unknownBecause:
      Texts("Joules to the same loss unknown, because ", "Joules à perte égale inconnus, car ")
    case .noLossYet:
      Texts("No loss yet that both have come down to", "Aucune perte encore atteinte par les deux")
    case .cannotCompare:
      Texts("{1} beside {2}: cannot be compared", "{1} à côté de {2} : incomparables")
    case .wholeRuns: Texts("Whole runs: {1} ", "En entier : {1} ")
    case .perMeasure: Texts("joules per {1}, {2}", "joules par {1}, {2}")
    case .leads: Texts("{1} leads, ", "{1} mène, ")
    case .versus: Texts("{1} against {2}: ", "{1} contre {2} : ")
    case .after: Texts("After {1}: ", "Après {1} : ")
    case .whenStep: Texts("At step {1}: ", "Au pas {1} : ")
    case .whenAmount: Texts("At {1}: ", "À {1} : ")
    case .downTo: Texts("Down to {1} {2}: ", "À une {1} de {2} : ")
    case .xAgainstY: Texts("{1} against {2}", "{1} contre {2}")
    case .lossAgainst: Texts("{1} {2} against {3}", "{1} {2} contre {3}")
    case .range: Texts("{1} to {2}", "{1} à {2}")
    case .spentUntil: Texts("Until {1} {2}: {3}, {4}{5}.", "Jusqu’à {2} de {1} : {3}, {4}{5}.")
    case .lifecycle:
      Texts(
        " (lifecycle, at the mean of each recording)",
        " (cycle de vie, à la moyenne de chaque enregistrement)")
    case .and: Texts(" and ", " et ")
    case .endLoss: Texts("Loss {1} against {2} after {3}.", "Perte {1} contre {2} après {3}.")
    case .sameLoss:
      Texts(
        "The same loss is the same quality only on the same data and tokens.",
        "La même perte n’est la même qualité que sur les mêmes données et jetons.")
    }
  }
}
