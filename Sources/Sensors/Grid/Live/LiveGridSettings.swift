import HTTP
import Telemetry

/// What a user says of a live grid: its zone, and the settings of its `[[source]]` table.
struct LiveGridSettings: Sendable {
  /// The settings there are, in the order of the README.
  static let names = ["provider", "zone", "base", "key_env", "key_command", "key_file", "cache"]

  var provider: any GridProvider.Type
  var zone: String
  var base: HTTPURL
  var key: SecretText?
  /// The file that keeps what was heard; `nil` for none.
  var cachePath: String?
  /// What makes this machine's waits differ from others'.
  var seedText: String

  /// Reads what a user asks for; a key is read here, once.
  init(_ request: SourceRequest, _ context: SourceContext) throws(SourceRequestError) {
    let options = request.options
    let zone = options["zone"] ?? request.argument
    guard !zone.isEmpty, zone.utf8.count <= 40,
      zone.utf8.allSatisfy({
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2D || $0 == 0x5F
      })
    else { throw SourceRequestError("“live-grid” needs a zone; write it like live-grid:DE") }
    self.zone = zone.uppercased()
    if let name = options["provider"] {
      guard let named = GridProviders.named(name) else {
        let names = GridProviders.all.map { $0.name }.joined(separator: ", ")
        throw SourceRequestError("“live-grid” knows no provider “\(name)”; there are: \(names)")
      }
      provider = named
    } else if let found = Self.choice(self.zone, context) {
      provider = found
    } else {
      throw SourceRequestError(
        "“live-grid”: no provider without a key covers “\(zone)”; name one with provider")
    }
    guard provider.covers(self.zone) else {
      throw SourceRequestError(
        "“live-grid”: \(provider.title) does not cover “\(zone)”; it knows \(provider.zones)")
    }
    base = try HTTPURL(options["base"] ?? provider.base)
    let named = KeySource(
      environment: options["key_env"], command: options["key_command"], file: options["key_file"])
    let usual: KeySource? = provider.keyVariable.flatMap {
      context.environment[$0]?.isEmpty == false ? .environment($0) : nil
    }
    key = try (named == .nothing ? usual ?? .nothing : named).read(
      environment: context.environment)
    seedText = "\(context.machine) \(provider.name) \(self.zone)"
    cachePath = Self.cacheFolder(options, context).map {
      "\($0)/\(provider.name)-\(self.zone).json"
    }
  }

  /// The nearest to the source: RTE for France, NESO for Britain, then whoever needs no key, then whoever
  /// has one.
  private static func choice(_ zone: String, _ context: SourceContext) -> (any GridProvider.Type)? {
    let local: [any GridProvider.Type] = [RTEMix.self, CarbonIntensityGB.self]
    let covering = (local + GridProviders.all).filter { $0.covers(zone) }
    return covering.first { $0.keyVariable == nil }
      ?? covering.first { $0.keyVariable.flatMap { context.environment[$0] } != nil }
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
