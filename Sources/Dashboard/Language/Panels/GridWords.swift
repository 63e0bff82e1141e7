import Accounting
import Telemetry

/// The words of the panel of the grid, and of the site's own sun.
enum GridWords: ScreenWords {
  case notRead, notRecorded, lay, yearly, lowCarbon, ownSun, soFar, ofYours, whatIf, whatIfNote
  case measured, estimated, stale, profile, annual, unknown, forecast
  case annualMean, old, hourOfDays, farFromIt
  case kilometres, lifecycle, burnt, noShare, atLeast
  case neverAnswered, silent, siteDraws
  case outOfBattery, intoBattery, fromGrid, sentOut
  case greenestNow, greenest, ofLoad, fromNow, now, nowAndForecast
  case notAsked, asked, readFile
  case wouldAskSome, noService, wouldRead, wouldAsk
  case basisUnknown, production, consumption, marginal, average, signalUnknown

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .notRecorded:
      Texts("This recording has no grid.", "Cet enregistrement n’a pas de réseau.")
    case .lay:
      Texts(
        "replay FILE --grid FR lays it on a country's.",
        "replay FICHIER --grid FR le pose sur celui d’un pays.")
    case .notRead: Texts("The grid is not being read.", "Le réseau n’est pas lu.")
    case .yearly:
      Texts(
        "--source grid:FR reads a country's yearly mix.",
        "--source grid:FR lit le mix annuel d’un pays.")
    case .lowCarbon: Texts("{1} % low-carbon", "{1} % bas carbone")
    case .ownSun: Texts("own sun", "PV propre")
    case .soFar: Texts("so far", "jusqu’ici")
    case .ofYours: Texts("of what you drew", "de votre énergie")
    case .whatIf: Texts("what if", "et si")
    case .whatIfNote: Texts("what if · {1}", "et si · {1}")
    case .measured: Texts("measured", "mesuré")
    case .estimated: Texts("estimated", "estimé")
    case .stale: Texts("stale", "périmé")
    case .profile: Texts("profile", "profil")
    case .annual: Texts("annual", "annuel")
    case .unknown: Texts("unknown", "inconnu")
    case .forecast: Texts("forecast", "prévision")
    case .annualMean: Texts("annual mean", "moyenne annuelle")
    case .old: Texts("{1}, {2} old", "{1}, il y a {2}")
    case .hourOfDays: Texts("this hour of the last days", "cette heure, derniers jours")
    case .farFromIt:
      Texts(
        "A yearly mean: this hour may be far from it.",
        "Une moyenne annuelle : cette heure peut en être loin.")
    case .kilometres: Texts("so far ≈ {1} in a Model 3", "jusqu’ici ≈ {1} en Model 3")
    case .lifecycle: Texts("lifecycle", "cycle de vie")
    case .burnt: Texts("by combustion", "de combustion")
    case .atLeast: Texts("at least {1} % renewable", "au moins {1} % renouvelable")
    case .noShare: Texts("share unknown", "part inconnue")
    case .neverAnswered:
      Texts(
        "own sun: unknown, the site's meters never answered",
        "PV propre : inconnu, les compteurs du site n’ont jamais répondu")
    case .silent:
      Texts(
        "own sun: unknown, the site's meters are silent",
        "PV propre : inconnu, les compteurs du site se taisent")
    case .siteDraws: Texts("site draws", "le site tire")
    case .outOfBattery: Texts("out of the battery", "de la batterie")
    case .intoBattery: Texts("into the battery", "vers la batterie")
    case .fromGrid: Texts("from the grid", "du réseau")
    case .sentOut: Texts("sent out", "injectés")
    case .greenestNow: Texts("greenest {1}: about now", "{1} au plus vert : maintenant")
    case .greenest: Texts("greenest {1}: {2}–{3}, ≈ {4} %", "{1} au plus vert : {2}–{3}, ≈ {4} %")
    case .ofLoad: Texts("of load", "de la charge")
    case .fromNow: Texts("(from now {1} %)", "(dès maintenant {1} %)")
    case .now: Texts("now", "maintenant")
    case .nowAndForecast: Texts("now ┆ forecast", "maint. ┆ prévu")
    case .notAsked:
      Texts(
        "not asked in this session: {1} at {2}; what it said before is kept",
        "non interrogé dans cette session : {1} à {2} ; ce qu’il a dit avant est gardé")
    case .asked:
      Texts(
        "asked: {1} at {2}, which learns your address and zone {3}",
        "interrogé : {1} à {2}, qui apprend votre adresse et la zone {3}")
    case .readFile:
      Texts(
        "read: {1}, the file {2} of the machine; nobody is asked",
        "lu : {1}, le fichier {2} de la machine ; personne n’est interrogé")
    case .wouldAskSome:
      Texts(
        "--live-grid asks a public service, which learns your address and the zone.",
        "--live-grid interroge un service public, qui apprend votre adresse et la zone.")
    case .noService:
      Texts(
        "--live-grid: no service covers {1} without a key; name one with its key.",
        "--live-grid : aucun service ne couvre {1} sans clé ; nommez-en un avec sa clé.")
    case .wouldRead:
      Texts(
        "--live-grid would read {1}, a file of this machine; nobody is asked.",
        "--live-grid lirait {1}, un fichier de cette machine ; personne n’est interrogé.")
    case .wouldAsk:
      Texts(
        "--live-grid would ask {1}: {2} learns your address and zone {3}.",
        "--live-grid interrogerait {1} : {2} apprend votre adresse et la zone {3}.")
    case .basisUnknown: Texts("basis unknown", "base inconnue")
    case .production: Texts("production", "production")
    case .consumption: Texts("consumption", "consommation")
    case .signalUnknown: Texts("average or marginal unknown", "moyen ou marginal inconnu")
    case .marginal: Texts("marginal", "marginal")
    case .average: Texts("average", "moyen")
    }
  }

  /// Names of fuels stand in a column of ten.
  var room: Int? {
    switch self {
    case .ownSun: 10
    case .nowAndForecast: 14
    default: nil
    }
  }

  /// What is said beside every number of a grid that is asked.
  static func words(_ facts: GridFacts, _ c: FrameContext) -> String {
    let basis: GridWords =
      switch facts.basis {
      case .production: .production
      case .consumption: .consumption
      case .unknown: .basisUnknown
      }
    let signal: GridWords =
      switch facts.signal {
      case .average: .average
      case .marginal: .marginal
      case .unknown: .signalUnknown
      }
    return "\(facts.provider) · \(c.say(basis)) · \(c.say(signal))"
  }

  /// How surely the grid is known.
  static func rung(_ rung: GridRung) -> GridWords {
    switch rung {
    case .measured: .measured
    case .estimated: .estimated
    case .stale: .stale
    case .profile: .profile
    case .annual: .annual
    case .unknown: .unknown
    }
  }
}
