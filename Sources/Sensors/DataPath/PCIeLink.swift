import Linux
import Telemetry

/// How fast the PCI Express way from the root to a device can be.
///
/// Layout: `current_link_speed`, `max_link_speed` and the widths of each device on the way, see
/// Documentation/ABI/testing/sysfs-bus-pci. Links drop to a lower speed while they have nothing to
/// do, so what counts is the highest speed that both ends of a link have; a link that never trains to
/// it cannot be told from a resting one. The width is not lowered for rest by most devices, so what
/// counts is the present one: a card with 16 lanes may sit in a slot of 8.
struct PCIeLink: Hashable {
  /// Billions of transfers a second on each lane: 32 for generation 5.
  var transfers: Double
  /// How many lanes it has.
  var width: Int64

  /// The generation of the PCI Express base specification that has the speed.
  var generation: Int? {
    [2.5: 1, 5: 2, 8: 3, 16: 4, 32: 5, 64: 6][transfers]
  }

  /// The bytes a second in one direction that the encoding leaves.
  ///
  /// It leaves 8 of 10 bits up to generation 2, 128 of 130 up to 5, and 242 of the 256 bytes of a flit
  /// in 6. Headers of packets take more.
  var bytesPerSecond: Double {
    let share =
      switch generation {
      case 1, 2: 0.8
      case 6: 242.0 / 256
      default: 128.0 / 130
      }
    return transfers * 1e9 * share / 8 * Double(width)
  }

  /// In words: `Gen5 x16`.
  var words: String {
    (generation.map { "Gen\($0)" } ?? "\(transfers) GT/s") + " x\(width)"
  }

  /// The narrowest link on the way to a device.
  struct Way: Hashable {
    /// What its ends can do.
    var most: PCIeLink
    /// What they do at the moment.
    var now: PCIeLink
  }

  /// Looks at the way to a device by its address, such as `0000:03:00.0`.
  ///
  /// `nil` where it cannot be said: no PCI Express, a link that is tunnelled (Thunderbolt states the
  /// speed of a real one), a link of fewer than four lanes (beside a processor on the same module it
  /// only manages the GPU), or a device that sleeps and would be woken by being asked.
  static func way(to address: String, in context: SourceContext) -> Way? {
    guard
      let target = SystemFile.linkTarget(context.path("/sys/bus/pci/devices/" + address))
    else { return nil }
    // From the root down: ../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0
    let parts = target.split(separator: "/").drop { $0 == ".." }
    guard let root = parts.lastIndex(where: { $0.hasPrefix("pci") }) else { return nil }
    var folder = context.path("/sys/" + parts[...root].joined(separator: "/"))
    var ends: [End] = []
    for part in parts[parts.index(after: root)...] {
      folder += "/" + part
      guard let end = End(folder) else { return nil }
      ends.append(end)
    }
    var narrowest: Way?
    // The ports of a switch come in twos as well, so that each link has two ends that follow each
    // other; in a virtual machine the last may stand alone.
    for lower in stride(from: ends.count % 2 == 0 ? 1 : 0, to: ends.count, by: 2) {
      let upper = lower > 0 ? ends[lower - 1] : nil
      guard let way = way(upper, ends[lower]) else {
        if lower == ends.count - 1 { return nil }
        continue
      }
      if narrowest.map({ way.most.bytesPerSecond < $0.most.bytesPerSecond }) ?? true {
        narrowest = way
      }
    }
    return narrowest.flatMap { $0.most.width >= 4 ? $0 : nil }
  }

  private static func way(_ upper: End?, _ lower: End) -> Way? {
    guard let now = lower.now, var most = lower.most else { return nil }
    // Ends that do not agree on what they do are no link, and what a virtual machine's port could do is
    // made up.
    if let upper, upper.now == now, !virtualMakers.contains(upper.vendor), let other = upper.most {
      most.transfers = min(most.transfers, other.transfers)
    }
    most.transfers = max(most.transfers, now.transfers)
    // Some of AMD's lower the number of lanes too while they rest.
    if lower.vendor == "0x1002", now.transfers < most.transfers, now.width < most.width {
      return nil
    }
    most.width = now.width
    return Way(most: most, now: now)
  }

  /// Those who make ports of virtual machines: Red Hat (QEMU), VMware, Microsoft.
  private static let virtualMakers = ["0x1b36", "0x15ad", "0x1414"]

  /// What one end of a link says.
  private struct End {
    let now: PCIeLink?
    let most: PCIeLink?
    let vendor: String

    /// `nil` for one that may not be asked or is tunnelled.
    init?(_ folder: String) {
      guard SystemFile.text(folder + "/power/runtime_status")?.hasPrefix("suspend") != true,
        SystemFile.text(folder + "/removable") != "removable"
      else { return nil }
      now = PCIeLink(folder, "current")
      most = PCIeLink(folder, "max")
      vendor = SystemFile.text(folder + "/vendor") ?? ""
    }
  }

  init(transfers: Double, width: Int64) {
    self.transfers = transfers
    self.width = width
  }

  private init?(_ folder: String, _ kind: String) {
    guard let speed = SystemFile.text("\(folder)/\(kind)_link_speed"),
      let width = SystemFile.number("\(folder)/\(kind)_link_width"),
      // `32.0 GT/s PCIe`; `Unknown` and widths of 0 and 255 mean that there is no link.
      let transfers = speed.split(separator: " ").first.flatMap({ Double($0) }),
      speed.contains("GT/s"), 2.5...128 ~= transfers, 1...32 ~= width
    else { return nil }
    self.init(transfers: transfers, width: width)
  }
}
