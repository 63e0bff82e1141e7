import Telemetry

/// Bytes received and sent by every network interface that leads out of the machine.
///
/// Counted are interfaces with hardware of their own; bridges, bonds, tunnels and the ends of
/// containers' cables carry bytes that pass through those as well. A machine that has none, such
/// as a container, counts its virtual interfaces instead. Loopback never counts. InfiniBand's own
/// counters are not read. `/proc/net/dev` and `/sys/class/net` (kernel documentation
/// ABI/testing/sysfs-class-net).
public struct NetSource: DataSource {
  public let name = "net"
  private let context: SourceContext
  private let file: SystemFile
  private var known: Set<String> = []
  private var counted: [String: Interface] = [:]

  private struct Interface {
    var device: DeviceID
    var speed: SystemFile
    /// Bytes per second as last read; looked at every half minute only.
    var linkSpeed: Double?
    var lookedAt: Timestamp?
  }

  public init(_ context: SourceContext) {
    self.context = context
    file = SystemFile(context.path("/proc/net/dev"), capacity: 8192)
  }

  public mutating func probe() -> Probe {
    let names = chosen(from: (try? file.read { self.names(in: $0) }) ?? [])
    if names.isEmpty { return Probe(.absent, "no interface beside loopback in \(file.path)") }
    return Probe(.ok, names.joined(separator: ", "))
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    do {
      let time = clock.now
      var pending: [Observation] = []
      let rows = try file.read { bytes in
        let present = names(in: bytes)
        if Set(present) != known { pending = look(at: present) }
        return readings(in: bytes, at: time)
      }
      if counted.isEmpty {
        throw SourceFailure(.absent, "no interface beside loopback in \(file.path)")
      }
      return pending + rows.map(Observation.reading)
    } catch let failure as SourceFailure {
      throw failure
    } catch {
      throw SourceFailure(.absent, "\(file.path) cannot be read", remedy: "mount /proc")
    }
  }

  private func names(in bytes: ArraySlice<UInt8>) -> [String] {
    var names: [String] = []
    var lines = ByteFields(bytes)
    while let line = lines.line() {
      guard var (name, _) = line.split(at: 0x3A) else { continue }
      name = name.drop { $0 == 0x20 }
      names.append(name.string)
    }
    return names
  }

  /// The interfaces that count among those there are.
  private func chosen(from names: [String]) -> [String] {
    let folder = context.path("/sys/class/net/")
    let physical = names.filter { SystemFile.exists(folder + $0 + "/device") }
    if !physical.isEmpty { return physical }
    let virtual = ["lo", "veth", "docker", "br-", "virbr", "ifb", "dummy", "tun", "tap", "bond"]
    return names.filter { name in !virtual.contains { name.hasPrefix($0) } }
  }

  private mutating func look(at names: [String]) -> [Observation] {
    known = Set(names)
    var result: [Observation] = []
    var next: [String: Interface] = [:]
    for name in chosen(from: names) {
      if let interface = counted[name] {
        next[name] = interface
        continue
      }
      let device = context.device(.net, name)
      let folder = context.path("/sys/class/net/") + name
      next[name] = Interface(device: device, speed: SystemFile(folder + "/speed", capacity: 64))
      result.append(.device(Device(id: device, label: name)))
      for (metric, method) in [
        (Metric.bytesReceived, Provenance.Method.counter), (.bytesSent, .counter),
        (.linkSpeed, .instant),
      ] {
        let note = metric == .linkSpeed ? "/sys/class/net/\(name)/speed" : "/proc/net/dev"
        let period = metric == .linkSpeed ? 30 : context.interval
        result.append(
          .series(
            SeriesDescriptor(
              device: device, metric: metric,
              provenance: Provenance(source: self.name, method: method, period: period, note: note))
          ))
      }
    }
    counted = next
    return result
  }

  private mutating func readings(in bytes: ArraySlice<UInt8>, at time: Timestamp) -> [Reading] {
    var result: [Reading] = []
    var lines = ByteFields(bytes)
    while let line = lines.line() {
      guard var (name, fields) = line.split(at: 0x3A) else { continue }
      name = name.drop { $0 == 0x20 }
      let key = name.string
      guard var interface = counted[key] else { continue }
      var reading = Reading(device: interface.device, time: time)
      reading.set(.bytesReceived, steps: fields.number())
      fields.skip(7)
      reading.set(.bytesSent, steps: fields.number())
      if interface.lookedAt.map({ time - $0 >= 30 }) ?? true {
        interface.lookedAt = time
        // Megabits per second; -1 or an error where there is no carrier or no such thing.
        let speed = interface.speed.text.flatMap { Double($0) }
        interface.linkSpeed = speed.flatMap { $0 > 0 && $0 < 1e7 ? $0 * 125_000 : nil }
        counted[key] = interface
        reading.set(.linkSpeed, interface.linkSpeed)
      }
      result.append(reading)
    }
    return result
  }

  public static let entry = Catalogue.Entry(
    "net", gives: "bytes received and sent over the network"
  ) { _, context in
    NetSource(context)
  }
}
