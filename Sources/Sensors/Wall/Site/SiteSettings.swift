import HTTP
import Telemetry

/// What a user says of a site: one inverter that tells all of it, or a meter for each part.
struct SiteSettings: Sendable {
  /// A part of a site that a meter can tell.
  enum Part: String, CaseIterable, Sendable {
    case sun, feed, load, battery
  }

  /// What a meter's settings may be; a site's meters count for nothing, so a role has no place here.
  static let meterNames = WallSettings.names.filter { !["role", "contains", "label"].contains($0) }

  /// The settings there are, in the order of the manual.
  static let names =
    ["label"] + meterNames
    + Part.allCases.flatMap { part in
      [part.rawValue] + meterNames.map { "\(part.rawValue)_\($0)" }
    }

  /// The inverter that tells all; `nil` where there is none.
  var whole: WallSettings?
  /// The meters of single parts, which count before what the inverter says of them.
  var parts: [Part: WallSettings] = [:]
  var label: String?

  init(_ request: SourceRequest, _ context: SourceContext) throws(SourceRequestError) {
    label = request.options["label"].map { String($0.prefix(40)) }
    if !request.argument.isEmpty {
      let options = request.options.filter { Self.meterNames.contains($0.key) }
      whole = try Self.meter(request.argument, options, context)
    } else if let stray = request.options.keys.filter(Self.meterNames.contains).min() {
      throw SourceRequestError(
        "source “site” names no inverter for “\(stray)”; of one part's meter write sun_\(stray)")
    }
    for part in Part.allCases {
      let start = part.rawValue + "_"
      let named = request.options.filter { $0.key.hasPrefix(start) }
      guard let url = request.options[part.rawValue] else {
        if let stray = named.keys.min() {
          throw SourceRequestError(
            "source “site” has \(stray) and no meter: write \(part.rawValue) = \"http://…\"")
        }
        continue
      }
      let pairs = named.map { (String($0.key.dropFirst(start.count)), $0.value) }
      parts[part] = try Self.meter(
        url, Dictionary(uniqueKeysWithValues: pairs), context, prefix: start)
    }
    guard whole != nil || parts[.sun] != nil && (parts[.feed] ?? parts[.load]) != nil else {
      throw SourceRequestError(
        "“site” needs an inverter that tells all (site:http://192.168.1.30), or a [[source]] with the "
          + "meters of sun and feed, or of sun and load")
    }
  }

  private static func meter(
    _ url: String, _ options: [String: String], _ context: SourceContext, prefix: String = ""
  ) throws(SourceRequestError) -> WallSettings {
    let request = SourceRequest(kind: "site", argument: url, options: options)
    var settings = try WallSettings(request, context, prefix: prefix)
    // Nothing that it tells is this machine's own.
    settings.role = .sensor
    return settings
  }

  /// All the meters, the inverter first.
  var meters: [WallSettings] { [whole].compactMap { $0 } + Part.allCases.compactMap { parts[$0] } }

  /// The name of the source, which tells the server and not what it is asked for.
  var sourceName: String { "site:" + (meters.first?.url.authority ?? "") }
}
