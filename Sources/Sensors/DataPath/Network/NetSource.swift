import Linux
import Telemetry

/// Bytes received and sent by network interfaces.
///
/// Layout: `/proc/net/dev`, proc_net(5). Which interfaces count is said at `NetInterface`. What
/// InfiniBand and RoCE adapters move past the kernel (RDMA) is not in it: `RDMASource` reads it, and
/// says of which interfaces its ports contain the bytes.
struct NetSource: DataSource {
  static let sourceName = "net"

  let name = sourceName

  private struct Row {
    var name: String
    var received: Int64
    var sent: Int64
  }

  /// Asking for the speed takes a lock that all network configuration shares, so it is rare.
  private static let speedPeriod = 60.0

  private let context: SourceContext
  private let table: SystemFile
  private var rows: [Row] = []
  /// Every name the table held when it was last looked into, and whether it counts.
  private var counts: [String: Bool] = [:]
  private var interfaces: [String: NetInterface] = [:]
  private var reporters: [String: DeviceReporter] = [:]
  private var lastSpeeds: Timestamp?

  init(_ context: SourceContext) {
    self.context = context
    table = SystemFile(context.path("/proc/net/dev"))
  }

  mutating func probe() -> Probe {
    do {
      try readTable()
    } catch {
      return Probe(error.health, error.words, remedy: Self.remedy)
    }
    classify()
    let names = rows.map(\.name).filter { counts[$0] == true }
    guard !names.isEmpty else { return Probe(.absent, Self.nothing, remedy: Self.remedy) }
    return Probe(.ok, "interfaces: " + names.joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    do {
      try readTable()
    } catch {
      throw error.failure()
    }
    if rows.contains(where: { counts[$0.name] == nil }) { classify() }
    let asksSpeed = lastSpeeds.map { time - $0 >= Self.speedPeriod } ?? true
    if asksSpeed { lastSpeeds = time }
    let period = context.interval
    var observations: [Observation] = []
    for row in rows where counts[row.name] == true {
      var reading = Reading(device: context.device(.net, row.name), time: time)
      reading.set(.bytesReceived, steps: row.received)
      reading.set(.bytesSent, steps: row.sent)
      if asksSpeed { reading.set(.linkSpeed, steps: NetInterface.speed(row.name, in: context)) }
      reporters[row.name]?.report(reading, to: &observations) {
        Self.provenance(of: $0, every: period)
      }
    }
    if observations.isEmpty { throw SourceFailure(.absent, Self.nothing) }
    return observations
  }

  private static let nothing = "no network interface but loopback and virtual ones"
  private static let remedy =
    "ip link shows what interfaces there are; start a container with --network host"

  private mutating func readTable() throws(SystemError) {
    // The rows are kept to reuse their memory; the closure must not hold `self` meanwhile.
    var rows = self.rows
    self.rows = []
    rows.removeAll(keepingCapacity: true)
    try table.read { text in
      while var line = text.line() {
        guard let name = line.word(until: UInt8(ascii: ":")), let received = line.number()
        else { continue }
        line.skipWords(7)
        guard let sent = line.number() else { continue }
        rows.append(Row(name: name, received: received, sent: sent))
      }
    }
    self.rows = rows
  }

  /// Decides anew for every name in the table, so that names long gone are forgotten.
  private mutating func classify() {
    let names = rows.map(\.name)
    interfaces = NetInterface.counted(among: names, in: context)
    counts = [:]
    for name in names {
      let interface = interfaces[name]
      counts[name] = interface != nil
      if let interface, reporters[name] == nil {
        reporters[name] = DeviceReporter(describe(interface))
        lastSpeeds = nil
      }
    }
  }

  private func describe(_ interface: NetInterface) -> Device {
    var attributes: [String: String] = [:]
    if !interface.driver.isEmpty { attributes["driver"] = interface.driver }
    if interface.isVirtual { attributes["hardware"] = "none: a container's or virtual interface" }
    return Device(
      id: context.device(.net, interface.name), label: interface.name, attributes: attributes)
  }

  private static func provenance(of metric: Metric, every period: Double) -> Provenance {
    switch metric {
    case .linkSpeed:
      Provenance(
        source: sourceName, method: .instant, period: speedPeriod,
        note: "/sys/class/net, speed as the driver states it")
    default:
      Provenance(
        source: sourceName, method: .counter, period: period,
        note: "/proc/net/dev; RDMA traffic is not in it")
    }
  }
}

extension NetSource {
  /// The line of the catalogue: `net`.
  package static let entry = SourceEntry(
    "net", gives: "bytes received and sent by network interfaces", feeds: [.net]
  ) { _, context in NetSource(context) }
}
