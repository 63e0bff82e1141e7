import Accounting
import Quantities

/// Why there is no cost: the English is the account's own, the French is written of the same values.
enum ShortfallWords {
  /// Why a job has no joules yet.
  static func text(_ shortfall: JobCost.Shortfall, in language: Language) -> String {
    guard language == .fr else { return shortfall.words }
    switch shortfall {
    case .untimed: return "le journal n’a pas d’heures"
    case .short(let seconds):
      let number = language.number(SI.significant(seconds, digits: 2))
      return "pas encore assez : \(number) s de progrès, il en faut 2"
    case .shortSteps(let steps):
      return "pas encore assez : \(SI.count(steps)) pas courts, il en faut 50"
    case .noEnergy(let reason): return reason ?? "rien ici ne dit sa puissance"
    case .partly(let coverage):
      return "énergie connue pour \(language.number(SI.percent(coverage))) % de la durée seulement"
    }
  }

  /// Why a server has no joules yet.
  static func text(_ shortfall: ServingCost.Shortfall, in language: Language) -> String {
    guard language == .fr else { return shortfall.words }
    func whole(_ value: Double) -> String { SI.fixed(value.rounded(.down), 0) }
    switch shortfall {
    case .tokens(let count, let seconds):
      let enough = whole(ServingCost.enoughTokens)
      return
        "pas encore assez : \(whole(count)) jetons produits sur \(enough) en \(whole(seconds)) s"
    case .inputTokens(let count, let seconds):
      let enough = whole(ServingCost.enoughTokens)
      return "pas encore assez : \(whole(count)) jetons lus sur \(enough) en \(whole(seconds)) s"
    case .counts(let coverage):
      return "le compte du serveur n’est connu que \(whole(coverage * 100)) % du temps"
    case .uncharged(let reason): return "pas de joules : \(reason)"
    case .quiet(let seconds): return "aucune requête en \(whole(seconds)) s"
    case .untold: return "le serveur ne dit pas les jetons"
    case .silent(let seconds): return "le serveur se tait depuis \(whole(seconds)) s"
    case .late(let seconds):
      return "pas encore assez : les jetons sont comptés à la fin des requêtes, "
        + "il faut \(whole(seconds)) s pour égaliser"
    case .energy(let coverage) where coverage > 0:
      return "l’énergie n’est connue que \(whole(coverage * 100)) % du temps"
    case .energy: return "rien ne dit l’énergie"
    }
  }

  /// What limits a charge.
  static func text(_ caveat: JobCaveat, in language: Language) -> String {
    guard language == .fr else { return caveat.words }
    switch caveat {
    case .allAccelerators(let count):
      return "compté sur les \(count) GPU : les siens ne sont pas connus"
    case .named(let origin):
      return "ses GPU sont ceux que nomme \(origin) : le pilote ne liste aucun processus"
    case .sharedProcessors(let jobs):
      return "\(jobs) travaux à la fois sur ces processeurs, chacun compté pour toute leur énergie"
    case .sharedAccelerators(let jobs):
      return "\(jobs) travaux à la fois sur ces GPU, chacun compté pour toute leur énergie"
    case .partlySeen(let share):
      return "\(language.number(SI.percent(share))) % de ses appareils sont vus ici ; "
        + "les autres sont supposés tirer autant"
    case .unknown(let reason): return "pas de joules : \(reason)"
    }
  }
}
