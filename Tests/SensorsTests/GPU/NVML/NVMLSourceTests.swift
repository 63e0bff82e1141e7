import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("NVML")
struct NVMLSourceTests {
  let first = FakeNVML.uuid(0)
  let second = FakeNVML.uuid(1)

  @Test("every number arrives in its metric's steps")
  func numbers() throws {
    let fake = try FakeNVML()
    // An H100 under load, as captured with driver 590.48.01.
    for (field, value) in [
      ("power_mw", 437_210), ("energy_mj", 1_234_567), ("limit_mw", 700_000), ("gpu_percent", 100),
      ("memory_percent", 37), ("used", 17_000_000_000), ("celsius", 52), ("sm_mhz", 1980),
      ("reasons", 4), ("instant_mw", 444_720), ("memory_celsius", 58),
      ("held_power_ns", 5_000_000), ("held_heat_ns", 6_000_000), ("held_board_ns", 7_000_000),
      ("held_brake_ns", 1_000_000), ("pcie_tx", 111), ("pcie_rx", 222), ("nvlink_tx_kib", 3),
      ("nvlink_rx_kib", 4),
    ] as [(String, UInt64)] { fake.set(field, value) }
    var source = fake.source()
    let said = try source.said(at: 1)
    #expect(said.devices.map(\.label) == ["0"])
    #expect(said.devices.first?.model == "NVIDIA H100 80GB HBM3")
    #expect(said.devices.first?.attributes["driver"] == "590.48.01")
    #expect(said.devices.first?.attributes["pci"] == "00000000:01:00.0")
    let expected: [(Metric, Int64)] = [
      (.power, 437_210), (.energy, 1_234_567_000), (.powerLimit, 700_000),
      (.utilization, 1_000_000), (.memoryActivity, 370_000), (.memoryUsed, 17_000_000_000),
      (.memoryTotal, 85_520_809_984), (.temperature, 52_000), (.smClock, 1_980_000_000),
      (.memoryClock, 2_619_000_000), (.eventReasons, 4), (.powerInstant, 444_720),
      (.powerLimitDefault, 700_000), (.memoryTemperature, 58_000), (.throttledByPower, 5000),
      (.throttledByThermal, 6000), (.throttledByBoard, 8000), (.pcieSent, 111),
      (.pcieReceived, 222),
      (.nvlinkSent, 3072), (.nvlinkReceived, 4096),
    ]
    for (metric, steps) in expected { #expect(said.steps(metric, of: first) == steps) }
    #expect(said.series.count == expected.count)
    #expect(said.events.isEmpty)
    // With the second sample come the means between the two.
    #expect(try fake.said(&source, at: 2).series.count == 10)
    #expect(try fake.said(&source, at: 3).series.isEmpty)
    #expect(said.devices.first?.attributes["nvml"] == "13.590.48.01")
    #expect(said.devices.first?.attributes["gpm"] == "yes")
  }

  @Test(
    "the power brake is counted only where the driver's branch is known to mean it by its field",
    arguments: [(590, true), (580, true), (575, false), (470, false)] as [(UInt32, Bool)])
  func powerBrake(branch: UInt32, isCounted: Bool) throws {
    let fake = try FakeNVML()
    fake.driver(branch: branch)
    fake.set("held_board_ns", 7_000_000)
    fake.set("held_brake_ns", 1_000_000)
    var source = fake.source()
    let said = try source.said(at: 0)
    #expect(said.steps(.throttledByBoard, of: first) == (isCounted ? 8000 : 7000))
    let note = try #require(said.provenance(.throttledByBoard, of: first)?.note)
    #expect(note.contains("271") == isCounted)
  }

  @Test("what the power brake's field says is unknown where nothing else tells of the board")
  func powerBrakeAlone() throws {
    let fake = try FakeNVML()
    fake.driver(branch: 575)
    fake.answer("field:77", 3)
    fake.answer("nvmlDeviceGetViolationStatus", 3)
    var source = fake.source()
    #expect(try source.said(at: 0).steps(.throttledByBoard, of: first) == nil)
  }

  @Test("a driver of unknown version is not asked for the power brake")
  func powerBrakeOfUnknownDriver() throws {
    let fake = try FakeNVML()
    fake.set("held_board_ns", 7_000_000)
    fake.set("held_brake_ns", 1_000_000)
    var source = fake.source(hiding: ["nvmlSystemGetDriverVersion"])
    #expect(try source.said(at: 0).steps(.throttledByBoard, of: first) == 7000)
  }

  @Test("the library is initialised once, however often it is asked")
  func initialisedOnce() throws {
    let fake = try FakeNVML(gpus: 2)
    var source = fake.source()
    for second in 0..<10 { _ = try source.said(at: Double(second)) }
    #expect(fake.calls("nvmlInit_v2") == 1)
    #expect(fake.calls("nvmlShutdown") == 0)
    #expect(fake.calls("nvmlDeviceGetName") == 2)
  }

  @Test(
    "power is a one-second mean from Ampere on, but for GA100",
    arguments: [
      // Blackwell, Hopper, Ada, Orin, Ampere, GA100, Turing, Volta, Maxwell.
      (10, 12, 0, Provenance.Method.average), (10, 10, 0, .average), (9, 9, 0, .average),
      (8, 8, 9, .average), (7, 8, 7, .average), (7, 8, 6, .average), (7, 8, 0, .instant),
      (6, 7, 5, .instant), (5, 7, 0, .instant), (2, 5, 2, .instant),
    ])
  func powerMethod(
    architecture: UInt64, major: UInt64, minor: UInt64, method: Provenance.Method
  ) throws {
    let fake = try FakeNVML()
    fake.set("architecture", architecture)
    fake.set("major", major)
    fake.set("minor", minor)
    var source = fake.source()
    let said = try source.said(at: 0)
    let provenance = try #require(said.provenance(.power, of: first))
    #expect(provenance.method == method && provenance.period == 1)
    #expect(provenance.note.contains("mean over the last second") == (method == .average))
    // A100 and H100 see their power for a quarter of the time only.
    let moment =
      method == .average ? said.provenance(.powerInstant, of: first)?.note : provenance.note
    let isPartial = major == 9 || major == 8 && minor == 0
    #expect(moment?.contains("25 ms of each 100 ms") == isPartial)
  }

  @Test("of a chip that the driver does not name it is not claimed what its power is")
  func unknownChip() throws {
    let fake = try FakeNVML()
    fake.set("architecture", 0xffff_ffff)
    fake.answer("nvmlDeviceGetCudaComputeCapability", 3)
    fake.answer("field:186", 3)
    var source = fake.source()
    let provenance = try #require(try source.said(at: 0).provenance(.power, of: first))
    #expect(provenance.method == .instant && provenance.note.contains("does not tell"))
  }

  @Test(
    "the library is found in folders that the loader does not search",
    arguments: ["/usr/lib/wsl/lib", "/run/opengl-driver/lib", "/home/kubernetes/bin/nvidia/lib64"])
  func folders(folder: String) throws {
    let fake = try FakeNVML()
    let tree = FileTree()
    let path = folder + "/libnvidia-ml.so.1"
    tree.write(path, Fixtures.readFile(fake.path))
    var source = NVMLSource(SourceContext(machine: "box", root: tree.root))
    #expect(source.probe() == Probe(.ok, "1 GPU, driver 590.48.01"))
    // Anyone may put a file into a folder that everybody may write to.
    chmod(tree.root + folder, 0o777)
    #expect(source.probe().health == .absent)
  }

  @Test("where no library is, the folders are named; of one that is broken the loader's reason")
  func notFound() throws {
    let tree = FileTree()
    var source = NVMLSource(SourceContext(machine: "box", root: tree.root))
    let absence = source.probe()
    #expect(absence.health == .absent)
    for word in ["libnvidia-ml.so.1", "/usr/lib/wsl/lib", "/run/opengl-driver/lib", "/usr/lib64"] {
      #expect(absence.message.contains(word))
    }
    #expect(NVMLLibrary.search.folders.allSatisfy { $0.hasPrefix("/") })
    tree.write("/usr/lib/wsl/lib/libnvidia-ml.so.1", "no library\n")
    let broken = source.probe()
    #expect(broken.health == .failed)
    #expect(broken.message.contains("/usr/lib/wsl/lib/libnvidia-ml.so.1 cannot be opened: "))
  }

  @Test("what is not supported is asked for once")
  func notSupported() throws {
    let fake = try FakeNVML()
    for id in [83, 191] { fake.answer("field:\(id)", 3) }
    fake.answer("nvmlDeviceGetTotalEnergyConsumption", 3)
    var source = fake.source()
    for second in 0..<5 {
      let said = try source.said(at: Double(second))
      #expect(said.steps(.energy, of: first) == nil)
      #expect(said.steps(.power, of: first) == 70_000)
    }
    #expect(fake.calls("nvmlDeviceGetTotalEnergyConsumption") == 1)
  }

  @Test("missing functions cost their own numbers or fall back on older ones")
  func missingFunctions() throws {
    let fake = try FakeNVML()
    var source = fake.source(hiding: [
      "nvmlDeviceGetFieldValues", "nvmlDeviceGetTotalEnergyConsumption",
      "nvmlDeviceGetMemoryInfo_v2",
      "nvmlDeviceGetTemperatureV", "nvmlDeviceGetCurrentClocksEventReasons",
    ])
    let said = try source.said(at: 0)
    #expect(said.steps(.energy, of: first) == nil)
    // The first version counts what the driver reserves as used.
    #expect(said.steps(.memoryUsed, of: first) == 566_231_040)
    #expect(said.steps(.temperature, of: first) == 30_000)
    #expect(said.steps(.eventReasons, of: first) == 1)
    #expect(said.steps(.power, of: first) == 70_000)
    #expect(said.steps(.powerLimit, of: first) == 700_000)
    #expect(said.steps(.powerLimitDefault, of: first) == 700_000)
    #expect(said.provenance(.power, of: first)?.note.hasPrefix("nvmlDeviceGetPowerUsage") == true)
  }
}
