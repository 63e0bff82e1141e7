import Glibc
import Linux
import Telemetry

extension JobFinder {
  /// Finds the files and ports of a job that `look` has found.
  ///
  /// `others` are the other jobs that run, with what is known of their files.
  public mutating func inspect(
    _ job: inout FoundJob, _ clock: any SessionClock, others: [FoundJob] = []
  ) {
    guard let group = groups[job.pid] else { return }
    var files = JobFiles(
      leader: job.pid, start: startTime(job.started), others: others, in: context)
    var sockets: [Int32: Set<UInt64>] = [:]
    for member in group.members.prefix(64) {
      let pid = member.process.pid
      let descriptors = OpenDescriptors.sorted(of: pid, in: context)
      sockets[pid] = descriptors.sockets
      if pid == job.pid {
        files.addLeader(descriptors, pid: pid)
        for pipe in Set([1, 2].compactMap { descriptors.standard[$0] }).sorted()
        where pipe.hasPrefix("pipe:") {
          addReaders(of: pipe, session: member.process.session, to: &files)
        }
      } else {
        files.addMember(descriptors, pid: pid)
      }
    }
    if !files.isSettled, job.mayLeaveFiles {
      let lines = [group.leader.process.words] + (group.launcher.map { [$0.words] } ?? [])
      files.scan(lines, environment: group.leader.environment, clock: clock)
      judge(&files, of: group, at: clock.now)
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
      for index in jobs.indices where jobs[index].best == nil {
        let others = jobs.indices.filter { $0 != index }.map { jobs[$0] }
        inspect(&jobs[index], clock, others: others)
      }
    }
    return jobs
  }

  /// Says of each file that merely lies there whether it is the job's.
  private mutating func judge(_ files: inout JobFiles, of group: JobGroup, at now: Timestamp) {
    let found = files.onTrial
    guard !found.isEmpty else { return }
    let pid = group.leader.process.pid
    let holders = holders(of: Set(found.map(\.identity)), outside: group)
    let members = group.members.map(\.process.pid) + (group.launcher.map { [$0.pid] } ?? [])
    let before = ProcessWork(of: members, in: context)
    let looks = found.map { (file: $0, status: ProcFile.status($0.path)) }
    let after = ProcessWork(of: members, in: context)
    var written: ClosedRange<Int64>?
    if let first = before.written, let last = after.written, first <= last {
      written = first...last
    }
    for (file, status) in looks {
      if let holder = holders[file.identity] {
        files.exclude(file.identity, "\(holder) holds it open, which is no part of this job")
        trials[pid]?[file.identity] = nil
        continue
      }
      guard let status, FileIdentity(status) == file.identity else { continue }
      let glance = FileTrial.Glance(
        time: now.seconds, size: Int64(status.st_size), changed: status.changed,
        processorSeconds: after.processorSeconds, written: written)
      trials[pid, default: [:]][file.identity, default: FileTrial(glance)].look(glance)
      switch trials[pid]?[file.identity]?.verdict {
      case .own:
        let isAlone = file.rivals.allSatisfy { isForeign(file.identity, to: $0) }
        files.doubt(file.identity, isAlone ? nil : "another job that works there may write it, too")
      case .open(let reason): files.doubt(file.identity, reason)
      case .foreign(let reason): files.exclude(file.identity, "it is another's: \(reason)")
      case nil: break
      }
    }
  }

  /// Whether a trial has shown that a job does not write a file.
  private func isForeign(_ file: FileIdentity, to pid: Int32) -> Bool {
    if case .foreign = trials[pid]?[file]?.verdict { return true }
    return false
  }

  /// Processes that are no part of a job and hold some files open for writing, in words.
  private func holders(
    of files: Set<FileIdentity>, outside group: JobGroup
  ) -> [FileIdentity: String] {
    let own = Set(group.members.map(\.process.pid) + (group.launcher.map { [$0.pid] } ?? []))
    var result: [FileIdentity: String] = [:]
    for pid in ProcessRecord.pids(in: context) where !own.contains(pid) {
      let written = OpenDescriptors.sorted(of: pid, in: context).written
      for file in written where files.contains(file.identity) && result[file.identity] == nil {
        // The batch system's own process passes on what its jobs print.
        guard let process = ProcessRecord(pid: pid, in: context), process.name != "slurmstepd"
        else { continue }
        result[file.identity] = "\(process.name) (pid \(pid))"
      }
    }
    return result
  }

  /// Takes the files of the processes that read a pipe, such as `tee`, and of those that read on
  /// from these, as in `… | ts | tee train.log`.
  ///
  /// One that reads it as its standard input may be in any session; one that holds it otherwise, such
  /// as a supervisor, only counts in the job's own.
  private func addReaders(of pipe: String, session: Int32, to files: inout JobFiles) {
    var pipes = [pipe]
    var next = 0
    while next < min(pipes.count, 4) {
      let pipe = pipes[next]
      next += 1
      for pid in ProcessRecord.pids(in: context) {
        guard let process = ProcessRecord(pid: pid, in: context) else { continue }
        let folder = context.path("/proc/\(pid)")
        guard process.session == session || SystemFile.linkTarget(folder + "/fd/0") == pipe else {
          continue
        }
        let descriptors = OpenDescriptors.sorted(of: pid, in: context)
        guard descriptors.readPipes.contains(pipe) else { continue }
        files.addReader(descriptors, pid: pid, name: process.name)
        if descriptors.standard[0] == pipe, let further = descriptors.standard[1],
          further.hasPrefix("pipe:"), !pipes.contains(further)
        {
          pipes.append(further)
        }
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
