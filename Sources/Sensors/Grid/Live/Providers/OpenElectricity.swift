import Formats
import Quantities
import Telemetry

/// OpenElectricity, version 4: the mix of Australia's National Electricity Market, of its regions and of
/// Western Australia, each five minutes.
///
/// Source: its OpenAPI description. A free key is good for 500 questions a day. What pumped storage gives
/// back is told under hydro and cannot be told apart; exports are no generation. Rooftop solar comes late,
/// and until it is there an interval is not whole.
package enum OpenElectricity: GridProvider {
  package static let name = "openelectricity"
  package static let title = "OpenElectricity"
  package static let base = "https://api.openelectricity.org.au"
  package static let basis = GridFacts.Basis.production
  package static let licence = "OpenElectricity, from AEMO's data"
  package static let cadence = 300.0
  package static let keyVariable: String? = "OPENELECTRICITY_API_KEY"
  package static let zones = "NEM, NSW1, QLD1, SA1, TAS1, VIC1, WEM"

  private static let regions = ["NSW1", "QLD1", "SA1", "TAS1", "VIC1"]

  package static func covers(_ zone: String) -> Bool {
    regions.contains(zone.uppercased()) || ["NEM", "WEM"].contains(zone.uppercased())
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let isWest = ask.zone == "WEM"
    // All regions come in one page, so no more than half a day is asked for at once. Times are those of
    // the network, without daylight saving.
    let start = ask.now - min(ask.back, 12 * 3600) + (isWest ? 8 : 10) * 3600
    let grouping = regions.contains(ask.zone) ? "network_region" : "network"
    var request = GridRequest(
      .mix,
      "/v4/data/network/\(isWest ? "WEM" : "NEM")?metrics=power&interval=5m"
        + "&primary_grouping=\(grouping)&secondary_grouping=fueltech"
        + "&date_start=\(GridStamp.seconds(start).dropLast())",
      cadence: cadence)
    request.secretHeader = ask.key.map { GridHeader("Authorization", "Bearer \($0)") }
    return [request]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    if page["success"]?.boolean == false || page["error"]?.text != nil {
      throw .service(Secrets.masked(String((page["error"]?.text ?? "no success").prefix(100))))
    }
    guard let sets = page["data"]?.elements else { throw .shape("there is no list “data”") }
    var rows: [Timestamp: [String: Double]] = [:]
    for set in sets {
      guard set["metric"]?.text == "power", set["interval"]?.text == "5m" else {
        throw .shape("it tells no power of five minutes")
      }
      for series in set["results"]?.elements ?? [] {
        let columns = series["columns"]
        if regions.contains(ask.zone) {
          guard let region = columns?["region"]?.text ?? columns?["network_region"]?.text else {
            throw .shape("a series has no region")
          }
          guard region == ask.zone else { continue }
        }
        guard let name = columns?["fueltech"]?.text?.lowercased() else {
          throw .shape("a series has no fuel")
        }
        for pair in series["data"]?.elements ?? [] {
          guard let parts = pair.elements, parts.count == 2, let start = parts[0].stamp else {
            throw .shape("a value has no time")
          }
          // A fuel without a value is missing then, and the interval not whole.
          if let value = parts[1].quantity { rows[start, default: [:]][name] = value }
        }
      }
    }
    guard !rows.isEmpty else { throw .empty }
    let usual = GridSteps.usual(
      rows.values.map { row in Set(row.keys.filter { fuel($0)?.isGeneration ?? false }) })
    var gathering = GridGathering()
    for (start, fuels) in rows {
      gathering.take { () throws(GridRefusal) in
        guard usual.isSubset(of: fuels.keys), !usual.isEmpty else { return nil }
        var mix = GridMix()
        for (name, value) in fuels { if let fuel = fuel(name) { mix.add(fuel, value) } }
        var interval = GridInterval(start: start, seconds: 300, quality: .measured)
        try mix.state(into: &interval, direct: .combustion)
        return interval
      }
    }
    return try gathering.answer()
  }

  /// The fuel of a technology; `nil` for one that uses electricity or moves it.
  private static func fuel(_ name: String) -> GridFuel? {
    switch name {
    case "solar", "solar_utility", "solar_rooftop", "solar_thermal": .solar
    case "wind": .wind
    case "wind_offshore": .windOffshore
    case "hydro": .hydro
    case "bioenergy_biogas", "bioenergy_biomass", "bioenergy": .biomass
    case "nuclear": .nuclear
    case "coal_black", "coal_brown", "coal": .coal
    case "gas", "gas_ccgt", "gas_ocgt", "gas_recip", "gas_steam", "gas_wcmg": .gas
    case "distillate": .oil
    case "battery", "battery_discharging": .battery
    case "imports": .imports
    case "battery_charging", "pumps", "exports", "interconnector", "aggregator_vpp",
      "aggregator_dr":
      nil
    default: .unknown
    }
  }
}
