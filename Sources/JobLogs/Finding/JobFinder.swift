import Linux
import Telemetry

/// Finds training and serving jobs on this machine without touching them.
///
/// It reads `/proc` and nothing else: it traces nobody, sends no signal, opens no pipe and writes
/// nothing. `look` is cheap once it has seen a process, and looks again ever more rarely; `inspect`
/// goes into the files of one job. A process may be gone between any two reads.
public struct JobFinder {
  private struct Seen {
    var started: Int64
    /// `nil` for a process that nothing speaks for.
    var candidate: JobCandidate?
    var next: Timestamp
    var wait: Double
  }

  private let context: SourceContext
  private let names: AcceleratorNames
  private var seen: [Int32: Seen] = [:]
  private var groups: [Int32: JobGroup] = [:]
  /// Processes that hold an accelerator and are left alone, and why.
  public private(set) var skipped: [Skipped] = []

  /// A finder that has seen nothing; `context` says where `/proc` is.
  public init(_ context: SourceContext) {
    self.context = context
    names = AcceleratorNames(in: context)
  }

  /// The jobs that run now, without their files, by pid.
  public mutating func look(_ clock: any SessionClock) -> [FoundJob] {
    let now = clock.now
    let own = ProcessRecord.own(in: context)
    let pids = ProcessRecord.pids(in: context).filter { $0 != own }
    let present = Set(pids)
    seen = seen.filter { present.contains($0.key) }
    for pid in pids { refresh(pid, now) }

    let candidates = seen.values.compactMap(\.candidate).filter(\.evidence.isJob)
    var records: [Int32: ProcessRecord?] = [:]
    let found = JobGroups.groups(candidates) { pid in
      if let known = seen[pid]?.candidate?.process { return known }
      if let known = records[pid] { return known }
      let record = ProcessRecord(pid: pid, in: context)
      records[pid] = record
      return record
    }
    note(skippedAmong: seen.values.compactMap(\.candidate))
    let ours = candidates.isEmpty ? [] : ownPipes(own)
    groups = [:]
    var jobs: [FoundJob] = []
    for group in found where !isRead(group, through: ours) {
      guard let job = describe(group) else { continue }
      groups[job.pid] = group
      jobs.append(job)
    }
    return jobs.sorted { $0.pid < $1.pid }
  }

  private mutating func refresh(_ pid: Int32, _ now: Timestamp) {
    if let known = seen[pid] {
      let isDue = now >= known.next
      guard isDue || known.candidate != nil else { return }
      if !isDue, ProcessRecord.isAlive(pid, started: known.started, in: context) { return }
    }
    guard let process = ProcessRecord(pid: pid, in: context) else {
      seen[pid] = nil
      return
    }
    let last = seen[pid].flatMap { $0.started == process.started ? $0 : nil }
    let wait = last.map { min(300, $0.wait * 2) } ?? 5
    var entry = Seen(started: process.started, candidate: nil, next: now + wait, wait: wait)
    // A kernel thread has no words, and what is not ours may not be looked at.
    if !process.words.isEmpty, context.user.map({ $0 == process.user }) ?? true {
      let evidence = JobEvidence(process, in: context)
      if evidence.isJob || evidence.holdsAccelerator {
        entry.candidate = JobCandidate(
          process: process, evidence: evidence,
          environment: evidence.isJob ? JobEnvironment(pid: pid, in: context) : JobEnvironment())
        // A job may take its accelerator a while after its libraries.
        entry.wait = min(60, wait)
        entry.next = now + entry.wait
      }
    }
    seen[pid] = entry
  }

  private mutating func note(skippedAmong candidates: [JobCandidate]) {
    skipped = candidates.filter { !$0.evidence.isJob }.map(\.process).sorted { $0.pid < $1.pid }
      .prefix(16).map {
        Skipped(
          what: "\($0.name) (pid \($0.pid))", why: "it holds an accelerator, but not for computing")
      }
  }

  /// The pipes this program reads from itself.
  private func ownPipes(_ own: Int32?) -> Set<String> {
    own.map { OpenDescriptors.sorted(of: $0, in: context).readPipes } ?? []
  }

  /// Whether a job's output already comes to this program through a pipe.
  private func isRead(_ group: JobGroup, through pipes: Set<String>) -> Bool {
    guard !pipes.isEmpty else { return false }
    return group.members.contains { member in
      [1, 2].contains { number in
        SystemFile.linkTarget(context.path("/proc/\(member.process.pid)/fd/\(number)"))
          .map(pipes.contains) ?? false
      }
    }
  }

