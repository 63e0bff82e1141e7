import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("Control groups of jobs")
struct ControlGroupTests {
  static let path = "/system.slice/slurmstepd.scope/job_4711/step_0"

  /// A machine with control groups of version 2, and a job in one of them.
  struct Machine {
    let tree = FileTree()
    let context: SourceContext

    init() {
      context = tree.context
      tree.write("/sys/fs/cgroup/cgroup.controllers", "cpu io memory\n")
      tree.write("/sys/fs/cgroup/cpu.stat", "usage_usec 1\n")
    }

    func job(_ name: String = "train", pids: [Int] = [100]) {
      let pids = pids.map { "\($0)" }.joined(separator: ",")
      let id = context.device(.job, name)
      context.roster.take([.device(Device(id: id, label: name, attributes: ["pids": pids]))])
    }

    func process(_ pid: Int, in path: String) {
      tree.write("/proc/\(pid)/cgroup", "0::\(path)\n")
    }

    /// Makes a group and those above it.
    func group(_ path: String, _ files: [String: String] = [:]) {
      var folder = "/sys/fs/cgroup"
      for part in path.split(separator: "/") {
        folder += "/\(part)"
        tree.write(folder + "/cgroup.type", "domain\n")
      }
      for (name, text) in files { tree.write("\(folder)/\(name)", text) }
    }

    func disk(_ name: String, _ number: String, on slaves: [String] = [], at place: String) {
      let folder = "/sys/devices/\(place)/\(name)"
      tree.write(folder + "/size", "100\n")
      tree.folder(folder + "/slaves")
      for slave in slaves { tree.folder("\(folder)/slaves/\(slave)") }
      tree.link("/sys/block/" + name, to: "../devices/\(place)/\(name)")
      tree.link("/sys/dev/block/" + number, to: "../../devices/\(place)/\(name)")
    }
  }

  static func pressure(_ total: Int) -> String {
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=\(total)\nfull avg10=0.00 total=1\n"
  }

  @Test("bytes of whole disks, pressure, throttled time and the limit, of the job's own group")
  func values() throws {
    let machine = Machine()
    machine.disk("nvme0n1", "259:0", at: "pci0/block")
    machine.disk("dm-0", "253:0", on: ["nvme0n1"], at: "virtual/block")
    machine.disk("loop0", "7:0", at: "virtual/block")
    machine.group(
      Self.path,
      [
        "io.stat": """
        253:0 rbytes=500 wbytes=600 rios=1 wios=2 dbytes=0 dios=0
        259:0 rbytes=500 wbytes=640 rios=1 wios=2 dbytes=0 dios=0
        7:0 rbytes=9 wbytes=9 rios=1 wios=2 dbytes=0 dios=0
        (unknown) rbytes=500 wbytes=640 rios=1 wios=2 dbytes=0 dios=0
        8:0
        259:9 rbytes=1

        """, "cpu.pressure": Self.pressure(7), "memory.pressure": Self.pressure(8),
        "io.pressure": Self.pressure(9), "cpu.max": "150000 100000\n",
        "cpu.stat": "usage_usec 5\nnr_periods 1\nnr_throttled 2\nthrottled_usec 33\n",
      ])
    machine.process(100, in: Self.path)
    machine.job()
    var source = ControlGroupSource(machine.context)
    #expect(source.probe().health == .ok)
    let said = try source.said(at: 0)
    let device = try #require(said.devices.first)
    #expect(device.id.kind == .controlGroup && device.label == "step_0")
    #expect(device.parent == machine.context.device(.job, "train"))
    #expect(device.attributes == ["path": Self.path, "job": "slurm 4711"])
    #expect(said.steps(.bytesRead, of: Self.path) == 500)
    #expect(said.steps(.bytesWritten, of: Self.path) == 640)
    #expect(said.steps(.cpuPressure, of: Self.path) == 7)
    #expect(said.steps(.memoryPressure, of: Self.path) == 8)
    #expect(said.steps(.ioPressure, of: Self.path) == 9)
    #expect(said.steps(.throttledByCPULimit, of: Self.path) == 33)
    #expect(said.readings.first?[.cpuLimit] == 1.5)
    #expect(try source.said(at: 1).devices.isEmpty)
  }

  @Test("of limits one above another the tightest holds, and its group's throttled time counts")
  func limitAbove() throws {
    let machine = Machine()
    machine.group("/kubepods", ["cpu.max": "max 100000\n", "cpu.stat": "throttled_usec 1\n"])
    machine.group(
      "/kubepods/pod", ["cpu.max": "200000 100000\n", "cpu.stat": "throttled_usec 22\n"])
    machine.group("/kubepods/pod/c", ["cpu.max": "max 100000\n", "cpu.stat": "throttled_usec 0\n"])
    machine.process(100, in: "/kubepods/pod/c")
    machine.job()
    var source = ControlGroupSource(machine.context)
    let name = "/kubepods/pod/c"
    var said = try source.said(at: 0)
    #expect(said.readings.first?[.cpuLimit] == 2)
    #expect(said.steps(.throttledByCPULimit, of: name) == 22)
    #expect(said.devices.first?.attributes["limited_by"] == "pod")
    #expect(said.devices.first?.attributes["bytes"] != nil)
    // The limit moves to the group itself: what that had counted before is none of this.
    machine.group(name, ["cpu.max": "50000 100000\n", "cpu.stat": "throttled_usec 9000\n"])
    said = try source.said(at: 10)
    #expect(said.readings.first?[.cpuLimit] == 0.5)
    #expect(said.steps(.throttledByCPULimit, of: name) == 22)
    #expect(said.devices.first?.attributes["limited_by"] == nil)
    machine.group(name, ["cpu.stat": "throttled_usec 9500\n"])
    #expect(try source.said(at: 11).steps(.throttledByCPULimit, of: name) == 522)
  }

