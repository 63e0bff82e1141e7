import Accounting
import Canvas
import Quantities
import Telemetry

extension RunReport {
  /// The electricity's lines: shares, grams, and what both rest on.
  func gridFacts(isFull: Bool) -> [(String, String)] {
    guard let grid else {
      return gridProblem.map { [("renewable", "unknown, because \(sanitized($0))")] } ?? []
    }
    var facts: [(String, String)] = []
    if let share = grid.renewableShare {
      var words = "\(SI.percent(share)) %"
      if let bounds = grid.bounds, bounds.upperBound - bounds.lowerBound >= 0.005 {
        words +=
          " (\(SI.percent(bounds.lowerBound)) to \(SI.percent(bounds.upperBound)) %)"
      }
      words +=
        ", low-carbon " + (grid.lowCarbonShare.map { "\(SI.percent($0)) %" } ?? "unknown")
      facts.append(("renewable", words))
    } else {
      let silence =
        "the site's meters told nothing" + (siteProblem.map { " (\(sanitized($0)))" } ?? "")
      let reason =
        grid.siteJoules > 0 && grid.siteMatched == 0
        ? silence
        : grid.isKnown
          ? "the grid's source tells none"
          : gridProblem.map(sanitized) ?? "no share of the grid is known"
      let least = grid.bounds.map { "; at least \(SI.percent($0.lowerBound)) %" } ?? ""
      facts.append(("renewable", "unknown, because \(reason)\(least)"))
    }
    if let words = grid.siteWords { facts.append(("  own sun", words)) }
    if grid.gramsMatched > 0 {
      var words = SI.carbon(grid.grams).joined + " (location-based, lifecycle"
      if let factors = gridTerms?.factors, !factors.isEmpty { words += ", \(sanitized(factors))" }
      if grid.gramsCoverage < 0.995 {
        words += ", of \(SI.percent(grid.gramsCoverage)) % of the energy"
      }
      facts.append(("carbon", words + ")"))
    } else {
      let reason =
        grid.siteJoules > 0 && grid.siteMatched == 0
        ? "what the site's own sun met is not" : "no lifecycle intensity of the grid is"
      facts.append(("carbon", "unknown, because \(reason) known"))
    }
    if isFull, let direct = grid.directGrams {
      facts.append(("  direct", SI.carbon(direct).joined + " (\(directWords))"))
    }
    if isFull, let location {
      let basis = GridFacts(location.attributes)?.words ?? location.model
      let year = yearlyMean.map { "; where nothing else is known \($0.label), \($0.model)" } ?? ""
      let words = [location.label, basis].filter { !$0.isEmpty }.joined(separator: ", ")
      facts.append(("  grid", sanitized(words + year)))
      if let other = gridTerms?.otherBasis { facts.append(("  basis", sanitized(other))) }
    }
    let hasIntervals = [grid.rungs, grid.intensityRungs, grid.directRungs].contains {
      $0.keys.contains { $0 != .annual }
    }
    if isFull, let rungs = grid.rungWords, hasIntervals {
      var words = [rungs, grid.gramsRungWords].compactMap { $0 }.joined(separator: "; ")
      if grid.restated > 0 {
        words += "; \(grid.restated) intervals were revised since, the newest counts"
      }
      facts.append(("  known", words))
    }
    return facts
  }

  /// What the grid's source says of its own numbers.
  private var gridTerms: GridFacts? { location.flatMap { GridFacts($0.attributes) } }

  /// What the direct grams hold.
  ///
  /// Scope 2 counts fossil combustion, and plants' carbon apart.
  private var directWords: String {
    guard let facts = gridTerms else { return "combustion only: scope 2, location-based" }
    guard facts.directFactors.isEmpty else {
      return sanitized("location-based, \(facts.directWords); not a plain scope 2 figure")
    }
    return sanitized("combustion only: scope 2, location-based, of \(facts.directBasis.rawValue)")
  }

  /// The electricity's members, after those that were always there.
  var gridMembers: [(String, JSONText?)] {
    guard let grid else { return [("grid_problem", gridProblem.map(JSONText.text))] }
    let facts = location.flatMap { GridFacts($0.attributes) }
    return [
      ("renewable_share_low", grid.bounds.map { .number($0.lowerBound) }),
      ("renewable_share_high", grid.bounds.map { .number($0.upperBound) }),
      ("grams_coverage", .number(grid.gramsCoverage)),
      ("grams_co2_direct", grid.directGrams.map(JSONText.number)),
      ("grid_joules", grid.rungs.json),
      ("lifecycle_joules", grid.gramsRungWords.map { _ in grid.intensityRungs.json }),
      ("direct_joules", grid.gramsRungWords.map { _ in grid.directRungs.json }),
      ("grid_restated", grid.restated > 0 ? .number(Double(grid.restated)) : nil),
      ("site", site.map { .text($0.label) }),
      ("site_problem", siteProblem.map(JSONText.text)),
      ("grid_problem", gridProblem.map(JSONText.text)),
      ("grid_provider", facts.map { .text($0.provider) }),
      ("grid_zone", facts.map { .text($0.zone) }),
      ("grid_basis", facts.map { .text($0.basis.rawValue) }),
      ("grid_other_basis", facts.map { .text($0.otherBasis) }),
      ("grid_direct_basis", facts.map { .text($0.directBasis.rawValue) }),
      ("grid_factors", facts.flatMap { $0.factors.isEmpty ? nil : .text($0.factors) }),
      (
        "grid_direct_factors",
        facts.flatMap { $0.directFactors.isEmpty ? nil : .text($0.directFactors) }
      ),
      ("grid_signal", facts.map { .text($0.signal.rawValue) }),
      ("grid_licence", facts.map { .text($0.licence) }),
    ] + grid.siteMembers
  }
}
