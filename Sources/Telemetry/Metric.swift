import Quantities

/// One property of a device that is measured, with the resolution it is kept in.
///
/// Values travel and are stored as whole numbers of `scale`, so that what was seen live and what
/// is read back from a recording are the same to the last bit.
public struct Metric: Hashable, Sendable {
  /// Lower-case letters, digits and underscores; also the column's name in a recording.
  public let name: String
  public let unit: Unit
  /// How many of `unit` one stored step is worth: 0.001 for a power in milliwatts.
  public let scale: Double
  /// Whether it only grows and is read by difference.
  public let isCounter: Bool

  public init(_ name: String, _ unit: Unit, scale: Double = 1, counter: Bool = false) {
    self.name = name
    self.unit = unit
    self.scale = scale
    isCounter = counter
  }

  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The whole number of steps nearest to `value`, which is in `unit`; `nil` when it has none.
  public func steps(_ value: Double) -> Int64? {
    let steps = (value / scale).rounded()
    return steps.isFinite && abs(steps) < 9.2e18 ? Int64(steps) : nil
  }
}

extension Metric {
  // Electricity.
  public static let power = Metric("power_mw", .watt, scale: 1e-3)
  public static let energy = Metric("energy_uj", .joule, scale: 1e-6, counter: true)
  public static let powerLimit = Metric("power_limit_mw", .watt, scale: 1e-3)

  // Accelerators.
  /// Share of time in which at least one kernel ran; says nothing about how hard.
  public static let utilization = Metric("utilization_ppm", .ratio, scale: 1e-6)
  /// Share of time in which memory was accessed; not bandwidth.
  public static let memoryActivity = Metric("memory_activity_ppm", .ratio, scale: 1e-6)
  public static let memoryUsed = Metric("memory_used_b", .byte)
  public static let memoryTotal = Metric("memory_total_b", .byte)
  public static let temperature = Metric("temperature_mc", .celsius, scale: 1e-3)
  public static let smClock = Metric("sm_clock_hz", .hertz)
  public static let memoryClock = Metric("memory_clock_hz", .hertz)
  /// NVML clocks event reasons, as the driver's bits.
  public static let eventReasons = Metric("event_reasons", .bits)

  // Host.
  /// Share of all processors' time spent on work.
  public static let busy = Metric("busy_ppm", .ratio, scale: 1e-6)
  public static let cpuCount = Metric("cpu_count", .count)
  public static let memoryAvailable = Metric("memory_available_b", .byte)
  /// Pressure stall information: time in which some task waited, as counted by the kernel.
  public static let cpuPressure = Metric("psi_cpu_some_us", .second, scale: 1e-6, counter: true)
  public static let memoryPressure = Metric(
    "psi_memory_some_us", .second, scale: 1e-6, counter: true)
  public static let ioPressure = Metric("psi_io_some_us", .second, scale: 1e-6, counter: true)

  // Data.
  public static let bytesRead = Metric("read_b", .byte, counter: true)
  public static let bytesWritten = Metric("written_b", .byte, counter: true)
  public static let bytesReceived = Metric("received_b", .byte, counter: true)
  public static let bytesSent = Metric("sent_b", .byte, counter: true)
  /// Time the device had at least one request in flight.
  public static let ioTime = Metric("io_time_us", .second, scale: 1e-6, counter: true)
  /// Nominal speed of a link.
  public static let linkSpeed = Metric("link_speed_bps", .bytePerSecond)

  // Jobs.
  public static let step = Metric("step", .count)
  public static let stepTotal = Metric("step_total", .count)
  public static let loss = Metric("loss_e6", .count, scale: 1e-6)
  public static let learningRate = Metric("learning_rate_e12", .count, scale: 1e-12)
  public static let tokens = Metric("tokens", .count, counter: true)
  public static let tokenRate = Metric("token_rate_e3", .perSecond, scale: 1e-3)
  public static let stepTime = Metric("step_time_us", .second, scale: 1e-6)
  /// Model FLOPs utilisation as the job's own framework states it.
  public static let reportedMFU = Metric("reported_mfu_ppm", .ratio, scale: 1e-6)

  // Grid.
  public static let renewableShare = Metric("renewable_ppm", .ratio, scale: 1e-6)
  public static let lowCarbonShare = Metric("low_carbon_ppm", .ratio, scale: 1e-6)
  public static let carbonIntensity = Metric(
    "intensity_mg_per_kwh", .gramPerKilowattHour, scale: 1e-3)
  public static let solarShare = Metric("solar_ppm", .ratio, scale: 1e-6)
  public static let windShare = Metric("wind_ppm", .ratio, scale: 1e-6)
  public static let hydroShare = Metric("hydro_ppm", .ratio, scale: 1e-6)
  public static let bioenergyShare = Metric("bioenergy_ppm", .ratio, scale: 1e-6)
  public static let otherRenewableShare = Metric("other_renewable_ppm", .ratio, scale: 1e-6)
  public static let nuclearShare = Metric("nuclear_ppm", .ratio, scale: 1e-6)
  public static let gasShare = Metric("gas_ppm", .ratio, scale: 1e-6)
  public static let coalShare = Metric("coal_ppm", .ratio, scale: 1e-6)
  public static let oilShare = Metric("oil_ppm", .ratio, scale: 1e-6)

  /// Every metric named here, so that a plain name in a JSON line finds its unit.
  public static let known: [String: Metric] = {
    let all: [Metric] = [
      .power, .energy, .powerLimit, .utilization, .memoryActivity, .memoryUsed, .memoryTotal,
      .temperature, .smClock, .memoryClock, .eventReasons, .busy, .cpuCount, .memoryAvailable,
      .cpuPressure, .memoryPressure, .ioPressure, .bytesRead, .bytesWritten, .bytesReceived,
      .bytesSent, .ioTime, .linkSpeed, .step, .stepTotal, .loss, .learningRate, .tokens,
      .tokenRate, .stepTime, .reportedMFU, .renewableShare, .lowCarbonShare, .carbonIntensity,
      .solarShare, .windShare, .hydroShare, .bioenergyShare, .otherRenewableShare, .nuclearShare,
      .gasShare, .coalShare, .oilShare,
    ]
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  }()
}
