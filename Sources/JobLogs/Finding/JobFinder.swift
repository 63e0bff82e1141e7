import Linux
import Telemetry

/// Finds training and serving jobs on this machine without touching them.
///
/// It reads `/proc` and nothing else: it traces nobody, sends no signal, opens no pipe and writes
/// nothing. `look` is cheap once it has seen a process, and looks again ever more rarely; `inspect`
/// goes into the files of one job. A process may be gone between any two reads.
public struct JobFinder {
  private struct Seen {
    /// What the kernel said of it when it was last looked at.
    var stat: ProcessStat
    /// `nil` for a process that nothing speaks for.
    var candidate: JobCandidate?
    var next: Timestamp
    var wait: Double
    /// The process that it was seen to work for, and when that began.
    var trainer: (pid: Int32, started: Int64)?
  }

  let context: SourceContext
  private let names: AcceleratorNames
  private var seen: [Int32: Seen] = [:]
  private var list = ProcessList()
  var groups: [Int32: JobGroup] = [:]
  /// The trials of files that merely lie where a job works, by the job's pid.
  var trials: [Int32: [FileIdentity: FileTrial]] = [:]
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
    let links = ProcessList.links(in: context)
    if let pids = list.renew(in: context, now: now, links: links) {
      let present = Set(pids)
      seen = seen.filter { present.contains($0.key) }
    }
    for pid in list.pids where pid != own { refresh(pid, now) }

