import Sensors
import TOMLKit
import Telemetry

/// Whether and how a service is asked for the electricity of each hour: `[grid]` of the settings and
/// `--live-grid`.
struct LiveGridChoice: Sendable, Hashable {
  /// Nobody is asked unless the user says so: asking tells the service an address and a zone.
  var isOn = false
  /// The zone by the service's name; the country where it is not named.
  var zone: String?
  /// The settings of the source, by their names in its `[[source]]` table.
  var options: [String: String] = [:]

  /// The names that `[grid]` hands on to the source.
  static let handedOn = GridChoice.settings.filter { $0 != "zone" }

  /// What would be asked for if the user said so; `nil` where it is asked for, or no zone is known.
  func unasked(country: String?, timeZone: String?) -> SourceRequest? {
    var choice = self
    choice.isOn = true
    return isOn ? nil : try? choice.request(country: country, timeZone: timeZone)
  }

  /// A source that the command line names, with the settings of `[grid]` where they are meant for it.
  ///
  /// A page or table of the user's own is of one zone; a service knows several.
  func completed(_ request: SourceRequest, country: String?) -> SourceRequest {
    guard request.kind == "live-grid" else { return request }
    var request = request
    let own = (zone ?? country)?.uppercased()
    let isSame = own == nil || request.argument.isEmpty || own == request.argument.uppercased()
    if request.argument.isEmpty { request.argument = zone ?? country ?? "" }
    let isMeant =
      isSame
      || options["provider"].flatMap(GridProviders.named).map {
        !$0.isOwn && $0.covers(request.argument.uppercased())
      } ?? false
    if isMeant { request.options = options } else { request.options["cache"] = options["cache"] }
    return request
  }

  /// Whether a source is a live grid whose numbers go into the accounts, of which a session has one.
  static func isFootprint(_ request: SourceRequest) -> Bool {
    request.kind == "live-grid"
      && request.options["provider"].flatMap(GridProviders.named)?.signal != .marginal
  }

  /// What is asked for; `nil` where nobody is to be asked.
  /// - Throws: `WrongUsage` where no zone is known.
  func request(country: String?, timeZone: String?) throws -> SourceRequest? {
    guard isOn else { return nil }
    let guess = timeZone.flatMap(GridSource.country(ofTimeZone:))
    guard let zone = zone ?? country ?? guess else {
      throw WrongUsage(
        "--live-grid needs a zone: pass --country DE, or set zone = \"DE\" under [grid]")
    }
    return SourceRequest(kind: "live-grid", argument: zone, options: options)
  }
}

extension SettingsReader {
  /// Reads the table `[grid]`.
  func readGrid(_ grid: TOMLTable, into settings: inout Settings) throws(Settings.Problem) {
    for key in grid.keys {
      switch key {
      case "country":
        let country = try string(grid, key)
        guard GridSource.knows(country) else {
          throw problem(key, "“\(country)” is no country that is known; write such as \"FR\"")
        }
        settings.country = country
      case "live": settings.liveGrid.isOn = try flag(grid, key)
      case "zone": settings.liveGrid.zone = try string(grid, key)
      case _ where LiveGridChoice.handedOn.contains(key):
        settings.liveGrid.options[key] = try string(grid, key)
      default: throw problem(key, "[grid] has no setting “\(key)”")
      }
    }
  }
}
