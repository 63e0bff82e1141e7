import Quantities
import Telemetry

/// Where energy went over a span.
public struct EnergySplit: Hashable, Sendable {
  /// What a joule was for.
  public enum Use: String, Sendable, Hashable, CaseIterable {
    /// Drawn by accelerators while they worked.
    case compute
    /// Drawn by working accelerators while heat or their boards held their clocks down.
    case heldBack = "held back"
    /// Drawn by accelerators while their jobs waited for data.
    case waiting
    /// Drawn by accelerators while they waited for other ranks of their jobs.
    case others
    /// Drawn by accelerators while they waited for their jobs' own main threads.
    case program
    /// Drawn by accelerators that jobs held and that had no work, for a reason that is not known.
    case gaps
    /// Drawn by accelerators while nobody wanted anything of them.
    case idle
    /// Drawn by accelerators of which nothing tells whether they worked.
    case gpu
    /// Drawn by processors and their memory.
    case host
    /// Measured for the whole machine but by no part: fans, losses, disks and the rest.
    case other
  }

  /// Joules by use; uses with nothing known are left out.
  public var joules: [(use: Use, joules: Double)]
  /// All that was drawn over the span.
  public var total: EnergyAmount

  public static func == (left: Self, right: Self) -> Bool {
    left.total == right.total && left.joules.elementsEqual(right.joules) { $0 == $1 }
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(total) }

  /// The part of the total that went to a use, 0...1.
  public func share(_ use: Use) -> Double {
    guard total.joules > 0 else { return 0 }
    return (joules.first { $0.use == use }?.joules ?? 0) / total.joules
  }
}

extension Ledger {
  /// Below this share of time with a kernel, over all accelerators, there is no work at all.
  static let idleThreshold = 0.02

  /// Where the energy of a span went; `nil` when nothing is measured.
  ///
  /// The parts add up to the whole: what no part explains is `other`. An accelerator's joules are parted
  /// as they were judged while they were drawn. Where they were not, as in recordings of other programs,
  /// the time without a kernel is a gap of which the cause is not known.
  public func split(over span: TimeSpan) -> EnergySplit? {
    guard let total = energy(over: span) else { return nil }
    var amounts: [EnergySplit.Use: Double] = [:]
    let utilizations = inventory.gpus.map { utilization(of: $0.id, over: span) }
    let known = utilizations.compactMap { $0 }
    let isIdle = !known.isEmpty && (known.max() ?? 0) < Self.idleThreshold
    for (gpu, utilization) in zip(inventory.gpus, utilizations) {
      guard let joules = timeline.energy(of: gpu.id, over: span)?.joules, joules > 0 else {
        continue
      }
      if let judged = judged(gpu, joules, over: span) {
        amounts.merge(judged) { $0 + $1 }
      } else if isIdle {
        amounts[.idle, default: 0] += joules
      } else if let utilization {
        amounts[.compute, default: 0] += joules * utilization
        amounts[.gaps, default: 0] += joules * (1 - utilization)
      } else {
        amounts[.gpu, default: 0] += joules
      }
    }
    if let host = timeline.energy(of: inventory.packages + inventory.memories, over: span) {
      amounts[.host] = host.joules
    }
    let attributed = amounts.values.reduce(0, +)
    // Sensors of parts and of the whole disagree by a few per cent; a negative remainder is such a
    // disagreement.
    if total.joules > attributed { amounts[.other] = total.joules - attributed }
    if amounts[.other].map({ $0 < total.joules * 1e-9 }) ?? false { amounts[.other] = nil }
    let uses = EnergySplit.Use.allCases.compactMap { use in amounts[use].map { (use, $0) } }
    var sum = total
    sum.joules = max(total.joules, attributed)
    return EnergySplit(joules: uses, total: sum)
  }

  /// The shares that were judged of an accelerator's energy, of all of it; `nil` where less than half of
  /// it was judged.
  func judged(
    _ gpu: Device, _ joules: Double, over span: TimeSpan
  ) -> [EnergySplit.Use: Double]? {
    let device = DeviceID(machine: gpu.id.machine, kind: .waiting, name: gpu.id.name)
    func amount(_ metric: Metric) -> Double {
      timeline.id(metric, of: device).map { max(0, timeline.total($0, over: span).amount) } ?? 0
    }
    let whole = amount(.judgedEnergy)
    guard whole >= 0.5 * joules else { return nil }
    var uses: [EnergySplit.Use: Double] = [:]
    let parts: [(Metric, EnergySplit.Use)] = [
      (.dataWaitEnergy, .waiting), (.peerWaitEnergy, .others), (.hostWaitEnergy, .program),
      (.gapEnergy, .gaps), (.idleEnergy, .idle), (.heldBackEnergy, .heldBack),
    ]
    var left = joules
    for (metric, use) in parts {
      let part = min(left, amount(metric) / whole * joules)
      guard part > 0 else { continue }
      uses[use] = part
      left -= part
    }
    // Waits of which nobody knows the watts are work and waiting in parts that nobody knows.
    let mixed = min(left, amount(.unpricedTime) / max(1e-9, amount(.judgedTime)) * joules)
    if mixed > joules * 1e-9 {
      uses[.gpu] = mixed
      left -= mixed
    }
    if left > joules * 1e-9 { uses[.compute] = left }
    return uses
  }
}
