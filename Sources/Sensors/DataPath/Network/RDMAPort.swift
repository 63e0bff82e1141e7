import Linux
import Telemetry

/// A port of an RDMA adapter: where its bytes are counted, and in which network interface as well.
///
/// Layout: `/sys/class/infiniband/DEVICE/ports/N`, see Documentation/ABI/stable/sysfs-class-infiniband.
/// `counters/port_rcv_data` and `port_xmit_data` count units of four octets, whatever the number of
/// lanes (InfiniBand specification, PortCounters).
///
/// Which bytes these are depends on the link. On InfiniBand it is all of them, also those of IP over
/// InfiniBand, which its network interface (`ib0`) counts too. On Ethernet (RoCE) mlx5 counts RDMA
/// alone (`received_ib_unicast` of its vport), and TCP/IP is in the network interface alone; only where
/// the adapter is a switch for virtual machines does the interface count what passes the wire, RDMA
/// included.
struct RDMAPort {
  /// The kernel's name of the adapter: `mlx5_0`.
  let adapter: String
  let number: Int
  /// The name of the device: `mlx5_0/1`.
  var name: String { "\(adapter)/\(number)" }
  let attributes: [String: String]
  let counters: Counters?

  /// Where the bytes stand.
  struct Counters {
    let received: String
    let sent: String
    /// Bytes a step of the counters is worth.
    let unit: Int64
    /// The value at which the counters stay once they have reached it; `nil` where they have 64 bits.
    let ceiling: Int64?
  }

  private static let root = "/sys/class/infiniband"

  /// Every port of every adapter, at most 256.
  static func all(in context: SourceContext) -> [RDMAPort] {
    var ports: [RDMAPort] = []
    let folder = context.path(root)
    for adapter in SystemFile.names(in: folder, limit: 256) ?? [] {
      for port in SystemFile.names(in: "\(folder)/\(adapter)/ports", limit: 64) ?? [] {
        guard let number = Int(port), ports.count < 256 else { continue }
        ports.append(RDMAPort(adapter, number, in: context))
      }
    }
    return ports
  }

  init(_ adapter: String, _ number: Int, in context: SourceContext) {
    self.adapter = adapter
    self.number = number
    let device = context.path("\(Self.root)/\(adapter)")
    let folder = "\(device)/ports/\(number)"
    let driver = SystemFile.linkTarget(device + "/device/driver")?.split(separator: "/").last
    counters = Self.counters(folder, driver: driver.map(String.init) ?? "")
    var attributes: [String: String] = [:]
    attributes["driver"] = driver.map(String.init)
    let layer = SystemFile.text(folder + "/link_layer")
    attributes["link_layer"] = layer
    attributes["rate"] = SystemFile.text(folder + "/rate")
    // `4: ACTIVE`
    attributes["state"] = SystemFile.text(folder + "/state")?.split(separator: " ").last
      .map(String.init)
    if counters == nil { attributes["bytes"] = "its driver keeps no counter of bytes" }
    let interfaces = Self.interfaces(device, folder, layer)
    if !interfaces.isEmpty {
      attributes["net"] = interfaces.joined(separator: ", ")
      if layer == "InfiniBand" {
        attributes["contains_net"] = interfaces.joined(separator: ", ")
      } else if let switching = interfaces.first(where: { Self.isSwitch($0, in: context) }) {
        attributes["within_net"] = switching
      }
    }
    self.attributes = attributes
  }

  /// The nominal speed in bytes a second, of `400 Gb/sec (4X NDR)`; `nil` when the port is down.
  static func speed(_ folder: String) -> Int64? {
    // Of a port that is down the driver states some rate, too.
    guard SystemFile.text(folder + "/state")?.hasSuffix("ACTIVE") == true,
      let text = SystemFile.text(folder + "/rate")
    else { return nil }
    let words = text.split(separator: " ")
    guard words.count > 1, words[1] == "Gb/sec", let gigabits = Double(words[0]),
      gigabits > 0, gigabits < 1e5
    else { return nil }
    return Int64(gigabits * 125e6)
  }

  /// The port's folder below the root of a context.
  func folder(in context: SourceContext) -> String {
    context.path("\(Self.root)/\(adapter)/ports/\(number)")
  }

  private static func counters(_ folder: String, driver: String) -> Counters? {
    let all = "\(folder)/counters"
    let wide = "\(folder)/counters_ext"
    // Omni-Path counts in units of its own.
    guard driver != "hfi1" else { return nil }
    if isNumber(wide + "/port_rcv_data_64"), isNumber(wide + "/port_xmit_data_64") {
      return Counters(
        received: wide + "/port_rcv_data_64", sent: wide + "/port_xmit_data_64", unit: 4,
        ceiling: nil)
    }
    if isNumber(all + "/port_rcv_data"), isNumber(all + "/port_xmit_data") {
      return Counters(
        received: all + "/port_rcv_data", sent: all + "/port_xmit_data", unit: 4,
        ceiling: isNarrow(all) ? Int64(UInt32.max) : nil)
    }
    // Amazon's EFA and Broadcom's count octets, of all kinds of transfer.
    let own = "\(folder)/hw_counters"
    guard isNumber(own + "/rx_bytes"), isNumber(own + "/tx_bytes") else { return nil }
    return Counters(received: own + "/rx_bytes", sent: own + "/tx_bytes", unit: 1, ceiling: nil)
  }

  /// Whether the counters have 32 bits and stay at their highest value.
  ///
  /// The kernel shows the 64-bit ones under the same names. Of old devices without those it shows
  /// no packets by kind, as of some that have them; a value above 32 bits then shows which they are.
  private static func isNarrow(_ folder: String) -> Bool {
    guard !SystemFile.exists(folder + "/unicast_rcv_packets") else { return false }
    let values = ["/port_rcv_data", "/port_xmit_data", "/port_rcv_packets", "/port_xmit_packets"]
      .compactMap { SystemFile.number(folder + $0) }
    return values.allSatisfy { $0 <= Int64(UInt32.max) }
  }

  private static func isNumber(_ path: String) -> Bool { SystemFile.number(path) != nil }

  /// The network interfaces of the port: those bound to its addresses, else the adapter's only one.
  private static func interfaces(_ device: String, _ folder: String, _ layer: String?) -> [String] {
    var names: [String] = []
    for index in SystemFile.names(in: folder + "/gid_attrs/ndevs", limit: 16) ?? [] {
      guard let name = SystemFile.text("\(folder)/gid_attrs/ndevs/\(index)"), !name.isEmpty,
        !names.contains(name)
      else { continue }
      names.append(name)
    }
    if names.isEmpty { names = SystemFile.names(in: device + "/device/net", limit: 16) ?? [] }
    return names
  }

  /// Whether an interface stands for the wire of a switch inside the adapter, with ports for others.
  private static func isSwitch(_ name: String, in context: SourceContext) -> Bool {
    let folder = context.path("/sys/class/net/")
    guard let id = SystemFile.text("\(folder)\(name)/phys_switch_id"), !id.isEmpty,
      !isOther(SystemFile.text("\(folder)\(name)/phys_port_name") ?? "")
    else { return false }
    return (SystemFile.names(in: folder, limit: 1024) ?? []).contains { other in
      other != name && SystemFile.text("\(folder)\(other)/phys_switch_id") == id
        && isOther(SystemFile.text("\(folder)\(other)/phys_port_name") ?? "")
    }
  }

  /// Whether a port's name is that of a virtual or sub-function: `pf0vf3`, `pf0sf1`.
  private static func isOther(_ port: String) -> Bool {
    port.contains("vf") || port.contains("sf")
  }
}
