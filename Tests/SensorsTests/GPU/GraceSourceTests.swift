import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("Grace processors")
struct GraceSourceTests {
  private func add(_ index: Int, _ label: String, _ microwatts: Int, to tree: FileTree) {
    let folder = "/sys/class/hwmon/hwmon\(index)"
    tree.write(folder + "/name", "power_meter\n")
    tree.write(folder + "/device/power1_oem_info", label + "\n")
    tree.write(folder + "/device/power1_average", "\(microwatts)\n")
    tree.write(folder + "/device/power1_average_interval", "50\n")
  }

  @Test("the processor is a package, its parts are inside it, the module is added to nothing")
  func superchip() throws {
    let tree = FileTree()
    add(0, "Module Power Socket 0", 612_000_000, to: tree)
    add(1, "Grace Power Socket 0", 148_000_000, to: tree)
    add(2, "CPU Power Socket 0", 81_000_000, to: tree)
    add(3, "SysIO Power Socket 0", 40_000_000, to: tree)
    var source = GraceSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: "package-0") == 148_000)
    #expect(said.steps(.power, of: "core-0") == 81_000)
    #expect(said.steps(.power, of: "uncore-0") == 40_000)
    #expect(said.steps(.power, of: "module-0") == 612_000)
    #expect(said.devices.map(\.id.kind) == [.meter, .cpu, .cpu, .cpu])
    #expect(said.provenance(.power, of: "package-0")?.method == .average)
    #expect(said.provenance(.power, of: "package-0")?.period == 1)
    #expect(try source.said(at: 1).series.isEmpty)
    // The same meters are not shown once more.
    var boards = HwmonSource(tree.context)
    #expect(boards.probe().health == .absent)
  }

  @Test("without a meter of the whole socket that of the cores is the package")
  func coresOnly() throws {
    let tree = FileTree()
    add(0, "CPU Power Socket 1", 90_000_000, to: tree)
    add(1, "Chassis", 500_000_000, to: tree)
    var source = GraceSource(tree.context)
    #expect(try source.said(at: 0).devices.map(\.label) == ["package-1"])
  }

  @Test("0 W of a processor that is asked is unknown, which is said once")
  func zero() throws {
    let tree = FileTree()
    add(0, "Grace Power Socket 0", 0, to: tree)
    var source = GraceSource(tree.context)
    var events: [Event] = []
    for second in 0..<5 {
      let said = try source.said(at: Double(second))
      #expect(said.readings.isEmpty)
      events += said.events
    }
    #expect(events.map(\.cause) == [.refused])
  }

  @Test("what cannot be is missing, what vanishes is told with the file's name")
  func faults() throws {
    let tree = FileTree()
    add(0, "Grace Power Socket 0", -5, to: tree)
    var source = GraceSource(tree.context)
    #expect(try source.said(at: 0).readings.isEmpty)
    tree.remove("/sys/class/hwmon/hwmon0/device/power1_average")
    var other = GraceSource(tree.context)
    #expect(throws: SourceFailure.self) { try other.said(at: 1) }
    add(0, "Grace Power Socket 0", 7_000_000, to: tree)
    #expect(try other.said(at: 2).steps(.power, of: "package-0") == 7000)
  }

  @Test("denied names the command that grants it")
  func denied() {
    let tree = FileTree()
    add(0, "Grace Power Socket 0", 7_000_000, to: tree)
    chmod(tree.root + "/sys/class/hwmon/hwmon0/device/power1_average", 0o400)
    let heard = asNobody { () -> SourceFailure? in
      var source = GraceSource(tree.context)
      return #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    }
    guard let failure = heard else {
      print("not tested: this user cannot give up the right to read")
      return
    }
    #expect(failure?.health == .denied)
    #expect(failure?.remedy.contains("sudo chown \"$USER\" /") == true)
  }

  @Test("elsewhere the source is absent")
  func absent() {
    let tree = FileTree()
    tree.write("/sys/class/hwmon/hwmon0/name", "coretemp\n")
    var source = GraceSource(tree.context)
    #expect(source.probe().health == .absent)
  }
}
