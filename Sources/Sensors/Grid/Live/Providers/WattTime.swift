import Formats
import HTTP
import Quantities
import Telemetry

/// WattTime, version 3: the marginal operating emissions rate.
///
/// That is what one kilowatt-hour more would cause now: for deciding when to run, and never part of a
/// footprint.
///
/// Source: its documentation and client. The key is `user:password`, sent to `/login` alone; the token it
/// gives is good for 30 minutes. Rates are pounds of CO2 for a megawatt-hour.
package enum WattTime: GridProvider {
  package static let name = "watttime"
  package static let title = "WattTime"
  package static let base = "https://api.watttime.org"
  package static let basis = GridFacts.Basis.unknown
  package static let signal = GridFacts.Signal.marginal
  package static let licence = "proprietary, WattTime"
  package static let cadence = 300.0
  package static let keyVariable: String? = "WATTTIME_LOGIN"
  package static let zones = "its own regions, such as CAISO_NORTH"

  /// A pound is 0.45359237 kg by definition.
  private static let gramsPerPound = 453.59237

  package static func flaw(ofKey key: String) -> String? {
    let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
      ? nil : "must be user:password"
  }

  package static func covers(_ zone: String) -> Bool {
    2...40 ~= zone.utf8.count
      && zone.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || $0 == 0x5F }
  }

  /// Only where it is named: who asks for a share or a footprint does not mean this.
  package static func isOffered(_ zone: String) -> Bool { false }

  package static func login(_ ask: GridAsk) -> GridRequest? {
    guard let key = ask.key, let colon = key.firstIndex(of: ":") else { return nil }
    var request = GridRequest(.login, "/login", cadence: cadence)
    var credentials = HTTPCredentials(
      user: String(key[..<colon]), password: String(key[key.index(after: colon)...]))
    credentials.scheme = .basic
    request.credentials = credentials
    return request
  }

  package static func requests(_ ask: GridAsk) -> [GridRequest] {
    let query = "region=\(ask.zone)&signal_type=co2_moer"
    let (start, end) = (GridStamp.minutes(ask.start), GridStamp.minutes(ask.now))
    let pages: [(GridRequest.Purpose, String, Double)] = [
      (.intensity, "/v3/historical?\(query)&start=\(start)&end=\(end)", cadence),
      (.forecast, "/v3/forecast?\(query)&horizon_hours=24", 900),
      (.index, "/v3/signal-index?\(query)", cadence),
    ]
    return pages.map { purpose, path, cadence in
      var request = GridRequest(purpose, path, cadence: cadence)
      request.secretHeader = ask.key.map { GridHeader("Authorization", "Bearer \($0)") }
      return request
    }
  }

  package static func decode(
    _ bytes: [UInt8], _ request: GridRequest, _ ask: GridAsk
  ) throws(GridRefusal) -> GridAnswer {
    let page = try JSONValue.page(bytes)
    if let words = page["error"]?.text ?? page["message"]?.text {
      throw .service(Secrets.masked(String(words.prefix(100))))
    }
    guard let rows = page["data"]?.elements, let meta = page["meta"] else {
      throw .shape("there is no “data” with its “meta”")
    }
    guard !rows.isEmpty else { throw .empty }
    guard meta["region"]?.text == ask.zone, meta["signal_type"]?.text ?? "co2_moer" == "co2_moer"
    else { throw .shape("it is not of the region and the signal that were asked for") }
    if request.purpose == .index { return try index(rows, meta) }
    guard meta["units"]?.text == "lbs_co2_per_mwh" else {
      throw .shape("its unit is not lbs_co2_per_mwh")
    }
    let starts = rows.compactMap { $0["point_time"]?.stamp }
    guard starts.count == rows.count else { throw .shape("a row has no “point_time”") }
    let step =
      meta["data_point_period_seconds"]?.quantity ?? GridSteps.length(starts) ?? cadence
    guard 60...3600 ~= step else { throw .shape("its intervals are no 5 minutes") }
    var gathering = GridGathering()
    for (start, row) in zip(starts, rows) {
      gathering.take { () throws(GridRefusal) in
        // It comes out of a model, also for the past.
        var interval = GridInterval(
          start: start, seconds: step,
          quality: request.purpose == .forecast || start > ask.now ? .forecast : .estimated)
        interval[.marginalIntensity] = row["value"]?.quantity.map { $0 * gramsPerPound / 1000 }
        return interval
      }
    }
    return try gathering.answer()
  }

  /// How the present stands among the times of the last weeks, from 0 (cleanest) to 100.
  private static func index(
    _ rows: [JSONValue], _ meta: JSONValue
  ) throws(GridRefusal) -> GridAnswer {
    guard let value = rows.first?["value"]?.quantity, 0...100 ~= value,
      meta["units"]?.text ?? "percentile" == "percentile"
    else { throw .shape("its index is no number from 0 to 100") }
    return GridAnswer([], remark: "marginal index \(SI.fixed(value, 0)) of 100, less is cleaner")
  }
}
