import Telemetry
import TestSupport

@testable import Linux
@testable import Sensors

/// Intel GPUs as a tree of files, with counters that follow a script of watts.
final class IntelTree {
  static let card = "0000:03:00.0"
  static let integrated = "0000:00:02.0"

  let files = FileTree()
  private var drawn: [String: Double] = [:]

  var source: IntelSource { IntelSource(files.context) }
  func folder(_ pci: String) -> String { "/sys/devices/pci0000:00/\(pci)" }
  func hwmon(_ pci: String) -> String { folder(pci) + "/hwmon/hwmon4" }

  /// Puts a card in place.
  func plug(_ pci: String = card, driver: String, model: String = "e20b") {
    let name = pci == Self.integrated ? "card0" : "card1"
    files.write(folder(pci) + "/vendor", "0x8086\n")
    files.write(folder(pci) + "/device", "0x\(model)\n")
    files.write(folder(pci) + "/power/runtime_status", "active\n")
    files.folder("/sys/bus/pci/drivers/\(driver)")
    files.link(folder(pci) + "/driver", to: "../../../bus/pci/drivers/\(driver)")
    files.link("/sys/class/drm/\(name)/device", to: "../../../devices/pci0000:00/\(pci)")
    if driver == "xe" {
      files.write(folder(pci) + "/tile0/gt0/freq0/act_freq", "2400\n")
      files.write(folder(pci) + "/tile0/physical_vram_size_bytes", "0x2f0000000\n")
    } else {
      files.write("/sys/class/drm/\(name)/gt/gt0/rps_act_freq_mhz", "1950\n")
    }
  }

  /// Gives a card an energy counter with limits.
  func addMeter(
    _ number: Int, label: String? = nil, pci: String = card, limits: [String: Int] = [:]
  ) {
    if let label { files.write(hwmon(pci) + "/energy\(number)_label", label + "\n") }
    for (name, value) in limits {
      files.write(hwmon(pci) + "/power\(number)_\(name)", "\(value)\n")
    }
    draw(number, watts: 0, seconds: 0, pci: pci)
  }

  /// Lets a counter grow.
  func draw(_ number: Int, watts: Double, seconds: Double, pci: String = card) {
    let file = hwmon(pci) + "/energy\(number)_input"
    drawn[file, default: 5] += watts * seconds
    files.write(file, "\(Int64(((drawn[file] ?? 0) * 1e6).rounded()))\n")
  }

  /// Lets a process have a card open, with cycles worked of cycles passed.
  func open(_ pid: Int, cycles: Int, of total: Int, pci: String = card) {
    let rest = (4...21).map { _ in "0" }.joined(separator: " ")
    files.write("/proc/\(pid)/stat", "\(pid) (train) S \(rest) 9\(pid) 0 0\n")
    if SystemFile.linkTarget(files.root + "/proc/\(pid)/fd/5") == nil {
      files.link("/proc/\(pid)/fd/5", to: "/dev/dri/renderD129")
    }
    files.write(
      "/proc/\(pid)/fdinfo/5",
      "drm-driver: xe\ndrm-client-id: \(pid)\ndrm-pdev: \(pci)\ndrm-total-vram0: 2 GiB\n"
        + "drm-cycles-ccs: \(cycles)\ndrm-total-cycles-ccs: \(total)\n"
        + "drm-cycles-vcs: \(total)\ndrm-total-cycles-vcs: \(total)\n")
  }
}
