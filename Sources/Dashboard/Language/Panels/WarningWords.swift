import Accounting
import Quantities
import Telemetry

/// What a reader must know before believing a number: the English is the account's own, the French
/// is written of the same values.
enum WarningWords {
  /// A warning that stands with totals.
  static func text(_ warning: AccountWarning, in language: Language) -> String {
    guard language == .fr else { return warning.words }
    func percent(_ share: Double) -> String { language.number(SI.percent(share)) }
    switch warning {
    case .contradicts(let device, let ratio):
      return "\(device) : compteur et intégrale de la puissance diffèrent de "
        + "\(percent(abs(ratio - 1))) % (rapport \(language.number(SI.fixed(ratio, 2))))"
    case .tooSmall(let device): return "\(device) dit moins que ses parties : laissé de côté"
    case .refused(let device, let text, let count):
      return (device.isEmpty ? "" : device + " : ") + text + (count > 1 ? ", \(count) fois" : "")
    case .seldom(let device, let period):
      return "\(device) : watts d’un instant toutes les \(language.duration(period)) ; l’écart des "
        + "joules est inconnu, car l’entre-deux n’est pas vu"
    case .beyond(let device, let watts, let stated):
      return
        "\(device) a dit \(SI.fixed(watts, 0)) W, son fabricant \(SI.fixed(stated, 0)) W : ses joules "
        + "contiennent plus qu’il n’a pu consommer"
    case .powerless(let device):
      return "\(device) ne dit pas sa puissance : sa part est inconnue et n’est dans aucun total"
    case .assumed(let text): return text
    case .notCovered(let share):
      return "énergie connue \(percent(share)) % du temps ; ce qui manque n’est pas deviné"
    }
  }

  /// What is not known of a grid that is asked, because its provider tells the other thing.
  static func otherBasis(_ facts: GridFacts, in language: Language) -> String {
    guard language == .fr else { return facts.otherBasis }
    return switch facts.basis {
    case .production: "de la consommation : inconnu, car \(facts.provider) ne dit pas les imports"
    case .unknown: "production ou consommation : inconnu, car rien ne le dit de \(facts.provider)"
    case .consumption: "de la production : inconnu, car \(facts.provider) ne dit que les prises"
    }
  }
}
