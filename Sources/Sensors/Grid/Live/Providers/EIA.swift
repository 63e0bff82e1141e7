import Formats
import Telemetry

/// The US Energy Information Administration's hourly grid monitor (EIA-930), by balancing authority.
///
/// Source: API version 2, `electricity/rto/fuel-type-data`. A period is the hour that ends then.
package enum EIA: GridProvider {
  package static let name = "eia"
  package static let title = "EIA-930"
  package static let base = "https://api.eia.gov/v2"
  package static let basis = GridFacts.Basis.production
  package static let licence = "public domain, U.S. Energy Information Administration"
  package static let cadence = 3600.0
  package static let keyVariable: String? = "EIA_API_KEY"
  package static let zones = "balancing authorities, such as CISO, ERCO, PJM, MISO"

  package static func covers(_ zone: String) -> Bool {
    2...4 ~= zone.utf8.count
      && zone.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }
  }

  /// Two and three letters may as well be a country, which it knows nothing of.
  package static func isOffered(_ zone: String) -> Bool {
    covers(zone) && !GridSource.knows(zone) && !OpenElectricity.covers(zone)
      && !EnergyCharts.covers(zone)
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    // What is told comes hours late, a day late from some.
    let start = GridStamp.hour(ask.now - max(ask.back, 2 * 86_400))
    var request = GridRequest(
      .mix,
      "/electricity/rto/fuel-type-data/data/?frequency=hourly&data%5B0%5D=value"
        + "&facets%5Brespondent%5D%5B%5D=\(ask.zone)&start=\(start)"
        + "&sort%5B0%5D%5Bcolumn%5D=period&sort%5B0%5D%5Bdirection%5D=desc&length=5000",
      cadence: cadence)
    request.secretQuery = ask.key.map { "&api_key=\($0)" } ?? ""
    return [request]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    if let error = page["error"] {
      throw .service(Secrets.masked(String((error["code"]?.text ?? error.text ?? "").prefix(60))))
    }
    guard let rows = page["response"]?["data"]?.elements else { throw .shape("there is no “data”") }
    var hours: [Timestamp: [String: Double]] = [:]
    for row in rows where row["respondent"]?.text == ask.zone {
      guard let end = GridStamp.time(row["period"]?.text.map { $0 + ":00:00Z" }),
        let fuel = row["fueltype"]?.text
      else { throw .shape("a row has no period or no fuel") }
      // A row without a value is no row: its fuel is missing then.
      if let value = row["value"]?.quantity { hours[end, default: [:]][fuel] = value }
    }
    guard !hours.isEmpty else { throw .empty }
    let usual = GridSteps.usual(hours.values.map { Set($0.keys) })
    var gathering = GridGathering()
    for (end, fuels) in hours {
      gathering.take { () throws(GridRefusal) in
        guard usual.isSubset(of: fuels.keys) else { return nil }
        // One fuel alone is the first to be told, and would be taken for the whole.
        guard fuels.count(where: { fuel($0.key).isGeneration && $0.value > 0 }) > 1 else {
          return nil
        }
        var mix = GridMix()
        for (name, value) in fuels { mix.add(fuel(name), value) }
        var interval = GridInterval(start: end - 3600, seconds: 3600, quality: .measured)
        try mix.state(into: &interval, direct: .combustion)
        return interval
      }
    }
    return try gathering.answer()
  }

  private static func fuel(_ code: String) -> GridFuel {
    switch code {
    case "COL": .coal
    case "NG": .gas
    case "NUC": .nuclear
    case "OIL": .oil
    case "WAT": .hydro
    case "SUN", "SNB": .solar
    case "WND", "WNB": .wind
    case "GEO": .geothermal
    case "BAT", "UES", "OES": .battery
    case "PS": .pumpedStorage
    default: .unknown
    }
  }
}
