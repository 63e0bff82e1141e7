/// Decides whether an energy counter counts: a pure state machine, one for a device.
///
/// Some virtual machines, guests of a shared GPU and drivers answer the same joules for ever. While
/// the device draws power, or works, that is no energy of nothing but an unknown one. Meant for
/// counters that move many times a second, as those of NVIDIA and RAPL do; a coarse one may rightly
/// stand for long.
public struct StuckCounterCheck: Sendable {
  /// How many equal values, over how many seconds, make a counter stuck.
  private static let patience = (readings: 4, seconds: 5.0)
  /// The share of its time from which on a device works.
  private static let busy = 0.1

  private var last: Int64?
  private var moved: Timestamp?
  private var equal = 0
  private let alwaysDraws: Bool
  private var isDrawing: Bool
  /// Whether the energy is left out at the moment.
  public private(set) var isStuck = false
  private var hasSaid = false

  /// A check of a device that has said nothing yet; `alwaysDraws` is for one that draws power
  /// whenever anybody can ask, as the processor does that asks.
  public init(alwaysDraws: Bool = false) {
    self.alwaysDraws = alwaysDraws
    isDrawing = alwaysDraws
  }

  /// Takes the energy out of a reading of the device while its counter is stuck.
  ///
  /// Returns what is to be told of it, once.
  public mutating func take(_ reading: inout Reading) -> Event? {
    func value(_ metric: Metric) -> Double? {
      reading.values.first { $0.metric == metric }?.value
    }
    // A reading need not hold both.
    if alwaysDraws {
      isDrawing = true
    } else if let power = value(.power) ?? value(.powerInstant) {
      isDrawing = power > 0
    } else if let share = value(.utilization) {
      isDrawing = share >= Self.busy
    }
    guard let energy = reading.values.first(where: { $0.metric == .energy })?.steps else {
      return nil
    }
    guard energy == last, let moved else {
      (last, moved, equal, isStuck) = (energy, reading.time, 1, false)
      return nil
    }
    equal += 1
    if isDrawing, equal >= Self.patience.readings, reading.time - moved >= Self.patience.seconds {
      isStuck = true
    }
    guard isStuck else { return nil }
    reading.remove(.energy)
    guard !hasSaid else { return nil }
    hasSaid = true
    return Event(
      time: reading.time, kind: .gap,
      text: "its energy counter stands still while it draws power; left out",
      device: reading.device, cause: .refused)
  }
}
