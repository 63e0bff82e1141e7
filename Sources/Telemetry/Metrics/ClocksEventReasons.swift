/// Why the clocks of an accelerator are below their highest: the value of `Metric.eventReasons`.
///
/// The bits are NVML's `nvmlClocksEventReason…`; those of other drivers are translated into them.
public struct ClocksEventReasons: OptionSet, Sendable, Hashable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The reasons that a value of the metric stands for; none where there is no value.
  public init(_ value: Double?) {
    self.init(rawValue: value.flatMap { UInt64(exactly: $0.rounded()) } ?? 0)
  }

  public static let gpuIdle = Self(rawValue: 0x1)
  /// Reaching the power cap is normal under full load.
  public static let swPowerCap = Self(rawValue: 0x4)
  public static let hwSlowdown = Self(rawValue: 0x8)
  public static let swThermalSlowdown = Self(rawValue: 0x20)
  public static let hwThermalSlowdown = Self(rawValue: 0x40)
  public static let hwPowerBrakeSlowdown = Self(rawValue: 0x80)
  /// Slowed down for heat, by software or by hardware.
  public static let thermal: Self = [.swThermalSlowdown, .hwThermalSlowdown]
  /// Slowed down for another reason than the power cap.
  public static let throttled: Self = [
    .hwSlowdown, .swThermalSlowdown, .hwThermalSlowdown, .hwPowerBrakeSlowdown,
  ]
}
