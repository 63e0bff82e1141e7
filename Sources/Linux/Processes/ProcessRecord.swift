import Glibc
import Telemetry

/// What `/proc` says of one process besides its name: its place among the others, and its words.
package struct ProcessRecord: Hashable, Sendable {
  /// The number of the process in the pid namespace of the `/proc` it was read from.
  package let pid: Int32
  /// The pid of its parent; 0 when that is outside the namespace.
  package let parent: Int32
  /// Its process group, the pid of the group's leader.
  package let group: Int32
  /// Its session, the pid of the session's leader.
  package let session: Int32
  /// When it began, in clock ticks since the machine started.
  package let started: Int64
  /// The uid of its owner.
  package let user: UInt32
  /// The command line, word by word, at most 64 KiB of it; empty for a kernel thread.
  package let words: [String]
  /// The script of an interpreter, else the program.
  package let name: String
  /// The kernel's own name of it, at most 15 bytes, which a program may have changed.
  package let shortName: String

  /// Looks a process up; `nil` when there is none, or it is hidden from us.
  package init?(pid: Int32, in context: SourceContext) {
    guard let stat = ProcessStat(pid: pid, in: context) else { return nil }
    self.init(pid: pid, stat, in: context)
  }

  /// The same of a process whose line has been read already.
  package init?(pid: Int32, _ stat: ProcessStat, in context: SourceContext) {
    let folder = context.path("/proc/\(pid)")
    guard stat.state != UInt8(ascii: "Z"), let status = ProcFile.status(folder) else { return nil }
    self.pid = pid
    parent = stat.parent
    group = stat.group
    session = stat.session
    started = stat.started
    user = status.st_uid
    words = Self.words(folder)
    shortName = stat.name
    name = String((ProcessIdentity.shortName(words) ?? stat.name).prefix(80))
  }

  private static func words(_ folder: String) -> [String] {
    let bytes = ProcFile.bytes(folder + "/cmdline", limit: 64 * 1024) ?? []
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a pid still belongs to the process that began then.
  package static func isAlive(_ pid: Int32, started: Int64, in context: SourceContext) -> Bool {
    guard let stat = ProcessStat(pid: pid, in: context) else { return false }
    return stat.started == started && stat.state != UInt8(ascii: "Z")
  }

  /// Every pid there is, at most 65536; empty when `/proc` cannot be read.
  package static func pids(in context: SourceContext) -> [Int32] {
    guard let stream = opendir(context.path("/proc")) else { return [] }
    defer { closedir(stream) }
    var pids: [Int32] = []
    while let entry = readdir(stream), pids.count < 65536 {
      let first = entry.pointee.d_name.0
      guard first >= 0x30, first <= 0x39 else { continue }
      if let pid = Int32(entryName(entry)) { pids.append(pid) }
    }
    return pids.sorted()
  }

  /// This process's own pid as that `/proc` names it.
  package static func own(in context: SourceContext) -> Int32? {
    SystemFile.linkTarget(context.path("/proc/self")).flatMap(Int32.init)
  }
}

/// The name in a folder's entry, whatever its bytes.
package func entryName(_ entry: UnsafeMutablePointer<dirent>) -> String {
  withUnsafePointer(to: &entry.pointee.d_name) {
    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
  }
}
