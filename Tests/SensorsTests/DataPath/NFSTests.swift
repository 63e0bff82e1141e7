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
