import Telemetry

extension Ledger {
  /// The accelerators of a job: those it names, or those its processes are on, or all of its
  /// machine.
  ///
  /// A job that is known to use none has none.
  public func accelerators(of job: DeviceID) -> [Device] {
    memos.accelerators.answer(job) {
      own(job) ?? inventory.gpus.filter { $0.id.machine == job.machine }
    }
  }

  /// Whether a job is charged all accelerators of its machine because its own are not known.
  public func isChargedForAll(_ job: DeviceID) -> Bool {
    guard own(job) == nil else { return false }
    let count = accelerators(of: job).count
    let world = timeline.facts(of: job).worldSize ?? 1
    return count > 1 && Double(count) > world
  }

  /// The accelerators that are known to be a job's; `nil` where they are not.
  private func own(_ job: DeviceID) -> [Device]? {
    let facts = timeline.facts(of: job)
    if let listed = listed(job) ?? told(to: facts, of: job) { return listed }
    return facts.usesAccelerators == false ? [] : nil
  }

  /// The accelerators that a job names, or on whose lists of processes its own are.
  func listed(_ job: DeviceID) -> [Device]? {
    let facts = timeline.facts(of: job)
    let named = inventory.gpus.filter {
      facts.gpus.contains($0.id.name) || facts.gpus.contains($0.label)
    }
    if !named.isEmpty { return named }
    // The driver's list of processes knows better than a look at what a process holds open.
    return occupied(by: facts, of: job)
  }

  /// The accelerators on whose lists of processes a job's are; `nil` where they are on none.
  private func occupied(by facts: JobFacts, of job: DeviceID) -> [Device]? {
    guard !facts.pids.isEmpty else { return nil }
    var occupied = Set(
      inventory.processes.lazy.filter { process in
        process.id.machine == job.machine
          && timeline.processFacts(of: process.id).pid.map(facts.pids.contains) ?? false
      }.compactMap(\.parent))
    for pid in facts.pids {
      occupied.formUnion(
        timeline.formerAccelerators(of: pid).filter { $0.machine == job.machine })
    }
    let found = inventory.gpus.filter { occupied.contains($0.id) }
    return found.isEmpty ? nil : found
  }
}
