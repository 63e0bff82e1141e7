import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("NFS mounts")
struct NFSTests {
  /// A machine's mounts, from which both tables are written.
  struct Mounts {
    struct Mount {
      var source: String
      var path: String
      var device: String
      var age = 100
      var read = 0
      var written = 0
      var type = "nfs4"
    }

    let tree = FileTree()
    var mounts: [Mount] = []

    func write() {
      var stats =
        "device rootfs mounted on / with fstype rootfs\nno device mounted on /x with fstype y\n"
      var info = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
      for (index, mount) in mounts.enumerated() {
        stats += """
          device \(mount.source) mounted on \(mount.path) with fstype \(mount.type) statvers=1.1
          \topts:\trw,vers=4.2,rsize=1048576,proto=tcp,timeo=600,sec=sys,clientaddr=10.0.0.2
          \tage:\t\(mount.age)
          \timpl_id:\tname='',domain='',date='0,0'
          \tcaps:\tcaps=0x3ffbffbf,wtmult=512
          \tevents:\t1 2 3 4 5 6 7 8 9
          \tbytes:\t11 12 13 14 \(mount.read) \(mount.written) 15 16
          \tRPC iostats version: 1.1  p/v: 100003/4 (nfs)
          \txprt:\ttcp 0 0 2 0 10 500 500 0 500 0 2 0 0
          \tper-op statistics
          \t        READ: 99 99 0 111 222 3 4 5 0

          """
        info += "\(30 + index) 22 \(mount.device) / \(mount.path) rw - \(mount.type) "
        info += "\(mount.source) rw,vers=4.2\n"
      }
      stats += "device tmpfs mounted on /run with fstype tmpfs\n\tbytes:\t1 1 1 1 1 1 1 1\n"
      tree.write("/proc/self/mountstats", stats)
      tree.write("/proc/self/mountinfo", info)
    }
  }

