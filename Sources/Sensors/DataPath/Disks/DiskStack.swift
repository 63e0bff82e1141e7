import Linux
import Telemetry

/// What is built on a block device: volumes of device mapper, md, bcache and their like, from the
/// bottom up.
///
/// Layout: `/sys/block/X/holders` and, for each partition, `/sys/block/X/P/holders`. What is built on
/// counts no bytes of its own here, and so can be named beside the disks that it is built of.
struct DiskStack {
  /// What people call the volumes: `md0`, or for device mapper the name it was given: `vg-data`.
  let names: [String]

  /// A bound on what a stack may hold.
  private static let most = 64

  /// Looks upwards from a device of `/sys/block`.
  init(on name: String, in context: SourceContext) {
    var found: [String] = []
    var open = Self.holders(of: name, in: context)
    while !open.isEmpty, found.count < Self.most {
      let next = open.removeFirst()
      guard !found.contains(next) else { continue }
      found.append(next)
      open += Self.holders(of: next, in: context)
    }
    names = found.map { Self.title($0, in: context) }
  }

  private static func holders(of name: String, in context: SourceContext) -> [String] {
    let file = String(name.map { $0 == "/" ? "!" : $0 })
    let folder = context.path("/sys/block/" + file)
    var holders = SystemFile.names(in: folder + "/holders") ?? []
    for part in SystemFile.names(in: folder) ?? [] where part.hasPrefix(file) {
      holders += SystemFile.names(in: "\(folder)/\(part)/holders") ?? []
    }
    return holders
  }

  /// The name that a volume was given, else the kernel's.
  static func title(_ name: String, in context: SourceContext) -> String {
    guard name.hasPrefix("dm-") else { return name }
    let given = SystemFile.text(context.path("/sys/block/\(name)/dm/name")) ?? ""
    return given.isEmpty ? name : String(given.prefix(128))
  }

  /// The whole disks that a device is built of; itself where it is one.
  ///
  /// Layout: `/sys/block/X/slaves`, which names partitions as well as whole devices.
  static func disks(under name: String, in context: SourceContext) -> [String] {
    var found: [String] = []
    var open = [name]
    var seen: Set<String> = []
    while !open.isEmpty, seen.count < most {
      let next = open.removeFirst()
      guard seen.insert(next).inserted else { continue }
      let folder = context.path("/sys/class/block/" + next)
      let slaves = SystemFile.names(in: folder + "/slaves") ?? []
      if !slaves.isEmpty {
        open += slaves
      } else {
        found.append(whole(next, in: context))
      }
    }
    return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The disk that a partition is on: the folder that its own lies in.
  static func whole(_ name: String, in context: SourceContext) -> String {
    let link = context.path("/sys/class/block/" + name)
    guard SystemFile.exists(link + "/partition"), let target = SystemFile.linkTarget(link) else {
      return name
    }
    return target.split(separator: "/").dropLast().last.map(String.init) ?? name
  }
}
