import Telemetry

/// The energy of a device between two looks at its processes.
///
/// By its counter where one is believed, else by its power.
struct DRMEnergyMeter {
  /// Seconds between two powers above which they are not integrated.
  private static let gap = 5.0

  private var counted: Double?
  private var integrated: Double?
  private var lastCount: Int64?
  private var lastPower: (watts: Double, time: Timestamp)?

  /// Takes a value of the counter in microjoules, as it is reported.
  mutating func add(counter microjoules: Int64) {
    if let lastCount, microjoules >= lastCount {
      counted = (counted ?? 0) + Double(microjoules - lastCount) * 1e-6
    }
    lastCount = microjoules
  }

  /// Takes the power in watts at a time; `nil` where it is not known, and nothing since then is.
  mutating func add(power watts: Double?, at time: Timestamp) {
    guard let watts, watts.isFinite else {
      lastPower = nil
      return
    }
    if let lastPower, time > lastPower.time, time - lastPower.time <= Self.gap {
      let joules = (time - lastPower.time) * (watts + lastPower.watts) / 2
      integrated = (integrated ?? 0) + joules
    }
    lastPower = (watts, time)
  }

  /// Joules since the last call; `nil` when nothing tells.
  mutating func take() -> Double? {
    defer { (counted, integrated) = (nil, nil) }
    return counted ?? integrated
  }
}
