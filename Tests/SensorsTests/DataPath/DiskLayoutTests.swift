import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

/// Whole machines as `/proc/diskstats` and `/sys/block` show them.
@Suite("Layouts of disks")
struct DiskLayoutTests {
  /// A machine's block devices: name, where its link leads, what it stands on, its partitions.
  struct Machine {
    let tree = FileTree()
    var rows = ""

    mutating func add(
      _ name: String, at place: String = "pci0000:00/0000:00:1f.0/block", on slaves: [String] = [],
      parts: [String] = [], sectors: Int = 1000, read: Int = 8
    ) {
      let folder = "/sys/devices/\(place)/\(name)"
      tree.write(folder + "/size", "\(sectors)\n")
      tree.folder(folder + "/slaves")
      tree.folder(folder + "/holders")
      for path in ["/sys/block/", "/sys/class/block/"] {
        let up = path == "/sys/block/" ? ".." : "../.."
        tree.link(path + name, to: "\(up)/devices/\(place)/\(name)")
      }
      rows += DiskSourceTests.row(name, read: read, written: read)
      for part in parts {
        tree.write("\(folder)/\(part)/partition", "1\n")
        tree.folder("\(folder)/\(part)/holders")
        tree.link("/sys/class/block/" + part, to: "../../devices/\(place)/\(name)/\(part)")
        rows += DiskSourceTests.row(part, read: read, written: read)
      }
      for slave in slaves {
        tree.folder("\(folder)/slaves/\(slave)")
        tree.folder("/sys/class/block/\(slave)/holders/\(name)")
      }
    }

    func write() { tree.write("/proc/diskstats", rows) }
  }

  static let virtual = "virtual/block"

  @Test("of LVM on md on NVMe the disks count, and say what they carry")
  func volumesOnRAID() throws {
    var machine = Machine()
    machine.add("nvme0n1", parts: ["nvme0n1p1"])
    machine.add("nvme1n1", parts: ["nvme1n1p1"])
    machine.add("md0", at: Self.virtual, on: ["nvme0n1p1", "nvme1n1p1"])
    machine.add("dm-0", at: Self.virtual, on: ["md0"])
    machine.tree.write("/sys/devices/virtual/block/dm-0/dm/name", "vg-data\n")
    machine.write()
    var source = DiskSource(machine.tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["nvme0n1", "nvme1n1"])
    #expect(said.devices.map { $0.attributes["carries"] } == ["md0, vg-data", "md0, vg-data"])
    #expect(said.readings.count == 2)
    let disks = DiskStack.disks(under: "dm-0", in: machine.tree.context)
    #expect(disks == ["nvme0n1", "nvme1n1"])
  }

  @Test("of dm-multipath every path counts, since each byte takes one")
  func deviceMapperMultipath() throws {
    var machine = Machine()
    machine.add("sda")
    machine.add("sdb")
    machine.add("dm-0", at: Self.virtual, on: ["sda", "sdb"], parts: [])
    machine.tree.write("/sys/devices/virtual/block/dm-0/dm/name", "mpatha\n")
    machine.write()
    var source = DiskSource(machine.tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["sda", "sdb"])
    #expect(said.devices.map { $0.attributes["carries"] } == ["mpatha", "mpatha"])
  }

  @Test("paths to an NVMe disk carry what is built on the disk")
  func nativeMultipath() throws {
    var machine = Machine()
    machine.add("nvme0n1", at: "virtual/nvme-subsystem/nvme-subsys0")
    machine.add("nvme0c0n1", at: "pci0000:00/0000:01:00.0/nvme/nvme0")
    machine.add("nvme0c1n1", at: "pci0000:80/0000:81:00.0/nvme/nvme1")
    machine.add("dm-0", at: Self.virtual, on: ["nvme0n1"])
    machine.write()
    var source = DiskSource(machine.tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["nvme0c0n1", "nvme0c1n1"])
    #expect(said.devices.map { $0.attributes["path_to"] } == ["nvme0n1", "nvme0n1"])
    #expect(said.devices.map { $0.attributes["carries"] } == ["dm-0", "dm-0"])
  }

  @Test("of loop, snap, zram and an encrypted disk only the disk counts")
  func standIns() throws {
    var machine = Machine()
    for name in ["loop0", "loop27", "zram0"] { machine.add(name, at: Self.virtual) }
    machine.add("vda", at: "pci0000:00/0000:00:05.0/virtio2/block", parts: ["vda1", "vda2"])
    machine.add("dm-0", at: Self.virtual, on: ["vda2"])
    machine.tree.write("/sys/devices/virtual/block/dm-0/dm/name", "luks-1\n")
    machine.add("dm-1", at: Self.virtual, on: ["dm-0"])
    machine.write()
    var source = DiskSource(machine.tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["vda"])
    #expect(said.devices.first?.attributes["carries"] == "luks-1, dm-1")
  }

