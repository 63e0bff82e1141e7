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
  private var meter: WallMeter
  private var asked: Timestamp?
  private var reporter: DeviceReporter?
  private var counter = WallCounter()
  private var zeroPower: ZeroPowerCheck?
  private var refused: Set<String> = []
  private var energyPeriod: Double?

  init(_ settings: WallSettings, _ context: SourceContext, client: HTTPClient? = nil) {
    self.settings = settings
    self.context = context
    meter = WallMeter(settings, client: client)
    interval = meter.period
    name = settings.sourceName
    id = context.device(.meter, settings.deviceName)
    if settings.role == .machine { zeroPower = ZeroPowerCheck(alwaysDraws: true) }
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let (type, answer, _) = try ask(FixedClock(Timestamp(seconds: 0)))
      var values: [String] = []
      if let watts = answer.watts { values.append("\(SI.fixed(watts, 1)) W") }
      if let joules = answer.joules { values.append("\(SI.fixed(joules / 3.6e6, 3)) kWh counted") }
      let words = values.isEmpty ? "tells no value now" : values.joined(separator: ", ")
      return Probe(.ok, "\(type.maker) at \(settings.url.authority): \(words)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if let asked, meter.isKnown, clock.now - asked < meter.period - 0.5 { return [] }
    let (type, answer, time) = try ask(clock)
    asked = time
    meter.noteAnswer()
    var observations: [Observation] = []
    // A counter is told when it moves, and then it is fresh.
    guard answer.watts == nil || meter.isFresh(answer.stamp, time) else { throw meter.staleness }
    report(answer, type, time, &observations)
    return observations
  }

  private mutating func ask(
    _ clock: any SessionClock
  ) throws(SourceFailure) -> (any WallTemplate.Type, WallAnswer, Timestamp) {
    let (type, answer, time) = try meter.ask(clock)
    guard answer.flows == nil else {
      throw SourceFailure(
        .failed, "\(settings.url.authority) tells a whole site's powers, not one machine's",
        remedy: "read it with --source site:\(Secrets.masked(settings.url.description))",
        isFinal: true)
    }
    return (type, answer, time)
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
    if !meter.subject.isEmpty {
      attributes["entity"] = Secrets.masked(String(meter.subject.prefix(100)))
    }
    return Device(
      id: id, label: settings.label ?? settings.url.host, model: type.maker, role: settings.role,
      contents: settings.contents, attributes: attributes)
  }

  /// What a counter's period is taken for before it has moved.
  private static let slowest = 60.0

  private func provenance(_ type: any WallTemplate.Type) -> (Metric) -> Provenance {
    let (name, verdict, period) = (name, counter.verdict, meter.period)
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
