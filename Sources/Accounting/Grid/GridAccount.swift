import Quantities
import Telemetry

/// An amount of energy split by the grid's mix at the time it was drawn.
///
/// Shares are ΣE·s/ΣE over what is known, hour by hour as in 24/7 carbon-free energy matching; what is
/// not known counts for nothing and shows in the coverage and the bounds.
public struct GridAccount: Hashable, Sendable {
  /// All joules of the span that are known, with or without a mix.
  public var joules = 0.0
  /// Joules drawn while the renewable share was known.
  public var matched = 0.0
  /// Joules from solar, wind, hydro, bioenergy and other renewables.
  public var renewable = 0.0
  /// Renewable joules and nuclear ones, of those of which that is known.
  public var lowCarbon = 0.0
  /// Joules drawn while the low-carbon share was known.
  public var lowCarbonMatched = 0.0
  /// Grams of CO2 equivalent by lifecycle factors, of the joules whose intensity is known.
  public var grams = 0.0
  /// Joules drawn while the lifecycle intensity was known.
  public var gramsMatched = 0.0
  /// Grams of CO2 from combustion alone, of the joules of which that is known.
  public var directSum = 0.0
  /// Joules drawn while the direct intensity was known.
  public var directMatched = 0.0
  /// The least and most renewable joules within the bands that sources state, of the matched ones.
  public var renewableBand: (low: Double, high: Double) {
    get { (bandLow, bandHigh) }
    set { (bandLow, bandHigh) = newValue }
  }
  private var bandLow = 0.0
  private var bandHigh = 0.0
  /// Joules that the site's own sun met, at once or out of its battery; they are among the renewable ones
  /// where the grid is known as well.
  public var ownSun = 0.0
  /// Joules out of the site's battery from nobody knows where.
  public var stored = 0.0
  /// Joules drawn while the site's own sun was to be told.
  public var siteJoules = 0.0
  /// Joules drawn while it was.
  public var siteMatched = 0.0
  /// Joules by what their share is known from.
  public var rungs: [GridRung: Double] = [:]
  /// Joules by what their lifecycle grams, and those of combustion alone, are known from.
  public private(set) var intensityRungs: [GridRung: Double] = [:]
  public private(set) var directRungs: [GridRung: Double] = [:]
  /// Whether grams are known from elsewhere than shares.
  private var hasOtherGrams = false
  /// How many intervals were said anew after they had been measured.
  public var restated = 0

  /// Whether shares or grams of any of the energy are known.
  public var isKnown: Bool { matched > 0 || gramsMatched > 0 || directMatched > 0 }
  /// The renewable part of the energy whose mix is known, 0...1.
  public var renewableShare: Double? { matched > 0 ? renewable / matched : nil }
  /// The low-carbon part of the energy of which that is known, 0...1.
  public var lowCarbonShare: Double? {
    lowCarbonMatched > 0 ? lowCarbon / lowCarbonMatched : nil
  }
  /// The part of the energy whose mix is known, 0...1.
  public var coverage: Double { joules > 0 ? matched / joules : 0 }
  /// The part of the energy whose lifecycle intensity is known, 0...1.
  public var gramsCoverage: Double { joules > 0 ? gramsMatched / joules : 0 }
  /// Grams of CO2 from combustion alone, scope 2 of the GHG Protocol; `nil` unless the direct
  /// intensity is known for nine tenths of the energy.
  public var directGrams: Double? {
    joules > 0 && directMatched >= 0.9 * joules ? directSum : nil
  }
  /// The part of the energy whose direct intensity is known, 0...1.
  public var directCoverage: Double { joules > 0 ? directMatched / joules : 0 }
  /// The renewable share if all that is not known were none of it, or all of it, and bands count.
  public var bounds: ClosedRange<Double>? {
    guard joules > 0, matched + bandLow > 0 else { return nil }
    let low = min(max(bandLow / joules, 0), 1)
    return low...max(low, min(1, (bandHigh + joules - matched) / joules))
  }

  /// Lifecycle grams of CO2 equivalent for a kilowatt-hour of photovoltaics on a roof: the median of
  /// IPCC AR5 WG III, Annex III, table A.III.2.
  public static let ownSunLifecycle = 41.0

  /// An account of nothing.
  public init() {}

  /// Adds joules drawn over a stretch of the grid's course.
  public mutating func add(_ joules: Double, _ stretch: GridStretch) {
    self.joules += joules
    // The site's own meters are measurements, whatever is known of the grid.
    let own = joules * stretch.own
    let stored = joules * stretch.stored
    ownSun += own
    self.stored += stored
    if stretch.hasSite {
      siteJoules += joules
      if stretch.isSiteKnown { siteMatched += joules }
    }
    if stretch.renewable == nil {
      rungs[.unknown, default: 0] += joules
    } else {
      if own > 0 { rungs[.measured, default: 0] += own }
      if stored > 0 { rungs[max(stretch.rung, .estimated), default: 0] += stored }
      if joules > own + stored { rungs[stretch.rung, default: 0] += joules - own - stored }
    }
    if let share = stretch.renewable {
      matched += joules
      // A share of load above one is a surplus: nobody uses more than all.
      renewable += joules * min(max(share, 0), 1)
      bandLow += joules * min(stretch.band?.lowerBound ?? share, share)
      bandHigh += joules * max(stretch.band?.upperBound ?? share, share)
    } else {
      // What the sun gave is renewable, whatever the rest was.
      bandLow += joules * (stretch.band?.lowerBound ?? 0)
    }
    if let share = stretch.lowCarbon {
      lowCarbonMatched += joules
      lowCarbon += joules * min(max(share, 0), 1)
    }
    if let intensity = stretch.intensity {
      gramsMatched += joules
      grams += joules / 3.6e6 * intensity
      intensityRungs[stretch.intensityRung, default: 0] += joules
      hasOtherGrams = hasOtherGrams || stretch.intensityRung != stretch.rung
    }
    if let intensity = stretch.directIntensity {
      directMatched += joules
      directSum += joules / 3.6e6 * intensity
      directRungs[stretch.directRung, default: 0] += joules
      hasOtherGrams = hasOtherGrams || stretch.directRung != stretch.rung
    }
  }

  /// From what the shares are known, in words: `92 % measured, 8 % stale`; `nil` without joules.
  public var rungWords: String? {
    words(rungs)
  }

  /// From what grams are known where that is not from what the shares are: `direct 92 % measured`.
  public var gramsRungWords: String? {
    guard hasOtherGrams else { return nil }
    let parts = [
      words(intensityRungs).map { "lifecycle " + $0 }, words(directRungs).map { "direct " + $0 },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : "grams: " + parts.joined(separator: "; ")
  }

  private func words(_ rungs: [GridRung: Double]) -> String? {
    guard joules > 0 else { return nil }
    let parts = GridRung.allCases.compactMap { rung -> String? in
      guard let part = rungs[rung], part > 0 else { return nil }
      return "\(SI.percent(part / joules)) % \(rung.word)"
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
