/// The words around the panels: title, ribbon, prompt and small screens.
///
/// `{1}` is a place that is filled.
enum FrameWords: ScreenWords {
  case live, ended, replay, paused
  case notRecording, whatIf, simulated
  case alerts, alert, severalKinds
  case play, goTo, mark, nameOfMark
  case fedBy, goesTo
  case unknownBecause, gridNotRead, gridWithoutShare
  case renewable, supposedRenewable
  case noPowerNow, powerUntold
  case seen, plug, platform
  case powerUnknown
  case sinceStart, selected
  case now
  case closes, shownRows, clears
  case thisRun, panels, machines

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .live: Texts("LIVE", "DIRECT")
    case .ended: Texts("ENDED", "FINI")
    case .replay: Texts("REPLAY", "REJEU")
    case .paused: Texts("PAUSED", "PAUSE")
    case .notRecording: Texts("NOT RECORDING", "NON ENREGISTRÉ")
    case .whatIf: Texts("WHAT IF: {1}", "ET SI : {1}")
    case .simulated: Texts("SIMULATED", "SIMULÉ")
    case .alerts: Texts("{1} ALERTS", "{1} ALERTES")
    case .alert: Texts("ALERT", "ALERTE")
    case .severalKinds: Texts("GPUs of several kinds", "GPU de plusieurs types")
    case .play: Texts("play", "lire")
    case .goTo: Texts("go to", "aller à")
    case .mark: Texts("mark", "repère")
    case .nameOfMark: Texts("what it is; Enter sets it", "ce que c’est ; Entrée le pose")
    case .fedBy: Texts("fed by", "vient de")
    case .goesTo: Texts("goes to", "va à")
    case .unknownBecause: Texts("unknown: {1}", "inconnu : {1}")
    case .gridNotRead: Texts("the grid is not being read", "le réseau n’est pas lu")
    case .gridWithoutShare:
      Texts("the grid tells grams, no share", "le réseau dit des grammes, pas de part")
    case .renewable: Texts("{1} % renewable", "{1} % renouvelable")
    case .supposedRenewable: Texts("if: {1} % renewable", "si : {1} % renouv.")
    case .noPowerNow: Texts("no power data at this time", "aucune puissance à cet instant")
    case .powerUntold:
      Texts("unknown: nothing here tells its power", "inconnu : rien ici ne dit sa puissance")
    case .seen: Texts("seen", "vus")
    case .plug: Texts("at the plug", "à la prise")
    case .platform: Texts("platform", "plateforme")
    case .powerUnknown: Texts("power unknown", "puissance inconnue")
    case .sinceStart: Texts("since start", "depuis le début")
    case .selected: Texts("in {1} selected", "sur {1} choisies")
    case .now: Texts("now", "maintenant")
    case .closes: Texts("closes", "ferme")
    case .shownRows: Texts("{1}–{2} of {3}", "{1}–{2} sur {3}")
    case .thisRun: Texts("this run", "celle-ci")
    case .panels: Texts("panels", "panneaux")
    case .machines: Texts("{1} machines", "{1} machines")
    case .clears: Texts("Esc clears", "Échap efface")
    }
  }

  /// The columns beside the ribbon are of a fixed width.
  var room: Int? {
    switch self {
    case .fedBy, .goesTo: 8
    // As long as the longest number, `100`, makes them.
    case .renewable, .supposedRenewable: 20
    case .plug, .platform: 10 + 1
    default: nil
    }
  }
}
