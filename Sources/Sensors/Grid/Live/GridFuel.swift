import Telemetry

/// What electricity is made of, as far as services tell it apart.
package enum GridFuel: String, Sendable, Hashable, CaseIterable {
  case solar, wind, windOffshore, hydro, biomass, waste, geothermal, marine, nuclear, gas, coal, oil
  /// Made of something that the service does not name.
  case unknown
  /// Released from a reservoir that was filled by pumps: not generated now.
  case pumpedStorage
  /// Released from batteries: not generated now.
  case battery
  /// Made in another zone.
  case imports

  /// Whether it is generated in the zone at the time; what comes out of a store or over the border is not.
  package var isGeneration: Bool {
    switch self {
    case .pumpedStorage, .battery, .imports: false
    default: true
    }
  }

  /// Which part of it counts as renewable: half of waste, as Eurostat counts municipal waste.
  package var renewablePart: Double {
    switch self {
    case .solar, .wind, .windOffshore, .hydro, .biomass, .geothermal, .marine: 1
    case .waste: 0.5
    default: 0
    }
  }

  /// Which part of it is low-carbon: what is renewable, and nuclear.
  package var lowCarbonPart: Double { self == .nuclear ? 1 : renewablePart }

  /// The shares it is counted under, with the part that goes to each.
  ///
  /// The half of waste that is not renewable is a fossil fuel other than coal and gas. What is unknown
  /// is counted under none, so that the shares may add up to less than 1.
  package var shares: [(metric: Metric, part: Double)] {
    switch self {
    case .solar: [(.solarShare, 1)]
    case .wind, .windOffshore: [(.windShare, 1)]
    case .hydro: [(.hydroShare, 1)]
    case .biomass: [(.bioenergyShare, 1)]
    case .waste: [(.bioenergyShare, 0.5), (.oilShare, 0.5)]
    case .geothermal, .marine: [(.otherRenewableShare, 1)]
    case .nuclear: [(.nuclearShare, 1)]
    case .gas: [(.gasShare, 1)]
    case .coal: [(.coalShare, 1)]
    case .oil: [(.oilShare, 1)]
    case .unknown, .pumpedStorage, .battery, .imports: []
    }
  }
}

/// Grams of CO2 for a kilowatt-hour of each fuel.
package struct GridFactors: Sendable {
  private let grams: [GridFuel: Double]

  /// The grams of a fuel; `nil` where there is no factor for it.
  package subscript(fuel: GridFuel) -> Double? { grams[fuel] }

  /// What the factors of `lifecycle` are called.
  package static let lifecycleName = "IPCC 2014 medians"

  /// Lifecycle grams of CO2 equivalent: medians of IPCC AR5 WGIII (2014), annex III, table A.III.2.
  ///
  /// That table has no row for oil: 650 is the UK's Parliamentary Office of Science and Technology's.
  /// What is unknown counts 700, and so does the half of waste that is no biomass.
  package static let lifecycle = GridFactors(grams: [
    .solar: 48, .wind: 11, .windOffshore: 12, .hydro: 24, .biomass: 230, .waste: 465,
    .geothermal: 38, .marine: 17, .nuclear: 12, .gas: 490, .coal: 820, .oil: 650, .unknown: 700,
  ])

  /// Grams of CO2 from combustion alone: NESO's factors for Great Britain (Carbon Intensity API,
  /// `/intensity/factors`): gas in a combined cycle 394, coal 937, oil 935, other 300.
  ///
  /// Carbon from plants counts 0, as the GHG Protocol reports it apart from scope 2; waste counts half
  /// of other.
  package static let combustion = GridFactors(grams: [
    .solar: 0, .wind: 0, .windOffshore: 0, .hydro: 0, .biomass: 0, .waste: 150, .geothermal: 0,
    .marine: 0, .nuclear: 0, .gas: 394, .coal: 937, .oil: 935, .unknown: 300,
  ])

  /// Grams of CO2 from combustion alone as RTE counts them for `taux_co2` in éCO2mix: coal 986, oil 777,
  /// gas 429, bioenergy and waste 494.
  package static let rte = GridFactors(grams: [
    .solar: 0, .wind: 0, .windOffshore: 0, .hydro: 0, .biomass: 494, .waste: 494, .geothermal: 0,
    .marine: 0, .nuclear: 0, .gas: 429, .coal: 986, .oil: 777, .pumpedStorage: 0,
  ])
}
