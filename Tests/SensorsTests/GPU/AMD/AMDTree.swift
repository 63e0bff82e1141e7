import Glibc
import Telemetry
import TestSupport

@testable import Sensors

/// AMD GPUs as a tree of files, with a counter that follows a script of watts.
final class AMDTree {
  let files = FileTree()
  private var values: [[String: UInt64]] = []
  private var writers: [AMDMetricsWriter] = []
  /// What each card has drawn, in units of 2⁻¹⁶ J.
  private var units: [Double] = []

  /// Cards of one model and version of `gpu_metrics`, all at 100 W.
  init(_ count: Int = 1, version: (UInt8, UInt8) = (1, 4), model: String = "74a1") {
    for card in 0..<count {
      writers.append(AMDMetricsWriter(version.0, version.1))
      values.append([
        "power": 100, "energy": 1 << 20, "hotspot": 55, "memory": 48, "gfx": 90, "umc": 40,
        "gfxclk": 2100, "uclk": 1300, "throttle": 0,
      ])
      units.append(Double(1 << 20))
      plug(card, model: model)
      set(card, [:])
    }
  }

  static func pci(_ card: Int) -> String { "0000:0\(card + 3):00.0" }
  func folder(_ card: Int) -> String { "/sys/devices/pci0000:00/\(Self.pci(card))" }
  var source: AMDSource { AMDSource(files.context) }

  /// Puts a card's fixed files in place.
  func plug(_ card: Int, model: String = "74a1") {
    let folder = folder(card)
    files.write(folder + "/vendor", "0x1002\n")
    files.write(folder + "/device", "0x\(model)\n")
    files.write(folder + "/mem_info_vram_total", "206141652992\n")
    files.write(folder + "/mem_info_vram_used", "295698432\n")
    files.write(folder + "/hwmon/hwmon\(card + 2)/power1_cap", "750000000\n")
    files.write(folder + "/power/runtime_status", "active\n")
    files.link(folder + "/driver", to: "../../../bus/pci/drivers/amdgpu")
    files.folder("/sys/bus/pci/drivers/amdgpu")
    files.link(
      "/sys/class/drm/card\(card)/device", to: "../../../devices/pci0000:00/\(Self.pci(card))")
  }

  /// Takes a card away as unplugging does: what is open reads nothing, and the folders are gone.
  func unplug(_ card: Int) {
    for name in ["gpu_metrics", "mem_info_vram_used", "power/runtime_status"] {
      files.write(folder(card) + "/" + name, "")
    }
    files.remove(folder(card))
    files.remove("/sys/class/drm/card\(card)")
  }

  /// Changes named values of a card's metrics; `nil` is all ones.
  func set(_ card: Int, _ changes: [String: UInt64?]) {
    for (name, value) in changes { values[card][name] = value }
    files.write(folder(card) + "/gpu_metrics", writers[card].bytes(values[card]))
  }

  func set(_ changes: [String: UInt64?]) { set(0, changes) }

  /// The bytes of a card's metrics.
  func bytes(_ card: Int = 0) -> [UInt8] { writers[card].bytes(values[card]) }

  /// Lets a card draw power for a time, which its counter counts.
  func draw(_ card: Int = 0, watts: Double, seconds: Double, counts: Bool = true) {
    units[card] += watts * seconds * 65536
    var changes: [String: UInt64?] = ["power": UInt64(watts.rounded())]
    if counts { changes["energy"] = UInt64(units[card]) }
    set(card, changes)
  }
}
