import Linux
import Telemetry

/// Whether a GPU is runtime-suspended, read from sysfs without waking it.
///
/// Files: `power/runtime_status` of Documentation/ABI/testing/sysfs-devices-power. Laptops switch
/// an unused GPU off; any call to its driver would wake it, or keep it awake.
struct NVMLRuntimePM {
  private let status: SystemFile
  /// Whether the driver switches the GPU off when nobody uses it, as it does in laptops.
  let supportsRuntimeD3: Bool

  /// Of the GPU at a PCI address as the driver writes it.
  init(busID: String, _ context: SourceContext) {
    let name = Self.name(of: busID)
    status = SystemFile(context.path(Self.folder + "/\(name)" + Self.file))
    supportsRuntimeD3 = Self.supportsRuntimeD3(
      SystemFile.text(context.path("/proc/driver/nvidia/gpus/\(name)/power")) ?? "")
  }

  private static let folder = "/sys/bus/pci/devices"
  private static let file = "/power/runtime_status"
  /// `PCI_VENDOR_ID_NVIDIA` of the kernel's `pci_ids.h`.
  private static let vendor = "0x10de"
  /// `PCI_BASE_CLASS_DISPLAY` of the kernel's `pci_ids.h`.
  private static let displayClass = "0x03"

  var isSuspended: Bool { (try? status.readPage { Self.isSuspended($0.rest()) }) ?? false }

  /// Reads the driver's `Runtime D3 status: Enabled (fine-grained)`.
  private static func supportsRuntimeD3(_ text: String) -> Bool {
    text.split(separator: "\n").contains { line in
      let parts = line.split(separator: ":")
      return parts.count == 2 && parts[0] == "Runtime D3 status"
        && parts[1].drop { $0 == " " || $0 == "\t" }.hasPrefix("Enabled")
    }
  }

  private static func isSuspended(_ status: String) -> Bool {
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
  static func allSuspended(_ context: SourceContext) -> [String]? {
    let folder = context.path(folder)
    var found: [String] = []
    for name in SystemFile.names(in: folder) ?? [] {
      let path = folder + "/" + name
      // The sound output of a GPU is another device, of another class.
      guard SystemFile.text(path + "/vendor") == vendor,
        SystemFile.text(path + "/class")?.hasPrefix(displayClass) == true
      else { continue }
      guard isSuspended(SystemFile.text(path + file) ?? "") else { return nil }
      found.append(name)
    }
    return found.isEmpty ? nil : found
  }
}
