import Linux

/// A process that may be part of a job, with all that speaks for it.
struct JobCandidate: Hashable, Sendable {
  let process: ProcessRecord
  let evidence: JobEvidence
  let environment: JobEnvironment

  /// Whether it learns or serves, by its library, its program or the language it is written in.
  var isLearning: Bool {
    let program = process.words.first?.split(separator: "/").last ?? ""
    return evidence.library != nil || evidence.program != nil
      || program.hasPrefix("python") || program.hasPrefix("julia")
  }
}

/// The processes that make up one job on this machine.
struct JobGroup: Hashable, Sendable {
  /// Its processes, launchers left out, the one that speaks for it first.
  var members: [JobCandidate]
  /// What started the ranks, if anything did.
  var launcher: ProcessRecord?

  var leader: JobCandidate { members[0] }
}

extension JobCandidate {
  /// Whether it works for a Ray driver: such processes are called `ray::Train.step()` and the like,
  /// and are started by the node's raylet, in sessions of their own.
  var isRayWorker: Bool { process.words.first?.hasPrefix("ray::") ?? false }

  var isRayDriver: Bool { evidence.usesRay && !isRayWorker && !process.isRayService }
}

extension ProcessRecord {
  /// Whether it is one of a Ray cluster's own services, which are in Python as well.
  var isRayService: Bool {
    words.contains { word in
      ["/ray/_private/", "/ray/dashboard/", "/ray/autoscaler/", "ray-dashboard"].contains {
        word.contains($0)
      }
    }
  }

  /// Whether it works for the process that started it, as Python's `multiprocessing` has it.
  var isHelper: Bool { words.contains { $0.contains("multiprocessing") } }
}

/// Puts processes together that belong to one job.
///
/// Ranks hang together by the launcher above them, by their SLURM step, or by being numbered in one
/// session; workers that load data hang on the process they were forked from. A process that merely
/// started another program, such as a notebook, keeps its own job.
enum JobGroups {
  /// Groups candidates; `lookUp` finds any process by its pid.
  static func groups(
    _ candidates: [JobCandidate], lookUp: (Int32) -> ProcessRecord?
  ) -> [JobGroup] {
    let byPID = Dictionary(
      candidates.map { ($0.process.pid, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [String] = []
    var members: [String: [JobCandidate]] = [:]
    var launchers: [String: ProcessRecord] = [:]
    let drivers = Dictionary(
      uniqueKeysWithValues: byPID.filter(\.value.isRayDriver).map {
        ($0.key, $0.value.evidence.ray)
      })
    for candidate in candidates.sorted(by: { $0.process.pid < $1.process.pid }) {
      var asked = candidate
      if candidate.isRayWorker {
        let driver = RayPlace.driver(
          of: candidate.evidence.ray, ancestors: ancestors(of: candidate.process, lookUp),
          among: drivers)
        if let driver = driver.flatMap({ byPID[$0] }) { asked = driver }
      }
      var (key, launcher) = key(of: asked, byPID, lookUp)
      if asked.isRayWorker { key = "raylet \(candidate.process.parent)" }
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(candidate)
      if let launcher { launchers[key] = launcher }
    }
    return order.compactMap { key in
      // A launcher that has started nothing yet is no job.
      let ranks = (members[key] ?? []).filter { !$0.evidence.isLauncher }
      guard ranks.contains(where: \.evidence.isJob) else { return nil }
      return JobGroup(members: ranks.sorted(by: speaksBefore), launcher: launchers[key])
    }
  }

  private static func ancestors(
    of process: ProcessRecord, _ lookUp: (Int32) -> ProcessRecord?
  ) -> Set<Int32> {
    var found: Set<Int32> = []
    var current = process
    while found.count < 16, current.parent > 1, let parent = lookUp(current.parent),
      found.insert(parent.pid).inserted
    {
      current = parent
    }
    return found
  }

  /// Rank 0 speaks for the job; without ranks the oldest process, which started the others.
  private static func speaksBefore(_ left: JobCandidate, _ right: JobCandidate) -> Bool {
    // A driver speaks for its workers, whatever ranks they have.
    (left.isRayDriver ? -1 : left.environment.rank ?? 0, left.process.started, left.process.pid)
      < (
        right.isRayDriver ? -1 : right.environment.rank ?? 0, right.process.started,
        right.process.pid
      )
  }

  private static func key(
    of candidate: JobCandidate, _ byPID: [Int32: JobCandidate], _ lookUp: (Int32) -> ProcessRecord?
  ) -> (String, ProcessRecord?) {
    var top = candidate
    var launcher: ProcessRecord?
    var isUnbroken = true
    var current = candidate.process
    if candidate.evidence.isLauncher { launcher = current }
    for _ in 0..<16 {
      guard current.parent > 1, let parent = lookUp(current.parent) else { break }
      if KnownProgram(parent.words, name: parent.name)?.role == .launcher { launcher = parent }
      isUnbroken = isUnbroken && isPart(current, of: parent, byPID)
      if isUnbroken, let known = byPID[parent.pid] { top = known }
      current = parent
    }
    if let launcher { return ("launcher \(launcher.pid)", launcher) }
    let environment = candidate.environment
    if environment.rank != nil, (environment.worldSize ?? 1) > 1 {
      if let job = environment["SLURM_JOB_ID"], environment["SLURM_PROCID"] != nil {
        return ("slurm \(job).\(environment["SLURM_STEP_ID"] ?? "") \(top.process.name)", nil)
      }
      let port = environment["MASTER_PORT"] ?? ""
      return ("session \(top.process.session) \(port) \(top.process.name)", nil)
    }
    return ("process \(top.process.pid)", nil)
  }

  /// Whether a child does its parent's work rather than its own.
  ///
  /// Python's fork server has no library of its own and starts those that have.
  private static func isPart(
    _ child: ProcessRecord, of parent: ProcessRecord, _ byPID: [Int32: JobCandidate]
  ) -> Bool {
    if child.isHelper, parent.isHelper { return true }
    guard byPID[parent.pid] != nil else { return false }
    if child.name == parent.name || child.isHelper { return true }
    let program = KnownProgram(child.words, name: child.name)
    return program != nil && program == KnownProgram(parent.words, name: parent.name)
  }
}
