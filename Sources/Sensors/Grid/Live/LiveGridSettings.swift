import Formats
import HTTP
import Quantities
import Telemetry

/// What a user says of a live grid: its zone, and the settings of its `[[source]]` table.
struct LiveGridSettings: Sendable {
  /// The settings there are, in the order of the manual.
  static let names =
    ["provider", "zone", "base", "key_env", "key_command", "key_file", "cache"] + GridWishes.names

  var provider: any GridProvider.Type
  var zone: String
  var place: GridPlace
  /// Where the key comes from, to read it again.
  var keySource: KeySource
  var environment: [String: String]
  var key: SecretText?
  /// What the user says of a source of their own.
  var wishes: GridWishes
  /// The file that keeps what was heard; `nil` for none.
  var cachePath: String?
  /// What makes this machine's waits differ from others'.
  var seedText: String
  /// Whether somebody waits for the answer, so that it is asked unless the service forbids it.
  var asksAtOnce: Bool
  /// What tells one source of the user's own from another of the same zone; empty for a service.
  var mark = ""

  /// Reads what a user asks for.
  init(_ request: SourceRequest, _ context: SourceContext) throws(SourceRequestError) {
    let options = request.options
    let zone = options["zone"] ?? request.argument
    guard !zone.isEmpty, zone.utf8.count <= 40,
      zone.utf8.allSatisfy({
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2D || $0 == 0x5F
      })
    else { throw SourceRequestError("“live-grid” needs a zone; write it like live-grid:DE") }
    self.zone = zone.uppercased()
    if let name = options["provider"], GridProviders.named(name) == nil {
      let names = GridProviders.all.map { $0.name }.joined(separator: ", ")
      throw SourceRequestError("“live-grid” knows no provider “\(name)”; there are: \(names)")
    }
    if let named = options["provider"].flatMap(GridProviders.named), !named.covers(self.zone) {
      throw SourceRequestError(
        "“live-grid”: \(named.title) does not cover “\(zone)”; it knows \(named.zones)")
    }
    let choice = GridChoice(zone: zone, options: options, environment: context.environment)
    guard let found = choice.chosen.flatMap({ GridProviders.named($0.name) }) else {
      throw SourceRequestError("“live-grid”: \(choice.absence)")
    }
    provider = found
    place = try Self.place(options, provider, context)
    wishes = try GridWishes(options, for: provider)
    let named = KeySource(
      environment: options["key_env"], command: options["key_command"], file: options["key_file"])
    let usual: KeySource? = provider.keyVariable.flatMap {
      context.environment[$0]?.isEmpty == false ? .environment($0) : nil
    }
    keySource = named == .nothing ? usual ?? .nothing : named
    environment = context.environment
    asksAtOnce = context.isOneQuestion
    key = try Self.key(keySource, provider, environment)
    seedText = "\(context.machine) \(provider.name) \(self.zone)"
    if provider.isOwn { mark = "-" + String(FNV1a.hash("\(place)") & 0xFFFF_FFFF, radix: 16) }
    // A file is its own cache.
    if case .server = place {
      cachePath = Self.cacheFolder(options, context).map {
        "\($0)/\(provider.name)-\(self.zone)\(mark).json"
      }
    }
  }

  /// What tells one key from another, 16 bits of a hash; `nil` without one.
  var keyMark: Double? { key.map { Double(FNV1a.hash($0.revealed) & 0xFFFF) } }

  /// Reads the key, as it is now.
  func readKey() throws(SourceRequestError) -> SecretText? {
    try Self.key(keySource, provider, environment)
  }

  private static func key(
    _ source: KeySource, _ provider: any GridProvider.Type, _ environment: [String: String]
  ) throws(SourceRequestError) -> SecretText? {
    guard let key = try source.read(environment: environment) else { return nil }
    if let flaw = provider.flaw(ofKey: key.revealed) {
      throw SourceRequestError("“live-grid”: the key of \(provider.title) \(flaw)")
    }
    return key
  }

  private static func place(
    _ options: [String: String], _ provider: any GridProvider.Type, _ context: SourceContext
  ) throws(SourceRequestError) -> GridPlace {
    var text = options["base"] ?? provider.base
    let isFile = provider.name == CSVGrid.name
    guard !text.isEmpty else {
      throw SourceRequestError(
        "“live-grid”: the provider \(provider.name) needs base, "
          + (isFile ? "a path or a URL" : "the URL of the page"))
    }
    if isFile, !text.contains("://") {
      if text.hasPrefix("~/"), let home = context.environment["HOME"] {
        text = home + text.dropFirst()
      }
      return .file(text)
    }
    return .server(try HTTPURL(text))
  }

  /// The folder of the cache: the one named, else that of XDG; `nil` where there is none.
  private static func cacheFolder(
    _ options: [String: String], _ context: SourceContext
  ) -> String? {
    if let named = options["cache"] { return named.isEmpty || named == "none" ? nil : named }
    if let folder = context.environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return folder + "/hippowatt"
    }
    if let home = context.environment["HOME"], home.hasPrefix("/") {
      return home + "/.cache/hippowatt"
    }
    return nil
  }
}
