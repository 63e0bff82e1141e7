import Linux
import Telemetry

/// One of the power meters of an NVIDIA Grace processor or Grace Hopper module.
///
/// Layout: ACPI power meters, named by `power1_oem_info` as in NVIDIA's Grace performance tuning
/// guide: `Module Power Socket 0` is processor and accelerator together, `Grace Power Socket 0` the
/// processor with its memory, `CPU Power Socket 0` and `SysIO Power Socket 0` are parts of that.
struct GraceSensor: Hashable {
  /// What it measures.
  enum Part: String, CaseIterable {
    case module = "Module"
    case grace = "Grace"
    case cores = "CPU"
    case sysIO = "SysIO"
  }

  let part: Part
  let socket: Int
  /// The file with microwatts.
  let path: String
  /// The seconds it averages over, 0 when it does not say.
  let averagedOver: Double

  /// The part and socket that a chip's folder names; `nil` for other chips.
  static func label(in folder: String) -> (part: Part, socket: Int)? {
    for file in ["device/power1_oem_info", "power1_oem_info", "power1_label"] {
      guard let text = SystemFile.text("\(folder)/\(file)") else { continue }
      let words = text.split(separator: " ")
      guard words.count == 4, words[1] == "Power", words[2] == "Socket",
        let part = Part(rawValue: String(words[0])), let socket = Int(words[3]),
        0..<1024 ~= socket
      else { continue }
      return (part, socket)
    }
    return nil
  }

  /// Every meter of `/sys/class/hwmon`.
  static func all(in context: SourceContext) -> [GraceSensor] {
    let parent = context.path("/sys/class/hwmon")
    return (SystemFile.names(in: parent) ?? []).compactMap { name in
      let folder = "\(parent)/\(name)"
      guard let (part, socket) = label(in: folder) else { return nil }
      let files = ["device/power1_average", "power1_average", "power1_input"]
      guard let file = files.first(where: { SystemFile.exists("\(folder)/\($0)") }) else {
        return nil
      }
      // Milliseconds; not every meter says.
      let interval = SystemFile.number("\(folder)/\(file)_interval") ?? 0
      return GraceSensor(
        part: part, socket: socket, path: "\(folder)/\(file)",
        averagedOver: 0...3_600_000 ~= interval ? Double(interval) * 1e-3 : 0)
    }
  }
}
