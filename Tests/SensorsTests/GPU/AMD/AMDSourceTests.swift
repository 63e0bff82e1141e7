import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("AMD GPUs")
struct AMDSourceTests {
  private let first = AMDTree.pci(0)
  private let second = AMDTree.pci(1)

  @Test("every number arrives in its metric's steps")
  func numbers() throws {
    let tree = AMDTree()
    tree.set(["throttle": 0b10, "read": 3, "written": 5])
    tree.files.write(tree.folder(0) + "/vbios_version", "113-M3000100-103\n")
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["0"])
    #expect(said.devices.first?.model == "AMD 74a1")
    #expect(said.devices.first?.attributes["pci"] == first)
    #expect(said.devices.first?.attributes["vbios"] == "113-M3000100-103")
    let expected: [(Metric, Int64)] = [
      (.power, 100_000), (.powerLimit, 750_000), (.utilization, 900_000),
      (.memoryActivity, 400_000), (.memoryUsed, 295_698_432), (.memoryTotal, 206_141_652_992),
      (.temperature, 55_000), (.memoryTemperature, 48_000), (.smClock, 2_100_000_000),
      (.memoryClock, 1_300_000_000), (.eventReasons, 4), (.xgmiReceived, 3072), (.xgmiSent, 5120),
    ]
    for (metric, steps) in expected { #expect(said.steps(metric, of: first) == steps) }
    #expect(said.series.count == expected.count)
    #expect(said.events.isEmpty)
    #expect(said.provenance(.power, of: first)?.source == "amdgpu")
  }

  @Test("the name comes from the card, else from the system's list of devices")
  func names() throws {
    let tree = AMDTree(2)
    tree.files.write(
      "/usr/share/hwdata/pci.ids",
      "# comment\n1001  Kolter\n\t74a1  Not this\n1002  Advanced Micro Devices\n\t1234  Old\n"
        + "\t74a1  Aqua Vanjaram [Instinct MI300X]\n\t\t1002 74a1  Board\n1003  ULSI\n")
    tree.files.write(tree.folder(1) + "/product_name", "AMD Instinct MI300X OAM\n")
    var source = tree.source
    let models = try source.said(at: 0).devices.map(\.model)
    #expect(models == ["AMD Instinct MI300X", "AMD Instinct MI300X OAM"])
    let context = tree.files.context
    #expect(PCIIDs.name(vendor: "1002", device: "1234", in: context) == "Old")
    #expect(PCIIDs.name(vendor: "1003", device: "74a1", in: context) == nil)
  }

  @Test("newer versions count how long the clocks were held back, and by what")
  func throttled() throws {
    let tree = AMDTree(1, version: (1, 7))
    let quiet: [String: UInt64] = ["prochot": 0, "socketheat": 0, "vrheat": 0, "hbmheat": 0]
    tree.set(quiet.merging(["rounds": 1000, "ppt": 50]) { $1 })
    var source = tree.source
    _ = try source.said(at: 0)
    tree.set(["rounds": 3000, "ppt": 550])
    var said = try source.said(at: 2)
    #expect(said.steps(.throttledByPower, of: first) == 500_000)
    #expect(said.steps(.throttledByThermal, of: first) == 0)
    #expect(said.steps(.eventReasons, of: first) == 4)
    tree.set(["rounds": 4000, "hbmheat": 100])
    said = try source.said(at: 3)
    #expect(said.steps(.throttledByPower, of: first) == 500_000)
    #expect(said.steps(.throttledByThermal, of: first) == 100_000)
    #expect(said.steps(.eventReasons, of: first) == 0x20)
  }

