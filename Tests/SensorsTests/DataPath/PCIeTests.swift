import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

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
