import HTTP
import Quantities
import Telemetry

/// The site that the machine stands in: its own sun, its battery and its connection to the grid.
///
/// It tells from where the site's load is met, moment by moment (`SiteBalance`), and how much of what the
/// battery gives was sun (`StoredSun`). The machine is one of the site's loads and gets its part of each.
struct SiteSource: DataSource {
  let name: String
  let kind = "site"
  let interval: Double?
  private let settings: SiteSettings
  private let id: DeviceID
  private var whole: WallMeter?
  private var parts: [SiteSettings.Part: WallMeter]
  private var stored = StoredSun()
  private var last: Timestamp?
  private var reporter: DeviceReporter?

  /// Seconds without an answer after which nobody knows what the battery did meanwhile.
  private static let patience = 60.0

  init(_ settings: SiteSettings, _ context: SourceContext, client: HTTPClient? = nil) {
    self.settings = settings
    whole = settings.whole.map { WallMeter($0, client: client) }
    parts = settings.parts.mapValues { WallMeter($0, client: client) }
    name = settings.sourceName
    // A site belongs to no machine: several may stand in it.
    id = DeviceID(
      machine: "", kind: .site,
      name: "site:" + String(settings.meters.map(\.deviceName).joined(separator: "+").prefix(80)))
    interval = settings.meters.compactMap(\.period).max() ?? Self.period
  }

  /// Seconds between two questions, unless the user says otherwise.
  private static let period = 5.0
  private var period: Double { interval ?? Self.period }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let (balance, makers, _) = try ask(FixedClock(Timestamp(seconds: 0)), isProbe: true)
      let words =
        "own sun \(SI.string(balance.sun, "W")) of a load of \(SI.string(balance.load, "W"))"
      return Probe(.ok, "\(makers) at \(hosts): \(words)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if let last, clock.now - last < period - 0.5, clock.now >= last { return [] }
    let (balance, makers, time) = try ask(clock, isProbe: false)
    let share = shares(balance, time)
    last = time
    var reading = Reading(device: id, time: time)
    reading.set(.sunPower, balance.sun)
    reading.set(.siteLoad, balance.load)
    reading.set(.gridImport, balance.feed.map { max(0, $0) })
    reading.set(.gridExport, balance.feed.map { max(0, -$0) })
    reading.set(.batteryDischarge, balance.battery.map { max(0, $0) })
    reading.set(.batteryCharge, balance.battery.map { max(0, -$0) })
    reading.set(.ownSunShare, share.sun)
    reading.set(.otherStoredShare, balance.battery == nil ? nil : share.other)
    var observations: [Observation] = []
    var reporter = self.reporter ?? DeviceReporter(device(makers))
    let (name, period, from) = (name, max(2, period), "\(makers) at \(hosts)")
    reporter.report(reading, to: &observations) { metric in
      let note =
        metric == .ownSunShare || metric == .otherStoredShare ? "worked out from " + from : from
      return Provenance(source: name, method: .instant, period: period, note: note)
    }
    self.reporter = reporter
    return observations
  }

  /// The part of the load that is own sun, and the part out of the battery that is not or not known to be.
  private mutating func shares(
    _ balance: SiteBalance, _ time: Timestamp
  ) -> (sun: Double, other: Double) {
    let seconds = last.map { time - $0 }
    if seconds.map({ $0 < 0 || $0 > max(Self.patience, 3 * period) }) ?? true { stored.forget() }
    let elapsed = min(max(seconds ?? period, 0), max(Self.patience, 3 * period))
    stored.store(
      balance.charge * elapsed,
      sun: balance.charge > 0 ? balance.chargeFromSun / balance.charge : 0)
    var sunPart = 0.0
    let discharge = max(0, balance.battery ?? 0)
    if discharge > 0 { sunPart = stored.take(discharge * elapsed) / (discharge * elapsed) }
    let sun = balance.fromSun + balance.fromBattery * (sunPart.isFinite ? sunPart : 0)
    let share = min(1, sun / balance.load)
    let met = (balance.fromSun + balance.fromBattery) / balance.load
    return (share, max(0, min(1, met) - share))
  }

  /// Asks every meter once.
  private mutating func ask(
    _ clock: any SessionClock, isProbe: Bool
  ) throws(SourceFailure) -> (SiteBalance, makers: String, Timestamp) {
    var flows = SiteFlows()
    var makers: [String] = []
    var time = clock.now
    func answer(
      _ meter: inout WallMeter
    ) throws(SourceFailure) -> (WallAnswer, Double) {
      let (type, answer, asked) = try meter.ask(clock)
      if !isProbe { meter.noteAnswer() }
      if !makers.contains(type.maker) { makers.append(type.maker) }
      time = max(time, asked)
      guard meter.isFresh(answer.stamp, asked) else { throw meter.staleness }
      return (answer, meter.settings.scale)
    }
    if var meter = whole {
      defer { whole = meter }
      let (told, scale) = try answer(&meter)
      guard let all = told.flows else {
        throw SourceFailure(
          .failed, "\(meter.settings.url.authority) tells one power, not a site's",
          remedy:
            "in a [[source]] say what it measures: sun, feed, load or battery = \"\(meter.settings.url)\"",
          isFinal: true)
      }
      flows = SiteFlows(
        sun: all.sun.map { $0 * scale }, feed: all.feed.map { $0 * scale },
        load: all.load.map { $0 * scale }, battery: all.battery.map { $0 * scale })
    }
    for part in SiteSettings.Part.allCases {
      guard var meter = parts[part] else { continue }
      defer { parts[part] = meter }
      let (told, scale) = try answer(&meter)
      let watts = told.watts ?? told.flows.flatMap { $0[keyPath: part.path] }
      guard let watts, abs(watts * scale) <= Metric.sunPower.range.upperBound else {
        throw SourceFailure(
          .failed, "\(meter.settings.url.authority) tells no power of the \(part.rawValue) now")
      }
      flows[keyPath: part.path] = watts * scale
    }
    return (try SiteBalance(flows), makers.joined(separator: ", "), time)
  }

  private var hosts: String {
    var hosts: [String] = []
    for meter in settings.meters where !hosts.contains(meter.url.authority) {
      hosts.append(meter.url.authority)
    }
    return hosts.joined(separator: ", ")
  }

  private func device(_ makers: String) -> Device {
    // So that who leaves names out leaves these out.
    let hosts = settings.meters.map(\.url).filter { !$0.isLoopback }.map(\.host)
    var attributes: [String: String] = [:]
    for (place, host) in hosts.enumerated() {
      attributes["host" + (place == 0 ? "" : "_\(place + 1)")] = host
    }
    return Device(
      id: id, label: settings.label ?? "own sun", model: makers, attributes: attributes)
  }

  /// The line of the catalogue: `site:URL`.
  package static let entry = SourceEntry(
    "site", gives: "the site's own sun, battery and connection, by an inverter or meters",
    feeds: [.site], isDefault: false, usage: "site:URL", options: SiteSettings.names
  ) { request, context throws(SourceRequestError) in
    let settings = try SiteSettings(request, context)
    for meter in settings.meters {
      // What is missing is said at once where the template is known already.
      if let type = WallTemplates.named(meter) { _ = try type.init(meter) }
    }
    return SiteSource(settings, context)
  }
}

extension SiteSettings.Part {
  /// Where what such a meter tells stands.
  fileprivate var path: WritableKeyPath<SiteFlows, Double?> {
    switch self {
    case .sun: \.sun
    case .feed: \.feed
    case .load: \.load
    case .battery: \.battery
    }
  }
}