  @Test("a group of two jobs is neither's, and a job of two groups has both")
  func shared() throws {
    let machine = Machine()
    for path in ["/a", "/b"] {
      machine.group(path, ["io.stat": "", "cpu.stat": "throttled_usec 0\n"])
    }
    machine.process(1, in: "/a")
    machine.process(2, in: "/a")
    machine.process(3, in: "/b")
    machine.job("one", pids: [1])
    machine.job("two", pids: [2, 3])
    var source = ControlGroupSource(machine.context)
    let devices = try source.said(at: 0).devices
    #expect(devices.map(\.id.name) == ["/a", "/b"])
    #expect(devices.map(\.parent) == [nil, machine.context.device(.job, "two")])
    #expect(devices.first?.attributes["jobs"] == "one, two")
  }

  @Test("a group below another says so, since the numbers of that contain its own")
  func nested() throws {
    let machine = Machine()
    machine.group("/a/b/c", ["cpu.pressure": Self.pressure(1)])
    machine.group("/a", ["cpu.pressure": Self.pressure(2)])
    machine.group("/ab", ["cpu.pressure": Self.pressure(3)])
    for (pid, path) in [(1, "/a"), (2, "/a/b/c"), (3, "/ab")] { machine.process(pid, in: path) }
    machine.job(pids: [1, 2, 3])
    var source = ControlGroupSource(machine.context)
    let devices = try source.said(at: 0).devices
    #expect(devices.map(\.id.name) == ["/a", "/a/b/c", "/ab"])
    #expect(devices.map { $0.attributes["within"] } == [nil, "/a", nil])
  }

  @Test("the root is no job's group, but a container's own is, though it looks like the root")
  func root() throws {
    let machine = Machine()
    machine.process(100, in: "/")
    machine.job()
    var source = ControlGroupSource(machine.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent && failure?.message.contains("root") == true)
    machine.tree.write("/sys/fs/cgroup/cgroup.type", "domain\n")
    machine.tree.write("/sys/fs/cgroup/cpu.max", "400000 100000\n")
    machine.tree.write("/sys/fs/cgroup/cpu.stat", "throttled_usec 4\n")
    let said = try source.said(at: 10)
    #expect(said.devices.first?.label == "this container")
    #expect(said.readings.first?[.cpuLimit] == 4)
    #expect(said.steps(.throttledByCPULimit, of: "/") == 4)
  }

  @Test("version 1, a group outside and a process that is gone are told apart in words")
  func absences() throws {
    let machine = Machine()
    var source = ControlGroupSource(machine.context)
    #expect(try source.said(at: 0).readings.isEmpty)
    machine.job()
    #expect(
      throws: SourceFailure(
        .waiting, "the jobs' processes cannot be looked at",
        remedy: Remedy.otherUsers.text)
    ) { try source.said(at: 1) }
    machine.process(100, in: "/x (deleted)")
    let gone = #expect(throws: SourceFailure.self) { try source.said(at: 11) }
    #expect(gone?.health == .waiting)
    machine.process(100, in: "/../other")
    let outside = #expect(throws: SourceFailure.self) { try source.said(at: 21) }
    #expect(outside?.message.contains("outside") == true)
    machine.tree.write("/proc/100/cgroup", "5:cpu,cpuacct:/x\n1:name=systemd:/x\n")
    let first = #expect(throws: SourceFailure.self) { try source.said(at: 31) }
    #expect(first?.message.contains("version 1") == true)
    // Both side by side, with the controllers still at version 1.
    machine.tree.remove("/sys/fs/cgroup/cgroup.controllers")
    machine.process(100, in: "/x")
    let hybrid = #expect(throws: SourceFailure.self) { try source.said(at: 41) }
    #expect(hybrid?.message.contains("version 1") == true)
    #expect(source.probe().health == .absent)
  }

  @Test("a group that is gone says nothing, and a job that ends takes its group along")
  func gone() throws {
    let machine = Machine()
    machine.group("/a", ["cpu.pressure": Self.pressure(1)])
    machine.process(100, in: "/a")
    machine.job()
    var source = ControlGroupSource(machine.context)
    #expect(try source.said(at: 0).readings.count == 1)
    let job = machine.context.device(.job, "train")
    machine.context.roster.take([
      .event(
        Event(
          time: Timestamp(seconds: 1), kind: .note, text: "ended", device: job, cause: .ended))
    ])
    #expect(try source.said(at: 1).readings.isEmpty)
  }

  @Test(
    "processors of cpu.max",
    arguments: [
      ("max 100000", nil), ("50000 100000", 0.5), ("1600000 100000", 16), ("0 100000", nil),
      ("100000", nil), ("", nil), ("a b", nil),
    ])
  func processors(text: String, count: Double?) {
    #expect(ControlGroup.processors(text) == count)
  }
}
