import Glibc
import Linux
import Telemetry

/// The file systems that hold the files which processes have open for reading.
///
/// Nothing is opened, and no file is asked for by its path or through its descriptor: a server that does
/// not answer would hold us too. What a descriptor leads to is in its link's text, and its mount in
/// `fdinfo` (`mnt_id`); which file system that is says the mount table of the process, since a container
/// has one of its own. Files that are opened for a moment only are seen by chance.
struct OpenFileSystems {
  /// How many descriptors of one process, and of all together, are looked at.
  private static let most = (own: 128, all: 1024)
  /// Places whose files are no data.
  private static let elsewhere = ["/dev/", "/proc/", "/sys/", "/memfd:"]
  /// Folders of programs and of what they consist of.
  private static let programs = ["/usr/", "/lib/", "/lib64/", "/etc/"]
  /// Endings of programs' files; a shell keeps its script open.
  private static let programEndings = [".sh", ".py", ".pyc", ".so"]

  /// The file systems in words, those with most files first.
  let names: [String]
  /// Whether any process could be looked into.
  let isReadable: Bool

  /// Looks at processes of one user; those of others are left out.
  init(of pids: [Int], in context: SourceContext) {
    var counts: [String: Int] = [:]
    var titles: [String: String] = [:]
    var tables: [String: MountTable] = [:]
    var left = Self.most.all
    var isReadable = false
    for pid in pids where left > 0 {
      let folder = context.path("/proc/\(pid)")
      if let user = context.user, ProcFile.status(folder)?.st_uid != user { continue }
      // Processes of one namespace have one table.
      let space = SystemFile.linkTarget(folder + "/ns/mnt") ?? "\(pid)"
      var seen = 0
      var ids: [Int64: Int] = [:]
      let isListed = OpenDescriptors.each(in: folder) { number, target in
        guard left > 0, seen < Self.most.own, Self.isData(target) else { return }
        seen += 1
        left -= 1
        guard let mount = Self.mount("\(folder)/fdinfo/\(number)") else { return }
        ids[mount, default: 0] += 1
      }
      isReadable = isReadable || isListed
      guard !ids.isEmpty else { continue }
      guard let table = tables[space] ?? MountTable(of: "\(pid)", in: context) else { continue }
      tables[space] = table
      for mount in table.mounts {
        guard let count = ids[mount.id] else { continue }
        counts[mount.device, default: 0] += count
        if titles[mount.device] == nil { titles[mount.device] = Self.title(mount, in: context) }
      }
    }
    self.isReadable = isReadable
    let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    names = order.compactMap { titles[$0.key] }.reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  private static func isData(_ target: String) -> Bool {
    target.hasPrefix("/") && !elsewhere.contains(where: target.hasPrefix)
      && !programs.contains(where: target.hasPrefix)
      && !programEndings.contains(where: target.hasSuffix)
  }

  /// The mount of a descriptor that is open for reading; layout: proc_pid_fdinfo(5), the flags octal.
  private static func mount(_ path: String) -> Int64? {
    guard let bytes = ProcFile.bytes(path, limit: 1024) else { return nil }
    var flags: Int?
    var mount: Int64?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " })
      guard parts.count > 1 else { continue }
      if parts[0] == "flags" { flags = Int(parts[1], radix: 8) }
      if parts[0] == "mnt_id" { mount = Int64(parts[1]) }
    }
    guard let flags, flags & Int(O_ACCMODE) != Int(O_WRONLY), flags & Int(O_DIRECTORY) == 0 else {
      return nil
    }
    return mount
  }

  /// A file system in words: `nfs4 server:/data`, `ext4 on nvme0n1`, `xfs on vg-data on sda+sdb`.
  static func title(_ mount: MountTable.Mount, in context: SourceContext) -> String {
    let source = String(mount.source.prefix(120))
    guard mount.source.hasPrefix("/dev/") else {
      // A source without meaning is the kind of file system once more, or `none`.
      let isNamed = ![mount.type, "none", "", "overlay", "tmpfs"].contains(source)
      return isNamed ? "\(mount.type) \(source)" : mount.type
    }
    // A file system over several disks, such as btrfs, has a number of its own, and names one of them.
    let link = SystemFile.linkTarget(context.path("/sys/dev/block/" + mount.device))
    let last = mount.source.split(separator: "/").last.map(String.init) ?? ""
    guard let name = (link?.split(separator: "/").last.map(String.init)) ?? known(last, context)
    else { return "\(mount.type) on \(last)" }
    let title = DiskStack.title(name, in: context)
    let disks = DiskStack.disks(under: name, in: context)
    if disks == [name] || disks.isEmpty { return "\(mount.type) on \(title)" }
    let isPart = disks.count == 1 && name.hasPrefix(disks[0])
    return "\(mount.type) on " + (isPart ? "" : title + " on ") + disks.joined(separator: "+")
  }

  private static func known(_ name: String, _ context: SourceContext) -> String? {
    SystemFile.exists(context.path("/sys/class/block/" + name)) ? name : nil
  }
}
