import Linux
import Telemetry

/// Whose processes are: of which scheduler's job, looked up once for each process.
struct JobOwners {
  /// A scheduler's job.
  struct Key: Hashable {
    var scheduler: String
    var id: String
  }

  /// What a process tells of its job.
  struct Owner: Hashable {
    var job: Key
    /// The user whom the process runs as.
    var user: String?
    /// What the scheduler told it; `nil` where that may not be read, or is another job's.
    var environment: SchedulerEnvironment?
  }

  private struct Process: Hashable {
    var pid: Int32
    var started: String?
  }

  private let context: SourceContext
  private var known: [Process: Owner?] = [:]
  private static let most = 16_384

  init(_ context: SourceContext) { self.context = context }

  /// The job of a process; `nil` where it is no scheduler's, or cannot be looked up.
  ///
  /// What the control group says is sure. Where SLURM keeps its jobs in groups, a process outside of them
  /// is no job's, whatever its environment says.
  mutating func owner(of pid: Int32, started: String?, groupsAreUsed: Bool) -> Owner? {
    let process = Process(pid: pid, started: started)
    if let owner = known[process] { return owner }
    if known.count >= Self.most { known = [:] }
    let owner = lookUp(pid, groupsAreUsed)
    known[process] = owner
    return owner
  }

  /// Forgets processes that were named without their start: another may have that pid by now.
  mutating func forgetUnsure() { known = known.filter { $0.key.started != nil } }

  private func lookUp(_ pid: Int32, _ groupsAreUsed: Bool) -> Owner? {
    let text = SystemFile.text(context.path("/proc/\(pid)/cgroup")) ?? ""
    let path = SchedulerPath(text)
    let environment = SchedulerEnvironment(pid: pid, in: context)
    return Self.owner(path, environment, groupsAreUsed: groupsAreUsed).map { owner in
      var owner = owner
      owner.user = ProcessIdentity.owner(of: pid, in: context)
      return owner
    }
  }

  /// The job that a control group names, else the one that an environment does.
  static func owner(
    _ path: SchedulerPath?, _ environment: SchedulerEnvironment?, groupsAreUsed: Bool
  ) -> Owner? {
    if let path {
      var own = environment
      // The environment of another job, or of an image that says nothing of pods.
      if path.scheduler == "slurm", environment?.slurmJob != path.id { own = nil }
      if let uid = environment?["POD_UID"], uid != path.id, path.scheduler == "kubernetes" {
        own = nil
      }
      return Owner(job: Key(scheduler: path.scheduler, id: path.id), environment: own)
    }
    guard let environment else { return nil }
    if !groupsAreUsed, let job = environment.slurmJob {
      return Owner(job: Key(scheduler: "slurm", id: job), environment: environment)
    }
    // In a container the group's own path is cut off.
    if let uid = environment["POD_UID"], SchedulerPath.isUID(uid) {
      return Owner(job: Key(scheduler: "kubernetes", id: uid), environment: environment)
    }
    return nil
  }
}
