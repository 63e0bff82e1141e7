import Formats
import Telemetry

/// Energinet's Energi Data Service for the two Danish price areas.
///
/// Source: the data sets `ElectricityProdex5MinRealtime`, `CO2Emis` and `CO2EmisProg`. What power
/// stations burn is not told, so wind and solar have shares here and renewables as a whole have none.
/// The grams are of combustion, for what is consumed.
package enum EnergiDataService: GridProvider {
  package static let name = "energi-data"
  package static let title = "Energi Data Service"
  package static let base = "https://api.energidataservice.dk"
  package static let basis = GridFacts.Basis.production
  package static let directBasis = GridFacts.Basis.consumption
  package static let factors = ""
  package static let licence = "Energinet, Energi Data Service"
  package static let cadence = 300.0
  package static let zones = "DK1, DK2"

  package static func covers(_ zone: String) -> Bool { ["DK1", "DK2"].contains(zone.uppercased()) }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let filter = "filter=%7B%22PriceArea%22:%5B%22\(ask.zone)%22%5D%7D"
    let hours = Int((ask.back / 3600).rounded(.up))
    func page(_ set: String, _ start: String, _ limit: Int) -> String {
      "/dataset/\(set)?start=\(start)&\(filter)&sort=Minutes5UTC%20DESC&limit=\(limit)"
    }
    return [
      GridRequest(
        .mix, page("ElectricityProdex5MinRealtime", "now-PT\(hours)H", 300), cadence: cadence),
      GridRequest(.intensity, page("CO2Emis", "now-PT\(hours)H", 300), cadence: cadence),
      GridRequest(.forecast, page("CO2EmisProg", "now-PT1H", 700), cadence: 3600),
    ]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    guard let rows = page["records"]?.elements else { throw .shape("there are no “records”") }
    guard !rows.isEmpty else { throw .empty }
    var gathering = GridGathering()
    for row in rows where row["PriceArea"]?.text == ask.zone.uppercased() {
      gathering.take { () throws(GridRefusal) in
        guard let start = GridStamp.time(row["Minutes5UTC"]?.text.map { $0 + "Z" }) else {
          throw .shape("a record has no time “Minutes5UTC”")
        }
        var interval = GridInterval(
          start: start, seconds: 300,
          quality: request.purpose == .forecast
            ? .forecast : start > ask.now ? .estimated : .measured)
        if let grams = row["CO2Emission"] {
          interval[.directIntensity] = grams.quantity
          return interval
        }
        return mix(row, &interval) ? interval : nil
      }
    }
    return try gathering.answer()
  }

  private static func mix(_ row: JSONValue, _ interval: inout GridInterval) -> Bool {
    func value(_ name: String) -> Double? { row[name]?.quantity.map { max(0, $0) } }
    guard let small = value("ProductionLt100MW"), let large = value("ProductionGe100MW"),
      let offshore = value("OffshoreWindPower"), let onshore = value("OnshoreWindPower"),
      let solar = value("SolarPower")
    else { return false }
    let total = small + large + offshore + onshore + solar
    guard total > 0 else { return false }
    interval[.windShare] = (offshore + onshore) / total
    interval[.solarShare] = solar / total
    return true
  }
}
