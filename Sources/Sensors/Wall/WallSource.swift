import Formats
import HTTP
import Quantities
import Telemetry

/// A meter of the whole machine that answers over HTTP: a plug, a management controller, a home's or a
/// data centre's server.
///
/// What its answer means is a template's business (`WallTemplates`). Here is decided what of it can be
/// true, whether it is fresh and which of power and counter become joules (`WallCounter`). It is asked once
/// a second at most.
struct WallSource: DataSource {
  let name: String
  let kind = "wall"
  private let id: DeviceID
  let interval: Double?

  private let settings: WallSettings
  private let context: SourceContext
  private var client: HTTPClient
  private var template: (any WallTemplate)?
  /// Seconds between two questions, once it is known what is asked.
  private var period: Double
  private var asked: Timestamp?
  private var reporter: DeviceReporter?
  private var counter = WallCounter()
  private var zeroPower: ZeroPowerCheck?
  private var stamp: (text: String, since: Timestamp)?
  private var hasAnswered = false
  private var refused: Set<String> = []
  private var energyPeriod: Double?

  init(_ settings: WallSettings, _ context: SourceContext, client: HTTPClient? = nil) {
    self.settings = settings
    self.context = context
    let type = WallTemplates.named(settings)
    period = settings.period ?? max(1, type?.cadence ?? 1)
    interval = period
    var client = client ?? Self.client(slow: type?.cadence ?? 1 > 1)
    client.credentials = settings.credentials
    client.trust = settings.trust
    self.client = client
    name = settings.sourceName
    id = context.device(.meter, settings.deviceName)
    if settings.role == .machine { zeroPower = ZeroPowerCheck(alwaysDraws: true) }
  }

