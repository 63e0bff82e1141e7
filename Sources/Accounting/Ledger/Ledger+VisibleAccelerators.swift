import Telemetry

extension Ledger {
  /// The accelerators that a job's processes were told to use; `nil` where the driver lists processes
  /// itself, or where a name does not mean exactly one accelerator.
  ///
  /// CUDA's own order puts the fastest first, so numbers count only among cards that are all alike, or
  /// where the job has them counted by bus address.
  func told(to facts: JobFacts, of job: DeviceID) -> [Device]? {
    guard !facts.visibleGPUs.isEmpty, facts.usesAccelerators != false,
      !inventory.processes.contains(where: { $0.id.machine == job.machine })
    else { return nil }
    let cards = inventory.gpus.filter { $0.id.machine == job.machine }
    let isOrdered = facts.areVisibleGPUsByBus || Set(cards.map(\.model)).count <= 1
    var found: [DeviceID] = []
    for name in facts.visibleGPUs {
      let isNumber = Int(name) != nil
      guard isOrdered || !isNumber else { return nil }
      let matches = cards.filter { card in
        isNumber ? card.label == name : card.id.name.hasPrefix(name)
      }
      guard matches.count == 1 else { return nil }
      found.append(matches[0].id)
    }
    return cards.filter { found.contains($0.id) }
  }

  /// What named the accelerators that a job is charged, if it was not the driver or the job itself.
  func origin(ofAcceleratorsOf job: DeviceID) -> String? {
    let facts = timeline.facts(of: job)
    guard listed(job) == nil, told(to: facts, of: job) != nil else { return nil }
    return facts.visibleGPUsOrigin
  }
}
