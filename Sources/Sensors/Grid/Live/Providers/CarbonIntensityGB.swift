import Formats
import Telemetry

/// The Carbon Intensity API of Great Britain's system operator NESO, for the country, one of its 17
/// regions (`GB-12`) or an outward postcode (`GB-RG10`).
///
/// Source: carbon-intensity/api-definitions. Its grams are of combustion alone and of what is consumed:
/// imports and losses are in them, while the shares here are of what is generated within.
package enum CarbonIntensityGB: GridProvider {
  package static let name = "gb"
  package static let title = "GB Carbon Intensity"
  package static let base = "https://api.carbonintensity.org.uk"
  package static let basis = GridFacts.Basis.production
  package static let directBasis = GridFacts.Basis.consumption
  package static let directFactors = "NESO's factors, biomass at 120 g"
  package static let licence = "CC BY 4.0, NESO Carbon Intensity API"
  package static let cadence = 1800.0
  package static let zones = "GB, GB-1 to GB-17, GB-RG10"

  package static func covers(_ zone: String) -> Bool {
    zone.uppercased() == "GB" || place(zone) != nil
  }

  /// The part of a path that names a region or a postcode.
  private static func place(_ zone: String) -> String? {
    guard zone.uppercased().hasPrefix("GB-") else { return nil }
    let rest = zone.uppercased().dropFirst(3)
    if let number = Int(rest) { return 1...17 ~= number ? "regionid/\(number)" : nil }
    guard 2...4 ~= rest.utf8.count, rest.first?.isLetter == true,
      rest.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 })
    else { return nil }
    return "postcode/\(rest)"
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let (start, now) = (GridStamp.minutes(ask.start), GridStamp.minutes(ask.now))
    if let place = place(ask.zone) {
      return [
        GridRequest(.mix, "/regional/intensity/\(start)/\(now)/\(place)", cadence: cadence),
        GridRequest(.forecast, "/regional/intensity/\(now)/fw48h/\(place)", cadence: 3600),
      ]
    }
    return [
      GridRequest(.mix, "/generation/\(start)/\(now)", cadence: cadence),
      GridRequest(.intensity, "/intensity/\(start)/\(now)", cadence: cadence),
      GridRequest(.forecast, "/intensity/\(now)/fw48h", cadence: 3600),
    ]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    if let error = page["error"] {
      let words = error["message"]?.text ?? error.text ?? "error"
      throw .service(Secrets.masked(String(words.prefix(100))))
    }
    // A list for what is now, an object for one place over a time; the periods lie below it or are it.
    var periods: [(period: JSONValue, isRegional: Bool)] = []
    for element in page["data"]?.oneOrMore ?? [] {
      if let inner = element["data"] {
        periods += inner.oneOrMore.map { ($0, true) }
      } else {
        periods.append((element, false))
      }
    }
    guard !periods.isEmpty else { throw .empty }
    var gathering = GridGathering()
    for (period, isRegional) in periods {
      gathering.take { () throws(GridRefusal) in
        guard let start = period["from"]?.stamp, let end = period["to"]?.stamp, start < end else {
          throw .shape("a period has no “from” and “to”")
        }
        return try interval(period, start, end, isRegional, ask.now)
      }
    }
    return try gathering.answer()
  }

  private static func interval(
    _ period: JSONValue, _ start: Timestamp, _ end: Timestamp, _ isRegional: Bool, _ now: Timestamp
  ) throws(GridRefusal) -> GridInterval? {
    // Nothing is measured by region: what is told of the past is a model's.
    let actual = isRegional ? nil : period["intensity"]?["actual"]?.quantity
    let isAhead = end > now
    var quality: GridStatement.Quality = isAhead ? .forecast : .estimated
    if actual != nil || (period["intensity"] == nil && !isRegional && !isAhead) {
      quality = .measured
    }
    var interval = GridInterval(start: start, seconds: end - start, quality: quality)
    interval[.directIntensity] = actual ?? period["intensity"]?["forecast"]?.quantity
    guard let fuels = period["generationmix"]?.elements else { return interval }
    var mix = GridMix()
    for entry in fuels {
      guard let name = entry["fuel"]?.text else { throw .shape("a part of the mix has no fuel") }
      // One that is missing makes the sum too small, and then the mix is refused.
      mix.add(fuel(name), entry["perc"]?.quantity)
    }
    try mix.checkPercentages()
    try mix.state(into: &interval)
    return interval
  }

  private static func fuel(_ name: String) -> GridFuel {
    switch name {
    case "gas": .gas
    case "coal": .coal
    case "oil": .oil
    case "biomass": .biomass
    case "nuclear": .nuclear
    case "hydro": .hydro
    case "imports": .imports
    case "wind": .wind
    case "solar": .solar
    case "storage": .pumpedStorage
    default: .unknown
    }
  }
}
