import Telemetry

/// The clocks event reasons that users want to know of, in words.
extension ClocksEventReasons {
  /// The most serious reason in a word.
  var word: GPUWords? {
    if contains(.hwPowerBrakeSlowdown) { return .brake }
    if !isDisjoint(with: .thermal) { return .thermal }
    if contains(.hwSlowdown) { return .slowed }
    if contains(.swPowerCap) { return .capped }
    return contains(.gpuIdle) ? .idle : nil
  }

  /// Whether the clocks are held down by more than the power cap.
  var isThrottled: Bool { !isDisjoint(with: .throttled) }
}
