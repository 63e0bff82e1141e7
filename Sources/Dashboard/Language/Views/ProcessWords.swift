import Accounting

/// The words of the list of processes.
enum ProcessWords: ScreenWords {
  case title, of, noMatch, clears, nobody, noneRead, none, container
  case endIt, answers
  case choose, sort, reverse, group, filter, details, end, close
  case command, pid, user, place, batchJob, firstSeen, energy, before, untold, partly
  case gpu, share, memory, power, ended
  case showing, showsAll
  case process, users, containers, jobs

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title: Texts("Whose joules: {1}, {2} {3}", "À qui les joules : {1}, {2} {3}")
    case .of: Texts("{1} of {2}", "{1} sur {2}")
    case .noMatch: Texts("No process matches the filter.", "Aucun processus ne passe le filtre.")
    case .clears: Texts("Esc clears it.", "Échap l’efface.")
    case .nobody:
      Texts(
        "Nobody was on an accelerator in the selected span.",
        "Personne n’était sur un accélérateur dans la durée choisie.")
    case .noneRead:
      Texts(
        "No accelerator is being read, so nobody uses one.",
        "Aucun accélérateur n’est lu : personne n’en utilise.")
    case .none:
      Texts(
        "No process is on an accelerator, or the driver does not list any to this user.",
        "Aucun processus sur un accélérateur, ou le pilote n’en liste pas à cet utilisateur.")
    case .container:
      Texts(
        "In a container the driver sees the host's process numbers: run hippowatt on the host.",
        "Dans un conteneur le pilote voit les numéros de l’hôte : lancez hippowatt sur l’hôte.")
    case .endIt: Texts("End process {1}?", "Finir le processus {1} ?")
    case .answers:
      Texts(
        "y: SIGTERM   i: SIGINT   9: SIGKILL   any other key: no",
        "y : SIGTERM   i : SIGINT   9 : SIGKILL   autre touche : non")
    case .choose: Texts("choose", "choisir")
    case .sort: Texts("sort", "trier")
    case .reverse: Texts("reverse", "inverser")
    case .group: Texts("group", "grouper")
    case .filter: Texts("filter", "filtrer")
    case .details: Texts("details", "détails")
    case .end: Texts("end it", "finir")
    case .close: Texts("close", "fermer")
    case .command: Texts("command", "commande")
    case .pid: Texts("pid", "pid")
    case .user: Texts("user", "compte")
    case .place: Texts("container", "conteneur")
    case .batchJob: Texts("batch job", "travail")
    case .firstSeen: Texts("first seen", "vu d’abord")
    case .energy: Texts("energy", "énergie")
    case .before: Texts("{1} before", "{1} avant")
    case .untold:
      Texts(
        "unknown: the driver tells no shares", "inconnue : le pilote ne dit pas les parts")
    case .partly:
      Texts(
        ", partly by its share of an accelerator used by several",
        ", en partie selon sa part d’un accélérateur partagé")
    case .gpu: Texts("GPU", "GPU")
    case .share: Texts("share", "part")
    case .memory: Texts("memory", "mémoire")
    case .power: Texts("power", "puissance")
    case .ended: Texts("ended", "fini")
    case .showing: Texts("{1} of {2} processes,", "{1} processus sur {2},")
    case .showsAll: Texts("shows all", "montre tout")
    case .process: Texts("process", "processus")
    case .users: Texts("user", "compte")
    case .containers: Texts("container", "conteneur")
    case .jobs: Texts("job", "travail")
    }
  }

  /// Names of details and of columns, with the sign of the order behind them.
  var room: Int? {
    switch self {
    case .command, .place, .batchJob, .firstSeen: 11
    case .user: 9
    case .share: 5
    case .memory, .power: 9
    case .energy: 10
    default: nil
    }
  }

  /// What stands in a row.
  static func grouping(_ grouping: ProcessUse.Grouping) -> ProcessWords {
    switch grouping {
    case .process: .process
    case .user: .users
    case .container: .containers
    case .job: .jobs
    }
  }
}