  @Test("the file that the driver sleeps in is never opened")
  func sleepyFile() throws {
    let tree = AMDTree()
    // Opening a pipe that nobody writes to would block for ever.
    mkfifo(tree.files.root + tree.folder(0) + "/pcie_bw", 0o644)
    var source = tree.source
    for second in 0..<3 { #expect(try source.said(at: Double(second)).readings.count == 1) }
  }

  @Test("a second die draws on its partner's meter and counts once")
  func secondDie() throws {
    let tree = AMDTree(2, version: (1, 3), model: "7408")
    tree.set(1, ["power": 0, "energy": 0])
    var source = tree.source
    var said = try source.said(at: 0)
    #expect(
      said.events.map(\.text) == [
        "second die of a card; its power is on the meter of GPU 0"
      ])
    #expect(said.devices.last?.attributes["meter"] == first)
    for second in 1..<8 {
      tree.draw(0, watts: 400, seconds: 1)
      said = try source.said(at: Double(second))
      #expect(said.events.isEmpty)
    }
    #expect(said.steps(.energy, of: first) != nil)
    #expect(said.steps(.power, of: second) == nil && said.steps(.energy, of: second) == nil)
    #expect(said.steps(.temperature, of: second) == 55_000)
  }

  @Test("partitions of a package are not cards of their own")
  func partitions() throws {
    let tree = AMDTree()
    tree.files.write(tree.folder(0) + "/current_compute_partition", "CPX\n")
    for card in 1..<4 {
      tree.files.folder("/sys/devices/platform/amdgpu_xcp_\(card)")
      tree.files.link(
        "/sys/class/drm/card\(card)/device", to: "../../../devices/platform/amdgpu_xcp_\(card)")
    }
    tree.files.link("/sys/class/drm/card9/device", to: "../../../devices/pci0000:00/\(first)")
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.id.name) == [first])
    #expect(said.devices.first?.attributes["partition"] == "CPX")
  }

  @Test("a sleeping GPU is not read, which is said once, and goes on when it is awake")
  func asleep() throws {
    let tree = AMDTree(2)
    tree.files.write(tree.folder(1) + "/power/runtime_status", "suspended\n")
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.readings.map(\.device.name) == [first])
    #expect(said.events.map(\.text) == ["sleeps; it is left asleep and not read"])
    #expect(said.events.map(\.device?.name) == [second])
    #expect(try source.said(at: 1).events.isEmpty)
    tree.files.write(tree.folder(1) + "/power/runtime_status", "active\n")
    let awake = try source.said(at: 2)
    #expect(awake.readings.map(\.device.name) == [first, second])
    #expect(awake.events.map(\.text) == ["awake again"])
  }

  @Test("a GPU that is unplugged costs only itself and is found again")
  func unplugged() throws {
    let tree = AMDTree(2)
    tree.set(0, ["energy": nil])
    var source = tree.source
    _ = try source.said(at: 0)
    tree.unplug(1)
    let said = try source.said(at: 1)
    #expect(said.readings.map(\.device.name) == [first])
    #expect(said.events.map(\.kind) == [.gap])
    #expect(said.events.first?.text.contains("does not exist") == true)
    for second in 2..<6 { #expect(try source.said(at: Double(second)).events.isEmpty) }
    tree.plug(1)
    tree.set(1, [:])
    let back = try source.said(at: 9)
    #expect(back.readings.map(\.device.name) == [first, second])
    #expect(back.events.map(\.text) == ["answers again"])
  }

  @Test("what is cut short is missing for as long as it is")
  func torn() throws {
    let tree = AMDTree()
    var source = tree.source
    _ = try source.said(at: 0)
    tree.files.write(tree.folder(0) + "/gpu_metrics", Array(tree.bytes()[..<100]))
    let said = try source.said(at: 1)
    #expect(said.steps(.power, of: first) == nil)
    #expect(said.steps(.memoryUsed, of: first) == 295_698_432)
    #expect(said.events.map(\.kind) == [.note])
    #expect(try source.said(at: 2).events.isEmpty)
    tree.set([:])
    #expect(try source.said(at: 3).steps(.power, of: first) == 100_000)
  }

  @Test("an unknown version is named, and the sensors serve instead")
  func unknownVersion() throws {
    let tree = AMDTree()
    var bytes = tree.bytes()
    bytes[3] = 42
    tree.files.write(tree.folder(0) + "/gpu_metrics", bytes)
    tree.files.write(tree.folder(0) + "/gpu_busy_percent", "77\n")
    let sensors = tree.folder(0) + "/hwmon/hwmon2"
    for (name, text) in [
      ("power1_average", "143000000"), ("temp1_input", "61000"), ("temp1_label", "edge"),
      ("temp2_input", "64000"), ("temp2_label", "mem"), ("freq1_input", "1800000000"),
      ("freq1_label", "sclk"), ("fan1_input", "1500"), ("fan1_max", "3000"),
    ] { tree.files.write("\(sensors)/\(name)", text + "\n") }
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(
      said.events.map(\.text) == [
        "gpu_metrics 1.42 of 288 bytes is not known; its sensors are read"
      ])
    let expected: [(Metric, Int64)] = [
      (.power, 143_000), (.utilization, 770_000), (.temperature, 61_000),
      (.memoryTemperature, 64_000), (.smClock, 1_800_000_000), (.fanSpeed, 500_000),
    ]
    for (metric, steps) in expected { #expect(said.steps(metric, of: first) == steps) }
    #expect(said.provenance(.power, of: first)?.method == .average)
  }

  @Test("metrics that may not be read are told of, and the sensors serve instead")
  func denied() throws {
    let tree = AMDTree()
    tree.files.write(tree.folder(0) + "/hwmon/hwmon2/power1_input", "99000000\n")
    chmod(tree.files.root + tree.folder(0) + "/gpu_metrics", 0o400)
    let heard = asNobody { () -> Said? in
      var source = tree.source
      return try? source.said(at: 0)
    }
    guard let heard else {
      print("not tested: this user cannot give up the right to read")
      return
    }
    #expect(heard?.steps(.power, of: first) == 99_000)
    #expect(heard?.events.first?.text.contains("may not be read") == true)
  }

  @Test("an impossible power is left out, and told of once")
  func implausiblePower() throws {
    let tree = AMDTree()
    tree.set(["power": 2000])
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: first) == nil)
    #expect(
      said.events.map(\.text).contains("power of 2000 W left out, far beyond its limit"))
    #expect(try source.said(at: 1).events.isEmpty)
  }

  @Test("a processor's graphics are counted once, with or without its package's own meter")
  func processor() throws {
    let tree = AMDTree(1, version: (2, 4), model: "1681")
    tree.set(["power": 28_000, "graphics": 9_500, "edge": 5_000])
    var source = tree.source
    let said = try source.said(at: 0)
    #expect(said.devices.map(\.label) == ["iGPU"])
    #expect(said.steps(.modulePower, of: first) == 28_000)
    #expect(said.steps(.power, of: first) == 9_500)
    RAPLSourceTests.add("intel-rapl:0", "package-0", "1000", to: tree.files)
    var other = tree.source
    let both = try other.said(at: 0)
    #expect(both.steps(.modulePower, of: first) == 28_000)
    #expect(both.steps(.power, of: first) == nil)
  }

  @Test("a socket power that may be watts is believed only with a sensor that tells")
  func wattsOrMilliwatts() throws {
    let tree = AMDTree(1, version: (2, 1), model: "1638")
    tree.set(["power": 15, "graphics": nil])
    var source = tree.source
    #expect(try source.said(at: 0).steps(.modulePower, of: first) == nil)
    tree.files.write(tree.folder(0) + "/hwmon/hwmon2/power1_input", "14800000\n")
    var other = tree.source
    #expect(try other.said(at: 0).steps(.modulePower, of: first) == 15_000)
  }

  @Test("without a GPU the source says where it looked")
  func absent() {
    let tree = FileTree()
    var source = AMDSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
    #expect(failure?.message.contains("vendor 0x1002") == true)
    #expect(source.probe().health == .absent)
  }
}
