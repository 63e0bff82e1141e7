import Accounting
import Quantities

/// What a comparison of two runs says: the English is the account's own, the French is written of
/// the same values.
enum ComparisonWords {
  /// What a run saves or costs, and of what.
  static func saving(
    _ comparison: Comparison, in language: Language
  ) -> (amount: String, of: String)? {
    guard language == .fr else { return comparison.words }
    guard let change = comparison.change else { return nil }
    let interval = comparison.interval
    switch change {
    case .takes(let factor):
      let bounds = interval.map { " (\(two(1 - $0.upperBound)) à \(two(1 - $0.lowerBound)) ×)" }
      return ("prend \(two(factor)) ×" + (bounds ?? ""), "les")
    case .saves(let share): return ("économise \(percent(share, 1, interval))", "des")
    case .costs(let share): return ("coûte \(percent(share, -1, interval)) de plus", "en")
    }
  }

  private static func two(_ value: Double) -> String {
    Language.fr.number(SI.significant(value, digits: 2))
  }

  private static func percent(_ share: Double) -> String { Language.fr.number(SI.percent(share)) }

  private static func percent(
    _ share: Double, _ sign: Double, _ interval: ClosedRange<Double>?
  ) -> String {
    let bounds = interval.map { interval in
      let ends = [interval.lowerBound * sign, interval.upperBound * sign].sorted()
      return " (\(percent(ends[0])) à \(percent(ends[1])) %)"
    }
    // All of it is saved by what takes nothing.
    let words = share < 1 && share >= 0.995 ? "plus de 99" : percent(share)
    return "\(words) %" + (bounds ?? "")
  }

  /// Whether the saving is beyond the noise.
  static func verdict(_ comparison: Comparison, in language: Language) -> String {
    guard language == .fr else { return comparison.verdict }
    guard comparison.saving != nil else { return "incomparable" }
    guard let isLarger = comparison.isLargerThanNoise else { return "trop court pour le bruit" }
    return isLarger ? "au-delà du bruit" : "dans le bruit"
  }

  /// The joules to the same loss beside the other's.
  static func equalLoss(
    _ equal: Comparison.EqualLoss, in language: Language
  ) -> (amount: String, of: String) {
    guard language == .fr else { return equal.words }
    let of =
      "jusqu’à la même \(kind(equal.basis, in: .fr)), \(language.number(SI.significant(equal.loss)))"
    if equal.bounds.map({ $0.contains(1) }) ?? true { return ("prend autant de joules", of) }
    if equal.ratio > 2 { return ("demande \(two(equal.ratio)) × les joules", of) }
    let share = "\(percent(abs(equal.ratio - 1))) %"
    return (
      equal.ratio < 1 ? "économise \(share) des joules" : "demande \(share) de joules en plus", of
    )
  }

  /// Which loss it is.
  static func kind(_ basis: TargetLoss.Basis?, in language: Language) -> String {
    let isValidation = basis == .validation
    return switch language {
    case .en: isValidation ? "validation loss" : "training loss"
    case .fr: isValidation ? "perte de validation" : "perte d’entraînement"
    }
  }

  /// What a run counts its progress in.
  static func unit(_ unit: String, in language: Language) -> String {
    switch unit {
    case "tokens": UnitWords.tokens.text(in: language)
    case "samples": UnitWords.samples.text(in: language)
    case "steps": UnitWords.steps.text(in: language)
    default: unit
    }
  }
}
