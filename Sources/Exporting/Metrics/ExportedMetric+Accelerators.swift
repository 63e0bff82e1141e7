import Accounting
import Quantities
import Telemetry

extension ExportedMetric {
  /// What is told of every accelerator; none has a label for a job, so that no series multiplies by jobs.
  static let accelerators: [ExportedMetric] = [
    gpuInfo, gpuEnergy, gpuKnownTime, gpuError, gpuPower, gpuPowerLimit, gpuUtilization,
    gpuSMActive,
    gpuTensorActive, gpuDRAMActive, gpuMemoryUsed, gpuMemoryTotal, gpuTemperature,
  ]

  /// What tells accelerators apart; the UUID is the driver's own, as other exporters tell it.
  static let acceleratorLabels = ["gpu", "uuid"]

  /// The accelerator's product.
  public static let gpuInfo = ExportedMetric(
    "gpu_info", .info, "The product and the driver of an accelerator",
    by: acceleratorLabels + ["name", "driver"]
  ) { query in
    query.ledger.inventory.gpus.map { gpu in
      Sample(labels(gpu) + [gpu.model, gpu.attributes["driver"] ?? ""], 1)
    }
  }

  /// The accelerator's energy.
  public static let gpuEnergy = ExportedMetric(
    "gpu_energy_joules_total", .counter,
    "Energy of an accelerator by its own counter where it has one, else by its power; of the time that "
      + "is known",
    by: acceleratorLabels
  ) { each($0) { query, gpu in query.timeline.energy(of: gpu.id, over: query.span)?.joules } }

  /// For how long the accelerator's energy is known.
  public static let gpuKnownTime = ExportedMetric(
    "gpu_energy_known_seconds_total", .counter,
    "Time for which the energy of an accelerator is known",
    by: acceleratorLabels
  ) { each($0) { query, gpu in query.timeline.energy(of: gpu.id, over: query.span)?.covered } }

  /// How far the accelerator's energy may be from the truth.
  public static let gpuError = ExportedMetric(
    "gpu_energy_error_joules_total", .counter,
    "The most that the energy of an accelerator may be wrong by; not told where it is not known",
    by: acceleratorLabels
  ) { each($0) { query, gpu in query.ledger.balance(of: gpu.id, over: query.span).uncertainty } }

  /// The accelerator's power.
  public static let gpuPower = ExportedMetric(
    "gpu_power_watts", .gauge, "The power of an accelerator", by: acceleratorLabels
  ) { each($0) { query, gpu in query.moment.power(of: gpu.id) } }

  /// The accelerator's power limit.
  public static let gpuPowerLimit = gauge(
    "gpu_power_limit_watts", .powerLimit, "The power limit of an accelerator that binds")
  /// The share of time with a kernel.
  public static let gpuUtilization = gauge(
    "gpu_utilization_ratio", .utilization, "The share of time in which an accelerator ran a kernel")
  /// The share of multiprocessors that work.
  public static let gpuSMActive = gauge(
    "gpu_sm_active_ratio", .smActive, "The share of an accelerator's multiprocessors that had work")
  /// The share of the tensor cores' rate.
  public static let gpuTensorActive = gauge(
    "gpu_tensor_active_ratio", .tensorActive, "The share of time in which tensor cores worked")
  /// The share of the memory's rate.
  public static let gpuDRAMActive = gauge(
    "gpu_dram_active_ratio", .dramActive,
    "The share of an accelerator's memory bandwidth that was used")
  /// Memory in use.
  public static let gpuMemoryUsed = gauge(
    "gpu_memory_used_bytes", .memoryUsed, "Memory of an accelerator that is in use")
  /// Memory there is.
  public static let gpuMemoryTotal = gauge(
    "gpu_memory_total_bytes", .memoryTotal, "Memory of an accelerator")
  /// How hot it is.
  public static let gpuTemperature = gauge(
    "gpu_temperature_celsius", .temperature, "The temperature of an accelerator")

  private static func gauge(_ name: String, _ metric: Metric, _ help: String) -> ExportedMetric {
    ExportedMetric(name, .gauge, help, by: acceleratorLabels) { query in
      each(query) { $0.moment.value(metric, of: $1.id) }
    }
  }

  /// A sample of every accelerator of which there is a value.
  static func each(
    _ query: ExportQuery, _ value: (ExportQuery, Device) -> Double?
  ) -> [Sample] {
    query.ledger.inventory.gpus.compactMap { gpu in
      value(query, gpu).map { Sample(labels(gpu), $0) }
    }
  }

  /// Number and UUID of an accelerator; where its driver tells no UUID, its place on the bus.
  static func labels(_ gpu: Device) -> [String] {
    let isNamedByDriver = gpu.id.name.hasPrefix("GPU-")
    return [gpu.label, isNamedByDriver ? gpu.id.name : gpu.attributes["uuid"] ?? gpu.id.name]
  }
}
