import Linux
import Telemetry

/// A disk that moves bytes of its own, as opposed to one built on other disks.
///
/// Every byte is to be counted once. So partitions are left out, and loop, RAM and zram disks, and
/// whatever stands on other disks: device mapper, md, bcache, ZFS volumes. Of an NVMe device with
/// several paths (`nvme0n1` over `nvme0c0n1`, …) the paths are counted: kernels before 6.0 count
/// nothing at the head, and later ones count both. A disk on another machine counts here too, and
/// says that its bytes pass the network as well.
struct WholeDisk {
  /// The kernel's name, such as `nvme0n1`.
  let name: String
  /// The name that volumes are built on: of one path to an NVMe disk the disk's own, else `name`.
  let stackedName: String
  /// The product name, empty where the device states none.
  let model: String
  /// Bytes it holds.
  let size: Int64
  /// Whether it has moving parts, where that is known.
  let isRotational: Bool?
  /// How its bytes come over the network: `NVMe over tcp`, `iSCSI`, `nbd`; `nil` for a disk that is
  /// not known to be on another machine.
  let network: String?

  private static let standIns = [
    "loop", "ram", "zram", "dm-", "md", "zd", "bcache", "drbd", "sr", "fd",
  ]
  /// Disks whose other end is a server; they have no hardware behind them.
  private static let networkNames = ["nbd", "rbd", "rnbd"]

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
    let places = SystemFile.linkTarget(folder)?.split(separator: "/") ?? []
    let served = Self.networkNames.first { Self.isNumbered(name, $0) }
    if name.hasPrefix("nvme") {
      guard !names.contains(where: { Self.isPath($0, of: name) }) else { return nil }
      let transport = SystemFile.text(folder + "/device/transport") ?? ""
      // The other end is a disk or a file of this machine.
      guard transport != "loop" else { return nil }
      network = ["tcp", "rdma"].contains(transport) ? "NVMe over \(transport)" : nil
    } else if let served {
      guard served != "nbd" || !Self.isLocalServer(folder, in: context) else { return nil }
      network = served
    } else {
      guard !places.contains("virtual") else { return nil }
      network = places.contains { $0.hasPrefix("session") } ? "iSCSI" : nil
    }
    self.name = name
    stackedName = name.hasPrefix("nvme") ? Self.head(of: name) ?? name : name
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

  /// Whether a name is a word and a number: `nbd15`, but not the partition `nbd15p1`.
  private static func isNumbered(_ name: String, _ word: String) -> Bool {
    let rest = name.utf8.dropFirst(word.utf8.count)
    return name.hasPrefix(word) && !rest.isEmpty && rest.allSatisfy { 0x30...0x39 ~= $0 }
  }

  /// Whether `qemu-nbd` serves the disk, as it does with images that lie on this machine's own disks.
  private static func isLocalServer(_ folder: String, in context: SourceContext) -> Bool {
    guard let pid = SystemFile.number(folder + "/pid"), pid > 0 else { return false }
    return SystemFile.text(context.path("/proc/\(pid)/comm")) == "qemu-nbd"
  }

  /// The disk that an NVMe path leads to: `nvme0n2` of `nvme0c1n2`; `nil` for what is no path.
  static func head(of path: String) -> String? {
    guard path.hasPrefix("nvme"), let controller = path.lastIndex(of: "c"),
      let space = path.lastIndex(of: "n"), controller < space
    else { return nil }
    return String(path[..<controller] + path[space...])
  }

  /// Whether `path` is one of the ways to the NVMe disk `head`: `nvme0c1n2` of `nvme0n2`.
  static func isPath(_ path: String, of head: String) -> Bool { Self.head(of: path) == head }
}
