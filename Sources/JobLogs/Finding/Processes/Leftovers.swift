import Linux

/// Processes that a trainer which has ended left behind: they are no new job.
///
/// Workers that load data, a fork server and what it started may outlive their trainer, with its
/// libraries mapped and its log held open.
enum Leftovers {
  /// The candidates that are left over.
  ///
  /// `isAbandoned` says whether a process was seen to work for a parent that is gone by now.
  static func among(
    _ candidates: [JobCandidate], lookUp: (Int32) -> ProcessRecord?,
    isAbandoned: (ProcessRecord) -> Bool
  ) -> Set<Int32> {
    var found: Set<Int32> = []
    var twins: [Twins: [Int32]] = [:]
    for candidate in candidates {
      let process = candidate.process
      if isAbandoned(process) || isHelperWithoutTrainer(process, lookUp) {
        found.insert(process.pid)
      } else if isOrphan(process, lookUp) {
        // PyTorch names the workers of its data loaders so.
        if process.shortName.hasPrefix("pt_data_worker") { found.insert(process.pid) }
        guard process.group != process.pid, lookUp(process.group) == nil else { continue }
        let twin = Twins(
          words: process.words, environment: candidate.environment, group: process.group)
        twins[twin, default: []].append(process.pid)
      }
    }
    // Several of one command, told nothing that tells them apart, in the group of one that is gone.
    for (_, pids) in twins where pids.count > 1 { found.formUnion(pids) }
    return found
  }

  private struct Twins: Hashable {
    var words: [String]
    var environment: JobEnvironment
    var group: Int32
  }

  /// Whether a process has lost the one that started it, and belongs to the machine's first process
  /// or to a user's own one.
  private static func isOrphan(
    _ process: ProcessRecord, _ lookUp: (Int32) -> ProcessRecord?
  ) -> Bool {
    guard process.parent > 1, let parent = lookUp(process.parent) else { return true }
    return ["systemd", "init"].contains(parent.name)
  }

  /// Whether it is of `multiprocessing`, as all above it, and nobody stands above those.
  private static func isHelperWithoutTrainer(
    _ process: ProcessRecord, _ lookUp: (Int32) -> ProcessRecord?
  ) -> Bool {
    var current = process
    for _ in 0..<8 {
      guard current.isHelper else { return false }
      if isOrphan(current, lookUp) { return true }
      guard let parent = lookUp(current.parent) else { return true }
      current = parent
    }
    return false
  }
}
