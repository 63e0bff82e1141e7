import Telemetry

/// What an accelerator's time and energy were for, added up since it was first judged.
struct WaitingTotals: Hashable, Sendable {
  private var amounts: [Metric: Double] = [:]
  /// The counters that ever moved, in their order.
  private var used: [Metric] = []

  /// Adds a tick.
  mutating func add(_ tick: AcceleratorTick, _ split: TickSplit) {
    add(.judgedTime, tick.seconds)
    add(.judgedEnergy, tick.joules)
    for (share, time, energy) in [
      (split.data, Metric.dataWaitTime, Metric.dataWaitEnergy),
      (split.host, .hostWaitTime, .hostWaitEnergy), (split.peer, .peerWaitTime, .peerWaitEnergy),
      (split.gap, .gapTime, .gapEnergy), (split.idle, .idleTime, .idleEnergy),
    ] where share > 0 {
      add(time, share * tick.seconds)
      if let watts = split.watts {
        add(energy, min(tick.joules, share * tick.seconds * watts))
      } else {
        add(.unpricedTime, share * tick.seconds)
      }
    }
    switch split.rung {
    case .activity?: add(.judgedByActivity, tick.seconds)
    case .power?: add(.judgedByPower, tick.seconds)
    case .trainer?: add(.judgedByTrainer, tick.seconds)
    case nil: break
    }
  }

  /// Adds what others lost to this accelerator.
  mutating func blame(seconds: Double, joules: Double) {
    add(.blamedTime, seconds)
    add(.blamedEnergy, joules)
  }

  mutating func add(_ metric: Metric, _ amount: Double) {
    if amounts[metric] == nil { used.append(metric) }
    amounts[metric, default: 0] += amount
  }

  private static let quiet: Set<Metric> = [.judgedTime, .judgedEnergy, .undecidedTime]

  /// Whether two totals differ in more than the time that was judged.
  func hasMoved(since other: WaitingTotals) -> Bool {
    used.contains { metric in
      !Self.quiet.contains(metric) && amounts[metric] != other.amounts[metric]
    }
  }

  /// Whether nothing was ever added.
  var isEmpty: Bool { used.isEmpty }

  /// The counters that have moved, and had not in other totals.
  func begun(since other: WaitingTotals) -> [Metric] { used.filter { other.amounts[$0] == nil } }

  /// A reading of all that ever moved.
  func reading(of device: DeviceID, at time: Timestamp) -> Reading {
    var reading = Reading(device: device, time: time)
    for metric in used { reading.set(metric, amounts[metric]) }
    return reading
  }
}
