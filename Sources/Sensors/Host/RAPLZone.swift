import Linux
import Telemetry

/// A RAPL domain as the kernel's power capping framework names it.
struct RAPLZone: Hashable {
  /// `package-0`, `dram-0`, `psys`: the kernel's name, with the package's number if it lacks one.
  let name: String
  /// The kernel's name of the folder, such as `intel-rapl:0:1`.
  let folder: String
  let counterPath: String
  /// Where the counter wraps, in joules; 0 when the kernel does not say.
  let range: Double
  /// What it counts, by the kernel's own name of the zone.
  let role: DeviceRole

  /// Every domain of `/sys/class/powercap`, and the folders of those that repeat another.
  ///
  /// Some processors of several dies show one package several times under the same name, each with
  /// the same energy; only the first counts. `intel-rapl-mmio` is a second way to the same package.
  /// - Throws: `SourceFailure` when there is none.
  static func all(
    in context: SourceContext
  ) throws(SourceFailure) -> (zones: [RAPLZone], repeated: [String]) {
    let parent = context.path("/sys/class/powercap")
    var zones: [RAPLZone] = []
    var packages: [String: String] = [:]
    var repeated: [String] = []
    // Shorter names first: a package is known before the domains inside it.
    for folder in SystemFile.names(in: parent) ?? [] where folder.hasPrefix("intel-rapl:") {
      let path = parent + "/" + folder
      guard let given = SystemFile.text(path + "/name"), !given.isEmpty else { continue }
      var name = given
      let parts = folder.split(separator: ":")
      if parts.count > 2 {
        // Inside a package that repeats another, everything repeats.
        guard let package = packages["\(parts[0]):\(parts[1])"] else { continue }
        name += package.hasPrefix("package") ? package.dropFirst("package".count) : "-\(package)"
      }
      guard !zones.contains(where: { $0.name == name }) else {
        repeated.append(folder)
        continue
      }
      if parts.count == 2 { packages[folder] = name }
      let range = SystemFile.number(path + "/max_energy_range_uj") ?? 0
      zones.append(
        RAPLZone(
          name: name, folder: folder, counterPath: path + "/energy_uj",
          range: Double(range) * 1e-6, role: role(given)))
    }
    guard !zones.isEmpty else {
      throw SourceFailure(
        .absent, "no RAPL domain: looked for \(parent)/intel-rapl:*",
        remedy: "load the driver with: sudo modprobe intel_rapl_msr; virtual machines have none")
    }
    return (zones, repeated)
  }

  /// The kernel's names are `package-N`, `core`, `uncore`, `dram` and `psys` (powercap.rst).
  private static func role(_ name: String) -> DeviceRole {
    if name.hasPrefix("package") { return .processor }
    switch name {
    case "dram": return .memory
    case "psys": return .platform
    case "core", "uncore": return .processorPart
    default: return .sensor
    }
  }
}
