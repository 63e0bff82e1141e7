import Telemetry

/// Groups of the bits that are the same for all chips: `SMU_THROTTLER_*_BIT` of the kernel's
/// `amdgpu_smu.h`.
private enum SMUThrottler {
  /// The powers PPT0 (0) to SPPT_APU (7) and the currents TDC_GFX (16) to APCC (23).
  static let powerAndCurrent: UInt64 = 0xff_ffff
  /// TEMP_GPU (32) to TEMP_LIQUID1 (43).
  static let temperature: UInt64 = 0xfff << 32
  /// VRHOT0 (44), VRHOT1, PROCHOT_CPU and PROCHOT_GFX (47).
  static let hotSignal: UInt64 = 0xf << 44
}

/// The bits of MI300: `THROTTLER_*_BIT` of the kernel's `smu13_driver_if_v13_0_6.h`.
private enum MI300Throttler {
  static let prochot: UInt32 = 1 << 0
  /// Package power tracking.
  static let ppt: UInt32 = 1 << 1
  /// The temperatures of socket (2), voltage regulator (3) and HBM (4).
  static let thermal: UInt32 = 1 << 2 | 1 << 3 | 1 << 4
}

extension AMDMetrics {
  mutating func setThrottling(_ bytes: UnsafeRawBufferPointer, _ layout: AMDMetricsLayout) {
    switch layout.throttlingBits {
    case .common:
      eventReasons = Self.word(bytes, layout.throttling, UInt64.self).map(Self.reasons(common:))
    case .mi300:
      eventReasons = Self.word(bytes, layout.throttling, UInt32.self).map(Self.reasons(mi300:))
    }
    accumulationCounter = Self.word(bytes, layout.accumulationCounter, UInt32.self).map(Int64.init)
    powerResidency = Self.total(bytes, layout.powerResidency)
    thermalResidency = Self.total(bytes, layout.thermalResidency)
  }

  /// The meaning of bits that are the same for all chips.
  ///
  /// Those above bit 47 are not translated.
  static func reasons(common bits: UInt64) -> ClocksEventReasons {
    var reasons: ClocksEventReasons = []
    if bits & SMUThrottler.powerAndCurrent != 0 { reasons.insert(.swPowerCap) }
    if bits & SMUThrottler.temperature != 0 { reasons.insert(.swThermalSlowdown) }
    if bits & SMUThrottler.hotSignal != 0 { reasons.insert(.hwThermalSlowdown) }
    return reasons
  }

  /// The meaning of MI300's bits.
  static func reasons(mi300 bits: UInt32) -> ClocksEventReasons {
    var reasons: ClocksEventReasons = []
    if bits & MI300Throttler.ppt != 0 { reasons.insert(.swPowerCap) }
    if bits & MI300Throttler.thermal != 0 { reasons.insert(.swThermalSlowdown) }
    if bits & MI300Throttler.prochot != 0 { reasons.insert(.hwThermalSlowdown) }
    return reasons
  }

  /// The event reasons by which of the residencies have moved since an earlier look.
  func reasons(since earlier: AMDMetrics) -> ClocksEventReasons? {
    guard let power = powerResidency, let heat = thermalResidency,
      let oldPower = earlier.powerResidency, let oldHeat = earlier.thermalResidency
    else { return nil }
    var reasons: ClocksEventReasons = []
    if power > oldPower { reasons.insert(.swPowerCap) }
    if heat > oldHeat { reasons.insert(.swThermalSlowdown) }
    return reasons
  }

  /// The shares of the time since an earlier look in which power and heat held the clocks back.
  func throttledShares(since earlier: AMDMetrics) -> (power: Double, heat: Double)? {
    guard let accumulationCounter, let oldRounds = earlier.accumulationCounter,
      accumulationCounter > oldRounds,
      let power = powerResidency, let oldPower = earlier.powerResidency, power >= oldPower,
      let heat = thermalResidency, let oldHeat = earlier.thermalResidency, heat >= oldHeat
    else { return nil }
    let all = Double(accumulationCounter - oldRounds)
    // Several limits of heat may bind at once.
    return (min(1, Double(power - oldPower) / all), min(1, Double(heat - oldHeat) / all))
  }

  private static func total(_ bytes: UnsafeRawBufferPointer, _ offsets: [Int]) -> Int64? {
    let values = offsets.compactMap { word(bytes, $0, UInt32.self) }
    return values.isEmpty ? nil : values.reduce(0) { $0 + Int64($1) }
  }
}
