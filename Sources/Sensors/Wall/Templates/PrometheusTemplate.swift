import Formats
import HTTP
import Telemetry

/// One sample of a Prometheus server or of what speaks like one:
/// `/api/v1/query?query=node_hwmon_power_average_watt`.
///
/// The answer is a vector of exactly one sample, or a scalar; its value is a text. Its time is that of
/// the question and not of the measurement, which may be five minutes older. The unit is that of the
/// metric's name, unless the user says it. Source: prometheus.io/docs/prometheus/latest/querying/api.
struct PrometheusTemplate: WallTemplate {
  static let name = "prometheus"
  static let maker = "Prometheus"
  static let cadence = 5.0

  static func recognises(_ answer: JSONValue) -> Bool {
    answer["status"]?.text != nil && answer["data"]?["resultType"]?.text != nil
  }

  private let path: String
  private let unit: WallUnit?
  let subject: String

  init(_ settings: WallSettings) throws(SourceRequestError) {
    guard settings.powerUnit == nil || settings.energyUnit == nil else {
      throw SourceRequestError(
        "the template prometheus reads one value: power_unit or energy_unit, not both")
    }
    unit = settings.powerUnit ?? settings.energyUnit
    if let query = settings.query {
      var base = settings.url.path.isEmpty ? "/" : settings.url.path
      if !base.hasSuffix("/query") { base += (base.hasSuffix("/") ? "" : "/") + "api/v1/query" }
      path = base + "?query=" + HTTPCredentials.escaped(query)
      subject = query
    } else {
      path = settings.url.path
      subject = path.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
      guard subject.contains("query=") else {
        throw SourceRequestError(
          "the template prometheus needs the question: query = \"node_hwmon_power_average_watt\"")
      }
    }
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let answer = try page(path)
    guard answer["status"]?.text == "success", let data = answer["data"] else {
      let words = answer["error"]?.text ?? "no success"
      throw SourceFailure(.failed, "\(page.url.authority) answers: \(words.prefix(120))")
    }
    let kind = data["resultType"]?.text ?? "nothing"
    var sample = data["result"]
    var name = ""
    switch kind {
    case "scalar": break
    case "vector":
      let samples = sample?.elements ?? []
      guard samples.count == 1 else {
        throw SourceFailure(
          samples.isEmpty ? .absent : .failed,
          samples.isEmpty
            ? "\(page.url.authority) has no sample for the query"
            : "\(page.url.authority) has \(samples.count) samples for the query",
          remedy: samples.isEmpty
            ? "check the query, and that what it names was scraped in the last five minutes"
            : "narrow it down to one, by labels or with sum()")
      }
      name = samples[0]["metric"]?["__name__"]?.text ?? ""
      sample = samples[0]["value"]
    default:
      throw SourceFailure(
        .failed, "\(page.url.authority) answers with a \(kind.prefix(20)), not with one value",
        remedy: "ask for an instant vector: /api/v1/query, without a range")
    }
    guard let pair = sample?.elements, pair.count == 2 else {
      throw SourceFailure(.failed, "\(page.url.authority) answers with no value")
    }
    guard let unit = unit ?? Self.unit(of: name) else {
      throw SourceFailure(
        .failed,
        name.isEmpty
          ? "the query's value has no name that tells its unit"
          : "the name \(name.prefix(80)) does not tell the unit",
        remedy: "say it with power_unit = \"W\" or energy_unit = \"J\" in its [[source]]",
        isFinal: true)
    }
    var result = WallAnswer()
    result.set(try pair[1].meterNumber("the query's value"), in: unit)
    return result
  }

  /// The unit that the name of a metric ends with, before `_total`: base units by the rules of
  /// prometheus.io/docs/practices/naming, and their multiples.
  static func unit(of name: String) -> WallUnit? {
    var words = name.split(separator: "_").map { $0.lowercased() }
    if words.last == "total" { words.removeLast() }
    switch words.last {
    case "watts", "watt": return .power(1)
    case "milliwatts", "milliwatt": return .power(1e-3)
    case "microwatts", "microwatt": return .power(1e-6)
    case "kilowatts", "kilowatt": return .power(1e3)
    case "joules", "joule": return .energy(1)
    case "microjoules", "microjoule": return .energy(1e-6)
    case "kwh": return .energy(3.6e6)
    case "wh": return .energy(3600)
    case "hours", "hour":
      switch words.dropLast().last {
      case "watt", "watts": return .energy(3600)
      case "kilowatt", "kilowatts": return .energy(3.6e6)
      default: return nil
      }
    default: return nil
    }
  }
}
