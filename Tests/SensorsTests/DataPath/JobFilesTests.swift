import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("File systems of jobs' files")
struct JobFilesTests {
  struct Machine {
    let tree = FileTree()
    let context: SourceContext
    init() { context = tree.context }

    func mounts(_ pid: Int, _ rows: [String]) {
      tree.write("/proc/\(pid)/mountinfo", rows.map { $0 + "\n" }.joined())
      tree.link("/proc/\(pid)/ns/mnt", to: "mnt:[40265\(pid)]")
    }

    func open(_ pid: Int, _ number: Int, _ target: String, mount: Int, flags: String = "0100000") {
      tree.link("/proc/\(pid)/fd/\(number)", to: target)
      tree.write(
        "/proc/\(pid)/fdinfo/\(number)", "pos:\t0\nflags:\t\(flags)\nmnt_id:\t\(mount)\nino:\t5\n")
    }

    func device(_ number: String, _ path: String) {
      tree.folder("/sys/devices/" + path)
      tree.link("/sys/dev/block/" + number, to: "../../devices/" + path)
      if let name = path.split(separator: "/").last {
        tree.link("/sys/class/block/\(name)", to: "../../devices/" + path)
      }
    }

    func job(pids: String) {
      let id = context.device(.job, "train")
      context.roster.take([.device(Device(id: id, label: "train", attributes: ["pids": pids]))])
    }
  }

  @Test("what is open for reading is named by kind and place, most files first")
  func values() throws {
    let machine = Machine()
    machine.device("259:2", "pci0/nvme0n1/nvme0n1p2")
    machine.tree.write("/sys/devices/pci0/nvme0n1/nvme0n1p2/partition", "2\n")
    machine.device("253:0", "virtual/block/dm-0")
    machine.tree.write("/sys/devices/virtual/block/dm-0/dm/name", "vg-data\n")
    machine.tree.link("/sys/block/dm-0", to: "../devices/virtual/block/dm-0")
    for name in ["sda", "sdb"] {
      machine.tree.folder("/sys/devices/virtual/block/dm-0/slaves/\(name)")
    }
    machine.mounts(
      100,
      [
        "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw",
        "30 22 0:50 / /data rw shared:5 - nfs4 fs1:/data rw,vers=4.2",
        "31 22 253:0 / /fast rw - xfs /dev/mapper/vg-data rw",
        "32 22 0:60 / /s3 rw - fuse.s3fs s3fs rw", "33 22 0:61 / /tmp rw - tmpfs tmpfs rw",
        "34 22 0:62 / /merged rw - overlay overlay rw,lowerdir=/l",
      ])
    machine.open(100, 3, "/data/train/0001.tar", mount: 30)
    machine.open(100, 4, "/data/train/0002.tar", mount: 30)
    machine.open(100, 5, "/fast/x.bin", mount: 31)
    machine.open(100, 6, "/s3/y", mount: 32)
    machine.open(100, 7, "/tmp/z", mount: 33)
    machine.open(100, 8, "/merged/w", mount: 34)
    machine.open(100, 9, "/home/me/config.json", mount: 22, flags: "02")
    // None of these is data that is read.
    machine.open(100, 0, "/dev/null", mount: 22)
    machine.open(100, 1, "/home/me/train.log", mount: 22, flags: "0102001")
    machine.open(100, 2, "pipe:[4711]", mount: 14)
    machine.open(100, 10, "/usr/lib/x.so", mount: 22)
    machine.open(100, 255, "/home/me/train.sh", mount: 22)
    machine.open(100, 11, "/s3", mount: 32, flags: "0200000")
    machine.job(pids: "100")
    var source = JobFilesSource(machine.context)
    let said = try source.said(at: 0)
    let device = try #require(said.devices.first)
    #expect(device.id.kind == .mount && device.parent?.name == "train")
    #expect(
      device.attributes["reads_from"]?.split(separator: ", ").sorted() == [
        "ext4 on nvme0n1", "fuse.s3fs s3fs", "nfs4 fs1:/data", "overlay", "tmpfs",
        "xfs on vg-data on sda+sdb",
      ])
    #expect(device.attributes["reads_from"]?.hasPrefix("nfs4 fs1:/data, ") == true)
    #expect(said.readings.isEmpty)
    // Nothing new is said until half a minute has passed and something has changed.
    machine.open(100, 12, "/home/me/other.bin", mount: 22)
    machine.open(100, 13, "/home/me/third.bin", mount: 22)
    #expect(try source.said(at: 29).devices.isEmpty)
    #expect(try source.said(at: 30).devices.count == 1)
    #expect(try source.said(at: 60).devices.isEmpty)
  }

  @Test("of the processes of others nothing is looked at")
  func others() throws {
    let machine = Machine()
    machine.mounts(100, ["30 22 0:50 / /data rw - nfs4 fs1:/data rw"])
    machine.open(100, 3, "/data/x", mount: 30)
    machine.job(pids: "100")
    var context = machine.context
    context.user = getuid() &+ 1
    var source = JobFilesSource(context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .denied)
    context.user = getuid()
    var own = JobFilesSource(context)
    #expect(try own.said(at: 0).devices.count == 1)
  }

  @Test("a mount row with any number of optional fields, and blanks in names")
  func table() throws {
    let tree = FileTree()
    tree.write(
      "/proc/self/mountinfo",
      """
      1 2 8:1 / /a\\040b rw shared:1 master:2 unbindable - ext4 /dev/sda1 rw,x
      short
      3 2 0:5 / /c rw - proc proc rw
      x 2 0:5 / /c rw - proc proc rw

      """)
    let table = try #require(MountTable(in: tree.context))
    #expect(table.mounts.map(\.path) == ["/a b", "/c"])
    #expect(table.mounts.map(\.type) == ["ext4", "proc"])
    #expect(table.mounts.first?.options == "rw,x")
  }
}
