/// The exporter of CEEMS: which unit of a scheduler holds which accelerator, and the controller's meter.
struct CEEMSExporter: FleetExporter {
  let name = "CEEMS"
  let series = [
    FleetSeries("ceems_ipmi_dcmi_current_watts", .hostPower),
    FleetSeries("ceems_ipmi_dcmi_power_current_watts", .hostPower),
    FleetSeries("ceems_compute_unit_gpu_index_flag", .holding),
    FleetSeries("ceems_rapl_package_joules_total", .packageEnergy, startsAtZero: false),
    FleetSeries("ceems_rapl_dram_joules_total", .memoryEnergy, startsAtZero: false),
  ]

  func host(_ labels: FleetLabels) -> String {
    labels[.hostname].isEmpty ? labels.instanceHost : labels[.hostname]
  }
  func gpu(_ labels: FleetLabels) -> String { labels.first(.unitGPU, .gpuUUID) }
  func job(_ labels: FleetLabels) -> String { labels[.uuid] }
}
