import Formats
import Telemetry

/// Energy-Charts of Fraunhofer ISE: the mix of some 45 European countries, and a forecast of their
/// renewable share of load.
///
/// Source: OpenAPI description of version 1.5. `ren_share` is a share of the load and may exceed 100 %.
package enum EnergyCharts: GridProvider {
  package static let name = "energy-charts"
  package static let title = "Energy-Charts"
  package static let base = "https://api.energy-charts.info"
  package static let basis = GridFacts.Basis.production
  package static let licence = "CC BY 4.0, Energy-Charts.info"
  package static let cadence = 900.0
  package static let zones = "DE, FR, ES, UK and most of Europe"

  private static let countries: Set<String> = [
    "ch", "eu", "al", "am", "at", "az", "ba", "be", "bg", "by", "cy", "cz", "de", "dk", "ee", "es",
    "fi", "fr", "ge", "gr", "hr", "hu", "ie", "it", "lt", "lu", "lv", "md", "me", "mk", "mt", "nie",
    "nl", "no", "pl", "pt", "ro", "rs", "ru", "se", "si", "sk", "tr", "ua", "uk", "xk",
  ]

  private static func country(_ zone: String) -> String {
    zone.lowercased() == "gb" ? "uk" : zone.lowercased()
  }

  package static func covers(_ zone: String) -> Bool { countries.contains(country(zone)) }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let country = country(ask.zone)
    let (start, end) = (GridStamp.minutes(ask.start), GridStamp.minutes(ask.now))
    return [
      GridRequest(
        .mix, "/public_power?country=\(country)&start=\(start)&end=\(end)", cadence: cadence),
      GridRequest(.forecast, "/ren_share_forecast?country=\(country)", cadence: 3600),
    ]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    guard let list = page["unix_seconds"]?.elements else {
      throw .shape("there is no list “unix_seconds”")
    }
    let starts = list.compactMap { $0.quantity.map(Timestamp.init(seconds:)) }
    guard !starts.isEmpty else { throw .empty }
    guard starts.count == list.count else { throw .shape("“unix_seconds” holds no numbers") }
    guard let step = GridSteps.length(starts) else {
      throw .shape("it does not tell how long its intervals are")
    }
    return request.purpose == .forecast
      ? try forecast(page, starts, step) : try mix(page, starts, step)
  }

  private static func column(
    _ value: JSONValue?, _ name: String, _ count: Int
  ) throws(GridRefusal) -> [Double?] {
    guard let elements = value?.elements else { throw .shape("there is no list “\(name)”") }
    guard elements.count == count else {
      throw .shape("“\(name)” has \(elements.count) values for \(count) times")
    }
    return elements.map(\.quantity)
  }

  private static func forecast(
    _ page: JSONValue, _ starts: [Timestamp], _ step: Double
  ) throws(GridRefusal) -> GridAnswer {
    let shares = try column(page["ren_share"], "ren_share", starts.count)
    var gathering = GridGathering()
    for (start, share) in zip(starts, shares) {
      gathering.take { () throws(GridRefusal) in
        var interval = GridInterval(start: start, seconds: step, quality: .forecast)
        interval[.renewableShareOfLoad] = share.map { $0 / 100 }
        return interval
      }
    }
    let isGuessed = page["substitute"]?.boolean == true
    return try gathering.answer(isGuessed ? "its forecast is guessed from the past" : "")
  }

  private static func mix(
    _ page: JSONValue, _ starts: [Timestamp], _ step: Double
  ) throws(GridRefusal) -> GridAnswer {
    guard let types = page["production_types"]?.elements else {
      throw .shape("there is no list “production_types”")
    }
    var fuels: [(name: String, fuel: GridFuel, values: [Double?])] = []
    var load: [Double?]?
    for type in types {
      guard let name = type["name"]?.text else { throw .shape("a production type has no name") }
      if name == "Load" {
        load = try column(type["data"], name, starts.count)
      } else if let fuel = fuel(name) {
        fuels.append((name, fuel, try column(type["data"], name, starts.count)))
      }
    }
    let records = starts.indices.map { place in
      Set(fuels.filter { $0.values[place] != nil }.map(\.name))
    }
    let told = records.filter { !$0.isEmpty }
    let usual = GridSteps.usual(told)
    var gathering = GridGathering()
    for (place, start) in starts.enumerated() {
      gathering.take { () throws(GridRefusal) in
        guard !records[place].isEmpty, records[place].isSuperset(of: usual) else { return nil }
        var mix = GridMix()
        for fuel in fuels { mix.add(fuel.fuel, fuel.values[place]) }
        mix.load = load?[place]
        var interval = GridInterval(start: start, seconds: step, quality: .measured)
        try mix.state(into: &interval, direct: .combustion)
        return interval
      }
    }
    return try gathering.answer()
  }

  /// The fuel of a series; `nil` for one that is no generation, such as a load, a share or a trade.
  private static func fuel(_ name: String) -> GridFuel? {
    let word = name.lowercased()
    switch word {
    case "nuclear": return .nuclear
    case "hydro run-of-river", "hydro water reservoir", "hydro": return .hydro
    case "hydro pumped storage": return .pumpedStorage
    case "biomass", "biogas": return .biomass
    case "fossil brown coal / lignite", "fossil hard coal", "fossil peat": return .coal
    case "fossil oil", "fossil oil shale": return .oil
    case "fossil gas", "fossil coal-derived gas": return .gas
    case "geothermal": return .geothermal
    case "marine": return .marine
    case "waste": return .waste
    case "wind onshore", "wind": return .wind
    case "wind offshore": return .windOffshore
    case "solar", "solar ac", "solar dc": return .solar
    default: break
    }
    let isNone = [
      "load", "share", "trading", "storage", "import", "export", "price", "consumption",
    ]
    return isNone.contains { word.contains($0) } ? nil : .unknown
  }
}
