import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("Disks")
struct DiskSourceTests {
  static func row(_ name: String, read: Int, written: Int = 0, busy: Int = 0) -> String {
    " 259 0 \(name) 11 22 \(read) 33 44 55 \(written) 66 0 \(busy) 77 1 2 3 4 5 6\n"
  }

  static func add(_ name: String, to tree: FileTree, size: Int = 1000, on below: [String] = []) {
    tree.write("/sys/block/\(name)/size", "\(size)\n")
    tree.folder("/sys/block/\(name)/slaves")
    for disk in below { tree.folder("/sys/block/\(name)/slaves/\(disk)") }
  }

  @Test("bytes are sectors of 512, time is in milliseconds")
  func values() throws {
    let tree = FileTree()
    Self.add("nvme0n1", to: tree, size: 2000)
    tree.write("/sys/block/nvme0n1/device/model", "SAMSUNG MZQL23T8HCLS-00A07   \n")
    tree.write("/sys/block/nvme0n1/queue/rotational", "0\n")
    tree.write("/proc/diskstats", Self.row("nvme0n1", read: 100, written: 7, busy: 25))
    var source = DiskSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.first?.model == "SAMSUNG MZQL23T8HCLS-00A07")
    #expect(said.devices.first?.attributes == ["size": "1024000", "rotational": "no"])
    #expect(said.steps(.bytesRead, of: "nvme0n1") == 51_200)
    #expect(said.steps(.bytesWritten, of: "nvme0n1") == 3584)
    #expect(said.steps(.ioTime, of: "nvme0n1") == 25_000)
    #expect(said.provenance(.ioTime, of: "nvme0n1")?.range == 4_294_967.296)
    tree.write("/proc/diskstats", Self.row("nvme0n1", read: 101))
    let next = try source.said(at: 1)
    #expect(next.devices.isEmpty && next.series.isEmpty)
    #expect(next.steps(.bytesRead, of: "nvme0n1") == 51_712)
  }

  @Test("every byte counts once: no partitions, no stand-ins, nothing built on other disks")
  func countedOnce() throws {
    let tree = FileTree()
    Self.add("sda", to: tree)
    Self.add("sdb", to: tree, size: 0)
    for name in ["loop0", "ram0", "zram0", "dm-0", "md127", "sr0"] { Self.add(name, to: tree) }
    Self.add("other", to: tree, on: ["sda"])
    tree.folder("/sys/devices/virtual/block/made")
    tree.write("/sys/devices/virtual/block/made/size", "9\n")
    tree.link("/sys/block/made", to: "../devices/virtual/block/made")
    let names = [
      "sda", "sda1", "sdb", "loop0", "ram0", "zram0", "dm-0", "md127", "sr0", "other", "made",
    ]
    tree.write("/proc/diskstats", names.map { Self.row($0, read: 1) }.joined())
    var source = DiskSource(tree.context)
    #expect(try source.said(at: 0).devices.map(\.label) == ["sda"])
    #expect(source.probe() == Probe(.ok, "whole disks: sda"))
  }

  @Test("of an NVMe disk with several paths the paths count")
  func multipath() throws {
    let tree = FileTree()
    let names = ["nvme0n1", "nvme0c0n1", "nvme0c1n1", "nvme1n1"]
    for name in names { Self.add(name, to: tree) }
    tree.write("/proc/diskstats", names.map { Self.row($0, read: 1) }.joined())
    var source = DiskSource(tree.context)
    #expect(try source.said(at: 0).devices.map(\.label) == ["nvme0c0n1", "nvme0c1n1", "nvme1n1"])
    #expect(WholeDisk.isPath("nvme0c0n1", of: "nvme0n1"))
    #expect(!WholeDisk.isPath("nvme0c0n11", of: "nvme0n1"))
    #expect(!WholeDisk.isPath("nvme10c0n1", of: "nvme1n1"))
  }

  @Test("a disk that is plugged in later is found, one that is pulled gives nothing")
  func hotPlug() throws {
    let tree = FileTree()
    Self.add("sda", to: tree)
    tree.write("/proc/diskstats", Self.row("sda", read: 1))
    var source = DiskSource(tree.context)
    _ = try source.said(at: 0)
    Self.add("sdb", to: tree)
    tree.write("/proc/diskstats", Self.row("sdb", read: 2))
    let said = try source.said(at: 1)
    #expect(said.readings.map(\.device.name) == ["sdb"])
  }

  @Test("without disks or without the table the source is absent in words")
  func absent() {
    let tree = FileTree()
    var source = DiskSource(tree.context)
    #expect(source.probe().health == .absent)
    tree.write("/proc/diskstats", "\n 8 0\n" + Self.row("loop0", read: 0))
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
  }
}

