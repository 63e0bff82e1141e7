extension AMDMetrics {
  /// The bits of NVML's clocks event reasons that other drivers' are translated into.
  enum Reason {
    static let power: Int64 = 0x4
    static let heat: Int64 = 0x20
    static let hardwareHeat: Int64 = 0x40
  }

  mutating func setThrottling(_ bytes: UnsafeRawBufferPointer, _ layout: AMDMetricsLayout) {
    switch layout.throttlingBits {
    case .common:
      eventReasons = Self.word(bytes, layout.throttling, UInt64.self).map(Self.reasons(common:))
    case .mi300:
      eventReasons = Self.word(bytes, layout.throttling, UInt32.self).map(Self.reasons(mi300:))
    }
    rounds = Self.word(bytes, layout.rounds, UInt32.self).map(Int64.init)
    powerResidency = Self.total(bytes, layout.powerResidency)
    heatResidency = Self.total(bytes, layout.heatResidency)
  }

  /// The meaning of bits that are the same for all chips.
  ///
  /// `SMU_THROTTLER_*` of the kernel's `amdgpu_smu.h`: 0–23 power and current, 32–43 temperatures,
  /// 44–47 hot regulators and the processor-hot signal. Those above are not translated.
  static func reasons(common bits: UInt64) -> Int64 {
    var reasons: Int64 = 0
    if bits & 0xff_ffff != 0 { reasons |= Reason.power }
    if bits & (0xfff << 32) != 0 { reasons |= Reason.heat }
    if bits & (0xf << 44) != 0 { reasons |= Reason.hardwareHeat }
    return reasons
  }

  /// The meaning of MI300's bits.
  ///
  /// `THROTTLER_*` of the kernel's `smu_v13_0_6_ppt.c`: 0 processor-hot signal, 1 package power,
  /// 2–4 temperatures of socket, regulators and memory.
  static func reasons(mi300 bits: UInt32) -> Int64 {
    var reasons: Int64 = 0
    if bits & 0x2 != 0 { reasons |= Reason.power }
    if bits & 0x1c != 0 { reasons |= Reason.heat }
    if bits & 0x1 != 0 { reasons |= Reason.hardwareHeat }
    return reasons
  }

  /// The event reasons by which of the residencies have moved since an earlier look.
  func reasons(since earlier: AMDMetrics) -> Int64? {
    guard let power = powerResidency, let heat = heatResidency,
      let oldPower = earlier.powerResidency, let oldHeat = earlier.heatResidency
    else { return nil }
    return (power > oldPower ? Reason.power : 0) | (heat > oldHeat ? Reason.heat : 0)
  }

  /// The shares of the time since an earlier look in which power and heat held the clocks back.
  func throttledShares(since earlier: AMDMetrics) -> (power: Double, heat: Double)? {
    guard let rounds, let oldRounds = earlier.rounds, rounds > oldRounds,
      let power = powerResidency, let oldPower = earlier.powerResidency, power >= oldPower,
      let heat = heatResidency, let oldHeat = earlier.heatResidency, heat >= oldHeat
    else { return nil }
    let all = Double(rounds - oldRounds)
    // Several limits of heat may bind at once.
    return (min(1, Double(power - oldPower) / all), min(1, Double(heat - oldHeat) / all))
  }

  private static func total(_ bytes: UnsafeRawBufferPointer, _ offsets: [Int]) -> Int64? {
    let values = offsets.compactMap { word(bytes, $0, UInt32.self) }
    return values.isEmpty ? nil : values.reduce(0) { $0 + Int64($1) }
  }
}