  @Test("bytes are those that crossed the wire, and the device says whose they are")
  func values() throws {
    var machine = Mounts()
    machine.mounts = [
      .init(source: "fs1:/data", path: "/mnt/my\\040data", device: "0:50", read: 500, written: 7)
    ]
    machine.write()
    var source = NFSSource(machine.tree.context)
    #expect(source.probe().health == .ok)
    let said = try source.said(at: 0)
    let device = try #require(said.devices.first)
    #expect(said.devices.count == 1)
    #expect(device.id == machine.tree.context.device(.mount, "fs1:/data"))
    #expect(device.label == "/mnt/my data")
    #expect(
      device.attributes == [
        "type": "nfs4", "source": "fs1:/data", "server": "fs1", "path": "/mnt/my data",
        "version": "4.2", "protocol": "tcp",
      ])
    #expect(said.steps(.bytesRead, of: "fs1:/data") == 500)
    #expect(said.steps(.bytesWritten, of: "fs1:/data") == 7)
    machine.mounts[0].read = 900
    machine.write()
    let next = try source.said(at: 1)
    #expect(next.devices.isEmpty && next.series.isEmpty)
    #expect(next.steps(.bytesRead, of: "fs1:/data") == 900)
  }

  @Test("several mounts of one file system are one device, though their rows differ by a moment")
  func shared() throws {
    var machine = Mounts()
    machine.mounts = [
      .init(source: "fs1:/home", path: "/home/a", device: "0:50", read: 500),
      // A sub-folder mounted by itself, and one bound elsewhere: the same superblock.
      .init(source: "fs1:/home/b", path: "/home/b", device: "0:50", read: 501),
      .init(source: "[fe80::1]:/scratch", path: "/scratch", device: "0:51", read: 3, type: "nfs"),
      .init(source: "fs1:/home", path: "/bound", device: "0:50", read: 502),
    ]
    machine.write()
    var source = NFSSource(machine.tree.context)
    let said = try source.said(at: 0)
    #expect(said.readings.map(\.device.name) == ["fs1:/home", "[fe80::1]:/scratch"])
    #expect(said.steps(.bytesRead, of: "fs1:/home") == 500)
    #expect(said.devices.first?.attributes["path"] == "/home/a, /home/b, /bound")
    #expect(said.devices.last?.attributes["server"] == "[fe80::1]")
  }

  @Test("two file systems of one export, and one mounted over another, stay apart")
  func apart() throws {
    var machine = Mounts()
    machine.mounts = [
      .init(source: "fs1:/data", path: "/data", device: "0:50", read: 1),
      .init(source: "fs1:/data", path: "/again", device: "0:51", read: 2),
      .init(source: "fs2:/other", path: "/data", device: "0:52", read: 3),
    ]
    machine.write()
    var source = NFSSource(machine.tree.context)
    let names = ["fs1:/data", "fs1:/data on /again", "fs2:/other"]
    let said = try source.said(at: 0)
    #expect(said.readings.map(\.device.name) == names)
    #expect(said.readings.map { $0[.bytesRead] } == [1, 2, 3])
    // The first goes; the second keeps its name.
    machine.mounts.removeFirst()
    machine.write()
    #expect(try source.said(at: 1).readings.map(\.device.name) == Array(names[1...]))
  }

  @Test("three file systems of one export, two of them at one place, stay apart as well")
  func apartAtOnePlace() throws {
    var machine = Mounts()
    for number in 50...52 {
      machine.mounts.append(
        .init(
          source: "fs1:/data", path: number == 50 ? "/a" : "/b", device: "0:\(number)",
          read: number))
    }
    machine.write()
    var source = NFSSource(machine.tree.context)
    #expect(try source.said(at: 0).readings.map { $0[.bytesRead] } == [50, 51, 52])
    machine.mounts.swapAt(0, 2)
    machine.mounts.append(.init(source: "fs3:/new", path: "/n", device: "0:60"))
    machine.write()
    let said = try source.said(at: 1)
    #expect(Set(said.readings.map(\.device.name)).count == 4)
    #expect(said.steps(.bytesRead, of: "fs1:/data") == 50)
  }

  @Test("a mount that is gone says nothing, and mounted again its bytes are added")
  func remounted() throws {
    var machine = Mounts()
    machine.mounts = [
      .init(source: "fs1:/data", path: "/data", device: "0:50", read: 1000),
      .init(source: "fs2:/x", path: "/x", device: "0:51", read: 1),
    ]
    machine.write()
    var source = NFSSource(machine.tree.context)
    _ = try source.said(at: 0)
    let mount = machine.mounts.removeFirst()
    machine.write()
    #expect(try source.said(at: 1).readings.map(\.device.name) == ["fs2:/x"])
    machine.mounts.append(mount)
    machine.mounts[1].age = 1
    machine.mounts[1].read = 1500
    machine.mounts[1].device = "0:60"
    machine.write()
    #expect(try source.said(at: 2).steps(.bytesRead, of: "fs1:/data") == 2500)
    // Between two looks: only its age shows it.
    machine.mounts[1].age = 0
    machine.mounts[1].read = 1600
    machine.mounts[1].device = "0:61"
    machine.write()
    #expect(try source.said(at: 3).steps(.bytesRead, of: "fs1:/data") == 4100)
    machine.mounts[1].age = 1
    machine.mounts[1].read = 1700
    machine.write()
    #expect(try source.said(at: 4).steps(.bytesRead, of: "fs1:/data") == 4200)
  }

  @Test("what the mount table does not hold is left out, and without NFS the source is absent")
  func unknown() throws {
    var machine = Mounts()
    machine.mounts = [.init(source: "fs1:/data", path: "/data", device: "0:50")]
    machine.write()
    machine.tree.write("/proc/self/mountinfo", "22 1 254:1 / / rw - ext4 /dev/vda1 rw\n")
    var source = NFSSource(machine.tree.context)
    #expect(try source.said(at: 0).readings.isEmpty)
    machine.write()
    #expect(try source.said(at: 1).readings.count == 1)
    machine.mounts = []
    machine.write()
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 2) }
    #expect(failure?.health == .absent && failure?.message == "no NFS mount")
  }

  @Test("torn at every byte it neither crashes nor takes another number for bytes")
  func torn() {
    var machine = Mounts()
    machine.mounts = [
      .init(source: "fs1:/data", path: "/data", device: "0:50", read: 77, written: 8)
    ]
    machine.write()
    let text = Fixtures.readFile(machine.tree.root + "/proc/self/mountstats")
    for end in text.indices {
      text[..<end].withUnsafeBytes { bytes in
        var scanner = TextScanner(bytes)
        for row in NFSMounts.rows(&scanner, withOptions: true) {
          #expect([nil, 7, 77].contains(row.read) && [nil, 8].contains(row.written))
        }
      }
    }
  }
}

