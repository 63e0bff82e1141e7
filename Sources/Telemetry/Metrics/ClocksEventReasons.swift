/// Why the clocks of an accelerator are below their highest: the value of `Metric.eventReasons`.
///
/// The bits are NVML's `nvmlClocksEventReason…`; those of other drivers are translated into them.
public struct ClocksEventReasons: OptionSet, Sendable, Hashable {
  /// The bits as NVML defines them.
  public let rawValue: UInt64
  /// Takes the bits of `nvmlDeviceGetCurrentClocksEventReasons`.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The reasons that a value of the metric stands for; none where there is no value.
  public init(_ value: Double?) {
    self.init(rawValue: value.flatMap { UInt64(exactly: $0.rounded()) } ?? 0)
  }

  /// Nothing runs, so the clocks drop to idle (`nvmlClocksEventReasonGpuIdle`).
  public static let gpuIdle = Self(rawValue: 0x1)
  /// The driver has lowered the clocks to keep to the power limit
  /// (`nvmlClocksEventReasonSwPowerCap`).
  ///
  /// This is normal under full load.
  public static let swPowerCap = Self(rawValue: 0x4)
  /// The hardware has cut the clocks by a factor of two or more
  /// (`nvmlClocksThrottleReasonHwSlowdown`).
  public static let hwSlowdown = Self(rawValue: 0x8)
  /// The driver has lowered the clocks to cool the chip or its memory
  /// (`nvmlClocksEventReasonSwThermalSlowdown`).
  public static let swThermalSlowdown = Self(rawValue: 0x20)
  /// The hardware has cut the clocks because the temperature is too high
  /// (`nvmlClocksThrottleReasonHwThermalSlowdown`).
  public static let hwThermalSlowdown = Self(rawValue: 0x40)
  /// The power supply has asked the hardware to cut the clocks
  /// (`nvmlClocksThrottleReasonHwPowerBrakeSlowdown`).
  public static let hwPowerBrakeSlowdown = Self(rawValue: 0x80)
  /// Slowed down for heat, by software or by hardware.
  public static let thermal: Self = [.swThermalSlowdown, .hwThermalSlowdown]
  /// Slowed down by hardware, heat or the power brake; the power cap alone is normal and not among
  /// them.
  public static let throttled: Self = [
    .hwSlowdown, .swThermalSlowdown, .hwThermalSlowdown, .hwPowerBrakeSlowdown,
  ]
}
