import Accounting
import Quantities
import Telemetry

/// What is said of a job's operations: the English is the account's own, the French is written of
/// the same values.
enum MFUWords {
  /// Why there is no share of the peak.
  static func text(_ absence: MFU.Absence, in language: Language) -> String {
    guard language == .fr else { return absence.words }
    return switch absence {
    case .parameters: "les paramètres du modèle sont inconnus"
    case .tokens: "aucun débit de jetons"
    case .accelerator: "aucun accélérateur n’est lu"
    case .several: "ses accélérateurs diffèrent"
    case .peak(let model): "aucun pic connu pour \(model)"
    case .precision: "la précision du travail est inconnue"
    case .peakOf(let precision, let model): "aucun pic \(precision.rawValue) connu pour \(model)"
    case .impossible(let share):
      "\(language.number(SI.percent(share))) % est impossible : paramètres, GPU ou précision inexacts"
    case .serving: "il sert"
    }
  }

  /// How tensor activity contradicts the share.
  static func text(_ contradiction: MFU.Contradiction, in language: Language) -> String {
    guard language == .fr else { return contradiction.words }
    func times(_ ratio: Double) -> String {
      language.number(SI.significant(ratio, digits: 2)) + " ×"
    }
    return switch contradiction {
    case .more(let ratio):
      "unités tensor occupées \(times(ratio)) le travail du modèle : recalcul, remplissage, ou plus "
        + "de paramètres que dit"
    case .less(let ratio):
      "unités tensor occupées seulement \(times(ratio)) le travail du modèle : moins de paramètres "
        + "que dit, ou une autre précision"
    }
  }

  /// A part of a job's time that is no ordinary training.
  static func text(_ phase: JobPhase, in language: Language) -> String {
    guard language == .fr else { return phase.words }
    let length = language.duration(phase.span.seconds)
    return switch phase.kind {
    case .warmUp(let seconds, let times):
      "mise en route : un premier pas de \(language.duration(seconds)), "
        + "\(language.number(SI.twoDigits(times))) fois les suivants"
    case .evaluation: "évaluation de \(length)"
    case .evaluated(let loss):
      "évaluation : perte de validation \(language.number(SI.significant(loss, digits: 4)))"
    case .checkpoint: "sauvegarde de \(length)"
    }
  }
}
