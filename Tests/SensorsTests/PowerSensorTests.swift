import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("RAPL")
struct RAPLSourceTests {
  static func add(_ zone: String, _ name: String, _ energy: String?, to tree: FileTree) {
    let folder = "/sys/class/powercap/\(zone)"
    tree.write(folder + "/name", name + "\n")
    tree.write(folder + "/max_energy_range_uj", "262143328850\n")
    if let energy { tree.write(folder + "/energy_uj", energy + "\n") }
  }

  @Test("a package that counts nothing in a virtual machine is unknown, a core that rests is not")
  func stuck() throws {
    let tree = FileTree()
    Self.add("intel-rapl:0", "package-0", "0", to: tree)
    Self.add("intel-rapl:0:0", "core", "0", to: tree)
    var source = RAPLSource(tree.context)
    var events: [Event] = []
    var said = try source.said(at: 0)
    #expect(said.steps(.energy, of: "package-0") == 0)
    for second in 1..<20 {
      said = try source.said(at: Double(second))
      events += said.events
    }
    #expect(said.steps(.energy, of: "package-0") == nil && said.steps(.energy, of: "core-0") == 0)
    #expect(events.map(\.device?.name) == ["package-0"] && events.map(\.cause) == [.refused])
    tree.write("/sys/class/powercap/intel-rapl:0/energy_uj", "41000000\n")
    #expect(try source.said(at: 20).steps(.energy, of: "package-0") == 41_000_000)
  }

  @Test("domains carry the kernel's names, the package's number and their range")
  func values() throws {
    let tree = FileTree()
    tree.write("/proc/cpuinfo", "model name\t: Intel(R) Xeon(R) Platinum 8480C\n")
    Self.add("intel-rapl:0", "package-0", "1000001", to: tree)
    Self.add("intel-rapl:1", "package-1", "2000002", to: tree)
    Self.add("intel-rapl:2", "psys", "9000009", to: tree)
    Self.add("intel-rapl:0:0", "dram", "300003", to: tree)
    Self.add("intel-rapl:1:0", "dram", "400004", to: tree)
    Self.add("intel-rapl-mmio:0", "package-0", "1000001", to: tree)
    var source = RAPLSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["package-0", "package-1", "psys", "dram-0", "dram-1"])
    #expect(said.devices.first?.model == "Intel(R) Xeon(R) Platinum 8480C")
    #expect(said.devices.first?.id.kind == .cpu)
    #expect(said.steps(.energy, of: "package-0") == 1_000_001)
    #expect(said.steps(.energy, of: "dram-1") == 400_004)
    let provenance = said.provenance(.energy, of: "psys")
    #expect(provenance?.method == .counter)
    #expect(abs((provenance?.range ?? 0) - 262_143.328850) < 1e-6)
  }

  @Test("a counter that wraps goes on growing in the timeline")
  func wrap() throws {
    let tree = FileTree()
    Self.add("intel-rapl:0", "package-0", "262143000000", to: tree)
    var source = RAPLSource(tree.context)
    var timeline = Timeline()
    timeline.apply(try source.sample(FixedClock(Timestamp(seconds: 0))))
    tree.write("/sys/class/powercap/intel-rapl:0/energy_uj", "99671150\n")
    timeline.apply(try source.sample(FixedClock(Timestamp(seconds: 1))))
    let device = tree.context.device(.cpu, "package-0")
    let series = try #require(timeline.id(.energy, of: device))
    let total = timeline.total(
      series, over: TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: 1)))
    // 0.328850 J up to the range, 99.671150 J after it.
    #expect(abs(total.amount - 100) < 1e-6)
  }

  @Test("a package shown twice by a processor of several dies counts once")
  func repeated() throws {
    let tree = FileTree()
    Self.add("intel-rapl:0", "package-0", "5", to: tree)
    Self.add("intel-rapl:0:0", "core", "3", to: tree)
    Self.add("intel-rapl:1", "package-0", "5", to: tree)
    Self.add("intel-rapl:1:0", "core", "3", to: tree)
    var source = RAPLSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["package-0", "core-0"])
    #expect(said.events.map(\.kind) == [.note])
    #expect(said.events.first?.text.contains("intel-rapl:1") == true)
  }

  @Test("without domains the source says where it looked")
  func absent() {
    let tree = FileTree()
    var source = RAPLSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
    #expect(failure?.message.contains("/sys/class/powercap/intel-rapl:*") == true)
  }

  @Test("denied names the command that grants it")
  func denied() throws {
    let tree = FileTree()
    Self.add("intel-rapl:0", "package-0", "5", to: tree)
    chmod(tree.root + "/sys/class/powercap/intel-rapl:0/energy_uj", 0o400)
    let heard = asNobody { () -> (Probe, SourceFailure?) in
      var source = RAPLSource(tree.context)
      let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
      return (source.probe(), failure)
    }
    guard let (probe, failure) = heard else {
      print("not tested: this user cannot give up the right to read")
      return
    }
    #expect(probe.health == .denied)
    #expect(failure?.health == .denied)
    #expect(failure?.remedy == Remedy.energyCounters.text)
  }

  @Test("a domain that cannot be read costs only itself, and all of them the source for a while")
  func unreadable() throws {
    let tree = FileTree()
    Self.add("intel-rapl:0", "package-0", nil, to: tree)
    tree.folder("/sys/class/powercap/intel-rapl:0/energy_uj")
    Self.add("intel-rapl:1", "package-1", "8", to: tree)
    var source = RAPLSource(tree.context)
    #expect(try source.said(at: 0).devices.map(\.label) == ["package-1"])
    var other = RAPLSource(tree.context)
    tree.remove("/sys/class/powercap/intel-rapl:1")
    let failure = #expect(throws: SourceFailure.self) { try other.said(at: 0) }
    #expect(failure?.health == .failed)
    tree.remove("/sys/class/powercap/intel-rapl:0/energy_uj")
    tree.write("/sys/class/powercap/intel-rapl:0/energy_uj", "6\n")
    #expect(try other.said(at: 1).steps(.energy, of: "package-0") == 6)
  }
}

