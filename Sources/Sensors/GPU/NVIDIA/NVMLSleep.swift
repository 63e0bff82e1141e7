import Linux
import Telemetry

/// Whether a GPU sleeps, as Linux tells without waking it.
///
/// Files: `power/runtime_status` of Documentation/ABI/testing/sysfs-devices-power. Laptops switch
/// an unused GPU off; any call to its driver would wake it, or keep it awake.
struct NVMLSleep {
  private let status: SystemFile
  /// Whether the driver switches the GPU off when nobody uses it, as it does in laptops.
  let mayFallAsleep: Bool

  /// Of the GPU at a PCI address as the driver writes it.
  init(busID: String, _ context: SourceContext) {
    let name = Self.name(of: busID)
    status = SystemFile(context.path(Self.folder + "/\(name)" + Self.file))
    mayFallAsleep = Self.mayFallAsleep(
      SystemFile.text(context.path("/proc/driver/nvidia/gpus/\(name)/power")) ?? "")
  }

  private static let folder = "/sys/bus/pci/devices"
  private static let file = "/power/runtime_status"

  var isAsleep: Bool { (try? status.readPage { Self.isAsleep($0.rest()) }) ?? false }

  /// Reads the driver's `Runtime D3 status: Enabled (fine-grained)`.
  private static func mayFallAsleep(_ text: String) -> Bool {
    text.split(separator: "\n").contains { line in
      let parts = line.split(separator: ":")
      return parts.count == 2 && parts[0] == "Runtime D3 status"
        && parts[1].drop { $0 == " " || $0 == "\t" }.hasPrefix("Enabled")
    }
  }

  private static func isAsleep(_ status: String) -> Bool {
    status == "suspended" || status == "suspending"
  }

  /// The kernel's name of a PCI address: the driver writes the domain in eight digits.
  static func name(of busID: String) -> String {
    let parts = busID.lowercased().split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let domain = UInt32(parts[0], radix: 16) else { return busID }
    let digits = String(domain, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ":" + parts[1]
  }

  /// The addresses of the machine's NVIDIA GPUs if there are any and all of them sleep.
  ///
  /// Opening the library would wake every one.
  static func allAsleep(_ context: SourceContext) -> [String]? {
    let folder = context.path(folder)
    var found: [String] = []
    for name in SystemFile.names(in: folder) ?? [] {
      let path = folder + "/" + name
      // Class 03 is a display controller; the sound output of a GPU is another device.
      guard SystemFile.text(path + "/vendor") == "0x10de",
        SystemFile.text(path + "/class")?.hasPrefix("0x03") == true
      else { continue }
      guard isAsleep(SystemFile.text(path + file) ?? "") else { return nil }
      found.append(name)
    }
    return found.isEmpty ? nil : found
  }
}
