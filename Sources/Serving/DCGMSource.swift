import Formats
import HTTP
import Quantities
import Telemetry

/// GPUs as a dcgm-exporter publishes them, for machines whose driver cannot be asked directly.
///
/// The exporter collects every 30 s unless told otherwise, so a page often repeats the one before:
/// a GPU is reported when its page has changed, or once a minute. Its GPUs are devices of their own
/// beside those of `nvml`; on one machine only one of the two sources is to be used.
struct DCGMSource: DataSource {
  let name: String
  let kind = "dcgm"
  var interval: Double? { max(1, context.interval) }

  private struct GPU {
    var reporter: DeviceReporter
    var last: [Double?] = []
    var reported: Timestamp?
  }

  static let defaultPeriod = 30.0

  private let url: HTTPURL
  private let client: HTTPClient
  private let context: SourceContext
  private var gpus: [String: GPU] = [:]
  private var refused: Set<Metric> = []

  init(_ url: HTTPURL, _ context: SourceContext, client: HTTPClient = HTTPClient()) {
    name = "dcgm:\(url.authority)"
    self.url = url.path.isEmpty ? url.at("/metrics") : url
    self.context = context
    self.client = client
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let count = Self.rows(try fetch()).count
      return Probe(.ok, "\(count) GPU\(count == 1 ? "" : "s") of the exporter at \(url.authority)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let page = try fetch()
    let now = clock.now
    var observations: [Observation] = []
    for row in Self.rows(page) { report(row, now, &observations) }
    return observations
  }

  private func fetch() throws(SourceFailure) -> PrometheusPage {
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try client.get(url)
    } catch {
      throw error.failure(url)
    }
    let page = try ServeReply.page(response, from: url, DCGMTable.selection)
    guard !page.prefixes.isEmpty else {
      throw SourceFailure(
        .failed, "\(url) has metrics, but not of a dcgm-exporter",
        remedy: "for an inference server write serve:\(url)")
    }
    return page
  }

  // MARK: Reading

  /// What a page says of one GPU, by field.
  private struct Row {
    var labels: PrometheusSample
    var values: [Double?]
  }

  /// The rows of a page, in its order.
  ///
  /// In MIG mode the exporter writes each series once for each part of a card. What the board as a
  /// whole measures is then the same in every row and counts for the card once; what a part did is left
  /// out.
  private static func rows(_ page: PrometheusPage) -> [Row] {
    var order: [String] = []
    var rows: [String: Row] = [:]
    for sample in page.samples {
      guard let (field, scale) = DCGMTable.byName[sample.name],
        DCGMTable.fields[field].isOfBoard || (sample.label("GPU_I_ID")?.isEmpty ?? true),
        let key = sample.label("UUID") ?? sample.label("gpu")
      else { continue }
      let host = sample.label("Hostname") ?? ""
      let id = "\(host) \(key)"
      if rows[id] == nil {
        guard rows.count < 1024 else { continue }
        order.append(id)
        rows[id] = Row(
          labels: sample, values: Array(repeating: nil, count: DCGMTable.fields.count))
      }
      // A series is repeated for each pod that uses the GPU, always with the same value.
      rows[id]?.values[field] = sample.value * scale
    }
    return order.compactMap { rows[$0] }
  }

  private mutating func report(_ row: Row, _ now: Timestamp, _ observations: inout [Observation]) {
    let device = device(row.labels)
    let key = device.id.machine + " " + device.id.name
    guard gpus[key] != nil || gpus.count < 1024 else { return }
    var gpu = gpus[key] ?? GPU(reporter: DeviceReporter(device))
    if gpu.last == row.values, let reported = gpu.reported, now - reported < 60 { return }
    gpu.last = row.values
    gpu.reported = now
    var reading = Reading(device: device.id, time: now)
    for (field, value) in zip(DCGMTable.fields, row.values) {
      guard let value else { continue }
      if DCGMTable.isPlausible(value, field.metric) {
        reading.set(field.metric, value)
      } else if value.isFinite, value < 1e9, refused.insert(field.metric).inserted {
        let text = "dcgm: \(field.names[0].name) left out, it cannot be true"
        observations.append(
          .event(Event(time: now, kind: .note, text: text, device: device.id, cause: .refused)))
      }
    }
    let source = name
    gpu.reporter.report(reading, to: &observations) { metric in
      let field = DCGMTable.fields.first { $0.metric == metric }
      return Provenance(
        source: source, method: field?.method ?? .instant, period: Self.defaultPeriod,
        note: "dcgm-exporter, \(field?.note ?? ""); as old as its last collection, 30 s by default")
    }
    gpus[key] = gpu
  }

  private func device(_ labels: PrometheusSample) -> Device {
    let index = labels.label("gpu") ?? ""
    let uuid = labels.label("UUID") ?? ""
    let host = labels.label("Hostname") ?? ""
    var attributes = ["path": url.description]
    attributes["index"] = index.isEmpty ? nil : String(index.prefix(20))
    attributes["uuid"] = uuid.isEmpty ? nil : String(uuid.prefix(80))
    attributes["host"] = host.isEmpty ? nil : String(host.prefix(80))
    attributes["pod"] = labels.label("pod").map { String($0.prefix(200)) }
    // The exporter's host name is its container's, so on this machine ours is the better one.
    let machine = url.isLoopback || host.isEmpty ? context.machine : String(host.prefix(80))
    let name = uuid.isEmpty ? "\(url.authority)/\(index)" : uuid
    return Device(
      id: DeviceID(machine: machine, kind: .gpu, name: "dcgm:" + name.prefix(100)),
      label: index.isEmpty ? String(uuid.prefix(12)) : String(index.prefix(20)),
      model: String((labels.label("modelName") ?? "").prefix(100)), attributes: attributes)
  }

  /// The line of the catalogue: `dcgm:URL`.
  package static let entry = SourceEntry(
    "dcgm", gives: "GPUs as a dcgm-exporter publishes them, instead of nvml", feeds: [.gpu],
    isDefault: false,
    usage: "dcgm:URL"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“dcgm” needs a URL: dcgm:http://127.0.0.1:9400/metrics")
    }
    return DCGMSource(try HTTPURL(request.argument), context)
  }
}
