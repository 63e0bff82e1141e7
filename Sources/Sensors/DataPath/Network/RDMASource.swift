import Linux
import Telemetry

/// Bytes that InfiniBand and RoCE ports receive and send past the kernel.
///
/// Which bytes these are, and in which network interfaces they are counted as well, is said at
/// `RDMAPort`.
struct RDMASource: DataSource {
  static let sourceName = "rdma"

  let name = sourceName

  private struct Port {
    var port: RDMAPort
    var reporter: DeviceReporter
    var received: SystemFile?
    var sent: SystemFile?
    var isFull = false
  }

  /// How often ports and their speeds are looked up.
  private static let lookPeriod = 60.0

  private let context: SourceContext
  private var ports: [Port] = []
  private var looked: Timestamp?

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    let found = RDMAPort.all(in: context)
    guard !found.isEmpty else { return Probe(.absent, Self.nothing, remedy: Self.remedy) }
    return Probe(.ok, "ports: " + found.prefix(16).map(\.name).joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    let looks = looked.map { time - $0 >= Self.lookPeriod } ?? true
    if looks || ports.isEmpty {
      looked = time
      arrange(RDMAPort.all(in: context))
    }
    var observations: [Observation] = []
    var failure: SystemError?
    var isLost = false
    for index in ports.indices {
      do {
        let reading = try read(index, at: time, withSpeed: looks, &observations)
        let period = context.interval
        let unit = ports[index].port.counters?.unit ?? 1
        ports[index].reporter.report(reading, to: &observations) {
          Self.provenance(of: $0, unit: unit, every: period)
        }
      } catch {
        failure = error
        isLost = true
      }
    }
    // A port that is gone, or whose driver was loaded anew, is looked for at the next call.
    if isLost { looked = nil }
    if ports.isEmpty { throw SourceFailure(.absent, Self.nothing, remedy: Self.remedy) }
    // Ports without counters tell their speed now and then, and nothing between.
    if observations.isEmpty, let failure { throw failure.failure(remedy: Self.remedy) }
    return observations
  }

  private mutating func read(
    _ index: Int, at time: Timestamp, withSpeed: Bool, _ observations: inout [Observation]
  ) throws(SystemError) -> Reading {
    let port = ports[index].port
    var reading = Reading(device: ports[index].reporter.device.id, time: time)
    if let counters = port.counters {
      let values = [try ports[index].received?.readNumber(), try ports[index].sent?.readNumber()]
      for (metric, value) in zip([Metric.bytesReceived, .bytesSent], values) {
        guard let value = value ?? nil else { continue }
        if value == counters.ceiling {
          tellFull(index, time, &observations)
          continue
        }
        let (bytes, overflow) = value.multipliedReportingOverflow(by: counters.unit)
        reading.set(metric, steps: overflow ? nil : bytes)
      }
    }
    if withSpeed {
      reading.set(.linkSpeed, steps: RDMAPort.speed(port.folder(in: context)))
    }
    return reading
  }

  /// Says once that a counter has reached its highest value and stays there.
  private mutating func tellFull(
    _ index: Int, _ time: Timestamp, _ observations: inout [Observation]
  ) {
    guard !ports[index].isFull else { return }
    ports[index].isFull = true
    observations.append(
      .event(
        Event(
          time: time, kind: .gap,
          text: "its 32-bit counter is full and stands still; perfquery -R clears it",
          device: ports[index].reporter.device.id, cause: .refused)))
  }

  private mutating func arrange(_ found: [RDMAPort]) {
    var known: [String: Port] = [:]
    for port in ports { known[port.port.name] = port }
    ports = found.map { port in
      let device = Device(
        id: context.device(.rdma, port.name), label: port.name, attributes: port.attributes)
      // Files are kept open; after an error they open themselves again.
      if var old = known[port.name], old.port.counters?.received == port.counters?.received {
        if old.reporter.device != device { old.reporter = DeviceReporter(device) }
        old.port = port
        return old
      }
      return Port(
        port: port, reporter: DeviceReporter(device),
        received: port.counters.map { SystemFile($0.received, capacity: 64) },
        sent: port.counters.map { SystemFile($0.sent, capacity: 64) })
    }
  }

  private static let nothing = "no RDMA adapter in /sys/class/infiniband"
  private static let remedy =
    "rdma link lists the ports; a container sees them only with --network host"

  private static func provenance(
    of metric: Metric, unit: Int64, every period: Double
  ) -> Provenance {
    switch metric {
    case .linkSpeed:
      Provenance(
        source: sourceName, method: .instant, period: lookPeriod,
        note: "/sys/class/infiniband, rate of the port")
    default:
      Provenance(
        source: sourceName, method: .counter, period: period,
        note: unit == 4
          ? "/sys/class/infiniband, port data counters × 4 B"
          : "/sys/class/infiniband, hw_counters in bytes")
    }
  }
}

extension RDMASource {
  /// The line of the catalogue: `rdma`.
  package static let entry = SourceEntry(
    "rdma", gives: "bytes of InfiniBand and RoCE ports", feeds: [.rdma], isRare: true
  ) { _, context in RDMASource(context) }
}
