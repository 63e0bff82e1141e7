import Telemetry

/// The scheduler's jobs of a timeline by what processes tell of them.
struct SchedulerJobs {
  private var facts: [String: AllocationFacts] = [:]
  private var owners: [String: [Int: String]] = [:]

  init(_ timeline: Timeline) {
    for device in timeline.devices(.allocation) {
      let job = timeline.allocationFacts(of: device.id)
      guard !job.jobID.isEmpty else { continue }
      facts["\(device.id.machine) \(job.batchJob)"] = job
      for pid in job.pids { owners[device.id.machine, default: [:]][pid] = job.batchJob }
    }
  }

  /// The job of a process on a machine; of one that does not say it, by its pid.
  func job(of process: ProcessFacts, on machine: String) -> String? {
    process.job ?? process.pid.flatMap { owners[machine]?[$0] }
  }

  /// A job with what its owner calls it and who pays for it: `slurm 4711 llama-sft · physics`.
  func title(_ job: String, on machine: String) -> String {
    guard let known = facts["\(machine) \(job)"] else { return job }
    let number = known.pod == nil ? "\(known.scheduler) \(known.number)" : known.number
    let name = known.name.map { " " + $0 } ?? ""
    return number + name + (known.account.map { " · " + $0 } ?? "")
  }
}
