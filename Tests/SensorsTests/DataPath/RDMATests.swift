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

@Suite("PCI Express links")
struct PCIeTests {
  /// A function on the way to a GPU.
  struct End {
    var now = "32.0 GT/s PCIe"
    var most = "32.0 GT/s PCIe"
    var width = 16
    var mostWidth = 16
  }

  /// Makes the way to a GPU, the first end being the root port.
  static func add(
    _ addresses: [String], _ ends: [End], to tree: FileTree, vendor: String = "0x10de",
    uuid: String? = "GPU-1"
  ) {
    var folder = "/sys/devices/pci0000:00"
    for (address, end) in zip(addresses, ends) {
      folder += "/" + address
      tree.write(folder + "/current_link_speed", end.now + "\n")
      tree.write(folder + "/max_link_speed", end.most + "\n")
      tree.write(folder + "/current_link_width", "\(end.width)\n")
      tree.write(folder + "/max_link_width", "\(end.mostWidth)\n")
      tree.write(folder + "/vendor", (address == addresses.last ? vendor : "0x8086") + "\n")
      tree.write(
        folder + "/class", (address == addresses.last ? "0x030200" : "0x060400") + "\n")
      let target = folder.split(separator: "/").dropFirst().joined(separator: "/")
      tree.link("/sys/bus/pci/devices/" + address, to: "../../../" + target)
    }
    if let uuid, let last = addresses.last {
      tree.write(
        "/proc/driver/nvidia/gpus/\(last)/information",
        "Model: \t\t NVIDIA H100\nIRQ:   \t\t 5\nGPU UUID: \t \(uuid)\n")
    }
  }

  static func ceiling(_ tree: FileTree, of name: String = "GPU-1") throws -> Double? {
    var source = PCIeSource(tree.context)
    #expect(try source.said(at: 0).readings.isEmpty)
    return (try? source.said(at: 3))?.readings.first { $0.device.name == name }?[.rateCeiling]
  }

  @Test(
    "what the encoding leaves of a lane",
    arguments: [
      ("2.5 GT/s PCIe", 0.25), ("5.0 GT/s PCIe", 0.5), ("8.0 GT/s PCIe", 0.984615),
      ("16.0 GT/s PCIe", 1.969231), ("32.0 GT/s PCIe", 3.938462), ("64.0 GT/s PCIe", 7.5625),
    ])
  func encoding(speed: String, lane: Double) throws {
    let tree = FileTree()
    let end = End(now: speed, most: speed)
    Self.add(["0000:00:01.0", "0000:01:00.0"], [end, end], to: tree)
    let rate = try #require(try Self.ceiling(tree))
    #expect(abs(rate / 16e9 - lane) < 1e-5)
  }

  @Test("a resting link counts with the speed that both its ends have, at its present width")
  func resting() throws {
    let tree = FileTree()
    let root = End(now: "2.5 GT/s PCIe", most: "16.0 GT/s PCIe", width: 8)
    let card = End(now: "2.5 GT/s PCIe", most: "32.0 GT/s PCIe", width: 8)
    Self.add(["0000:00:01.0", "0000:01:00.0"], [root, card], to: tree)
    var source = PCIeSource(tree.context)
    #expect(source.probe() == Probe(.ok, "0000:01:00.0 Gen4 x8"))
    _ = try source.said(at: 0)
    let said = try source.said(at: 2)
    #expect(abs((said.readings.first?[.rateCeiling] ?? 0) / 8e9 - 1.969231) < 1e-5)
    #expect(said.readings.first?[.linkSpeed] == 2e9)
    // The GPU's own source announces it.
    #expect(said.devices.isEmpty)
    #expect(said.provenance(.rateCeiling, of: "GPU-1")?.note.contains("Gen4 x8") == true)
    #expect(try source.said(at: 61).readings.isEmpty)
    #expect(try source.said(at: 62).readings.count == 1)
  }