@Suite("Lustre")
struct LustreTests {
  static let stats = """
    snapshot_time             1700000000.123456789 secs.nsecs
    dirty_pages_hits          9 samples [regs]
    read_bytes                3340631 samples [bytes] 4096 1048576 14421705314304
    write_bytes               12 samples [bytes] 1 4096 8192 33554432
    open                      7 samples [regs]

    """

  @Test("bytes are the sums, with or without a sum of squares behind them")
  func values() throws {
    let tree = FileTree()
    tree.write("/proc/fs/lustre/llite/scratch-ffff9d3c8a3e5000/stats", Self.stats)
    tree.write(
      "/proc/self/mountinfo",
      "40 22 0:60 / /scratch rw - lustre 10.0.0.1@o2ib:/scratch rw,flock\n")
    var source = LustreSource(tree.context)
    #expect(source.probe() == Probe(.ok, "file systems: scratch"))
    let said = try source.said(at: 0)
    let name = "scratch-ffff9d3c8a3e5000"
    #expect(said.steps(.bytesRead, of: name) == 14_421_705_314_304)
    #expect(said.steps(.bytesWritten, of: name) == 8192)
    #expect(said.devices.first?.label == "/scratch")
    #expect(
      said.devices.first?.attributes
        == ["type": "lustre", "server": "10.0.0.1@o2ib", "path": "/scratch"])
  }

  @Test("before anything was read the bytes are none; another unit is not understood")
  func lines() {
    func sums(_ text: String) -> [Int64]? {
      Array(text.utf8).withUnsafeBytes { bytes in
        var scanner = TextScanner(bytes)
        return LustreSource.sums(&scanner).map { [$0.read, $0.written] }
      }
    }
    #expect(sums("snapshot_time 1.0 secs.nsecs\n") == [0, 0])
    #expect(sums("snapshot_time 1.0\nread_bytes 3 samples [pages] 1 2 3\n") == nil)
    #expect(sums("read 3\n") == nil)
  }

  @Test("mounted, but with counters that only root may read: denied in words; else absent")
  func denied() {
    let tree = FileTree()
    var source = LustreSource(tree.context)
    #expect(source.probe().health == .absent)
    tree.write(
      "/proc/self/mountinfo", "40 22 0:60 / /scratch rw - lustre mgs@tcp:/scratch rw\n")
    #expect(source.probe().health == .denied)
  }
}

@Suite("GPUDirect Storage")
struct GDSTests {
  static let text = """
    GDS Version: 1.13.0.11
    NVFS statistics(ver: 4.0)
    NVFS Driver(version: 2.24.2)
    Mellanox PeerDirect Supported: True
    IO stats: Enabled, peer IO stats: Disabled
    Logging level: info

    Active Shadow-Buffer (MiB): 0
    Active Process: 0
    Batches\t\t\t\t: n=0 ok=0 err=0 Avg-Submit-Latency(usec)=0
    Reads\t\t\t\t: n=8 ok=8 err=0 readMiB=32 io_state_err=0
    Reads\t\t\t\t: Bandwidth(MiB/s)=1000 Avg-Latency(usec)=90
    Sparse Reads\t\t        : n=1 io=2 holes=3 pages=4
    Writes\t\t\t\t: n=1 ok=1 err=0 writeMiB=5 io_state_err=0 pg-cache=0 pg-cache-fail=0
    Writes\t\t\t\t: Bandwidth(MiB/s)=7 Avg-Latency(usec)=9

    """

  @Test("bytes are whole mebibytes")
  func values() throws {
    let tree = FileTree()
    tree.write("/proc/driver/nvidia-fs/stats", Self.text)
    var source = GDSSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.bytesRead, of: "nvidia-fs") == 32 << 20)
    #expect(said.steps(.bytesWritten, of: "nvidia-fs") == 5 << 20)
    #expect(said.devices.first?.role == .user)
  }

  @Test("a driver that counts nothing is told apart from no traffic, with what to do")
  func off() throws {
    let tree = FileTree()
    tree.write(
      "/proc/driver/nvidia-fs/stats",
      "IO stats: Disabled, peer IO stats: Disabled\nReads\t: err=0 io_state_err=0\n")
    var source = GDSSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.message.contains("counts no bytes") == true)
    #expect(failure?.remedy.contains("rw_stats_enabled") == true)
    tree.write("/proc/driver/nvidia-fs/stats", Self.text)
    #expect(try source.said(at: 1).readings.count == 1)
    tree.remove("/proc/driver/nvidia-fs")
    var other = GDSSource(tree.context)
    #expect(other.probe().health == .absent)
  }
}
