import Glibc
import Linux
import Telemetry

/// The control groups of SLURM's jobs: which jobs there are on this machine, with or without a process on
/// an accelerator.
///
/// Layouts: `/sys/fs/cgroup/system.slice/[NODE_]slurmstepd.scope/job_N/step_M/user/task_K` of version 2,
/// `/sys/fs/cgroup/CONTROLLER/slurm[_NODE]/uid_U/job_N/step_M[/task_K]` of version 1.
struct SlurmGroups {
  /// A job's group.
  struct Job: Hashable {
    var id: String
    /// The owner's uid; only version 1 tells it.
    var user: UInt32?
    var folder: String
  }

  /// How many jobs, and how many groups and processes of one job, are looked at.
  static let most = (jobs: 256, entries: 2048, steps: 16, pids: 8)
  private static let controllers = ["devices", "cpuset", "freezer", "memory"]
  private static let searchPeriod = 30.0

  private let context: SourceContext
  /// Folders that hold jobs, or users' folders that do.
  private var roots: [(folder: String, hasUsers: Bool)] = []
  private var searched: Timestamp?

  init(_ context: SourceContext) { self.context = context }

  /// Whether SLURM keeps its jobs in groups here, so that a process outside of them is no job's.
  var isUsed: Bool { !roots.isEmpty }

  /// The jobs that exist, in the order of their numbers.
  mutating func jobs(at time: Timestamp) -> [Job] {
    if searched.map({ time - $0 >= Self.searchPeriod }) ?? true {
      searched = time
      search()
    }
    var jobs: [Job] = []
    for root in roots {
      let folders: [(String, UInt32?)] =
        root.hasUsers
        ? names(in: root.folder).compactMap { name in
          name.hasPrefix("uid_")
            ? UInt32(name.dropFirst(4)).map { ("\(root.folder)/\(name)", $0) } : nil
        } : [(root.folder, nil)]
      for (folder, user) in folders {
        for name in names(in: folder) where name.hasPrefix("job_") {
          let id = String(name.dropFirst(4))
          guard SchedulerPath.isNumber(id) else { continue }
          jobs.append(Job(id: id, user: user, folder: "\(folder)/\(name)"))
        }
      }
    }
    jobs.sort { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
    // The newest have the largest numbers.
    return Array(jobs.suffix(Self.most.jobs))
  }

  private mutating func search() {
    roots = []
    let top = context.path("/sys/fs/cgroup")
    let slice = top + "/system.slice"
    for name in names(in: slice) where name.hasSuffix("slurmstepd.scope") {
      roots.append(("\(slice)/\(name)", false))
    }
    guard roots.isEmpty else { return }
    for controller in Self.controllers {
      let folder = "\(top)/\(controller)"
      for name in names(in: folder) where name == "slurm" || name.hasPrefix("slurm_") {
        roots.append(("\(folder)/\(name)", true))
      }
      if !roots.isEmpty { return }
    }
  }

  private func names(in folder: String) -> [String] {
    SystemFile.names(in: folder, limit: Self.most.entries) ?? []
  }

  /// Some processes of a job, from its steps; the batch script's first.
  func pids(of job: Job) -> [Int32] {
    let steps = names(in: job.folder).filter { $0.hasPrefix("step_") }.sorted { left, right in
      (left != "step_batch" ? 1 : 0, left) < (right != "step_batch" ? 1 : 0, right)
    }
    var pids: [Int32] = []
    for step in steps.prefix(Self.most.steps) {
      let base = "\(job.folder)/\(step)"
      for folder in [base, base + "/user"] {
        let tasks = names(in: folder).filter { $0.hasPrefix("task_") }.sorted()
        for place in [folder] + tasks.prefix(Self.most.steps).map({ "\(folder)/\($0)" }) {
          let bytes = ProcFile.bytes(place + "/cgroup.procs", limit: 4096) ?? []
          for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(Self.most.pids) {
            if let pid = Int32(String(decoding: line, as: UTF8.self)), pid > 0 { pids.append(pid) }
          }
          if pids.count >= Self.most.pids { return pids }
        }
      }
    }
    return pids
  }

  /// The minor numbers of NVIDIA's devices that a job's group may open; `nil` where it may open any, or
  /// nothing tells.
  ///
  /// Only version 1 has a list, `c 195:0 rwm`. A group that all was allowed to and some denied lists
  /// `a *:* rwm`, and not what was denied: security/device_cgroup.c.
  func devices(of job: Job) -> [Int]? {
    guard let bytes = ProcFile.bytes(job.folder + "/devices.list", limit: 65536) else { return nil }
    var minors: [Int] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let kind = words.first, words.count > 1 else { continue }
      if kind == "a" { return nil }
      guard kind == "c", words[1].hasPrefix("195:") else { continue }
      // 254 and 255 are the driver's own, which everybody may open.
      guard let minor = Int(words[1].dropFirst(4)) else { return nil }
      if minor < 254 { minors.append(minor) }
    }
    return minors.sorted()
  }
}
