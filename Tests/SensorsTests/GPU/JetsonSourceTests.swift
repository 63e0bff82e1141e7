import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("Jetson modules")
struct JetsonSourceTests {
  /// A monitor of three rails, each in milliamperes and millivolts.
  private func add(_ index: Int, _ rails: [(String, Int, Int)], to tree: FileTree) {
    let folder = "/sys/class/hwmon/hwmon\(index)"
    tree.write(folder + "/name", "ina3221\n")
    for (channel, rail) in rails.enumerated() {
      tree.write(folder + "/in\(channel + 1)_label", rail.0 + "\n")
      tree.write(folder + "/curr\(channel + 1)_input", "\(rail.1)\n")
      tree.write(folder + "/in\(channel + 1)_input", "\(rail.2)\n")
    }
  }

  private func addGPU(to tree: FileTree) {
    tree.write("/sys/devices/platform/gpu.0/load", "873\n")
    tree.write("/sys/class/devfreq/17000000.gpu/cur_freq", "624750000\n")
    tree.write("/sys/class/thermal/thermal_zone1/type", "gpu-thermal\n")
    tree.write("/sys/class/thermal/thermal_zone1/temp", "51250\n")
    tree.write("/proc/device-tree/model", "NVIDIA Jetson Orin Nano\0")
  }

