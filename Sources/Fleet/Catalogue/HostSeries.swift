import Telemetry

/// A series that tells of one machine what a source on it would tell: a metric of a device.
struct HostSeries {
  /// Which device of the machine.
  enum Subject { case wall, accelerator, waiting, package, memory, grid, job }

  var name: String
  var subject: Subject
  var metric: Metric
  var scale = 1.0
  /// What a label must be, where one name stands for several metrics.
  var cause = ""

  static let own: [HostSeries] = [
    HostSeries(name: "hippowatt_host_energy_joules_total", subject: .wall, metric: .energy),
    HostSeries(name: "hippowatt_host_power_watts", subject: .wall, metric: .power),
    HostSeries(name: "hippowatt_gpu_energy_joules_total", subject: .accelerator, metric: .energy),
    HostSeries(name: "hippowatt_gpu_power_watts", subject: .accelerator, metric: .power),
    HostSeries(name: "hippowatt_gpu_power_limit_watts", subject: .accelerator, metric: .powerLimit),
    HostSeries(
      name: "hippowatt_gpu_utilization_ratio", subject: .accelerator, metric: .utilization),
    HostSeries(name: "hippowatt_gpu_sm_active_ratio", subject: .accelerator, metric: .smActive),
    HostSeries(
      name: "hippowatt_gpu_tensor_active_ratio", subject: .accelerator, metric: .tensorActive),
    HostSeries(name: "hippowatt_gpu_dram_active_ratio", subject: .accelerator, metric: .dramActive),
    HostSeries(
      name: "hippowatt_gpu_memory_used_bytes", subject: .accelerator, metric: .memoryUsed),
    HostSeries(
      name: "hippowatt_gpu_memory_total_bytes", subject: .accelerator, metric: .memoryTotal),
    HostSeries(
      name: "hippowatt_gpu_temperature_celsius", subject: .accelerator, metric: .temperature),
    HostSeries(name: "hippowatt_cpu_energy_joules_total", subject: .package, metric: .energy),
    HostSeries(name: "hippowatt_memory_energy_joules_total", subject: .memory, metric: .energy),
    HostSeries(
      name: "hippowatt_gpu_judged_joules_total", subject: .waiting, metric: .judgedEnergy),
    waste("data", .dataWaitEnergy), waste("peers", .peerWaitEnergy),
    waste("program", .hostWaitEnergy), waste("unknown", .gapEnergy), waste("idle", .idleEnergy),
    waste("held_back", .heldBackEnergy),
    HostSeries(
      name: "hippowatt_grid_carbon_intensity_grams_per_kilowatt_hour", subject: .grid,
      metric: .carbonIntensity),
    HostSeries(name: "hippowatt_grid_renewable_ratio", subject: .grid, metric: .renewableShare),
    HostSeries(name: "hippowatt_grid_low_carbon_ratio", subject: .grid, metric: .lowCarbonShare),
    HostSeries(name: "hippowatt_job_tokens_total", subject: .job, metric: .tokens),
    HostSeries(name: "hippowatt_job_samples_total", subject: .job, metric: .samples),
  ]

  /// Of a machine on which our exporter does not run.
  static let others: [HostSeries] = [
    HostSeries(
      name: "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", subject: .accelerator, metric: .energy,
      scale: 1e-3),
    HostSeries(name: "DCGM_FI_DEV_POWER_USAGE", subject: .accelerator, metric: .power),
    HostSeries(
      name: "DCGM_FI_DEV_GPU_UTIL", subject: .accelerator, metric: .utilization, scale: 0.01),
    HostSeries(name: "DCGM_FI_DEV_GPU_TEMP", subject: .accelerator, metric: .temperature),
    HostSeries(
      name: "DCGM_FI_DEV_FB_USED", subject: .accelerator, metric: .memoryUsed, scale: 1_048_576),
    HostSeries(name: "node_rapl_package_joules_total", subject: .package, metric: .energy),
    HostSeries(name: "node_rapl_dram_joules_total", subject: .memory, metric: .energy),
  ]

  private static func waste(_ cause: String, _ metric: Metric) -> HostSeries {
    HostSeries(
      name: "hippowatt_gpu_wasted_joules_total", subject: .waiting, metric: metric, cause: cause)
  }

  /// The series of a name and a cause.
  static func find(_ name: String, _ cause: String) -> HostSeries? {
    (own + others).first { $0.name == name && ($0.cause.isEmpty || $0.cause == cause) }
  }
}