    var records: [Int32: ProcessRecord?] = [:]
    let (seen, context) = (seen, context)
    func lookUp(_ pid: Int32) -> ProcessRecord? {
      if let known = seen[pid]?.candidate?.process { return known }
      if let known = records[pid] { return known }
      let record = ProcessRecord(pid: pid, in: context)
      records[pid] = record
      return record
    }
    var candidates = jobCandidates()
    let leftovers = Leftovers.among(candidates, lookUp: lookUp) { process in
      guard let trainer = seen[process.pid]?.trainer else { return false }
      return !ProcessRecord.isAlive(trainer.pid, started: trainer.started, in: context)
    }
    candidates.removeAll { leftovers.contains($0.process.pid) }
    let found = JobGroups.groups(candidates, lookUp: lookUp)
    for group in found { remember(group) }
    note(skippedAmong: seen.values.compactMap(\.candidate), leftovers)
    let ours = candidates.isEmpty ? [] : ownPipes(own)
    groups = [:]
    var jobs: [FoundJob] = []
    for group in found where !isRead(group, through: ours) {
      guard let job = describe(group) else { continue }
      groups[job.pid] = group
      jobs.append(job)
    }
    trials = trials.filter { groups[$0.key] != nil }
    return jobs.sorted { $0.pid < $1.pid }
  }

  private mutating func refresh(_ pid: Int32, _ now: Timestamp) {
    if let known = seen[pid] {
      let isDue = now >= known.next
      guard isDue || known.candidate != nil else { return }
      if !isDue, ProcessRecord.isAlive(pid, started: known.stat.started, in: context) { return }
    }
    guard let stat = ProcessStat(pid: pid, in: context) else {
      seen[pid] = nil
      return
    }
    let last = seen[pid].flatMap { $0.stat.started == stat.started ? $0 : nil }
    let wait = last.map { min(300, $0.wait * 2) } ?? 5
    if let last, last.candidate == nil, stat.hasRested(since: last.stat) {
      seen[pid]?.wait = wait
      seen[pid]?.next = now + wait
      return
    }
    guard let process = ProcessRecord(pid: pid, stat, in: context) else {
      seen[pid] = nil
      return
    }
    var entry = Seen(
      stat: stat, candidate: nil, next: now + wait, wait: wait, trainer: last?.trainer)
    // A kernel thread has no words, and what is not ours may not be looked at.
    if !process.words.isEmpty, context.user.map({ $0 == process.user }) ?? true,
      stat.mayCompute || KnownProgram(process.words, name: process.name) != nil
    {
      let evidence = JobEvidence(process, in: context)
      if evidence.isJob || evidence.holdsAccelerator || evidence.usesRay {
        entry.candidate = JobCandidate(
          process: process, evidence: evidence,
          environment: evidence.isJob || evidence.usesRay
            ? JobEnvironment(pid: pid, in: context) : JobEnvironment())
        // A job may take its accelerator a while after its libraries.
        entry.wait = min(60, wait)
        entry.next = now + entry.wait
      }
    }
    seen[pid] = entry
  }

  /// What may be a part of a job: a Ray driver need not compute itself, if its workers do.
  private func jobCandidates() -> [JobCandidate] {
    let all = seen.values.compactMap(\.candidate)
    let hasWorkers = all.contains { $0.isRayWorker && $0.evidence.isJob }
    return all.filter { $0.evidence.isJob || hasWorkers && $0.isRayDriver }
  }

  /// Remembers who works for whom, so that what outlives its trainer is known for what it is.
  private mutating func remember(_ group: JobGroup) {
    let members = Dictionary(
      group.members.map { ($0.process.pid, $0.process.started) }, uniquingKeysWith: { $1 })
    for process in group.members.map(\.process) {
      guard let started = members[process.parent] else { continue }
      seen[process.pid]?.trainer = (process.parent, started)
    }
  }

  private mutating func note(skippedAmong candidates: [JobCandidate], _ leftovers: Set<Int32>) {
    skipped = candidates.sorted { $0.process.pid < $1.process.pid }.compactMap { candidate in
      let process = candidate.process
      let what = "\(process.name) (pid \(process.pid))"
      if leftovers.contains(process.pid) {
        return Skipped(what: what, why: "what started it has ended and left it behind: no new job")
      }
      guard !candidate.evidence.isJob, candidate.evidence.holdsAccelerator else { return nil }
      return Skipped(what: what, why: "it holds an accelerator, but not for computing")
    }
    skipped.removeLast(max(0, skipped.count - 16))
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
    let hidden = group.members.filter { !$0.evidence.isReadable }.count
    let own = ProcessRecord.own(in: context).flatMap { ProcessIdentity(pid: $0, in: context) }
    let computing = group.members.filter(\.evidence.isJob)
    let told = VisibleAccelerators.of(computing.map { ($0.environment, $0.process.words) })
    let visible = told?.isUnique == true || identity.sharesView(with: own) ? told : nil
    let ranksTold = RankCount(of: group, in: context).value
    return FoundJob(
      pid: identity.pid, started: identity.started, name: leader.process.name,
      command: String(Secrets.masked(words: leader.process.words).prefix(2000)),
      user: identity.user, why: (onGPU ?? leader).evidence.words,
      launcher: group.launcher.flatMap { KnownProgram($0.words, name: $0.name)?.name },
      worldSize: ranksTold ?? (ranks > 1 ? ranks : nil), isWorldSizeTold: ranksTold != nil,
      nodes: leader.environment.nodes, batchJob: identity.job ?? slurm,
      container: identity.container, isOnGPU: onGPU != nil,
      visibleGPUs: leader.environment.visibleGPUs.map { String($0.prefix(200)) },
      gpus: onGPU == nil ? [] : names.names(of: group), visible: visible,
      unseen: hidden == 0
        ? nil
        : "the open files of \(hidden) of its \(group.members.count) processes may not be looked at",
      library: group.members.lazy.compactMap(\.evidence.library).first,
      engine: group.members.lazy.compactMap(\.evidence.program).first { $0.role == .serving }?.name,
      isLearning: group.members.contains(where: \.isLearning),
      members: group.members.map(\.process.pid))
  }
}

extension FoundJob {
  /// Whether it is a job beyond doubt: on an accelerator, telling its progress, or serving.
  public var isCertain: Bool {
    isOnGPU || files.contains { $0.format != nil && $0.doubt == nil } || !ports.isEmpty
  }
}

extension ProcessStat {
  /// Whether it has room for a library that computes, or for an accelerator's memory.
  ///
  /// The smallest of these take several times as much: the text of PyTorch 200 MB, and what a driver maps
  /// for a process far more.
  fileprivate var mayCompute: Bool { addressSpace == 0 || addressSpace >= 32 << 20 }

  /// Whether it has done nothing since, so that it can have opened and loaded nothing either.
  fileprivate func hasRested(since last: ProcessStat) -> Bool {
    addressSpace > 0 && addressSpace == last.addressSpace && ticks == last.ticks
      && name == last.name
  }
}
