/// The words of the flow: what is beside the streams and on the plug.
///
/// `{1}` is a place that is filled.
enum FlowWords: ScreenWords {
  case base, shortBase, losses, cooling, machine
  case renewable, notRenewable, unknown, mixUntold
  case plug, platform, seen, mean, now
  case ofTheChips, anHour
  case noJob, notYet
  case noPower, noPowerNow, recordedNone, tooSmall
  case rest, others, whatIf
  case percentRenewable, percentLowCarbon, soFar, kilometres, toGo

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .machine: Texts("the machine", "la machine")
    case .base: Texts("base load", "charge de base")
    case .shortBase: Texts("base", "base")
    case .losses: Texts("losses", "pertes")
    case .cooling: Texts("cooling", "froid")
    case .renewable: Texts("renewable", "renouvelable")
    case .notRenewable: Texts("the rest", "le reste")
    case .unknown: Texts("unknown", "inconnu")
    case .mixUntold: Texts("its mix is not told", "mélange non dit")
    case .plug: Texts("plug", "prise")
    case .platform: Texts("board", "carte")
    case .seen: Texts("seen", "vus")
    case .mean: Texts("{1} mean", "moy. {1}")
    case .now: Texts("now {1}", "à présent {1}")
    case .ofTheChips: Texts("{1} % of chip peak", "{1} % du pic des puces")
    case .anHour: Texts("{1} an hour", "{1} par heure")
    case .noJob: Texts("→ no job is followed", "→ aucun travail suivi")
    case .notYet: Texts("→ not enough yet for a cost", "→ pas encore de coût")
    case .noPower:
      Texts(
        "Nothing here tells its power, so there is no flow to draw.",
        "Rien ici ne dit sa puissance : aucun flux à dessiner.")
    case .noPowerNow:
      Texts(
        "No power is told for a stretch around this time, so there is no flow to draw.",
        "Aucune puissance n’est dite autour de cet instant : aucun flux à dessiner.")
    case .recordedNone:
      Texts(
        "This recording tells no power, so there is no flow to draw.",
        "Cet enregistrement ne dit aucune puissance : aucun flux à dessiner.")
    case .tooSmall:
      Texts("The flow needs 40 columns and 8 rows.", "Le flux demande 40 colonnes et 8 lignes.")
    case .rest: Texts("smaller uses", "petits usages")
    case .others: Texts("others", "autres")
    case .whatIf: Texts("what if: ", "et si : ")
    case .percentRenewable: Texts("{1} % renewable now", "{1} % renouvelable")
    case .percentLowCarbon: Texts("{1} % low-carbon", "{1} % bas carbone")
    case .soFar: Texts("so far", "jusqu’ici")
    case .kilometres: Texts("{1} km in a Model 3", "{1} km en Model 3")
    case .toGo: Texts("{1} to the end of the run", "{1} jusqu’à la fin")
    }
  }
}
