import Accounting

/// The accelerators of a fleet by UUID, each told of by the first exporter of the catalogue that does.
struct FleetAccelerators {
  /// One accelerator.
  struct Accelerator {
    var host: String
    var watts: Double?
    var energy: CounterGrowth?
    var judged: Double?
    var wasted: Double?
    /// Whether it ran nothing in the last minutes, where that is told.
    var isIdle: Bool?
    /// The jobs that hold it now.
    var jobs: [String] = []
    fileprivate var wattsRank = Int.max
    fileprivate var energyRank = Int.max
    fileprivate var energyTarget = ""
  }

  /// Each by its UUID.
  private(set) var all: [String: Accelerator] = [:]
  /// Whether anything tells who holds accelerators.
  private(set) var tellsHolders = false
  /// The accelerators that a job holds now.
  private(set) var held: [String: [String]] = [:]

  init(_ rows: [FleetRow]) {
    for row in rows where !row.gpu.isEmpty && row.quantity != .holding { take(row) }
    let ended = Self.ended(rows)
    for row in rows where !row.gpu.isEmpty {
      guard !ended.contains(Stay(job: row.job, host: row.host)) else { continue }
      hold(row)
    }
    for (job, gpus) in held {
      held[job] = gpus.sorted()
      for gpu in gpus { all[gpu]?.jobs.append(job) }
    }
  }

  /// A job on a machine.
  private struct Stay: Hashable {
    var job: String
    var host: String
  }

  /// The jobs that are still told of on a machine and hold nothing there any more.
  private static func ended(_ rows: [FleetRow]) -> Set<Stay> {
    var activity: [Stay: Double] = [:]
    for row in rows where row.quantity == .jobActivity {
      activity[Stay(job: row.job, host: row.host), default: 0] += row.value
    }
    return Set(activity.filter { $0.value < 0.01 }.keys)
  }

  private mutating func take(_ row: FleetRow) {
    var one = all[row.gpu] ?? Accelerator(host: row.host)
    switch row.quantity {
    case .gpuPower where row.rank < one.wattsRank:
      (one.watts, one.wattsRank) = (row.value, row.rank)
    case .gpuEnergy where row.rank < one.energyRank:
      (one.energy, one.energyRank) = (row.growth, row.rank)
      one.energyTarget = row.labels[.instance]
    case .gpuEnergy
    where row.rank == one.energyRank && row.labels[.instance] == one.energyTarget:
      // The same counter under the name of another job.
      if let more = row.growth { one.energy = one.energy.map { $0.joined(with: more) } ?? more }
    case .gpuJudged: one.judged = row.growth?.total
    case .gpuWasted: one.wasted = row.growth?.total
    case .gpuIdleness: one.isIdle = row.value <= 0
    default: break
    }
    all[row.gpu] = one
  }

  private mutating func hold(_ row: FleetRow) {
    switch row.quantity {
    case .holding: tellsHolders = true
    case .gpuPower where !row.job.isEmpty: tellsHolders = true
    default: return
    }
    guard !row.job.isEmpty, !(held[row.job] ?? []).contains(row.gpu) else { return }
    held[row.job, default: []].append(row.gpu)
  }

  /// The mean watts of the newest two columns that are known; `nil` where none of the last three is.
  private static func watts(_ energy: CounterGrowth, _ seconds: [Double]) -> Double? {
    let known = zip(energy.columns, seconds).suffix(3).filter { $0.0 != nil && $0.1 > 0 }.suffix(2)
    let length = known.reduce(0) { $0 + $1.1 }
    return length >= 60 ? known.reduce(0) { $0 + ($1.0 ?? 0) } / length : nil
  }

  /// How many accelerators a job holds; `nil` where nothing tells who holds any.
  var heldCount: Int? { tellsHolders ? all.values.count { !$0.jobs.isEmpty } : nil }

  /// What the accelerators of a job drew on each of its machines in the newest two columns, for one of them:
  /// at a single moment one waits and another does not.
  func wattsOfJobs(_ seconds: [Double]) -> [String: [String: Double]] {
    held.mapValues { gpus in
      var watts: [String: [Double]] = [:]
      for gpu in gpus {
        guard let one = all[gpu], one.jobs.count == 1,
          let value = one.energy.map({ Self.watts($0, seconds) }) ?? one.watts
        else { continue }
        watts[one.host, default: []].append(value)
      }
      return watts.mapValues { $0.reduce(0, +) / Double($0.count) }
    }
  }
}

extension CounterGrowth {
  /// The growth of two stretches of the same counter together.
  func joined(with other: CounterGrowth) -> CounterGrowth {
    var both = self
    for (place, more) in other.columns.enumerated() where place < both.columns.count {
      guard let more else { continue }
      both.columns[place] = (both.columns[place] ?? 0) + more
    }
    both.first = [first, other.first].compactMap { $0 }.min()
    both.last = [last, other.last].compactMap { $0 }.max()
    both.restarts += other.restarts
    return both
  }
}
