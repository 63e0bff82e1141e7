import Telemetry

/// What a zone's electricity is made of over one interval, as a service tells it.
///
/// Shares are of what is generated in the zone: what comes out of pumped storage and batteries was
/// generated before, and imports elsewhere, so neither is in numerator or denominator. What is missing
/// is missing and never 0.
package struct GridMix: Sendable, Hashable {
  /// Power or energy of each fuel, in any one unit.
  package private(set) var amounts: [GridFuel: Double] = [:]
  /// The zone's load in the same unit, where it is told.
  package var load: Double?

  /// A mix of which nothing is known yet.
  package init() {}

  /// Adds to a fuel; `nil` adds nothing.
  package mutating func add(_ fuel: GridFuel, _ amount: Double?) {
    guard let amount, amount.isFinite else { return }
    amounts[fuel, default: 0] += amount
  }

  /// How far below 0 a fuel may be, of all that is generated: a solar farm draws a little at night.
  private static let tolerance = 0.02

  /// The same without storage and imports, each fuel at least 0; `nil` where nothing is generated.
  ///
  /// - Throws: where a fuel is far below 0, which no rounding or own use explains.
  private func generated() throws(GridRefusal) -> [GridFuel: Double]? {
    let sources = amounts.filter { $0.key.isGeneration }
    let total = sources.values.reduce(0) { $0 + max(0, $1) }
    guard total > 0 else { return nil }
    for (fuel, amount) in sources where amount < -Self.tolerance * total {
      // What goes into stores is often told under “other”.
      guard fuel == .unknown else {
        throw .implausible("\(fuel.rawValue) is below zero by more than rounding explains")
      }
    }
    return sources.mapValues { max(0, $0) }
  }

  /// Checks amounts that are percentages of all the zone's supply, imports and stores included.
  /// - Throws: where they do not add up to 97...103.
  package func checkPercentages() throws(GridRefusal) {
    let sum = amounts.values.reduce(0, +)
    guard 97...103 ~= sum else {
      throw .implausible("the percentages add up to \(Int(max(-9999, min(9999, sum.rounded()))))")
    }
  }

  /// Adds up grams for a kilowatt-hour of what is generated.
  ///
  /// - Returns: `nil` where over a quarter of it has no known fuel: the factor would be the answer.
  package func intensity(_ factors: GridFactors) throws(GridRefusal) -> Double? {
    guard let parts = try generated() else { return nil }
    let total = parts.values.reduce(0, +)
    guard parts[.unknown, default: 0] <= total / 4 else { return nil }
    var grams = 0.0
    for (fuel, amount) in parts {
      guard let factor = factors[fuel] else { return nil }
      grams += amount * factor
    }
    return grams / total
  }

  /// Sets the shares that it says, and the intensities that follow from it where `factors` are given.
  /// - Throws: where it cannot be true.
  package func state(
    into interval: inout GridInterval, lifecycle: GridFactors? = .lifecycle,
    direct: GridFactors? = nil
  ) throws(GridRefusal) {
    guard let parts = try generated() else { return }
    let total = parts.values.reduce(0, +)
    var shares: [Metric: Double] = [:]
    var (renewable, lowCarbon) = (0.0, 0.0)
    for (fuel, amount) in parts {
      renewable += amount * fuel.renewablePart
      lowCarbon += amount * fuel.lowCarbonPart
      for (metric, part) in fuel.shares { shares[metric, default: 0] += amount * part / total }
    }
    interval[.renewableShare] = min(1, renewable / total)
    interval[.lowCarbonShare] = min(1, lowCarbon / total)
    for metric in AnnualMix.fuels { shares[metric].map { interval[metric] = min(1, $0) } }
    if let load, load > 0 { interval[.renewableShareOfLoad] = renewable / load }
    if let lifecycle, let grams = try intensity(lifecycle) { interval[.carbonIntensity] = grams }
    if let direct, let grams = try intensity(direct) { interval[.directIntensity] = grams }
  }
}
