import Formats
import Telemetry

/// Electricity Maps, version 3: some 350 zones of the world, by what is consumed in them.
///
/// Source: its documentation. A free key is good for one zone and 50 questions an hour. An unknown zone
/// becomes the caller's own unless that is forbidden, so the zone of each answer is compared.
package enum ElectricityMaps: GridProvider {
  package static let name = "electricitymaps"
  package static let title = "Electricity Maps"
  package static let base = "https://api.electricitymaps.com/v3"
  package static let basis = GridFacts.Basis.consumption
  package static let factors = "Electricity Maps' factors"
  package static let licence = "proprietary, Electricity Maps; a free key is for personal use"
  package static let cadence = 900.0
  package static let keyVariable: String? = "ELECTRICITYMAPS_API_KEY"
  package static let zones = "its own names, such as DE, US-CAL-CISO, AU-NSW"

  package static func covers(_ zone: String) -> Bool {
    let parts = zone.split(separator: "-", omittingEmptySubsequences: false)
    return 1...4 ~= parts.count && parts[0].utf8.count == 2
      && zone.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || $0 == 0x2D }
      && parts.allSatisfy { !$0.isEmpty }
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let query = "?zone=\(ask.zone)&shouldUseFallbackCallerLookup=false"
    let pages: [(GridRequest.Purpose, String)] = [
      (.mix, "/power-breakdown/history"), (.intensity, "/carbon-intensity/history"),
    ]
    return pages.map { purpose, path in
      var request = GridRequest(purpose, path + query, cadence: cadence)
      request.secretHeader = ask.key.map { GridHeader("auth-token", $0) }
      return request
    }
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    if page["status"]?.text == "no-data" { throw .empty }
    if let words = page["error"]?.text ?? page["message"]?.text {
      throw .service(Secrets.masked(String(words.prefix(100))))
    }
    let rows = page["history"]?.elements ?? page.oneOrMore
    guard !rows.isEmpty else { throw .empty }
    var gathering = GridGathering()
    for row in rows {
      gathering.take { () throws(GridRefusal) in
        guard let zone = row["zone"]?.text ?? page["zone"]?.text, zone == ask.zone else {
          throw .shape("it is not of the zone that was asked for")
        }
        guard let start = row["datetime"]?.stamp else { throw .shape("there is no “datetime”") }
        let isEstimated = row["isEstimated"]?.boolean ?? true
        var interval = GridInterval(
          start: start, seconds: try seconds(row, page),
          quality: isEstimated || start > ask.now ? .estimated : .measured)
        try request.purpose == .mix ? mix(row, &interval) : intensity(row, &interval)
        return interval
      }
    }
    return try gathering.answer()
  }

  private static func seconds(_ row: JSONValue, _ page: JSONValue) throws(GridRefusal) -> Double {
    switch row["temporalGranularity"]?.text ?? page["temporalGranularity"]?.text ?? "hourly" {
    case "hourly": return 3600
    case "15_minutes": return 900
    case "5_minutes": return 300
    default: throw .shape("its intervals have a length that was not asked for")
    }
  }

  private static func intensity(_ row: JSONValue, _ interval: inout GridInterval) {
    // Which of the two it is must be told: one is a third of the other.
    switch row["emissionFactorType"]?.text {
    case "lifecycle": interval[.carbonIntensity] = row["carbonIntensity"]?.quantity
    case "direct": interval[.directIntensity] = row["carbonIntensity"]?.quantity
    default: break
    }
  }

  private static func mix(
    _ row: JSONValue, _ interval: inout GridInterval
  ) throws(GridRefusal) {
    guard let parts = row["powerConsumptionBreakdown"]?.members else {
      throw .shape("there is no “powerConsumptionBreakdown”")
    }
    var mix = GridMix()
    var sum = 0.0
    for (name, value) in parts {
      sum += value.quantity ?? 0
      mix.add(fuel(name), value.quantity)
    }
    if let total = row["powerConsumptionTotal"]?.quantity, total > 0 {
      guard 0.97...1.03 ~= sum / total else {
        throw .implausible("the parts of the mix do not add up to its total")
      }
    }
    // The grams are the service's own, in its other page.
    try mix.state(into: &interval, lifecycle: nil)
  }

  private static func fuel(_ name: String) -> GridFuel {
    switch name {
    case "hydro discharge": .pumpedStorage
    case "battery discharge": .battery
    default: GridFuel(rawValue: name) ?? .unknown
    }
  }
}
