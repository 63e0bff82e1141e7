import Quantities

extension Metric {
  /// The highest power any one device can mean: a megawatt, a small data centre's.
  private static let watts = 0.0...1e6

  public static let power = Metric(
    "power", .watt, stored: "mw", "power", in: watts,
    "what the device draws; whether at the moment or on average, its provenance says")
  public static let energy = Metric(
    "energy", .joule, stored: "uj", counter: true, "energy",
    "what the device has drawn, as it counts itself")
  public static let powerLimit = Metric(
    "power_limit", .watt, stored: "mw", "power limit", label: "limit", in: watts,
    "the limit that binds at the moment (NVML enforced power limit)")
  public static let powerInstant = Metric(
    "power_instant", .watt, stored: "mw", "momentary power", label: "now", in: watts,
    "the power at the moment of reading, where `power` is an average")
  public static let modulePower = Metric(
    "module_power", .watt, stored: "mw", "module power", label: "module", in: watts,
    "what a module of processor and accelerator draws together; contains `power`")
  public static let powerLimitDefault = Metric(
    "power_limit_default", .watt, stored: "mw", "default power limit", label: "rated", in: watts,
    "the limit the board was sold with (NVML default power management limit)")
  /// `energy` of a process is what an accelerator drew while the process had it for itself.
  public static let sharedEnergy = Metric(
    "shared_energy", .joule, stored: "uj", counter: true, "shared energy", label: "shared",
    "energy charged to a process that shares an accelerator with others: an estimate")

  static let electricity: [Metric] = [
    power, energy, powerLimit, powerInstant, modulePower, powerLimitDefault, sharedEnergy,
  ]
}
