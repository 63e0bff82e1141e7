import Linux
import Telemetry

/// A disk that moves bytes of its own, as opposed to one built on other disks.
///
/// Every byte is to be counted once. So partitions are left out, and loop, RAM and zram disks, and
/// whatever stands on other disks: device mapper, md, bcache, ZFS volumes. Of an NVMe device with
/// several paths (`nvme0n1` over `nvme0c0n1`, …) the paths are counted: kernels before 6.0 count
/// nothing at the head, and later ones count both.
struct WholeDisk {
  /// The kernel's name, such as `nvme0n1`.
  let name: String
  /// The product name, empty where the device states none.
  let model: String
  /// Bytes it holds.
  let size: Int64
  /// Whether it has moving parts, where that is known.
  let isRotational: Bool?

  private static let standIns = [
    "loop", "ram", "zram", "dm-", "md", "zd", "bcache", "nbd", "sr", "fd",
  ]

  /// Looks at `/sys/block` (sysfs-block of the kernel's ABI documentation).
  ///
  /// `nil` when the name is no whole disk, stands on other disks or holds nothing.
  init?(_ name: String, names: [String], in context: SourceContext) {
    // In file names the kernel writes `!` for the slash of names such as cciss/c0d0.
    let file = String(name.map { $0 == "/" ? "!" : $0 })
    let folder = context.path("/sys/block/" + file)
    guard !Self.standIns.contains(where: name.hasPrefix),
      let sectors = SystemFile.number(folder + "/size"), sectors > 0,
      SystemFile.names(in: folder + "/slaves")?.isEmpty ?? true
    else { return nil }
    if name.hasPrefix("nvme") {
      guard !names.contains(where: { Self.isPath($0, of: name) }) else { return nil }
    } else if SystemFile.linkTarget(folder)?.split(separator: "/").contains("virtual") == true {
      return nil
    }
    self.name = name
    size = sectors.multipliedReportingOverflow(by: Self.sectorSize).partialValue
    let maker = SystemFile.text(folder + "/device/vendor") ?? ""
    let product = SystemFile.text(folder + "/device/model") ?? ""
    // PCI disks state a number here instead of a maker, and ATA disks the name of the bus.
    let isName = !maker.isEmpty && !maker.hasPrefix("0x") && maker != "ATA" && !product.isEmpty
    model = isName ? "\(maker) \(product)" : product
    isRotational = SystemFile.number(folder + "/queue/rotational").map { $0 != 0 }
  }

  /// Bytes of the sectors that the kernel counts in, whatever the disk's own are (`SECTOR_SIZE`).
  static let sectorSize: Int64 = 512

  /// Whether `path` is one of the ways to the NVMe disk `head`: `nvme0c1n2` of `nvme0n2`.
  static func isPath(_ path: String, of head: String) -> Bool {
    guard path.hasPrefix("nvme"), let space = head.lastIndex(of: "n"),
      let controller = path.lastIndex(of: "c")
    else { return false }
    return path[..<controller] == head[..<space] && path[controller...].hasSuffix(head[space...])
      && path[controller...].lastIndex(of: "n").map { path[$0...] == head[space...] } == true
  }
}
