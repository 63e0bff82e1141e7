import Glibc
import Linux
import Telemetry

/// How the paths that a process speaks of lead to the same files from here.
///
/// A container has a root of its own, which stands at `/proc/PID/root`; all of it is reached
/// through there, as long as the process lives.
struct JobPaths {
  private let context: SourceContext
  private let folder: String
  /// Whether the process sees another root than we do.
  let isContained: Bool
  /// The process's working folder as it calls it.
  let working: String?
  /// The same as a path that leads there from here.
  let workingPath: String?

  init(pid: Int32, in context: SourceContext) {
    self.context = context
    let folder = context.path("/proc/\(pid)")
    self.folder = folder
    let own = ProcFile.status(context.path("/")).map(FileIdentity.init)
    let theirs = ProcFile.status(folder + "/root").map(FileIdentity.init)
    isContained = theirs != nil && own != nil && theirs != own
    let link = folder + "/cwd"
    let target = SystemFile.linkTarget(link)
    working = target
    let root = "\(folder)/root"
    workingPath = target.map {
      Self.leading(to: link, [$0, context.path($0), root + $0]) ?? link
    }
  }

  /// A path that leads to what a descriptor's link leads to; `nil` when none does.
  func path(ofDescriptor number: Int32, target: String) -> String? {
    Self.leading(
      to: "\(folder)/fd/\(number)", [target, context.path(target), "\(folder)/root\(target)"])
  }

  /// Where a path that the process was given leads, seen from here.
  func path(given: String) -> String? {
    guard !given.isEmpty, given.utf8.count < 4096 else { return nil }
    if given == "." { return workingPath }
    guard given.hasPrefix("/") else { return workingPath.map { "\($0)/\(given)" } }
    return isContained ? "\(folder)/root\(given)" : context.path(given)
  }

  /// A path as people like to read it: from the working folder where it is below that.
  func shown(_ path: String) -> String {
    var path = path
    if path.hasPrefix(folder + "/root/") { path = String(path.dropFirst(folder.utf8.count + 5)) }
    for base in [workingPath, working].compactMap(\.self) where base != "/" {
      if path.hasPrefix(base + "/") { return String(path.dropFirst(base.count + 1)) }
    }
    return path
  }

  private static func leading(to link: String, _ paths: [String]) -> String? {
    guard let there = ProcFile.status(link).map(FileIdentity.init) else { return nil }
    return paths.first { ProcFile.status($0).map(FileIdentity.init) == there }
  }
}