  @Test("disks on other machines count and say so; what this machine serves itself does not")
  func network() throws {
    var machine = Machine()
    machine.add("nbd0", at: Self.virtual)
    machine.add("nbd1", at: Self.virtual)
    machine.tree.write("/sys/devices/virtual/block/nbd1/pid", "77\n")
    machine.tree.write("/proc/77/comm", "qemu-nbd\n")
    machine.add("nbd2", at: Self.virtual, sectors: 0)
    machine.add("rbd0", at: "rbd/0/block")
    machine.add("sda", at: "platform/host3/session1/target3:0:0/3:0:0:0/block")
    machine.add("nvme2n1", at: "virtual/nvme-fabrics/ctl/nvme2")
    machine.tree.write("/sys/block/nvme2n1/device/transport", "tcp\n")
    machine.add("nvme3n1", at: "virtual/nvme-fabrics/ctl/nvme3")
    machine.tree.write("/sys/block/nvme3n1/device/transport", "loop\n")
    machine.add("nvme4n1")
    machine.tree.write("/sys/block/nvme4n1/device/transport", "pcie\n")
    machine.add("drbd0", at: Self.virtual)
    machine.write()
    var source = DiskSource(machine.tree.context)
    let devices = try source.said(at: 0).devices
    #expect(devices.map(\.label) == ["nbd0", "rbd0", "sda", "nvme2n1", "nvme4n1"])
    #expect(
      devices.map { $0.attributes["network"] } == ["nbd", "rbd", "iSCSI", "NVMe over tcp", nil])
  }

  @Test("a disk that comes back from 0 is counted on from where it was")
  func comesBack() throws {
    let tree = FileTree()
    for name in ["sda", "sdb"] { DiskSourceTests.add(name, to: tree) }
    let sda = DiskSourceTests.row("sda", read: 1)
    tree.write("/proc/diskstats", sda + DiskSourceTests.row("sdb", read: 100, busy: 7))
    var source = DiskSource(tree.context)
    _ = try source.said(at: 0)
    tree.write("/proc/diskstats", sda)
    tree.remove("/sys/block/sdb")
    #expect(try source.said(at: 1).readings.map(\.device.name) == ["sda"])
    DiskSourceTests.add("sdb", to: tree, size: 4000)
    // More than before: without being told it would look as if it had only gone on.
    tree.write("/proc/diskstats", sda + DiskSourceTests.row("sdb", read: 150, busy: 1))
    let said = try source.said(at: 2)
    #expect(said.steps(.bytesRead, of: "sdb") == 128_000)
    #expect(said.steps(.ioTime, of: "sdb") == 8000)
    #expect(said.devices.map(\.attributes) == [["size": "2048000"]])
    #expect(said.steps(.bytesRead, of: "sda") == 512)
  }

  @Test("a fall that nobody saw the reason of is left for the timeline to judge")
  func unexplainedFall() throws {
    let tree = FileTree()
    DiskSourceTests.add("sda", to: tree)
    tree.write("/proc/diskstats", DiskSourceTests.row("sda", read: 100))
    var source = DiskSource(tree.context)
    _ = try source.said(at: 0)
    tree.write("/proc/diskstats", DiskSourceTests.row("sda", read: 3))
    #expect(try source.said(at: 1).steps(.bytesRead, of: "sda") == 1536)
  }

  @Test("what a disk does while its paths count instead is not counted at the disk afterwards")
  func headForAWhile() throws {
    let tree = FileTree()
    for name in ["nvme0n1", "nvme0c0n1"] { DiskSourceTests.add(name, to: tree) }
    let path = DiskSourceTests.row("nvme0c0n1", read: 30)
    tree.write("/proc/diskstats", DiskSourceTests.row("nvme0n1", read: 10))
    var source = DiskSource(tree.context)
    _ = try source.said(at: 0)
    tree.write("/proc/diskstats", DiskSourceTests.row("nvme0n1", read: 40) + path)
    #expect(try source.said(at: 1).readings.map(\.device.name) == ["nvme0c0n1"])
    tree.write("/proc/diskstats", DiskSourceTests.row("nvme0n1", read: 50))
    #expect(try source.said(at: 2).steps(.bytesRead, of: "nvme0n1") == 5120)
    tree.write("/proc/diskstats", DiskSourceTests.row("nvme0n1", read: 52))
    #expect(try source.said(at: 3).steps(.bytesRead, of: "nvme0n1") == 6144)
  }

  @Test("milliseconds doing I/O go on after 49.7 days, though the kernel's number has 32 bits")
  func wrap() throws {
    let tree = FileTree()
    DiskSourceTests.add("sda", to: tree)
    var timeline = Timeline()
    var source = DiskSource(tree.context)
    for (second, busy) in [4_294_967_000, 4_294_967_200, 104].enumerated() {
      tree.write("/proc/diskstats", DiskSourceTests.row("sda", read: 1, busy: busy))
      let clock = FixedClock(Timestamp(seconds: Double(second)))
      for observation in try source.sample(clock) { timeline.apply(observation) }
    }
    let disk = tree.context.device(.disk, "sda")
    let span = TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: 2))
    let id = try #require(timeline.id(.ioTime, of: disk))
    #expect(abs(timeline.total(id, over: span).amount - 0.4) < 1e-5)
  }

  @Test("a card put into a reader, and a volume built later, are seen within a minute")
  func laterChanges() throws {
    var machine = Machine()
    machine.add("sda")
    machine.add("sdb", sectors: 0)
    machine.write()
    var source = DiskSource(machine.tree.context)
    #expect(try source.said(at: 0).devices.map(\.label) == ["sda"])
    machine.tree.write("/sys/block/sdb/size", "500\n")
    #expect(try source.said(at: 59).devices.isEmpty)
    #expect(try source.said(at: 60).devices.map(\.label) == ["sdb"])
    machine.add("dm-0", at: Self.virtual, on: ["sda"])
    machine.write()
    let said = try source.said(at: 61)
    #expect(said.devices.map(\.attributes["carries"]) == ["dm-0"])
    #expect(said.readings.count == 2)
  }
}
