import Quantities
import Telemetry

/// The idle power of an accelerator, found from its own past.
///
/// A card with a model loaded draws far more than an empty one (71 and 118 W of an H100), so the
/// two are told apart by the memory that is used.
public struct IdleFloor: Hashable, Sendable {
  /// Watts while nothing was loaded.
  public var empty: Double?
  /// Watts while memory was in use but no kernel ran.
  public var loaded: Double?

  /// The idle power that needs no unloading: the loaded level, or else the empty one.
  public var watts: Double? { loaded ?? empty }

  /// A floor from the levels that were seen, in watts.
  public init(empty: Double? = nil, loaded: Double? = nil) {
    self.empty = empty
    self.loaded = loaded
  }

  /// Bytes (256 MiB) of memory above the least ever seen from which a model counts as loaded.
  static let loadedBytes = 268_435_456.0
}

extension Ledger {
  /// The idle floor of an accelerator as known at a time; `nil` when it was never seen idle.
  ///
  /// The fifth percentile of the least power of each whole minute, and before the last six hours of each
  /// quarter of an hour, that had a moment without a kernel. Those in which memory was loaded or unloaded are left out.
  public func idleFloor(of gpu: DeviceID, at time: Timestamp) -> IdleFloor? {
    memos.floors.answer(.init(device: gpu, time: time)) {
      guard let power = timeline.id(.power, of: gpu),
        let activity = timeline.id(.utilization, of: gpu)
      else { return nil }
      let memory = timeline.id(.memoryUsed, of: gpu)
      let basis = floorBasis([power, activity] + [memory].compactMap { $0 }, at: time)
      return tally.floors.floor(of: gpu, basis) { floor(power, activity, memory, at: time) }
    }
  }

  private func floor(
    _ power: Timeline.SeriesID, _ activity: Timeline.SeriesID, _ memory: Timeline.SeriesID?,
    at time: Timestamp
  ) -> IdleFloor? {
    let powers = timeline.stretches(power, until: time)
    let memory = memory.map { timeline.stretches($0, until: time) } ?? []
    let least = memory.lazy.map(\.bucket.low).filter { !$0.isNaN }.min().map(Double.init) ?? 0
    var watts: (empty: [Double], loaded: [Double]) = ([], [])
    var place = powers.startIndex
    var memoryPlace = memory.startIndex
    for minute in timeline.stretches(activity, until: time)
    where minute.bucket.low == 0 {
      let number = minute.minute
      while place < powers.endIndex, powers[place].minute < number { place += 1 }
      guard place < powers.endIndex, powers[place].minute == number,
        !powers[place].bucket.low.isNaN
      else { continue }
      while memoryPlace < memory.endIndex, memory[memoryPlace].minute < number {
        memoryPlace += 1
      }
      let value = Double(powers[place].bucket.low)
      guard memoryPlace < memory.endIndex, memory[memoryPlace].minute == number else {
        watts.empty.append(value)
        continue
      }
      let (low, high) = (
        Double(memory[memoryPlace].bucket.low), Double(memory[memoryPlace].bucket.high)
      )
      if low - least > IdleFloor.loadedBytes {
        watts.loaded.append(value)
      } else if high - least <= IdleFloor.loadedBytes {
        watts.empty.append(value)
      }
    }
    let floor = IdleFloor(
      empty: Self.fifthPercentile(watts.empty), loaded: Self.fifthPercentile(watts.loaded))
    return floor.watts == nil ? nil : floor
  }

  private static func fifthPercentile(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    return values.sorted()[values.count / 20]
  }

  /// The sum of the floors of all accelerators; `nil` unless each of them has been seen idle.
  public func idleFloor(of gpus: [Device], at time: Timestamp) -> Double? {
    var sum = 0.0
    for gpu in gpus {
      guard let floor = idleFloor(of: gpu.id, at: time)?.watts else { return nil }
      sum += floor
    }
    return gpus.isEmpty ? nil : sum
  }
}
