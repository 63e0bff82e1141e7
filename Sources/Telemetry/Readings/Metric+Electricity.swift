import Quantities

extension Metric {
  /// What the device draws; whether at the moment or on average, its provenance says.
  public static let power = Metric("power_mw", .watt, scale: 1e-3)
  /// What the device has drawn, as it counts itself.
  public static let energy = Metric("energy_uj", .joule, scale: 1e-6, counter: true)
  /// The limit that binds at the moment.
  public static let powerLimit = Metric("power_limit_mw", .watt, scale: 1e-3)
  /// The power at the moment of reading, where `power` is an average.
  public static let powerInstant = Metric("power_instant_mw", .watt, scale: 1e-3)
  /// What a module of processor and accelerator draws together; contains `power`.
  public static let modulePower = Metric("module_power_mw", .watt, scale: 1e-3)
  /// The limit the board was sold with.
  public static let powerLimitDefault = Metric("power_limit_default_mw", .watt, scale: 1e-3)
  /// Energy charged to a process that shares an accelerator with others: an estimate.
  ///
  /// `energy` of a process is what an accelerator drew while the process had it for itself.
  public static let sharedEnergy = Metric("shared_energy_uj", .joule, scale: 1e-6, counter: true)

  static let electricity: [Metric] = [
    power, energy, powerLimit, powerInstant, modulePower, powerLimitDefault, sharedEnergy,
  ]
}
