import Quantities
import Telemetry

/// What an accelerator draws while it does nothing, found from its own past.
///
/// A card with a model loaded draws far more than an empty one (71 and 118 W of an H100), so the
/// two are told apart by the memory that is used.
public struct IdleFloor: Hashable, Sendable {
  /// Watts while nothing was loaded.
  public var empty: Double?
  /// Watts while memory was in use but no kernel ran.
  public var loaded: Double?

  /// The level that can be had without unloading anything: the loaded one, else the empty one.
  public var watts: Double? { loaded ?? empty }

  public init(empty: Double? = nil, loaded: Double? = nil) {
    self.empty = empty
    self.loaded = loaded
  }

  /// Memory in use beyond the least ever seen counts as something loaded from here on.
  static let loadedBytes = 268_435_456.0
}

extension Ledger {
  /// The idle floor of an accelerator as known at a time; `nil` when it was never seen idle.
  ///
  /// The fifth percentile of mean power over stretches of 5 s in which no kernel ran, the first one
  /// of each idle time left out since power falls slowly; of stretches of a minute where the last
  /// two hours have no idle time.
  public func idleFloor(of gpu: DeviceID, at time: Timestamp) -> IdleFloor? {
    for width: Int64 in [5, 60] {
      if let floor = idleFloor(of: gpu, at: time, width: width) { return floor }
    }
    return nil
  }

  private func idleFloor(of gpu: DeviceID, at time: Timestamp, width: Int64) -> IdleFloor? {
    guard let power = timeline.id(.power, of: gpu),
      let activity = timeline.id(.utilization, of: gpu)
    else { return nil }
    let reach = TimeSpan(last: 7 * 86_400, endingAt: time)
    let idle = timeline.buckets(activity, in: reach, width: width)
    guard idle.contains(where: { $0.high == 0 }) else { return nil }
    let memory = timeline.id(.memoryUsed, of: gpu).map {
      timeline.buckets($0, in: reach, width: width)
    }
    let least = memory?.lazy.map(\.low).filter { !$0.isNaN }.min().map(Double.init) ?? 0
    var watts: (empty: [Double], loaded: [Double]) = ([], [])
    let powers = timeline.buckets(power, in: reach, width: width)
    var place = powers.startIndex
    var memoryPlace = memory?.startIndex ?? 0
    var wasIdle = false
    var wasLoaded: Bool?
    for bucket in idle {
      let isIdle = bucket.high == 0
      defer { wasIdle = isIdle }
      while place < powers.endIndex, powers[place].time < bucket.time { place += 1 }
      var used = 0.0
      if let memory {
        while memoryPlace < memory.endIndex, memory[memoryPlace].time < bucket.time {
          memoryPlace += 1
        }
        if memoryPlace < memory.endIndex { used = memory[memoryPlace].value - least }
      }
      let isLoaded = used > IdleFloor.loadedBytes
      defer { wasLoaded = isLoaded }
      // Where the load changes between two values, the mean is of neither.
      guard isIdle, wasIdle, wasLoaded == isLoaded, place > powers.startIndex,
        place < powers.endIndex
      else { continue }
      let (before, after) = (powers[place - 1], powers[place])
      let covered = after.covered - before.covered
      guard covered > 0, covered < 1.5 * Double(width) else { continue }
      let mean = (after.cumulative - before.cumulative) / covered
      if isLoaded { watts.loaded.append(mean) } else { watts.empty.append(mean) }
    }
    let floor = IdleFloor(
      empty: Self.fifthPercentile(watts.empty), loaded: Self.fifthPercentile(watts.loaded))
    return floor.watts == nil ? nil : floor
  }

  private static func fifthPercentile(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return values.sorted()[values.count / 20]
  }

  /// The floors of all accelerators added up, where every one of them has been seen idle.
  public func idleFloor(of gpus: [Device], at time: Timestamp) -> Double? {
    var sum = 0.0
    for gpu in gpus {
      guard let floor = idleFloor(of: gpu.id, at: time)?.watts else { return nil }
      sum += floor
    }
    return gpus.isEmpty ? nil : sum
  }
}