  private func describe(_ group: JobGroup) -> FoundJob? {
    let leader = group.leader
    guard let identity = ProcessIdentity(pid: leader.process.pid, in: context),
      identity.started == leader.process.started
    else { return nil }
    let onGPU = group.members.first { $0.evidence.isOnGPU }
    let slurm = leader.environment["SLURM_JOB_ID"].map { "slurm \($0.prefix(20))" }
    let ranks = Set(group.members.compactMap(\.environment.rank)).count
    let told = RankCount(of: group, in: context).value
    return FoundJob(
      pid: identity.pid, started: identity.started, name: leader.process.name,
      command: String(Secrets.masked(words: leader.process.words).prefix(2000)),
      user: identity.user, why: (onGPU ?? leader).evidence.words,
      launcher: group.launcher.flatMap { KnownProgram($0.words, name: $0.name)?.name },
      worldSize: told ?? (ranks > 1 ? ranks : nil), isWorldSizeTold: told != nil,
      nodes: leader.environment.nodes, batchJob: identity.job ?? slurm,
      container: identity.container, isOnGPU: onGPU != nil,
      visibleGPUs: leader.environment.visibleGPUs.map { String($0.prefix(200)) },
      gpus: onGPU == nil ? [] : names.names(of: group),
      library: group.members.lazy.compactMap(\.evidence.library).first,
      engine: group.members.lazy.compactMap(\.evidence.program).first { $0.role == .serving }?.name,
      isLearning: group.members.contains(where: \.isLearning),
      members: group.members.map(\.process.pid))
  }
}

extension JobFinder {
  /// Finds the files and ports of a job that `look` has found.
  ///
  /// `others` are the other jobs that run, with what is known of their files.
  public func inspect(
    _ job: inout FoundJob, _ clock: any SessionClock, others: [FoundJob] = []
  ) {
    guard let group = groups[job.pid] else { return }
    var files = JobFiles(
      leader: job.pid, start: startTime(job.started), words: group.leader.process.words,
      runID: group.leader.environment["MLFLOW_RUN_ID"], others: others, in: context)
    var sockets: [Int32: Set<UInt64>] = [:]
    for member in group.members.prefix(64) {
      let pid = member.process.pid
      let descriptors = OpenDescriptors.sorted(of: pid, in: context)
      sockets[pid] = descriptors.sockets
      if pid == job.pid {
        files.addLeader(descriptors, pid: pid)
        if let pipe = descriptors.standard[1], pipe.hasPrefix("pipe:") {
          addReaders(of: pipe, session: member.process.session, to: &files)
        }
      } else {
        files.addMember(descriptors, pid: pid)
      }
    }
    if !files.isSettled, job.mayLeaveFiles {
      let lines = [group.leader.process.words] + (group.launcher.map { [$0.words] } ?? [])
      files.scan(lines, environment: group.leader.environment, clock: clock)
    }
    job.files = files.files
    job.skipped = files.skipped
    job.output = files.output
    job.ports = ports(group, engine: job.engine, sockets)
  }

  /// The jobs that run now, with their files and ports.
  ///
  /// Those without are inspected twice: what lies in a folder is theirs who have no other file.
  public mutating func lookClosely(_ clock: any SessionClock) -> [FoundJob] {
    var jobs = look(clock)
    for _ in 0..<2 {
      for index in jobs.indices where jobs[index].files.isEmpty {
        let others = jobs.indices.filter { $0 != index }.map { jobs[$0] }
        inspect(&jobs[index], clock, others: others)
      }
    }
    return jobs
  }

  /// Takes the files of the processes that read a pipe, such as `tee`.
  private func addReaders(of pipe: String, session: Int32, to files: inout JobFiles) {
    for pid in ProcessRecord.pids(in: context) {
      guard let process = ProcessRecord(pid: pid, in: context), process.session == session else {
        continue
      }
      let descriptors = OpenDescriptors.sorted(of: pid, in: context)
      if descriptors.readPipes.contains(pipe) {
        files.addReader(descriptors, pid: pid, name: process.name)
      }
    }
  }

  private func ports(
    _ group: JobGroup, engine: String?, _ sockets: [Int32: Set<UInt64>]
  ) -> [ServingPort] {
    // A trainer listens too, for its own ranks.
    guard let engine else { return [] }
    var ports: Set<UInt16> = []
    for member in group.members.prefix(8) {
      let pid = member.process.pid
      ports.formUnion(ListeningPorts.ports(of: pid, sockets: sockets[pid] ?? [], in: context))
    }
    return ports.sorted().map { ServingPort(port: $0, engine: engine) }
  }

  /// When a process began in seconds since 1970: `btime` of `/proc/stat` and a hundred ticks each.
  private func startTime(_ ticks: Int64) -> Double? {
    var boot: Int64?
    ProcFile.lines(context.path("/proc/stat"), limit: 1 << 20) { line in
      var scanner = TextScanner(line)
      guard scanner.skip("btime ") else { return true }
      boot = scanner.number()
      return false
    }
    return boot.map { Double($0) + Double(ticks) / 100 }
  }
}

extension FoundJob {
  /// Whether it is a job beyond doubt: on an accelerator, telling its progress, or serving.
  public var isCertain: Bool {
    isOnGPU || files.contains { $0.format != nil } || !ports.isEmpty
  }
}
