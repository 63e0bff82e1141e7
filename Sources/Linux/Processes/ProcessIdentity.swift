import Glibc
import Telemetry

/// Who a process is, as `/proc` tells while it runs.
///
/// Layouts: proc(5), cgroups(7). What may not be read is left out. Names are as their owners chose
/// them and so may hold anything; whoever shows them cleans them.
package struct ProcessIdentity: Hashable, Sendable {
  /// The number of the process in the pid namespace of the `/proc` it was read from.
  package let pid: Int32
  /// When it began, in clock ticks since the machine started; tells apart two owners of one pid.
  package let started: Int64
  /// The command line without its secrets, or the kernel's short name in brackets where there is none.
  package let command: String
  /// The short name: of an interpreter's script rather than of the interpreter.
  package let name: String
  /// The name of its owner, or the number where no name is known.
  package let user: String?
  /// Kind and short id of the container it runs in, such as `docker 1f0c2a9b8e7d`.
  package let container: String?
  /// The scheduler's job it belongs to, such as `slurm 4711`.
  package let job: String?

  /// Looks a process up; `nil` when there is none, or it is hidden from us.
  package init?(pid: Int32, in context: SourceContext) {
    let folder = context.path("/proc/\(pid)")
    guard let stat = ProcessStat(pid: pid, in: context) else { return nil }
    self.pid = pid
    started = stat.started
    let short = stat.name
    let words = (SystemFile.text(folder + "/cmdline") ?? "").split(separator: "\0").map(String.init)
    command = words.isEmpty ? "[\(short)]" : Secrets.masked(words: words)
    name = Self.shortName(words) ?? short
    user = Self.owner(of: folder).map { Self.userName($0, in: context) }
    let group = SystemFile.text(folder + "/cgroup") ?? ""
    container = Self.container(in: group)
    job = Self.batchJob(in: group)
  }

  /// The last part of the program's path; of `python train.py` or `python -m pkg.train` the script.
  package static func shortName(_ words: [String]) -> String? {
    guard let first = words.first else { return nil }
    let program = lastPart(first)
    let interpreters = ["python", "bash", "sh", "perl", "ruby", "node", "julia"]
    guard interpreters.contains(where: { program.hasPrefix($0) }) else { return program }
    var rest = words.dropFirst()
    while let word = rest.first {
      if word == "-m", let module = rest.dropFirst().first { return module }
      if word == "-c" { return program }
      if !word.hasPrefix("-") { return lastPart(word) }
      rest = rest.dropFirst()
    }
    return program
  }

  private static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The name of the user whom a process belongs to, or the number; `nil` where there is no such process.
  package static func owner(of pid: Int32, in context: SourceContext) -> String? {
    owner(of: context.path("/proc/\(pid)")).map { userName($0, in: context) }
  }

  private static func owner(of folder: String) -> UInt32? {
    var status = Glibc.stat()
    return stat(folder, &status) == 0 ? status.st_uid : nil
  }

  /// The name of a user, else the number.
  package static func userName(_ id: UInt32, in context: SourceContext) -> String {
    let lines = (SystemFile.text(context.path("/etc/passwd")) ?? "").split(separator: "\n")
    for line in lines {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      if fields.count > 2, UInt32(fields[2]) == id { return String(fields[0]) }
    }
    return "\(id)"
  }

  /// The container that a control group's path names: Docker, containerd, CRI-O, Podman.
  package static func container(in cgroup: String) -> String? {
    for line in cgroup.split(separator: "\n") {
      for part in line.split(whereSeparator: { $0 == "/" || $0 == ":" }).reversed() {
        var name = part
        if name.hasSuffix(".scope") { name = name.dropLast(6) }
        let id = name.split(separator: "-").last ?? name
        guard id.utf8.count == 64, id.utf8.allSatisfy(isHex) else { continue }
        let prefix = name.dropLast(65)
        let kind = prefix.isEmpty ? (line.contains("kubepods") ? "pod" : "container") : prefix
        return "\(kind.hasPrefix("cri-") ? kind.dropFirst(4) : kind) \(id.prefix(12))"
      }
    }
    return nil
  }

  /// The scheduler's job that a control group's path names: `slurm 4711`, `kubernetes` and a pod's UID.
  package static func batchJob(in cgroup: String) -> String? {
    SchedulerPath(cgroup)?.batchJob
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x61...0x66 ~= byte
  }
}