  @Test("the module's input is the machine, the GPU's rail its power, the rest is inside")
  func orinNano() throws {
    let tree = FileTree()
    add(
      1, [("VDD_IN", 1200, 5000), ("VDD_CPU_GPU_CV", 400, 5000), ("VDD_SOC", 200, 5000)], to: tree)
    addGPU(to: tree)
    var source = JetsonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: "module") == 6000)
    #expect(said.steps(.power, of: "jetson") == 2000)
    #expect(said.steps(.power, of: "VDD_SOC") == 1000)
    #expect(said.steps(.utilization, of: "jetson") == 873_000)
    #expect(said.steps(.smClock, of: "jetson") == 624_750_000)
    #expect(said.steps(.temperature, of: "jetson") == 51_250)
    #expect(said.devices.map(\.id.kind) == [.meter, .gpu, .meter])
    #expect(said.devices[1].model == "NVIDIA Jetson Orin Nano")
    #expect(said.provenance(.power, of: "jetson")?.note.contains("processor's cores") == true)
  }

  @Test("modules with rails of their own for the processor have a package")
  func orinAGX() throws {
    let tree = FileTree()
    add(1, [("VDD_GPU_SOC", 500, 19000), ("VDD_CPU_CV", 300, 19000)], to: tree)
    tree.write("/proc/device-tree/compatible", "nvidia,p3737-0000+p3701-0000\0nvidia,tegra234\0")
    addGPU(to: tree)
    tree.write("/sys/class/hwmon/hwmon4/name", "ina238\n")
    tree.write("/sys/class/hwmon/hwmon4/label", "VIN\n")
    tree.write("/sys/class/hwmon/hwmon4/power1_input", "21500000\n")
    var source = JetsonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: "jetson") == 9500)
    #expect(said.steps(.power, of: "package-0") == 5700)
    #expect(said.steps(.power, of: "module") == 21_500)
  }

  /// The watts that count, by device, where a module is described by its rails.
  private func parts(_ tree: FileTree) throws -> [String: Int64] {
    var source = JetsonSource(tree.context)
    let said = try source.said(at: 0)
    var parts: [String: Int64] = [:]
    for device in said.devices where device.role.isPart || device.role == .platform {
      parts[device.id.name] = said.steps(.power, of: device.id.name)
    }
    return parts
  }

  @Test("AGX Orin has no rail for its input: three rails make up the module, a fourth is in one")
  func orinWithoutInput() throws {
    let tree = FileTree()
    add(
      1,
      [("VDD_GPU_SOC", 1000, 19_000), ("VDD_CPU_CV", 500, 19_000), ("VIN_SYS_5V0", 1600, 5000)],
      to: tree)
    add(2, [("NC", 0, 0), ("VDDQ_VDD2_1V8AO", 700, 5000), ("NC", 0, 0)], to: tree)
    tree.write("/proc/device-tree/compatible", "nvidia,p3737-0000+p3701-0000\0nvidia,tegra234\0")
    addGPU(to: tree)
    let expected: [String: Int64] = ["jetson": 19_000, "package-0": 9500, "VIN_SYS_5V0": 8000]
    #expect(try parts(tree) == expected)
    // Without the GPU's driver its rail still counts, as a part of the machine.
    tree.remove("/sys/devices/platform/gpu.0/load")
    #expect(
      try parts(tree) == ["VDD_GPU_SOC": 19_000, "package-0": 9500, "VIN_SYS_5V0": 8000])
  }

  @Test("AGX Xavier has six rails that add up")
  func xavier() throws {
    let tree = FileTree()
    add(1, [("GPU", 400, 19_000), ("CPU", 200, 19_000), ("SOC", 150, 19_000)], to: tree)
    add(2, [("CV", 10, 19_000), ("VDDRQ", 60, 19_000), ("SYS5V", 500, 5000)], to: tree)
    tree.write("/proc/device-tree/compatible", "nvidia,p2972-0000\0nvidia,tegra194\0")
    addGPU(to: tree)
    let expected: [String: Int64] = [
      "jetson": 7600, "package-0": 3800, "SOC": 2850, "CV": 190, "VDDRQ": 1140, "SYS5V": 2500,
    ]
    #expect(try parts(tree) == expected)
  }

  @Test("beside a rail for the input no other one is added")
  func withInput() throws {
    let tree = FileTree()
    add(1, [("VDD_IN", 2000, 19_000), ("VDD_SOC", 150, 19_000), ("SYS5V", 500, 5000)], to: tree)
    addGPU(to: tree)
    #expect(try parts(tree) == ["module": 38_000])
  }

  @Test("an input that says 0 W knows nothing, a GPU's rail may be off while it rests")
  func zero() throws {
    let tree = FileTree()
    add(1, [("VDD_IN", 0, 19_000), ("VDD_CPU_GPU_CV", 0, 19_000)], to: tree)
    addGPU(to: tree)
    tree.write("/sys/devices/platform/gpu.0/load", "0\n")
    var source = JetsonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: "module") == nil && said.steps(.power, of: "jetson") == 0)
    tree.write("/sys/devices/platform/gpu.0/load", "990\n")
    #expect(try source.said(at: 1).steps(.power, of: "jetson") == nil)
  }

  @Test("the same monitors on another machine are not a Jetson's")
  func otherMachine() {
    let tree = FileTree()
    add(1, [("12V", 500, 12000), ("3V3", 300, 3300)], to: tree)
    var source = JetsonSource(tree.context)
    #expect(source.probe().health == .absent)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
  }

  @Test("what cannot be, or is not there, is missing")
  func faults() throws {
    let tree = FileTree()
    add(
      1, [("VDD_IN", .max, .max), ("VDD_CPU_GPU_CV", -4, 5000), ("VDD_SOC", 200, 5000)], to: tree)
    addGPU(to: tree)
    tree.write("/sys/devices/platform/gpu.0/load", "1001\n")
    tree.remove("/sys/class/hwmon/hwmon1/curr3_input")
    var source = JetsonSource(tree.context)
    let said = try source.said(at: 0)
    #expect(said.steps(.power, of: "module") == nil)
    #expect(said.steps(.power, of: "jetson") == nil)
    #expect(said.steps(.utilization, of: "jetson") == nil)
    #expect(said.steps(.power, of: "VDD_SOC") == nil)
    tree.write("/sys/class/hwmon/hwmon1/curr3_input", "200\n")
    #expect(try source.said(at: 1).steps(.power, of: "VDD_SOC") == 1000)
  }
}
