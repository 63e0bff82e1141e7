import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("RDMA ports")
struct RDMATests {
  static func add(
    _ name: String, to tree: FileTree, layer: String = "InfiniBand",
    rate: String = "400 Gb/sec (4X NDR)", driver: String = "mlx5_core", state: String = "4: ACTIVE",
    net: String? = nil, counters: [String: String] = [:]
  ) {
    let folder = "/sys/class/infiniband/\(name)"
    tree.link(folder + "/device/driver", to: "../../../bus/pci/drivers/\(driver)")
    tree.write(folder + "/ports/1/link_layer", layer + "\n")
    tree.write(folder + "/ports/1/rate", rate + "\n")
    tree.write(folder + "/ports/1/state", state + "\n")
    if let net { tree.write(folder + "/ports/1/gid_attrs/ndevs/0", net + "\n") }
    for (file, text) in counters { tree.write("\(folder)/ports/1/\(file)", text + "\n") }
  }

  static func wide(_ received: Int64, _ sent: Int64) -> [String: String] {
    [
      "counters/port_rcv_data": "\(received)", "counters/port_xmit_data": "\(sent)",
      "counters/unicast_rcv_packets": "5",
    ]
  }

  @Test(
    "data counters are in units of four bytes, whatever the lanes; the rate is the link's speed")
  func values() throws {
    let tree = FileTree()
    Self.add("mlx5_0", to: tree, net: "ib0", counters: Self.wide(1_000_000_000_000, 25))
    var source = RDMASource(tree.context)
    #expect(source.probe() == Probe(.ok, "ports: mlx5_0/1"))
    let said = try source.said(at: 0)
    #expect(said.steps(.bytesReceived, of: "mlx5_0/1") == 4_000_000_000_000)
    #expect(said.steps(.bytesSent, of: "mlx5_0/1") == 100)
    #expect(said.steps(.linkSpeed, of: "mlx5_0/1") == 50_000_000_000)
    let attributes = try #require(said.devices.first?.attributes)
    #expect(attributes["link_layer"] == "InfiniBand")
    // IP over InfiniBand passes the port as well.
    #expect(attributes["contains_net"] == "ib0" && attributes["within_net"] == nil)
    let next = try source.said(at: 1)
    #expect(next.steps(.linkSpeed, of: "mlx5_0/1") == nil && next.devices.isEmpty)
    #expect(next.steps(.bytesSent, of: "mlx5_0/1") == 100)
  }

  @Test("on Ethernet the port counts RDMA alone, but for a switch's wire, which holds both")
  func ethernet() throws {
    let tree = FileTree()
    Self.add("mlx5_1", to: tree, layer: "Ethernet", net: "eth1", counters: Self.wide(1, 2))
    Self.add("mlx5_2", to: tree, layer: "Ethernet", net: "eth2", counters: Self.wide(1, 2))
    tree.write("/sys/class/net/eth1/phys_switch_id", "aa\n")
    tree.write("/sys/class/net/eth1/phys_port_name", "p0\n")
    tree.write("/sys/class/net/eth2/phys_switch_id", "bb\n")
    tree.write("/sys/class/net/eth2/phys_port_name", "p0\n")
    tree.write("/sys/class/net/eth2_0/phys_switch_id", "bb\n")
    tree.write("/sys/class/net/eth2_0/phys_port_name", "pf0vf0\n")
    var source = RDMASource(tree.context)
    let devices = try source.said(at: 0).devices
    #expect(devices.map { $0.attributes["net"] } == ["eth1", "eth2"])
    #expect(devices.map { $0.attributes["within_net"] } == [nil, "eth2"])
    #expect(devices.allSatisfy { $0.attributes["contains_net"] == nil })
  }

