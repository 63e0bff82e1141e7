import Quantities

extension Metric {
  /// The highest power any one device can mean: a megawatt, a small data centre's.
  private static let watts = 0.0...1e6

  /// The power a device draws, in watts; its provenance says whether at the moment or on average.
  public static let power = Metric(
    "power", .watt, stored: "mw", "power", in: watts,
    "what the device draws; whether at the moment or on average, its provenance says")
  /// The energy a device has drawn, in joules, by its own counter.
  ///
  /// Of a process it is what an accelerator drew while the process had it for itself.
  public static let energy = Metric(
    "energy", .joule, stored: "uj", counter: true, "energy",
    "what the device has drawn, as it counts itself")
  /// The power limit in force, in watts (NVML enforced power limit, hwmon `power1_cap`).
  public static let powerLimit = Metric(
    "power_limit", .watt, stored: "mw", "power limit", label: "limit", in: watts,
    "the limit that binds at the moment (NVML enforced power limit)")
  /// The power at the moment of reading, in watts, beside a `power` that is an average.
  public static let powerInstant = Metric(
    "power_instant", .watt, stored: "mw", "momentary power", label: "now", in: watts,
    "the power at the moment of reading, where `power` is an average")
  /// The power of a module of processor and accelerator, in watts; it contains `power`.
  public static let modulePower = Metric(
    "module_power", .watt, stored: "mw", "module power", label: "module", in: watts,
    "what a module of processor and accelerator draws together; contains `power`")
  /// The power limit a board leaves the factory with, in watts (NVML default power management
  /// limit).
  public static let powerLimitDefault = Metric(
    "power_limit_default", .watt, stored: "mw", "default power limit", label: "rated", in: watts,
    "the limit the board was sold with (NVML default power management limit)")
  /// Energy charged to a process that shares an accelerator with others, in joules: an estimate by
  /// processing time.
  public static let sharedEnergy = Metric(
    "shared_energy", .joule, stored: "uj", counter: true, "shared energy", label: "shared",
    "energy charged to a process that shares an accelerator with others: an estimate")

  static let electricity: [Metric] = [
    power, energy, powerLimit, powerInstant, modulePower, powerLimitDefault, sharedEnergy,
  ]
}
