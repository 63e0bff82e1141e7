import Linux
import Telemetry

/// A control group of version 2: where its files are, and whose limits hold for it.
///
/// Layout: Documentation/admin-guide/cgroup-v2.rst. The root group is no job's and has no files such
/// as `cgroup.type`; in a container what looks like the root is the container's own group.
struct ControlGroup {
  /// The path below the root of the hierarchy, as `/proc/PID/cgroup` shows it.
  let path: String
  /// The folder of its files.
  let folder: String
  /// Folders of the group and those above it that have files for limits, from the group upwards.
  let line: [String]

  /// Why a process has no group that can be looked at.
  enum Absence: Error, Hashable {
    /// The process is gone, or its group may not be asked for.
    case unknown
    /// Only groups of version 1 exist, or the controllers are still there.
    case firstVersion
    /// It is in the root group, which is not the job's alone.
    case root
    /// Its group lies outside what this process can see.
    case outside
  }

  /// The group of a process.
  init(of pid: Int, in context: SourceContext) throws(Absence) {
    guard let bytes = ProcFile.bytes(context.path("/proc/\(pid)/cgroup"), limit: 65536) else {
      throw .unknown
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("0::") }) else {
      throw lines.isEmpty ? .unknown : .firstVersion
    }
    // Removed while the process ends.
    guard !line.hasSuffix(" (deleted)") else { throw .unknown }
    let root = context.path("/sys/fs/cgroup")
    guard SystemFile.exists(root + "/cgroup.controllers") else { throw .firstVersion }
    try self.init(path: String(line.dropFirst(3)), root: root)
  }

  private init(path: String, root: String) throws(Absence) {
    let parts = path.split(separator: "/")
    guard !parts.contains("..") else { throw .outside }
    self.path = path
    var folders = [root]
    for part in parts { folders.append("\(folders[folders.count - 1])/\(part)") }
    folder = folders[folders.count - 1]
    line = folders.reversed().filter { SystemFile.exists($0 + "/cgroup.type") }
    guard line.first == folder else { throw parts.isEmpty ? .root : .outside }
  }

  /// How many processors' time the group may use, and the folder of the group that says so: the
  /// tightest on the way up; `nil` where nothing limits it.
  var limit: (processors: Double, folder: String)? {
    var tightest: (processors: Double, folder: String)?
    for folder in line {
      guard let limit = SystemFile.text(folder + "/cpu.max").flatMap(Self.processors) else {
        continue
      }
      if tightest.map({ limit < $0.processors }) ?? true { tightest = (limit, folder) }
    }
    return tightest
  }

  /// Reads `150000 100000`, a share of a period in microseconds; `nil` for `max 100000`.
  static func processors(_ text: String) -> Double? {
    let words = text.split(separator: " ")
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }
}
