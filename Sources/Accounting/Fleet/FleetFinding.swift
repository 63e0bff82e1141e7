import Telemetry

/// Something of a fleet that somebody should look at.
public enum FleetFinding: Sendable, Hashable {
  /// A machine that is asked and does not answer.
  case refuses(host: String, since: Timestamp?)
  /// A machine that was read within the account and is not any more.
  case silent(host: String, since: Timestamp)
  /// A machine that draws much less, or more, than the others of its job: watts for each accelerator.
  case straggler(host: String, job: String, watts: Double, others: Double)
  /// A job that holds accelerators without a process on them.
  case held(job: String, gpus: Int)
}

extension FleetMoment {
  /// What a machine must differ by from the median of its job's machines, as a share of it: a job's
  /// machines do the same work at the same time, and chips of one kind differ by a tenth.
  static let tolerance = 0.3

  /// What somebody should look at: what is not heard of, then the machines that draw unlike the others of
  /// their job, then what is held in vain.
  ///
  /// - Parameter watts: what the accelerators of a job draw on each of its machines, for one of them.
  public func findings(watts: [String: [String: Double]] = [:]) -> [FleetFinding] {
    var found: [FleetFinding] = []
    for host in hosts {
      switch host.state {
      case .answers: break
      case .refuses(let since): found.append(.refuses(host: host.name, since: since))
      case .silent(let since): found.append(.silent(host: host.name, since: since))
      }
    }
    for job in jobs where job.isRunning {
      guard let values = watts[job.id] else { continue }
      found += Self.stragglers(of: job.id, values)
    }
    let held = jobs.filter(\.isHeldWithoutProcess).sorted { ($0.gpus ?? 0) > ($1.gpus ?? 0) }
    return found + held.map { .held(job: $0.id, gpus: $0.gpus ?? 0) }
  }

  /// The machines of a job that draw unlike its others, the farthest off first; of three at least.
  static func stragglers(of job: String, _ watts: [String: Double]) -> [FleetFinding] {
    guard watts.count >= 3 else { return [] }
    let sorted = watts.values.sorted()
    let median = sorted[sorted.count / 2]
    guard median > 0 else { return [] }
    return watts.filter { abs($0.value - median) > tolerance * median }
      .sorted {
        let (one, two) = (abs($0.value - median), abs($1.value - median))
        return one == two ? $0.key.isBeforeInPeoplesOrder($1.key) : one > two
      }
      .map { .straggler(host: $0.key, job: job, watts: $0.value, others: median) }
  }
}
