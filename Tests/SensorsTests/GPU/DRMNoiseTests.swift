import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Whatever stands in the files, sources neither trap nor say what cannot be nor go on about it.
@Suite("Noise in system files")
struct DRMNoiseTests {
  private static let numbers = [
    "", "\n", "-1\n", "0\n", "x\n", "9223372036854775807\n", "99999999999999999999\n", "1e9\n",
    "-9223372036854775808\n", "4294967295\n", "250000000\n", "suspended\n", "\0\0\0",
  ]

  /// Lets a source read files that hold noise, and checks what it says.
  private func check(
    _ source: inout some DataSource, _ tree: FileTree, _ files: [String], binary: Set<String> = [],
    seed: UInt64
  ) {
    var random = SeededRandom(seed)
    var events = 0
    for round in 0..<300 {
      for file in files where UInt8(truncatingIfNeeded: random.next()) % 3 == 0 {
        if binary.contains(file) {
          tree.write(
            file,
            (0..<Int(UInt8(truncatingIfNeeded: random.next())) * 2).map { _ in
              UInt8(truncatingIfNeeded: random.next())
            })
        } else {
          tree.write(
            file, Self.numbers[Int(UInt8(truncatingIfNeeded: random.next())) % Self.numbers.count])
        }
      }
      let said = (try? source.said(at: Double(round))) ?? Said([])
      events += said.events.count
      for entry in said.readings.flatMap(\.values) where entry.metric != .eventReasons {
        #expect(entry.steps >= 0)
        if entry.metric == .power { #expect(entry.value <= 100_000) }
        if entry.metric.unit == .ratio { #expect(entry.value <= 1) }
      }
    }
    // Sleeping and waking is told each time.
    #expect(events < 400)
  }

  @Test("AMD")
  func amd() {
    let tree = AMDTree(1, version: (1, 3))
    let folder = tree.folder(0)
    let names = [
      "gpu_metrics", "mem_info_vram_used", "gpu_busy_percent", "mem_busy_percent",
      "power/runtime_status", "hwmon/hwmon2/power1_cap", "hwmon/hwmon2/power1_average",
      "hwmon/hwmon2/energy1_input", "hwmon/hwmon2/fan1_input", "hwmon/hwmon2/temp1_input",
      "hwmon/hwmon2/freq1_input",
    ].map { folder + "/" + $0 }
    for name in names.dropFirst() { tree.files.write(name, "1000000\n") }
    tree.files.write(folder + "/hwmon/hwmon2/fan1_max", "3000\n")
    var source = tree.source
    check(&source, tree.files, names, binary: [names[0]], seed: 11)
  }

  @Test("AMD, when its metrics stay readable")
  func amdMetrics() {
    let tree = AMDTree(1, version: (1, 3))
    var source = tree.source
    var random = SeededRandom(5)
    var events = 0
    for round in 0..<600 {
      var bytes = tree.bytes()
      for index in 4..<bytes.count where UInt8(truncatingIfNeeded: random.next()) % 2 == 0 {
        bytes[index] = UInt8(truncatingIfNeeded: random.next())
      }
      tree.files.write(tree.folder(0) + "/gpu_metrics", bytes)
      guard let said = try? source.said(at: Double(round)) else { continue }
      events += said.events.count
      for entry in said.readings.flatMap(\.values) { #expect(entry.steps >= 0) }
    }
    #expect(events < 20)
  }

  @Test("Intel")
  func intel() {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.addMeter(1, label: "card", limits: ["max": 190_000_000])
    tree.addMeter(2, label: "pkg")
    tree.open(41, cycles: 1, of: 2)
    let names =
      ["energy1_input", "energy2_input", "power1_max", "temp2_input"].map {
        tree.hwmon(IntelTree.card) + "/" + $0
      } + [
        tree.folder(IntelTree.card) + "/tile0/gt0/freq0/act_freq", "/proc/41/fdinfo/5",
        "/proc/41/stat",
      ]
    tree.files.write(tree.hwmon(IntelTree.card) + "/temp2_input", "50000\n")
    var source = tree.source
    check(&source, tree.files, names, seed: 12)
  }

  @Test("Jetson and Grace")
  func modules() {
    let tree = FileTree()
    let folder = "/sys/class/hwmon/hwmon0"
    tree.write(folder + "/name", "ina3221\n")
    tree.write(folder + "/in1_label", "VDD_IN\n")
    tree.write("/sys/class/hwmon/hwmon1/device/power1_oem_info", "Grace Power Socket 0\n")
    let names = [
      folder + "/in1_input", folder + "/curr1_input", "/sys/devices/platform/gpu.0/load",
      "/sys/class/hwmon/hwmon1/device/power1_average",
    ]
    for name in names { tree.write(name, "1000\n") }
    var jetson = JetsonSource(tree.context)
    check(&jetson, tree, names, seed: 13)
    var grace = GraceSource(tree.context)
    check(&grace, tree, names, seed: 14)
  }
}
