import Telemetry

/// A scheduler's job with when it held what.
struct AllocationHolding {
  var device: Device
  var facts: AllocationFacts
  /// Its accelerators, as far as they are measured.
  var gpus: [Device]
  /// From when it was first seen to when last.
  var hull: TimeSpan
  var isPresent: Bool
  /// The parts of that in which it was seen.
  var stretches: [TimeSpan]
}

/// What the accounts of all scheduler's jobs of a span ask for, gathered once.
struct AllocationBook {
  /// A job on a machine, as its processes tell it.
  struct JobKey: Hashable {
    var machine: String
    var job: String
  }

  private var holders: [DeviceID: [(job: DeviceID, hull: TimeSpan, stretches: [TimeSpan])]] = [:]
  /// The processes on each accelerator.
  private(set) var processes: [DeviceID: [Device]] = [:]
  /// The numbers of the processes that say whose they are.
  private(set) var pids: [JobKey: Set<Int>] = [:]
  /// The found jobs whose control groups name a scheduler's job.
  private(set) var groups: [JobKey: Set<DeviceID>] = [:]

  init(_ ledger: Ledger, _ holdings: [AllocationHolding]) {
    for holding in holdings {
      for gpu in holding.gpus {
        holders[gpu.id, default: []].append((holding.device.id, holding.hull, holding.stretches))
      }
    }
    for process in ledger.inventory.processes {
      if let gpu = process.parent { processes[gpu, default: []].append(process) }
      let facts = ledger.timeline.processFacts(of: process.id)
      if let job = facts.job, let pid = facts.pid {
        pids[JobKey(machine: process.id.machine, job: job), default: []].insert(pid)
      }
    }
    for group in ledger.timeline.devices(.controlGroup) {
      guard let job = group.attributes["job"], let found = group.parent else { continue }
      groups[JobKey(machine: group.id.machine, job: job), default: []].insert(found)
    }
  }

  /// When other jobs held an accelerator while one did.
  func others(of holding: AllocationHolding, on gpu: DeviceID) -> [TimeSpan] {
    (holders[gpu] ?? []).filter { other in
      other.job != holding.device.id && other.hull.intersection(holding.hull) != nil
    }.flatMap(\.stretches)
  }
}
