import Formats
import HTTP
import Quantities
import Telemetry

/// What a user says of a source of their own: where its values stand and what they count.
///
/// What nobody says stays unknown.
package struct GridWishes: Sendable, Hashable {
  /// The settings there are, in the order of the manual.
  static let names = [
    "label", "basis", "signal", "licence", "every", "interval", "max_age", "time_zone",
    "key_header", "time", "renewable", "low_carbon", "intensity", "direct_intensity",
    "marginal_intensity", "share_unit", "intensity_unit",
  ]

  /// Those of them that name places in a page of JSON or how to read them.
  private static let placing = names[9...]

  /// What it is called.
  var label: String?
  var basis = GridFacts.Basis.unknown
  var signal = GridFacts.Signal.unknown
  var licence = ""
  /// Seconds between two questions; `nil` for the provider's.
  var every: Double?
  /// Seconds that one value holds; `nil` for as long as between two questions.
  var interval: Double?
  /// Seconds after which a value is not taken any more; `nil` for never.
  var maxAge: Double?
  /// What dates without a zone are of; `nil` where such dates are refused.
  var zone: TimeZoneRule?
  /// The header that the key is sent in, alone; `nil` for a bearer token.
  var keyHeader: String?
  /// Where each value stands, and what it is multiplied by.
  var places: [Metric: Place] = [:]
  /// Where the time stands from which on the values hold; `nil` where it is not told.
  var time: JSONPointer?

  /// Where a value stands in a page, and what it is multiplied by.
  struct Place: Sendable, Hashable {
    var pointer: JSONPointer
    var factor: Double
  }

  /// Nothing is said.
  package init() {}

  private static let metrics: [(name: String, metric: Metric, isShare: Bool)] = [
    ("renewable", .renewableShare, true), ("low_carbon", .lowCarbonShare, true),
    ("intensity", .carbonIntensity, false), ("direct_intensity", .directIntensity, false),
    ("marginal_intensity", .marginalIntensity, false),
  ]

  private static let shareUnits = ["%": 0.01, "1": 1]
  /// A pound is 0.45359237 kg by definition.
  private static let intensityUnits = [
    "g/kWh": 1, "kg/MWh": 1, "kg/kWh": 1000, "t/MWh": 1000, "lb/MWh": 0.45359237,
  ]

  /// Reads what a user says.
  init(
    _ options: [String: String], for provider: any GridProvider.Type
  ) throws(SourceRequestError) {
    let own = "csv and json"
    for name in Self.names where options[name] != nil {
      guard provider.isOwn else {
        throw Self.wrong(name, options, "belongs to the providers \(own) alone")
      }
      guard !Self.placing.contains(name) || provider.name == JSONGrid.name else {
        throw Self.wrong(name, options, "belongs to the provider json alone")
      }
    }
    guard provider.isOwn else { return }
    label = options["label"].map { String($0.prefix(40)) }
    licence = String((options["licence"] ?? "").prefix(120))
    basis = try Self.choice("basis", options) ?? .unknown
    signal = try Self.choice("signal", options) ?? .unknown
    every = try Self.seconds("every", options)
    interval = try Self.seconds("interval", options)
    maxAge = try Self.seconds("max_age", options)
    if let text = options["time_zone"] {
      guard let rule = TimeZoneRule(offset: text) ?? TimeZoneRule(posix: text) else {
        throw Self.wrong("time_zone", options, "is none; write UTC or the hours from it, +02:00")
      }
      zone = rule
    }
    if let header = options["key_header"] {
      guard HTTPHeader(header, "").isSound else {
        throw Self.wrong("key_header", options, "is no name of a header")
      }
      keyHeader = header
    }
    guard provider.name == JSONGrid.name else { return }
    try readPlaces(options)
  }

  private mutating func readPlaces(_ options: [String: String]) throws(SourceRequestError) {
    func pointer(_ name: String) throws(SourceRequestError) -> JSONPointer? {
      guard let text = options[name] else { return nil }
      guard let pointer = JSONPointer(text) else {
        throw Self.wrong(name, options, "is no place in JSON; write it like /data/0/value")
      }
      return pointer
    }
    time = try pointer("time")
    for (name, metric, isShare) in Self.metrics {
      guard let place = try pointer(name) else { continue }
      let unit = isShare ? "share_unit" : "intensity_unit"
      let units = isShare ? Self.shareUnits : Self.intensityUnits
      let known = units.keys.sorted().joined(separator: ", ")
      guard let said = options[unit] else {
        throw SourceRequestError(
          "“live-grid”: the unit of \(name) is not said; write \(unit), one of \(known)")
      }
      guard let factor = units[said] else {
        throw Self.wrong(unit, options, "is none of \(known)")
      }
      // What one kilowatt-hour more would cause is no part of a footprint, whatever it is called.
      let isMarginal = signal == .marginal && metric == .carbonIntensity
      places[isMarginal ? .marginalIntensity : metric] = Place(pointer: place, factor: factor)
    }
    guard !places.isEmpty else {
      throw SourceRequestError(
        "“live-grid”: the provider json needs the place of a value: renewable = \"/share\" or "
          + "intensity = \"/data/0/value\"")
    }
    if places.keys.allSatisfy({ $0 == .marginalIntensity }) { signal = .marginal }
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ options: [String: String]
  ) throws(SourceRequestError) -> Choice? where Choice.RawValue == String {
    guard let text = options[name] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw wrong(name, options, "is none of \(all)")
    }
    return choice
  }

  private static func seconds(
    _ name: String, _ options: [String: String]
  ) throws(SourceRequestError) -> Double? {
    guard let text = options[name] else { return nil }
    guard let time = Duration(text: text)?.inSeconds, 60...90_000 ~= time else {
      throw wrong(name, options, "must be a time from 1min to 25h")
    }
    return time
  }

  private static func wrong(
    _ name: String, _ options: [String: String], _ words: String
  ) -> SourceRequestError {
    let value = Secrets.masked(String((options[name] ?? "").prefix(100)))
    return SourceRequestError("“live-grid”: \(name) = “\(value)” \(words)")
  }

  /// The request of the one page of such a source.
  func request(_ ask: GridAsk, cadence: Double) -> GridRequest {
    var request = GridRequest(.mix, "", cadence: every ?? cadence)
    request.secretHeader = ask.key.map {
      keyHeader == nil
        ? GridHeader("Authorization", "Bearer \($0)") : GridHeader(keyHeader ?? "", $0)
    }
    return request
  }

  /// What is said beside its numbers.
  func facts(_ zone: String, title: String, cadence: Double) -> GridFacts {
    GridFacts(
      provider: label ?? title, zone: zone, basis: basis, signal: signal, licence: licence,
      cadence: interval ?? every ?? cadence)
  }
}
