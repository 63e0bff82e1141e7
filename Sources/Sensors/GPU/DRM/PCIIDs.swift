import Linux
import Telemetry

/// Product names of PCI devices, from the list that most systems have.
///
/// Layout: `pci.ids` of the PCI ID project: a line of vendor number and name, below it the devices
/// behind one tab each, below these subsystems behind two.
enum PCIIDs {
  private static let paths = [
    "/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids",
  ]

  /// The name of a device, both numbers in four lower-case hexadecimal digits.
  ///
  /// Of `Chip [Product]` the product. `nil` when the list or the device is missing.
  static func name(vendor: String, device: String, in context: SourceContext) -> String? {
    for path in paths {
      let file = SystemFile(context.path(path), capacity: 1 << 16)
      if let name = try? file.read({ find(vendor, device, &$0) }) { return name }
    }
    return nil
  }

  private static func find(
    _ vendor: String, _ device: String, _ text: inout TextScanner
  ) -> String? {
    var isVendor = false
    while var line = text.line() {
      if line.skip("\t\t") || line.skip("#") { continue }
      if line.skip("\t") {
        guard isVendor, line.word() == device else { continue }
        return product(line.rest())
      }
      if isVendor { return nil }
      isVendor = line.word() == vendor
    }
    return nil
  }

  private static func product(_ name: String) -> String? {
    guard let open = name.lastIndex(of: "["), let close = name.lastIndex(of: "]"), open < close
    else { return name.isEmpty ? nil : String(name.prefix(80)) }
    let inside = name[name.index(after: open)..<close]
    return inside.isEmpty ? nil : String(inside.prefix(80))
  }
}
