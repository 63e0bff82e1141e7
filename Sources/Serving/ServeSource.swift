import Formats
import HTTP
import Quantities
import Telemetry

/// Asks an inference server for its metrics and tells its tokens, requests and phases.
///
/// Which server it is shows in the names of its series. Without a path in the URL the usual ones
/// are tried. Only the server that the user named is asked, at most once a second, and what it
/// counts goes on over its restarts.
package struct ServeSource: DataSource {
  /// `serve:` and the server, so that several can be followed at once.
  package let name: String
  /// The name of its line in the catalogue.
  package let kind = "serve"
  /// Seconds between two questions: the session's interval, but at least 1.
  package var interval: Double? { max(1, context.interval) }

  private let url: HTTPURL
  private let client: HTTPClient
  private let context: SourceContext
  private let gpus: String?

  /// Where metrics were found last.
  private var settled: HTTPURL?
  private var track = ServerTrack()
  private var counters = ServerCounters()
  private var hasEnergyPage = true
  private var isLocal = false
  private var announced: Device?
  private var announcements = 0
  private var lastRestart: Timestamp?
  private var notes: [Metric: String] = [:]
  private var servedBy: SecondHandGPUs?

  /// A source for the server at `url`; `gpus` are the names of the devices it runs on.
  package init(
    _ url: HTTPURL, _ context: SourceContext, gpus: String? = nil,
    client: HTTPClient = HTTPClient()
  ) {
    // Each model of a router has a query of its own.
    let query = url.path.firstIndex(of: "?").map { url.path[$0...] } ?? ""
    name = "serve:\(url.authority)\(query)"
    self.url = url
    self.context = context
    self.gpus = gpus
    self.client = client
  }

  package mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let (page, table) = try fetch()
      return Probe(.ok, "\(table.name) at \(url.authority), \(page.seriesCount) series")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  package mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let (page, table) = try fetch()
    let now = clock.now
    var samples = table.samples(of: page)
    if let energy = energy(table) { samples[energy.name] = [energy] }
    var observations: [Observation] = []
    sayGPUs(page, now, &observations)
    let next = ServerPage(samples, table, started: ServerPage.started(page), at: now)
    switch track.take(next) {
    case .follow(let pages): for page in pages { tell(page, &observations) }
    case .anew(let pages):
      // What was counted in between is not known; counters that begin anew say so.
      counters = ServerCounters(fromNow: true)
      for page in pages { tell(page, &observations) }
    case .wait: break
    case .other:
      throw SourceFailure(
        .failed, "another server answers at \(url.authority) than before: no rate yet",
        remedy: "it is followed once it has answered alone for a minute")
    case .shared:
      throw SourceFailure(
        .failed, "several servers answer at \(url.authority) in turn: no rate",
        remedy: "name each of them by an address of its own: --serve-url")
    }
    return observations
  }

  /// Tells what a page of the server followed says.
  private mutating func tell(_ page: ServerPage, _ observations: inout [Observation]) {
    let (table, now) = (page.table, page.time)
    let result = counters.take(page.samples, started: page.started, table: table)
    // One that starts anew again and again is not told of each time.
    if result.hasRestarted, lastRestart.map({ now - $0 >= 60 }) ?? true {
      lastRestart = now
      observations.append(
        .event(
          Event(
            time: now, kind: .note, text: "\(table.name) restarted", device: id,
            cause: .restarted)))
    }
    var reading = Reading(device: id, time: now)
    for (column, value) in result.values { reading.set(column.metric, value) }
    guard !reading.isEmpty else { return }
    announce(device(table, page.samples, result), &observations)
    for (column, _) in result.values { describe(column, table, &observations) }
    observations.append(.reading(reading))
  }

  // MARK: Asking

  /// The page of metrics, from where it was last or wherever it is found.
  private mutating func fetch() throws(SourceFailure) -> (page: PrometheusPage, table: ServerTable)
  {
    if let settled {
      do throws(SourceFailure) {
        return try ServeReply.read(get(settled), from: settled)
      } catch {
        self.settled = nil
        throw error
      }
    }
    var failures: [SourceFailure] = []
    for candidate in candidates {
      let response = try get(candidate)
      do throws(SourceFailure) {
        let answer = try ServeReply.read(response, from: candidate)
        settled = candidate
        hasEnergyPage = true
        return answer
      } catch {
        failures.append(error)
      }
    }
    if failures.allSatisfy({ $0.health == .absent }), let failure = strangerAtRoot() {
      throw failure
    }
    // What was found but not understood says more than what was not found.
    throw failures.first { $0.health != .absent } ?? failures.first
      ?? SourceFailure(.absent, "nothing to ask at \(url)")
  }

  private var candidates: [HTTPURL] {
    guard url.path.isEmpty || url.path == "/" else { return [url] }
    return (["/metrics"] + ServerTable.all.flatMap(\.paths)).map(url.at)
  }

  private mutating func get(_ page: HTTPURL) throws(SourceFailure) -> HTTPResponse {
    do throws(HTTPFailure) {
      let response = try client.get(page)
      isLocal = response.isLocal
      return response
    } catch {
      throw error.failure(page)
    }
  }

  /// What a server without metrics says of itself at its root.
  private func strangerAtRoot() -> SourceFailure? {
    guard let response = try? client.get(url.at("/")), response.status == 200,
      response.body.starts(with: Array("Ollama is running".utf8))
    else { return nil }
    return SourceFailure(
      .absent, "Ollama at \(url.authority) publishes no token counters",
      remedy: "its energy is shown with the GPUs; its tokens are known only to who asks it")
  }

  /// The joules of servers that have a page of their own for them.
  ///
  /// Asked for as long as it answers, and again once the server has been away.
  private mutating func energy(_ table: ServerTable) -> PrometheusSample? {
    guard let path = table.energyPath, hasEnergyPage else { return nil }
    let energy = (try? client.get(url.at(path))).flatMap { response in
      response.status == 200 ? ServerEnergy.read(response.body) : nil
    }
    hasEnergyPage = energy != nil
    return energy
  }

  // MARK: Telling

  /// A server on another machine is that machine's, or our joules would be charged to it.
  private var id: DeviceID {
    let isOurs = isLocal || url.isLoopback || url.host == context.machine || gpus != nil
    return DeviceID(
      machine: isOurs ? context.machine : url.host, kind: .job, name: url.description)
  }

  /// Tells of the GPUs that a page tells of.
  private mutating func sayGPUs(
    _ page: PrometheusPage, _ now: Timestamp, _ observations: inout [Observation]
  ) {
    let samples = ServerGPUs.read(page, at: now)
    guard !samples.isEmpty else { return }
    var gpus =
      servedBy
      ?? SecondHandGPUs(
        machine: id.machine, teller: "triton", source: name, method: .instant,
        period: interval ?? 1, note: "Triton, nv_gpu_power_usage and nv_energy_consumption")
    gpus.say(samples, arrival: now, to: &observations)
    servedBy = gpus
  }

  private func device(
    _ table: ServerTable, _ samples: [String: [PrometheusSample]],
    _ result: ServerCounters.Result
  ) -> Device {
    var models: Set<String> = []
    for sample in samples.values.joined() {
      let label = sample.label("model_name") ?? sample.label("model")
      if let label, !label.isEmpty, models.count < 64 { models.insert(String(label.prefix(200))) }
    }
    let model = models.count == 1 ? models.first : nil
    var attributes = ["framework": table.name, "kind": "serving", "path": url.description]
    attributes["model"] = model
    attributes["gpus"] = gpus
    if table.isFront { attributes["front"] = "yes" }
    func column(_ metric: Metric) -> ServerTable.Column? {
      result.values.first { $0.column.metric == metric }?.column
    }
    if let tokens = column(.outputTokens) ?? column(.promptTokens) {
      attributes["token_count"] = tokens.isLate ? "request" : "step"
    }
    if column(.promptTokens)?.mayHoldCached == true { attributes["prompt_count"] = "all" }
    let label = model ?? (models.isEmpty ? url.authority : "\(models.count) models")
    return Device(id: id, label: label, model: table.name, attributes: attributes)
  }

  private mutating func announce(_ device: Device, _ observations: inout [Observation]) {
    // A name that never stays the same is not worth following.
    guard announced != device, announcements < 64 else { return }
    announced = device
    announcements += 1
    observations.append(.device(device))
  }

  private mutating func describe(
    _ column: ServerTable.Column, _ table: ServerTable, _ observations: inout [Observation]
  ) {
    let names = column.terms.map(\.name).joined(separator: " + ")
    let note = "\(table.name), \(names): \(column.note)"
    guard notes[column.metric] != note else { return }
    notes[column.metric] = note
    observations.append(
      .series(
        SeriesDescriptor(
          device: id, metric: column.metric,
          provenance: Provenance(
            source: name, method: column.metric.isCounter ? .counter : .instant,
            period: interval ?? 1, note: note))))
  }

  /// The line of the catalogue: `serve:URL`.
  package static let entry = SourceEntry(
    "serve", gives: "tokens, requests and phases of an inference server", feeds: [.job],
    isDefault: false,
    usage: "serve:URL", options: ["gpus"]
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“serve” needs a URL: serve:http://127.0.0.1:8000")
    }
    return ServeSource(
      try HTTPURL(request.argument), context, gpus: request.options["gpus"])
  }
}
