import HTTP
import Telemetry

/// Which service is asked of a zone, and why none of the others.
package struct GridChoice: Sendable, Hashable {
  /// What stands for or against a service.
  package enum Verdict: Sendable, Hashable {
    /// It is the one, for this reason.
    case chosen(String)
    /// Another one comes before it.
    case later
    /// It needs a key, which is looked for in this variable.
    case needsKey(String)
    /// It does not know the zone, but these.
    case elsewhere(String)
    /// It is asked only where it is named.
    case byName

    /// The verdict as a clause.
    package var words: String {
      switch self {
      case .chosen(let reason): "chosen: \(reason)"
      case .later: "not asked: one above was chosen"
      case .needsKey(let variable): "needs a key: \(variable)"
      case .elsewhere(let zones): "does not cover this zone, but \(zones)"
      case .byName: "not asked: only where it is named with provider"
      }
    }

    /// Whether it is the one.
    package var isChosen: Bool { if case .chosen = self { true } else { false } }
  }

  /// One service.
  package struct Row: Sendable, Hashable {
    /// What users call it.
    package var name: String
    /// Its own name.
    package var title: String
    /// Which host learns of the question; empty where none does.
    package var host: String
    /// What stands for or against it.
    package var verdict: Verdict
  }

  /// The settings of a live grid.
  package static let settings = LiveGridSettings.names

  /// All services, in the order in which they are looked at.
  package private(set) var rows: [Row] = []
  /// The zone that was looked for.
  package let zone: String

  /// Looks for a service.
  ///
  /// The nearest to the source comes first: RTE for France, NESO for Britain, then whoever needs no key,
  /// then whoever has one.
  ///
  /// - Parameters:
  ///   - options: the settings of the source; `provider` names one, `base` another place of it.
  ///   - environment: where the variables of keys are looked up.
  package init(zone: String, options: [String: String], environment: [String: String]) {
    self.zone = zone.uppercased()
    let named = options["provider"]
    for provider in Self.order {
      let isTaken = rows.contains { $0.verdict.isChosen }
      let verdict = Self.verdict(
        of: provider, zone: self.zone, named: named, isTaken: isTaken, environment)
      var place: String = provider.base
      if verdict.isChosen || provider.name == named, let other = options["base"] { place = other }
      let found = GridPlace(place, isFile: provider.name == CSVGrid.name)
      rows.append(
        Row(
          name: provider.name, title: provider.title, host: found?.host ?? "", verdict: verdict))
    }
    rows = rows.filter { $0.name == named } + rows.filter { $0.name != named }
  }

  private static let order: [any GridProvider.Type] = {
    let local: [any GridProvider.Type] = [RTEMix.self, CarbonIntensityGB.self]
    let others = GridProviders.all.filter { !isLocal($0) }
    var order = local
    order += others.filter { $0.keyVariable == nil && !$0.isOwn }
    order += others.filter { $0.keyVariable != nil }
    order += others.filter { $0.isOwn }
    return order
  }()

  /// Whether it is the operator of the grid itself.
  private static func isLocal(_ provider: any GridProvider.Type) -> Bool {
    provider.name == RTEMix.name || provider.name == CarbonIntensityGB.name
  }

  private static func verdict(
    of provider: any GridProvider.Type, zone: String, named: String?, isTaken: Bool,
    _ environment: [String: String]
  ) -> Verdict {
    if provider.name == named, provider.covers(zone) { return .chosen("the settings name it") }
    let isByName = provider.isOwn || provider.signal == .marginal
    guard provider.covers(zone), isByName || provider.isOffered(zone) else {
      return .elsewhere(provider.zones)
    }
    if named != nil { return .later }
    guard provider.isOffered(zone) else { return .byName }
    let variable = provider.keyVariable
    if let variable, environment[variable]?.isEmpty ?? true { return .needsKey(variable) }
    if isTaken { return .later }
    if let variable { return .chosen("it covers \(zone), and \(variable) is set") }
    return .chosen(
      isLocal(provider)
        ? "the grid's own operator tells it, without a key" : "it covers \(zone) without a key")
  }

  /// Why none is asked, and what would help.
  package var absence: String {
    let keys = rows.compactMap { row in
      if case .needsKey(let variable) = row.verdict { "\(row.name) with \(variable)" } else { nil }
    }
    return "no provider without a key covers “\(zone)”; "
      + (keys.isEmpty ? "" : "there is \(keys.joined(separator: ", ")); ")
      + "else name one with provider"
  }

  /// The service that is asked; `nil` where none is.
  package var chosen: Row? { rows.first { $0.verdict.isChosen } }
}

/// Where a source is: a server, or a file of this machine.
enum GridPlace: Sendable, Hashable {
  case server(HTTPURL)
  case file(String)

  /// A place by its URL or, where a file may be meant, its path; `nil` for what is none.
  init?(_ text: String, isFile: Bool) {
    if isFile, !text.contains("://") {
      guard !text.isEmpty else { return nil }
      self = .file(text)
      return
    }
    guard let url = try? HTTPURL(text) else { return nil }
    self = .server(url)
  }

  /// The host that learns of a question; `nil` where none does.
  var host: String? {
    if case .server(let url) = self { url.host } else { nil }
  }
}
