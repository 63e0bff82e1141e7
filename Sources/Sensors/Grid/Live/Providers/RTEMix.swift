import Formats
import Telemetry

/// RTE's éCO2mix for France, by the open data portal ODRÉ.
///
/// Source: the data set `eco2mix-national-tr`. `taux_co2` is combustion alone, of what is produced in
/// France; 0 and `null` mean that it is not known. `hydraulique` holds what pumped storage gives back.
package enum RTEMix: GridProvider {
  package static let name = "rte"
  package static let title = "RTE éCO2mix"
  package static let base = "https://odre.opendatasoft.com"
  package static let basis = GridFacts.Basis.production
  package static let directFactors = "RTE's factors, bioenergy and waste at 494 g"
  package static let licence = "Licence Ouverte 2.0, RTE éCO2mix, ODRÉ"
  package static let cadence = 900.0
  package static let zones = "FR"

  package static func covers(_ zone: String) -> Bool { zone.uppercased() == "FR" }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let (start, end) = (GridStamp.minutes(ask.start), GridStamp.minutes(ask.now))
    let span = "%5Bdate'\(start)'%20TO%20date'\(end)'%5D"
    return [
      GridRequest(
        .mix,
        "/api/explore/v2.1/catalog/datasets/eco2mix-national-tr/exports/json"
          + "?where=date_heure%20IN%20\(span)&order_by=date_heure&timezone=UTC",
        cadence: cadence)
    ]
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    let rows: [JSONValue]
    if let list = page.elements ?? page["results"]?.elements {
      rows = list
    } else if let records = page["records"]?.elements {
      rows = records.compactMap { $0["fields"] }
    } else if let words = page["message"]?.text ?? page["error"]?.text {
      throw .service(Secrets.masked(String(words.prefix(100))))
    } else {
      throw .shape("there is no list of records")
    }
    let starts = rows.compactMap { $0["date_heure"]?.stamp }
    guard !starts.isEmpty else {
      throw rows.isEmpty ? .empty : .shape("no record has a time “date_heure”")
    }
    guard let step = GridSteps.length(starts) else {
      throw .shape("it does not tell how long its intervals are")
    }
    var gathering = GridGathering()
    for row in rows {
      guard let start = row["date_heure"]?.stamp else { continue }
      gathering.take { () throws(GridRefusal) in try interval(row, start, step) }
    }
    return try gathering.answer()
  }

  private static func interval(
    _ row: JSONValue, _ start: Timestamp, _ step: Double
  ) throws(GridRefusal) -> GridInterval? {
    func value(_ name: String) -> Double? { row[name]?.quantity }
    var interval = GridInterval(start: start, seconds: step, quality: .measured)
    let told = value("taux_co2").flatMap { $0 > 0 ? $0 : nil }
    interval[.directIntensity] = told
    let plain: [(String, GridFuel)] = [
      ("nucleaire", .nuclear), ("gaz", .gas), ("charbon", .coal), ("fioul", .oil),
      ("eolien", .wind), ("solaire", .solar),
    ]
    var mix = GridMix()
    for (name, fuel) in plain {
      guard let amount = value(name) else { return told == nil ? nil : interval }
      mix.add(fuel, amount)
    }
    guard let hydro = value("hydraulique"), let stored = value("hydraulique_step_turbinage"),
      let bioenergy = value("bioenergies")
    else { return told == nil ? nil : interval }
    mix.add(.hydro, hydro - stored)
    mix.add(.pumpedStorage, stored)
    let waste = value("bioenergies_dechets") ?? 0
    mix.add(.waste, waste)
    mix.add(.biomass, bioenergy - waste)
    mix.load = value("consommation")
    try mix.state(into: &interval)
    if told == nil { interval[.directIntensity] = rate(mix) }
    return interval
  }

  /// RTE's own arithmetic: grams of what burns, over all that is produced, stores that empty included.
  static func rate(_ mix: GridMix) -> Double? {
    var (grams, total) = (0.0, 0.0)
    for (fuel, amount) in mix.amounts {
      guard let factor = GridFactors.rte[fuel] else { return nil }
      grams += factor * max(0, amount)
      total += max(0, amount)
    }
    return total > 0 ? grams / total : nil
  }
}
