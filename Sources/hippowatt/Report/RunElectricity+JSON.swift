import Accounting
import Canvas
import Telemetry

extension RunElectricity {
  /// What is known of one run.
  var json: JSONText {
    guard let account else {
      return .object([("unknown", .text("the recording tells no mix of a grid"))])
    }
    return .object(
      [
        ("joules", .number(account.joules)), ("coverage", .number(account.coverage)),
        ("renewable_share", account.renewableShare.map(JSONText.number) ?? .null),
        ("renewable_share_low", account.bounds.map { .number($0.lowerBound) }),
        ("renewable_share_high", account.bounds.map { .number($0.upperBound) }),
        ("low_carbon_share", account.lowCarbonShare.map(JSONText.number) ?? .null),
        ("grams_co2e", account.gramsMatched > 0 ? .number(account.grams) : .null),
        ("grams_coverage", .number(account.gramsCoverage)),
        ("grams_co2_direct", account.directGrams.map(JSONText.number) ?? .null),
        ("direct_coverage", .number(account.directCoverage)),
        ("grid_joules", account.rungs.json),
        ("lifecycle_joules", account.gramsRungWords.map { _ in account.intensityRungs.json }),
        ("direct_joules", account.gramsRungWords.map { _ in account.directRungs.json }),
        ("restated", account.restated > 0 ? .number(Double(account.restated)) : nil),
      ] + account.siteMembers + groundMembers)
  }

  /// How it differs from a baseline's.
  func json(beside baseline: Self) -> JSONText {
    let (share, low) = (share(beside: baseline), lowCarbon(beside: baseline))
    let (grams, direct) = (grams(beside: baseline), direct(beside: baseline))
    func gain(_ difference: Difference) -> JSONText {
      difference.values.map { .number($0.run - $0.baseline) } ?? .null
    }
    func saving(_ difference: Difference) -> JSONText {
      difference.values.flatMap { $0.baseline > 0 ? .number(1 - $0.run / $0.baseline) : nil }
        ?? .null
    }
    let reasons: [(String, JSONText?)] = [
      ("renewable_share", share), ("low_carbon_share", low), ("grams_co2e", grams),
      ("grams_co2_direct", direct),
    ].map { ($0, $1.reason.map(JSONText.text)) }
    return .object([
      ("renewable_share_gain", gain(share)), ("low_carbon_share_gain", gain(low)),
      ("bounds_overlap", boundsOverlap(baseline).map(JSONText.flag)),
      ("grams_saving", saving(grams)), ("direct_grams_saving", saving(direct)),
      ("not_compared", reasons.contains { $0.1 != nil } ? .object(reasons) : nil),
    ])
  }
}

extension [GridRung: Double] {
  /// Joules by what is known of them.
  var json: JSONText {
    .object(
      GridRung.allCases.compactMap { rung -> (String, JSONText?)? in
        self[rung].map { (rung.word, .number($0)) }
      })
  }
}