@Suite("Network")
struct NetSourceTests {
  static func table(_ names: [String]) -> String {
    let rows = names.enumerated().map { index, name in
      "  \(name): \(index + 1)000 1 2 3 4 5 6 7 \(index + 1)500 8 9 0 0 0 0 0\n"
    }
    return "Inter-|   Receive  | Transmit\n face |bytes packets|bytes\n" + rows.joined()
  }

  @Test("bytes and the link's speed")
  func values() throws {
    let tree = FileTree()
    tree.folder("/sys/class/net/eth0/device")
    tree.link("/sys/class/net/eth0/device/driver", to: "../../bus/pci/drivers/mlx5_core")
    tree.write("/sys/class/net/eth0/speed", "400000\n")
    tree.write("/proc/net/dev", Self.table(["lo", "eth0"]))
    var source = NetSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["eth0"])
    #expect(said.devices.first?.attributes == ["driver": "mlx5_core"])
    #expect(said.steps(.bytesReceived, of: "eth0") == 2000)
    #expect(said.steps(.bytesSent, of: "eth0") == 2500)
    #expect(said.steps(.linkSpeed, of: "eth0") == 50_000_000_000)
    #expect(try source.said(at: 59).steps(.linkSpeed, of: "eth0") == nil)
    #expect(try source.said(at: 60).steps(.linkSpeed, of: "eth0") == 50_000_000_000)
  }

  @Test("an unknown speed is missing", arguments: ["-1\n", "0\n", "4294967295\n", "", "fast"])
  func unknownSpeed(text: String) throws {
    let tree = FileTree()
    tree.folder("/sys/class/net/eth0/device")
    tree.write("/sys/class/net/eth0/speed", text)
    tree.write("/proc/net/dev", Self.table(["eth0"]))
    var source = NetSource(tree.context)
    #expect(try source.said(at: 0).series.map(\.metric) == [.bytesReceived, .bytesSent])
  }

  @Test("what stands on other interfaces is left out, and of a bond the members count")
  func countedOnce() throws {
    let tree = FileTree()
    for name in ["lo", "bond0", "br0", "veth1", "docker0", "ifb0", "tun0", "eth0.5"] {
      tree.write("/sys/class/net/\(name)/type", "1\n")
    }
    for name in ["eth0", "eth1", "eth2", "eth3", "eth4"] {
      tree.folder("/sys/class/net/\(name)/device")
    }
    for name in ["eth0", "eth1"] { tree.link("/sys/class/net/\(name)/master", to: "../bond0") }
    // A virtual function under the synthetic interface that already counts it.
    tree.link("/sys/class/net/eth3/master", to: "../eth2")
    tree.write("/sys/class/net/eth4/phys_port_name", "pf0vf1\n")
    let names = SystemFile.names(in: tree.root + "/sys/class/net") ?? []
    tree.write("/proc/net/dev", Self.table(names))
    var source = NetSource(tree.context)
    #expect(try source.said(at: 0).devices.map(\.label) == ["eth0", "eth1", "eth2"])
  }

  @Test("in a container without hardware its Ethernet counts, until hardware appears")
  func container() throws {
    let tree = FileTree()
    for name in ["eth0", "docker0", "veth7"] { tree.write("/sys/class/net/\(name)/type", "1\n") }
    tree.write("/sys/class/net/lo/type", "772\n")
    tree.write("/proc/net/dev", Self.table(["lo", "eth0", "docker0", "veth7"]))
    var source = NetSource(tree.context)
    #expect(try source.said(at: 0).readings.map(\.device.name) == ["eth0"])
    tree.folder("/sys/class/net/eth1/device")
    tree.write("/proc/net/dev", Self.table(["lo", "eth0", "eth1"]))
    #expect(try source.said(at: 1).readings.map(\.device.name) == ["eth1"])
  }

  @Test("with loopback alone the source is absent")
  func absent() {
    let tree = FileTree()
    tree.write("/proc/net/dev", Self.table(["lo"]))
    tree.write("/sys/class/net/lo/type", "772\n")
    var source = NetSource(tree.context)
    #expect(source.probe().health == .absent)
  }
}
