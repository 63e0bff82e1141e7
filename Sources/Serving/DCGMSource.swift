import Formats
import HTTP
import Quantities
import Telemetry

/// GPUs as a dcgm-exporter publishes them, for machines whose driver cannot be asked directly.
///
/// The exporter collects every 30 s unless told otherwise, so a page often repeats the one before:
/// a GPU is reported when its page has changed, or every 30 s. Its GPUs are devices of their own
/// beside those of `nvml`; of a GPU that both read `DeviceTwins` lets one count.
struct DCGMSource: DataSource {
  let name: String
  let kind = "dcgm"
  var interval: Double? { max(1, context.interval) }

  private struct GPU {
    var reporter: DeviceReporter
    var last: [Double?] = []
    var reported: Timestamp?
    var zeroPower = ZeroPowerCheck()
    var stuckCounter = StuckCounterCheck()
  }

  static let defaultPeriod = 30.0

  private let url: HTTPURL
  private let client: HTTPClient
  private let context: SourceContext
  private var gpus: [DeviceID: GPU] = [:]
  private var refused: Set<Metric> = []

  init(_ url: HTTPURL, _ context: SourceContext, client: HTTPClient = HTTPClient()) {
    name = "dcgm:\(url.authority)"
    self.url = url.path.isEmpty ? url.at("/metrics") : url
    self.context = context
    self.client = client
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let count = DCGMPage(try fetch()).gpus.count
      return Probe(.ok, "\(count) GPU\(count == 1 ? "" : "s") of the exporter at \(url.authority)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let page = try fetch()
    let now = clock.now
    var observations: [Observation] = []
    for row in DCGMPage(page).gpus {
      let gpu = device(row)
      report(row, gpu, now, &observations)
      for part in row.instances { report(part, device(part, of: gpu), now, &observations) }
    }
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

  private mutating func report(
    _ row: DCGMPage.Row, _ device: Device, _ now: Timestamp, _ observations: inout [Observation]
  ) {
    guard gpus[device.id] != nil || gpus.count < 4096 else { return }
    var gpu = gpus[device.id] ?? GPU(reporter: DeviceReporter(device))
    // As often as is promised, or a page that stays the same would look like a gap.
    let patience = Self.defaultPeriod
    let isRepeated = gpu.last == row.values
    if isRepeated, let reported = gpu.reported, now - reported < patience { return }
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
    var refusals = [gpu.zeroPower.take(&reading)]
    // A page that is the old one says nothing of a counter.
    if !isRepeated || gpu.stuckCounter.isStuck { refusals.append(gpu.stuckCounter.take(&reading)) }
    let source = name
    gpu.reporter.report(reading, to: &observations) { metric in
      let field = DCGMTable.fields.first { $0.metric == metric }
      return Provenance(
        source: source, method: field?.method ?? .instant, period: Self.defaultPeriod,
        note: "dcgm-exporter, \(field?.note ?? ""); as old as its last collection, 30 s by default")
    }
    observations += refusals.compactMap { $0 }.map { .event($0) }
    gpus[device.id] = gpu
  }

  private func device(_ row: DCGMPage.Row) -> Device {
    let labels = row.labels
    let index = labels.label("gpu") ?? ""
    let uuid = labels.label("UUID").flatMap { $0.hasPrefix("MIG-") ? nil : $0 } ?? ""
    let host = labels.label("Hostname") ?? ""
    var attributes = ["path": url.description]
    attributes["index"] = index.isEmpty ? nil : String(index.prefix(20))
    attributes["uuid"] = uuid.isEmpty ? nil : String(uuid.prefix(80))
    attributes["pci"] = labels.label("pci_bus_id").flatMap { $0.isEmpty ? nil : $0.prefix(40) }
      .map(String.init)
    attributes["host"] = host.isEmpty ? nil : String(host.prefix(80))
    attributes["pod"] = Self.list(row.pods)
    if !row.instances.isEmpty { attributes["mig"] = "enabled" }
    // The exporter's host name is its container's, so on this machine ours is the better one.
    let machine = url.isLoopback || host.isEmpty ? context.machine : String(host.prefix(80))
    let name = uuid.isEmpty ? "\(url.authority)/\(index)" : uuid
    return Device(
      id: DeviceID(machine: machine, kind: .gpu, name: "dcgm:" + name.prefix(100)),
      label: index.isEmpty ? String(uuid.prefix(12)) : String(index.prefix(20)),
      model: String((labels.label("modelName") ?? "").prefix(100)), attributes: attributes)
  }

  /// An instance, which has no power of its own.
  private func device(_ part: DCGMPage.Row, of gpu: Device) -> Device {
    let instance = part.instance ?? ""
    var attributes = ["gpu": gpu.id.name, "instance": instance]
    attributes["profile"] = part.labels.label("GPU_I_PROFILE").map { String($0.prefix(40)) }
    attributes["pod"] = Self.list(part.pods)
    return Device(
      id: DeviceID(
        machine: gpu.id.machine, kind: .gpuPart, name: "\(gpu.id.name)/\(instance)"),
      label: "\(gpu.label).\(instance)", model: gpu.model, parent: gpu.id, attributes: attributes)
  }

  private static func list(_ names: [String]) -> String? {
    names.isEmpty ? nil : String(names.joined(separator: ", ").prefix(400))
  }

  /// The line of the catalogue: `dcgm:URL`.
  package static let entry = SourceEntry(
    "dcgm", gives: "GPUs as a dcgm-exporter publishes them",
    feeds: [.gpu, .gpuPart],
    isDefault: false,
    usage: "dcgm:URL"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“dcgm” needs a URL: dcgm:http://127.0.0.1:9400/metrics")
    }
    return DCGMSource(try HTTPURL(request.argument), context)
  }
}