  /// A plug over a radio link may take most of a second; a management controller takes several.
  private static func client(slow: Bool) -> HTTPClient {
    var client = HTTPClient()
    client.connectTimeout = 1
    client.timeout = slow ? 10 : 2.5
    client.limit = 1 << 20
    return client
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let (template, answer, _) = try ask(FixedClock(Timestamp(seconds: 0)))
      var values: [String] = []
      if let watts = answer.watts { values.append("\(SI.fixed(watts, 1)) W") }
      if let joules = answer.joules { values.append("\(SI.fixed(joules / 3.6e6, 3)) kWh counted") }
      let words = values.isEmpty ? "tells no value now" : values.joined(separator: ", ")
      return Probe(.ok, "\(type(of: template).maker) at \(settings.url.authority): \(words)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if let asked, template != nil, clock.now - asked < period - 0.5 { return [] }
    let (template, answer, time) = try ask(clock)
    asked = time
    hasAnswered = true
    var observations: [Observation] = []
    // A counter is told when it moves, and then it is fresh.
    guard answer.watts == nil || isFresh(answer.stamp, type(of: template), time) else {
      throw SourceFailure(
        .failed, "\(settings.url.authority) repeats an old value: its own time stands still",
        remedy: "check the meter; for one that reports changes only set max_age")
    }
    report(answer, type(of: template), time, &observations)
    return observations
  }

  /// Asks once, with the template that is known or has to be found first, and says when.
  ///
  /// What a meter tells is of when it was asked: the answer may be slow.
  private mutating func ask(
    _ clock: any SessionClock
  ) throws(SourceFailure) -> (any WallTemplate, WallAnswer, Timestamp) {
    do throws(SourceFailure) {
      var template: any WallTemplate
      if let known = self.template {
        template = known
      } else {
        template = try WallTemplates.template(settings, WallPage(url: settings.url, client: client))
        let type = type(of: template)
        if type.isToldAtOnce, settings.url.isSecure, client.credentials?.scheme == .asked {
          client.credentials?.scheme = .basic
        }
        if type.cadence > 1 { client.timeout = max(client.timeout, 10) }
        period = settings.period ?? max(period, type.cadence)
      }
      let page = WallPage(url: settings.url, client: client)
      try template.prepare(page)
      let time = clock.now
      let answer = try template.read(page)
      self.template = template
      return (template, answer, time)
    } catch {
      var failure = error
      // Whoever goes on guessing locks the account of a management controller.
      if failure.health == .denied, !hasAnswered, settings.credentials != nil {
        failure.isFinal = true
      }
      throw failure
    }
  }

  /// Whether a value's own time moves, or has not stood still for long.
  private mutating func isFresh(
    _ text: String?, _ type: any WallTemplate.Type, _ time: Timestamp
  ) -> Bool {
    guard let text, let patience = settings.maxAge ?? type.patience else { return true }
    if type.hasClock, let then = RFC3339.nanoseconds(text.utf8),
      time - Timestamp(nanoseconds: then) > max(patience, 3 * period)
    {
      return false
    }
    guard let stamp, stamp.text == text else {
      stamp = (text, time)
      return true
    }
    return time - stamp.since <= max(patience, 3 * period)
  }

  // MARK: Reporting

  private mutating func report(
    _ answer: WallAnswer, _ type: any WallTemplate.Type, _ time: Timestamp,
    _ observations: inout [Observation]
  ) {
    let device = device(type)
    var reporter = self.reporter ?? DeviceReporter(device)
    let watts = power(answer, device.id, time, &observations)
    var reading = Reading(device: device.id, time: time)
    reading.set(.power, watts)
    if let event = zeroPower?.take(&reading) { observations.append(.event(event)) }
    reporter.report(reading, to: &observations, provenance: provenance(type))
    let verdict = counter.verdict
    let values = energy(answer, watts, device.id, time, &observations)
    let provenance = provenance(type)
    if counter.verdict == .coarse, verdict != .coarse {
      observations.append(describe(.power, device.id, provenance))
    }
    for value in values {
      var reading = Reading(device: device.id, time: value.time, arrival: time)
      reading.set(.energy, value.joules)
      reporter.report(reading, to: &observations, provenance: provenance)
    }
    if counter.verdict == .alone, let usual = counter.usualPeriod,
      abs(usual - (energyPeriod ?? Self.slowest)) > 0.2 * (energyPeriod ?? Self.slowest)
    {
      energyPeriod = usual
      observations.append(describe(.energy, device.id, self.provenance(type)))
    }
    self.reporter = reporter
  }

  private func describe(
    _ metric: Metric, _ id: DeviceID, _ provenance: (Metric) -> Provenance
  ) -> Observation {
    .series(SeriesDescriptor(device: id, metric: metric, provenance: provenance(metric)))
  }

  /// The power that is told; what cannot be true is left out, and said once.
  private mutating func power(
    _ answer: WallAnswer, _ id: DeviceID, _ time: Timestamp, _ observations: inout [Observation]
  ) -> Double? {
    guard let raw = answer.watts else { return nil }
    let watts = raw * settings.scale
    if Metric.power.range.contains(watts) { return watts }
    let text =
      watts < 0
      ? "says \(SI.fixed(watts, 1)) W: power that flows out; left out. Where it is wired the wrong way set scale = -1"
      : "says \(SI.fixed(watts, 0)) W, which cannot be; left out"
    refuse(watts < 0 ? "negative" : "power", text, id, time, &observations)
    return nil
  }

  private mutating func energy(
    _ answer: WallAnswer, _ watts: Double?, _ id: DeviceID, _ time: Timestamp,
    _ observations: inout [Observation]
  ) -> [WallCounter.Value] {
    guard let joules = answer.joules.map({ $0 * abs(settings.scale) }) else { return [] }
    guard joules >= 0, Metric.energy.steps(joules) != nil else {
      refuse("energy", "its counter says what cannot be; left out", id, time, &observations)
      return []
    }
    // Where power flows out the counter, which knows no direction, says nothing of the machine.
    if let raw = answer.watts, raw * settings.scale < 0 { return [] }
    return counter.take(joules, watts: answer.watts == nil ? nil : watts ?? 0, at: time)
  }

  private mutating func refuse(
    _ key: String, _ text: String, _ id: DeviceID, _ time: Timestamp,
    _ observations: inout [Observation]
  ) {
    guard refused.insert(key).inserted else { return }
    observations.append(
      .event(Event(time: time, kind: .note, text: text, device: id, cause: .refused)))
  }

  private func device(_ type: any WallTemplate.Type) -> Device {
    var attributes = ["path": Secrets.masked(settings.url.description)]
    // So that who leaves names out leaves these out.
    if !settings.url.isLoopback { attributes["host"] = settings.url.host }
    if let entity = template?.subject, !entity.isEmpty {
      attributes["entity"] = Secrets.masked(String(entity.prefix(100)))
    }
    return Device(
      id: id, label: settings.label ?? settings.url.host, model: type.maker, role: settings.role,
      contents: settings.contents, attributes: attributes)
  }

  /// What a counter's period is taken for before it has moved.
  private static let slowest = 60.0

  private func provenance(_ type: any WallTemplate.Type) -> (Metric) -> Provenance {
    let (name, verdict, period) = (name, counter.verdict, period)
    let counted = verdict == .alone ? energyPeriod ?? Self.slowest : max(2, period)
    let from = "\(type.maker) at \(settings.url.authority), asked each \(SI.fixed(period, 0)) s"
    return { metric in
      guard metric == .energy else {
        // A plug over a radio link may miss one question; from the next value a line is drawn back.
        return Provenance(
          source: name, method: .instant, period: max(2, period),
          note: from + (verdict == .coarse ? "; its counter moves too seldom to be read" : ""))
      }
      return Provenance(
        source: name, method: .counter, period: counted,
        note: from + (verdict == .alone ? "; told when it moves" : "; it moves each time"))
    }
  }

  /// The line of the catalogue: `wall:URL`.
  package static let entry = SourceEntry(
    "wall", gives: "the whole machine by a meter over HTTP: plug, controller, server",
    feeds: [.meter], isDefault: false, usage: "wall:URL", options: WallSettings.names
  ) { request, context throws(SourceRequestError) in
    let settings = try WallSettings(request, context)
    // What is missing is said at once where the template is known already.
    if let type = WallTemplates.named(settings) { _ = try type.init(settings) }
    return WallSource(settings, context)
  }
}
