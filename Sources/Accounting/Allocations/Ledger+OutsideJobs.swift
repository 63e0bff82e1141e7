import Telemetry

/// What a user's processes took outside of any scheduler's job.
public struct OutsideUse: Hashable, Sendable {
  /// The user; `nil` where it is not known.
  public var user: String?
  /// Joules charged to the processes.
  public var joules = 0.0
  /// Whether any of that is a share of an accelerator used by several.
  public var isEstimated = false
}

extension Ledger {
  /// What processes that belong to no scheduler's job took over a span, by user; those that were charged
  /// nothing are left out.
  public func outsideJobs(over span: TimeSpan) -> [OutsideUse] {
    var owned: [String: Set<Int>] = [:]
    for device in timeline.devices(.allocation) {
      owned[device.id.machine, default: []].formUnion(timeline.allocationFacts(of: device.id).pids)
    }
    var uses: [String?: OutsideUse] = [:]
    func add(_ user: String?, _ whole: Double, _ shared: Double) {
      guard whole + shared > 0 else { return }
      var use = uses[user] ?? OutsideUse(user: user)
      use.joules += whole + shared
      use.isEstimated = use.isEstimated || shared > 0
      uses[user] = use
    }
    for process in inventory.processes {
      let facts = timeline.processFacts(of: process.id)
      let isOwned = facts.pid.map { owned[process.id.machine]?.contains($0) ?? false } ?? false
      guard facts.job == nil, !isOwned else { continue }
      func joules(_ metric: Metric) -> Double {
        timeline.id(metric, of: process.id).map { timeline.total($0, over: span).amount } ?? 0
      }
      add(facts.user, joules(.energy), joules(.sharedEnergy))
    }
    for former in timeline.formerProcesses
    where former.facts.job == nil && former.first <= span.end && former.last >= span.start {
      let (whole, shared) = former.joules(over: span)
      add(former.facts.user, whole, shared)
    }
    return uses.values.sorted { ($1.joules, $0.user ?? "") < ($0.joules, $1.user ?? "") }
  }
}