  @Test("an old 32-bit counter stands still when it is full: unknown from then on, and said once")
  func narrow() throws {
    let tree = FileTree()
    func set(_ received: Int64) {
      Self.add(
        "mthca0", to: tree, rate: "20 Gb/sec (4X DDR)",
        counters: [
          "counters/port_rcv_data": "\(received)", "counters/port_xmit_data": "9",
          "counters/port_rcv_packets": "7", "counters/port_xmit_packets": "8",
        ])
    }
    set(4_294_967_294)
    var source = RDMASource(tree.context)
    #expect(try source.said(at: 0).steps(.bytesReceived, of: "mthca0/1") == 17_179_869_176)
    set(4_294_967_295)
    let said = try source.said(at: 1)
    #expect(said.steps(.bytesReceived, of: "mthca0/1") == nil)
    #expect(said.steps(.bytesSent, of: "mthca0/1") == 36)
    #expect(said.events.map(\.cause) == [.refused])
    #expect(try source.said(at: 2).events.isEmpty)
  }

  @Test("counters of 64 bits without packets by kind are known by their size; older names are read")
  func otherNames() throws {
    let tree = FileTree()
    Self.add(
      "a", to: tree,
      counters: [
        "counters/port_rcv_data": "4294967296", "counters/port_xmit_data": "4294967295",
      ])
    Self.add(
      "b", to: tree,
      counters: [
        "counters/port_rcv_data": "4294967295", "counters/port_xmit_data": "4294967295",
        "counters_ext/port_rcv_data_64": "5000000000", "counters_ext/port_xmit_data_64": "6",
      ])
    // Amazon's adapter counts bytes.
    Self.add(
      "rdmap0s31", to: tree, layer: "Unspecified", driver: "efa",
      counters: ["hw_counters/rx_bytes": "77", "hw_counters/tx_bytes": "78"])
    var source = RDMASource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.bytesSent, of: "a/1") == 17_179_869_180)
    #expect(said.steps(.bytesReceived, of: "b/1") == 20_000_000_000)
    #expect(said.steps(.bytesReceived, of: "rdmap0s31/1") == 77)
    #expect(said.steps(.bytesSent, of: "rdmap0s31/1") == 78)
    #expect(said.events.isEmpty)
  }

  @Test("without counters of bytes, or with others' units, only the speed is told, and why")
  func none() throws {
    let tree = FileTree()
    Self.add(
      "i40iw0", to: tree, layer: "Ethernet", rate: "100 Gb/sec (4X EDR)", driver: "irdma",
      counters: [
        "counters/port_rcv_data": "N/A (no PMA)", "counters/port_xmit_data": "N/A (no PMA)",
      ])
    Self.add("hfi1_0", to: tree, driver: "hfi1", counters: Self.wide(1, 2))
    Self.add("down", to: tree, state: "1: DOWN", counters: Self.wide(1, 2))
    var source = RDMASource(tree.context)
    let said = try source.said(at: 0)
    #expect(
      said.readings.first { $0.device.name == "i40iw0/1" }?.values.map(\.metric) == [.linkSpeed])
    #expect(said.devices.first { $0.label == "hfi1_0/1" }?.attributes["bytes"] != nil)
    #expect(said.steps(.linkSpeed, of: "down/1") == nil)
    #expect(said.steps(.bytesSent, of: "down/1") == 8)
    for name in ["hfi1_0", "down"] { tree.remove("/sys/class/infiniband/" + name) }
    var bare = RDMASource(tree.context)
    #expect(try bare.said(at: 0).readings.count == 1)
    #expect(try bare.said(at: 1).readings.isEmpty)
  }

  @Test("a port that goes costs the others nothing, and is found when it is back")
  func hotPlug() throws {
    let tree = FileTree()
    for name in ["mlx5_0", "mlx5_1"] { Self.add(name, to: tree, counters: Self.wide(1, 2)) }
    var source = RDMASource(tree.context)
    _ = try source.said(at: 0)
    tree.remove("/sys/class/infiniband/mlx5_0")
    #expect(try source.said(at: 60).readings.map(\.device.name) == ["mlx5_1/1"])
    Self.add("mlx5_0", to: tree, counters: Self.wide(3, 4))
    let said = try source.said(at: 120)
    #expect(said.steps(.bytesSent, of: "mlx5_0/1") == 16)
    tree.remove("/sys/class/infiniband")
    var other = RDMASource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try other.said(at: 0) }
    #expect(failure?.health == .absent)
  }
}