@Suite("Hardware monitoring")
struct HwmonSourceTests {
  @Test("power and energy of one label are one meter; an average is preferred")
  func values() throws {
    let tree = FileTree()
    let folder = "/sys/class/hwmon/hwmon2"
    tree.write(folder + "/name", "ina\n")
    tree.write(folder + "/power1_input", "118250000\n")
    tree.write(folder + "/power1_label", "pkg\n")
    tree.write(folder + "/energy1_input", "77000001\n")
    tree.write(folder + "/energy1_label", "pkg\n")
    tree.write(folder + "/power1_cap", "1\n")
    tree.write("/sys/class/hwmon/hwmon1/name", "power_meter\n")
    tree.write("/sys/class/hwmon/hwmon1/power1_input", "1\n")
    tree.write("/sys/class/hwmon/hwmon1/power1_average", "2080000000\n")
    tree.write("/sys/class/hwmon/hwmon1/power1_average_interval", "4000\n")
    var source = HwmonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["power_meter/power1", "ina/pkg"])
    #expect(said.steps(.power, of: "ina/pkg") == 118_250)
    #expect(said.steps(.energy, of: "ina/pkg") == 77_000_001)
    #expect(said.provenance(.power, of: "ina/pkg")?.method == .instant)
    #expect(said.steps(.power, of: "power_meter/power1") == 2_080_000)
    let average = said.provenance(.power, of: "power_meter/power1")
    #expect(average?.method == .average && average?.period == 4)
  }

  @Test("a meter of the whole machine that says 0 W knows nothing; another may be of what is off")
  func zero() throws {
    let tree = FileTree()
    for (index, chip) in ["power_meter", "ina226"].enumerated() {
      tree.write("/sys/class/hwmon/hwmon\(index)/name", chip + "\n")
      tree.write("/sys/class/hwmon/hwmon\(index)/power1_input", "0\n")
    }
    var source = HwmonSource(tree.context)
    var events: [Event] = []
    for second in 0..<5 {
      let said = try source.said(at: Double(second))
      #expect(said.steps(.power, of: "power_meter/power1") == nil)
      #expect(said.steps(.power, of: "ina226/power1") == 0)
      events += said.events
    }
    #expect(events.map(\.device?.name) == ["power_meter/power1"])
  }

  @Test("two chips of one name are told apart by their place")
  func sameName() throws {
    let tree = FileTree()
    for (index, place) in ["1-0040", "1-0041"].enumerated() {
      tree.write("/sys/class/hwmon/hwmon\(index)/name", "ina226\n")
      tree.write("/sys/class/hwmon/hwmon\(index)/power1_input", "5000000\n")
      tree.link("/sys/class/hwmon/hwmon\(index)/device", to: "../../../\(place)")
    }
    var source = HwmonSource(tree.context)
    let names = try source.said(at: 0).devices.map(\.label)
    #expect(names == ["ina226@1-0040/power1", "ina226@1-0041/power1"])
  }

  @Test("batteries, NVIDIA chips and single cores are left out; so is what cannot be")
  func leftOut() throws {
    let tree = FileTree()
    for (index, chip) in ["BAT0", "nvidia", "amd_energy", "odd", "coretemp", "amdgpu"].enumerated()
    {
      tree.write("/sys/class/hwmon/hwmon\(index)/name", chip + "\n")
      guard chip != "coretemp" else { continue }
      tree.write("/sys/class/hwmon/hwmon\(index)/power1_input", "-1\n")
    }
    tree.write("/sys/class/hwmon/hwmon0/device/type", "Battery\n")
    tree.write("/sys/class/hwmon/hwmon2/energy1_input", "1\n")
    tree.write("/sys/class/hwmon/hwmon2/energy1_label", "Ecore000\n")
    tree.write("/sys/class/hwmon/hwmon2/energy2_input", "2\n")
    tree.write("/sys/class/hwmon/hwmon2/energy2_label", "Esocket0\n")
    var source = HwmonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["amd_energy/Esocket0"])
  }

  @Test("without sensors the source says where it looked")
  func absent() {
    let tree = FileTree()
    tree.write("/sys/class/hwmon/hwmon0/name", "coretemp\n")
    var source = HwmonSource(tree.context)
    let probe = source.probe()
    #expect(probe.health == .absent)
    #expect(probe.message.contains("among 1 chips in \(tree.root)/sys/class/hwmon"))
  }
}
