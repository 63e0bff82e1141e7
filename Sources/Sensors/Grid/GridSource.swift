import Quantities
import Telemetry

/// The electricity mix of the country the machine stands in, from a table within the program.
///
/// It is a yearly mean, held constant: right for a year, wrong for an hour. The country is the one
/// the user named, else it is guessed from the time zone, and the answer says so. Without a
/// country nothing is said: the world's mix would be nobody's.
public struct GridSource: DataSource {
  /// `grid`, as in the catalogue.
  public let name = "grid"
  /// Five minutes: the mix is a constant and is only said again.
  public let interval: Double? = 300

  private let country: String?
  private let timeZone: String?
  private var last: Timestamp?
  /// Who would be asked for the hours, as attributes of the device.
  private var unasked: [String: String] = [:]

  /// Whether there are numbers for a country, named by its ISO code of two or three letters.
  public static func knows(_ country: String) -> Bool { AnnualMix.of(country) != nil }

  /// The country that an IANA time zone lies in, by its ISO code of two letters.
  public static func country(ofTimeZone zone: String) -> String? { TimeZoneCountry.code(of: zone) }

  /// The name of a country by its ISO code of two or three letters.
  public static func name(of country: String) -> String? { AnnualMix.of(country)?.country }

  /// A source for a country's ISO code of two or three letters, or else for an IANA time zone.
  public init(country: String?, timeZone: String?) {
    self.country = country
    self.timeZone = timeZone
  }

  public mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let (mix, origin) = try find()
      return Probe(.ok, Self.words(mix, origin), remedy: origin.isEmpty ? "" : Self.remedy)
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    let (mix, origin) = try find()
    // A little under five minutes, so that a clock that ticks every five misses none.
    if let last, now - last < 295 { return [] }
    var result: [Observation] = []
    if last == nil { result = announce(mix, origin, now) }
    last = now
    var reading = Reading(device: Self.device(mix), time: now)
    reading.set(.renewableShare, mix.renewable)
    reading.set(.lowCarbonShare, mix.lowCarbon)
    reading.set(.carbonIntensity, mix.intensity)
    for (metric, share) in zip(AnnualMix.fuels, mix.shares) { reading.set(metric, share) }
    result.append(.reading(reading))
    return result
  }

  private static let remedy =
    "set country = \"FR\" under [grid] in config.toml or pass --country FR"

  private static func device(_ mix: AnnualMix) -> DeviceID {
    DeviceID(machine: "", kind: .grid, name: mix.code)
  }

  /// What is used, in one line.
  private static func words(_ mix: AnnualMix, _ origin: String) -> String {
    let words = "\(mix.country), \(mix.years)"
    return origin.isEmpty ? words : "\(words), \(origin)"
  }

  /// The mix, and where the country comes from when the user did not say.
  private func find() throws(SourceFailure) -> (mix: AnnualMix, origin: String) {
    if let country {
      guard let mix = AnnualMix.of(country) else {
        throw SourceFailure(
          .absent, "no electricity mix is known for “\(country)”",
          remedy: "name the country by its ISO code, such as FR or FRA")
      }
      return (mix, "")
    }
    guard let timeZone else {
      throw SourceFailure(
        .absent, "no country: the time zone is not known either", remedy: Self.remedy)
    }
    guard let code = TimeZoneCountry.code(of: timeZone) else {
      throw SourceFailure(
        .absent, "no country: the time zone \(timeZone) does not tell", remedy: Self.remedy)
    }
    guard let mix = AnnualMix.of(code) else {
      throw SourceFailure(
        .absent, "no electricity mix is known for \(code), guessed from \(timeZone)",
        remedy: Self.remedy)
    }
    return (mix, "guessed from the time zone \(timeZone)")
  }

  private func announce(
    _ mix: AnnualMix, _ origin: String, _ now: Timestamp
  ) -> [Observation] {
    let id = Self.device(mix)
    var attributes = ["year": "\(mix.year)", "country": mix.code3]
    if !origin.isEmpty { attributes["origin"] = origin }
    attributes.merge(unasked) { old, _ in old }
    let year = mix.years
    let model = origin.isEmpty ? year : "\(year), \(origin)"
    let note = origin.isEmpty ? mix.note : "\(mix.note); country \(origin)"
    var result: [Observation] = [
      .device(Device(id: id, label: mix.country, model: model, attributes: attributes)),
      .state(
        SourceState(
          source: name, time: now, health: .ok, message: Self.words(mix, origin),
          remedy: origin.isEmpty ? "" : Self.remedy)),
    ]
    let metrics = [.renewableShare, .lowCarbonShare, .carbonIntensity] + AnnualMix.fuels
    result += metrics.map { metric in
      .series(
        SeriesDescriptor(
          device: id, metric: metric,
          provenance: Provenance(source: name, method: .annual, period: 300, note: note)))
    }
    return result
  }

  /// The line of the catalogue: `grid[:COUNTRY]`.
  package static let entry = SourceEntry(
    "grid", gives: "the country's electricity mix and carbon intensity, a yearly mean",
    feeds: [.grid],
    usage: "grid[:COUNTRY]", options: ["country"]
  ) { request, context throws(SourceRequestError) in
    let named = request.options["country"] ?? (request.argument.isEmpty ? nil : request.argument)
    if let named, AnnualMix.of(named) == nil {
      throw SourceRequestError(
        "no electricity mix is known for “\(named)”; name the country by its ISO code, such as FR")
    }
    var source = GridSource(country: named ?? context.country, timeZone: context.timeZone)
    if let unasked = context.unaskedGrid {
      let choice = GridChoice(
        zone: unasked.options["zone"] ?? unasked.argument, options: unasked.options,
        environment: context.environment)
      source.unasked =
        choice.chosen.map {
          ["would_ask": $0.title, "would_ask_host": $0.host, "would_ask_zone": choice.zone]
        } ?? ["would_ask_zone": choice.zone]
      if unasked.options["base"] != nil { source.unasked["own"] = "" }
    }
    return source
  }
}
