import Linux
import Telemetry

/// A graphics or compute card as the kernel's DRM layer lists it.
///
/// Layout: `/sys/class/drm/cardN/device` is the PCI device. Cards of partitions of one package
/// (`amdgpu_xcp_*`) are no PCI devices and so are not listed: their package is.
struct DRMCard: Hashable {
  /// The kernel's name, such as `card1`; may be another after the driver was reloaded.
  let name: String
  /// The path of the card's folder.
  let path: String
  /// The path of the PCI device's folder.
  var device: String { path + "/device" }
  /// Domain, bus, device and function, such as `0000:03:00.0`.
  let pci: String
  /// The PCI vendor number in lower-case hexadecimal, such as `1002`.
  let vendor: String
  /// The PCI device number in lower-case hexadecimal, such as `74a1`.
  let model: String
  /// The kernel driver, such as `amdgpu`; empty when none is bound.
  let driver: String

  /// The folder of the card's hardware monitoring chip; `nil` when it has none.
  ///
  /// Where there are several, such as `i915_gt0` for a tile beside `i915` for the card, it is the
  /// one that is named like the driver.
  var hwmon: String? {
    let parent = device + "/hwmon"
    let folders = (SystemFile.names(in: parent) ?? []).filter { $0.hasPrefix("hwmon") }
      .map { "\(parent)/\($0)" }
    guard folders.count > 1 else { return folders.first }
    return folders.first { SystemFile.text($0 + "/name") == driver } ?? folders.first
  }

  /// The product's name, else the PCI device number.
  func name(in context: SourceContext) -> String {
    PCIIDs.name(vendor: vendor, device: model, in: context) ?? model
  }

  /// Every card of a PCI vendor, by place on the bus; each PCI device once.
  static func all(vendor: String, in context: SourceContext) -> [DRMCard] {
    let parent = context.path("/sys/class/drm")
    var cards: [DRMCard] = []
    for name in SystemFile.names(in: parent) ?? [] where isCard(name) {
      let path = "\(parent)/\(name)"
      guard SystemFile.text(path + "/device/vendor") == vendor else { continue }
      let pci = lastPart(SystemFile.linkTarget(path + "/device")) ?? name
      guard !cards.contains(where: { $0.pci == pci }) else { continue }
      let model = SystemFile.text(path + "/device/device") ?? ""
      cards.append(
        DRMCard(
          name: name, path: path, pci: pci, vendor: String(vendor.dropFirst(2)),
          model: model.hasPrefix("0x") ? String(model.dropFirst(2)) : model,
          driver: lastPart(SystemFile.linkTarget(path + "/device/driver")) ?? ""))
    }
    return cards.sorted { $0.pci < $1.pci }
  }

  /// `card0`, but not the connector `card0-DP-1`.
  private static func isCard(_ name: String) -> Bool {
    name.hasPrefix("card") && name.utf8.count > 4
      && name.utf8.dropFirst(4).allSatisfy { 0x30...0x39 ~= $0 }
  }

  private static func lastPart(_ path: String?) -> String? {
    path?.split(separator: "/").last.map(String.init)
  }
}
