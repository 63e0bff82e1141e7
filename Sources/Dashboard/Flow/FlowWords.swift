import Accounting
import Telemetry

/// The words of the flow, in every language.
enum FlowWords {
  /// What a job makes, one by one.
  enum Thing { case token, outputToken, inputToken, sample, step, epoch, request }

  case use(EnergySplit.Use)
  case base, losses, cooling, machine
  /// A fuel by its share's metric; none for the own sun.
  case fuel(Metric?)
  case renewable, notRenewable, unknown, gridNotRead
  case plug, platform, seen
  /// What each takes, and whether that is of the accelerators alone.
  case each(String, Thing, ofGPUs: Bool)
  case ofTheChips(String)
  case anHour(String, String)
  case noJob, notYet
  case noPower, tooSmall
  case rest, others, whatIf
  case mean(String), now(String)
  case percentRenewable(String), percentLowCarbon(String), soFar, kilometres(String), toGo(String)

  /// The text in a language.
  func text(in language: Language) -> String {
    switch self {
    case .use(let use): Self.use(use, language)
    case .fuel(let metric): Self.fuel(metric, language)
    case .each(let joules, let thing, let ofGPUs):
      joules + " " + Self.each(thing, language)
        + (ofGPUs ? language == .en ? ", GPUs" : ", GPU" : "")
    case .ofTheChips(let percent):
      language == .en ? "\(percent) % of chip peak" : "\(percent) % du pic des puces"
    case .anHour(let amount, let currency):
      language == .en ? "\(amount) \(currency) an hour" : "\(amount) \(currency) par heure"
    case .mean(let seconds): language == .en ? "\(seconds) mean" : "moy. \(seconds)"
    case .now(let watts): language == .en ? "now \(watts)" : "à présent \(watts)"
    case .percentRenewable(let percent):
      language == .en ? "\(percent) % renewable now" : "\(percent) % renouvelable"
    case .percentLowCarbon(let percent):
      language == .en ? "\(percent) % low-carbon" : "\(percent) % bas carbone"
    case .kilometres(let number):
      language == .en ? "\(number) km in a Model 3" : "\(number) km en Model 3"
    case .toGo(let energy):
      language == .en ? "\(energy) to the end of the run" : "\(energy) jusqu’à la fin"
    default: plain(language)
    }
  }

  private func plain(_ language: Language) -> String {
    let (english, french): (String, String) =
      switch self {
      case .machine: ("the machine", "la machine")
      case .base: ("base load", "charge de base")
      case .losses: ("losses", "pertes")
      case .cooling: ("cooling", "refroidissement")
      case .renewable: ("renewable", "renouvelable")
      case .notRenewable: ("the rest", "le reste")
      case .unknown: ("unknown", "inconnu")
      case .gridNotRead: ("the grid is not read", "réseau non lu")
      case .plug: ("plug", "prise")
      case .platform: ("board", "carte")
      case .seen: ("seen", "vus")
      case .noJob: ("→ no job is followed", "→ aucun travail suivi")
      case .notYet: ("→ not enough yet for a cost", "→ pas encore de coût")
      case .noPower:
        (
          "Nothing here tells its power, so there is no flow to draw.",
          "Rien ici ne dit sa puissance : aucun flux à dessiner."
        )
      case .tooSmall:
        ("The flow needs 40 columns and 8 rows.", "Le flux demande 40 colonnes et 8 lignes.")
      case .rest: ("smaller uses", "petits usages")
      case .others: ("others", "autres")
      case .whatIf: ("what if: ", "et si : ")
      case .soFar: ("so far", "jusqu’ici")
      case .use, .fuel, .each, .ofTheChips, .anHour, .percentRenewable, .percentLowCarbon,
        .kilometres, .toGo, .mean, .now:
        ("", "")
      }
    return language == .en ? english : french
  }

  private static func use(_ use: EnergySplit.Use, _ language: Language) -> String {
    let (english, french): (String, String) =
      switch use {
      case .compute: ("compute", "calcul")
      case .heldBack: ("held back", "bridé")
      case .waiting: ("waits for data", "attend des données")
      case .others: ("waits for peers", "attend ses pairs")
      case .program: ("waits for its program", "attend son programme")
      case .gaps: ("gaps", "trous")
      case .idle: ("idle", "à vide")
      case .gpu: ("GPU", "GPU")
      case .host: ("host", "hôte")
      case .other: ("rest of the box", "reste du boîtier")
      }
    return language == .en ? english : french
  }

  private static func fuel(_ metric: Metric?, _ language: Language) -> String {
    guard let metric else { return language == .en ? "own sun" : "soleil propre" }
    guard language == .fr else { return metric.label }
    return switch metric {
    case .solarShare: "solaire"
    case .windShare: "éolien"
    case .hydroShare: "hydro"
    case .bioenergyShare: "bio"
    case .otherRenewableShare: "autre ren."
    case .nuclearShare: "nucléaire"
    case .gasShare: "gaz"
    case .coalShare: "charbon"
    case .oilShare: "fioul etc."
    default: metric.label
    }
  }

  private static func each(_ thing: Thing, _ language: Language) -> String {
    let (english, french): (String, String) =
      switch thing {
      case .token: ("a token", "par jeton")
      case .outputToken: ("an output token", "par jeton produit")
      case .inputToken: ("an input token", "par jeton lu")
      case .sample: ("a sample", "par échantillon")
      case .step: ("a step", "par pas")
      case .epoch: ("an epoch", "par époque")
      case .request: ("a request", "par requête")
      }
    return language == .en ? english : french
  }

  /// A shorter name for narrow screens, where the whole one is long.
  func short(in language: Language) -> String? {
    guard case .use(let use) = self else { return nil }
    let words: (String, String)? =
      switch use {
      case .waiting: ("waits", "attend")
      case .others: ("peers", "pairs")
      case .program: ("program", "programme")
      case .other: ("rest", "reste")
      default: nil
      }
    return words.map { language == .en ? $0.0 : $0.1 }
  }

  /// A thing at the beginning of a sentence.
  static func named(_ thing: Thing, _ language: Language) -> String {
    let (english, french): (String, String) =
      switch thing {
      case .token: ("A token", "Un jeton")
      case .outputToken: ("An output token", "Un jeton produit")
      case .inputToken: ("An input token", "Un jeton lu")
      case .sample: ("A sample", "Un échantillon")
      case .step: ("A step", "Un pas")
      case .epoch: ("An epoch", "Une époque")
      case .request: ("A request", "Une requête")
      }
    return language == .en ? english : french
  }
}