  @Test("behind a switch the narrowest link counts")
  func behindSwitch() throws {
    let tree = FileTree()
    let narrow = End(width: 8)
    Self.add(
      ["0000:00:01.0", "0000:01:00.0", "0000:02:00.0", "0000:03:00.0"],
      [narrow, narrow, End(), End()], to: tree)
    #expect(abs((try Self.ceiling(tree) ?? 0) / 8e9 - 3.938462) < 1e-5)
  }

  @Test("the made-up port of a virtual machine does not count, nor a single end's missing partner")
  func virtualMachine() throws {
    let tree = FileTree()
    Self.add(
      ["0000:00:01.0", "0000:01:00.0"],
      [End(now: "2.5 GT/s PCIe", most: "2.5 GT/s PCIe", width: 1), End()],
      to: tree)
    #expect(abs((try Self.ceiling(tree) ?? 0) / 16e9 - 3.938462) < 1e-5)
    // A port that repeats what the card does, and states a most of its own.
    let copied = FileTree()
    let rest = "2.5 GT/s PCIe"
    Self.add(
      ["0000:00:02.0", "0000:01:00.0"],
      [End(now: rest, most: "16.0 GT/s PCIe", mostWidth: 32), End(now: rest)], to: copied)
    copied.write("/sys/bus/pci/devices/0000:00:02.0/vendor", "0x1b36\n")
    #expect(abs((try Self.ceiling(copied) ?? 0) / 16e9 - 3.938462) < 1e-5)
    let other = FileTree()
    Self.add(["0000:00:05.0"], [End()], to: other)
    #expect(abs((try Self.ceiling(other) ?? 0) / 16e9 - 3.938462) < 1e-5)
  }

  @Test("what cannot be known is left out: asleep, tunnelled, one lane, no name, no link")
  func unknown() throws {
    let addresses = ["0000:00:01.0", "0000:01:00.0"]
    let device = "/sys/bus/pci/devices/0000:01:00.0"
    let asleep = FileTree()
    Self.add(addresses, [End(), End()], to: asleep)
    asleep.write(device + "/power/runtime_status", "suspended\n")
    #expect(try Self.ceiling(asleep) == nil)
    let tunnelled = FileTree()
    Self.add(addresses, [End(), End()], to: tunnelled)
    tunnelled.write("/sys/bus/pci/devices/0000:00:01.0/removable", "removable\n")
    #expect(try Self.ceiling(tunnelled) == nil)
    let managed = FileTree()
    Self.add(addresses, [End(width: 1), End(width: 1)], to: managed)
    #expect(try Self.ceiling(managed) == nil)
    let nameless = FileTree()
    Self.add(addresses, [End(), End()], to: nameless, uuid: "GPU-????????-????")
    #expect(try Self.ceiling(nameless) == nil)
    let linkless = FileTree()
    Self.add(
      addresses, [End(now: "Unknown", width: 0), End(now: "Unknown", width: 0)], to: linkless)
    #expect(try Self.ceiling(linkless) == nil)
  }

  @Test("AMD's are named by their address, and one that rests with fewer lanes is not judged")
  func amd() throws {
    let tree = FileTree()
    let addresses = ["0000:00:01.0", "0000:01:00.0"]
    Self.add(addresses, [End(), End()], to: tree, vendor: "0x1002", uuid: nil)
    tree.link("/sys/class/drm/card1/device", to: "../../../bus/pci/devices/0000:01:00.0")
    #expect(try Self.ceiling(tree, of: "0000:01:00.0") != nil)
    let device = "/sys/bus/pci/devices/0000:01:00.0"
    for end in [device, "/sys/bus/pci/devices/0000:00:01.0"] {
      tree.write(end + "/current_link_speed", "2.5 GT/s PCIe\n")
      tree.write(end + "/current_link_width", "8\n")
    }
    #expect(try Self.ceiling(tree, of: "0000:01:00.0") == nil)
  }
}
