/// Prometheus' node-exporter: processor packages and memory by RAPL, and a board's own meter.
///
/// Other sensors of hwmon do not say what they measure, and are left out.
struct NodeExporter: FleetExporter {
  let name = "node-exporter"
  let series = [
    FleetSeries("node_rapl_package_joules_total", .packageEnergy, startsAtZero: false),
    FleetSeries("node_rapl_dram_joules_total", .memoryEnergy, startsAtZero: false),
    FleetSeries("node_hwmon_power_average_watt", .hostPower),
  ]

  func counts(_ quantity: FleetQuantity, _ labels: FleetLabels) -> Bool {
    // The power meter of ACPI 4.0 (§10.4), whose device has this name.
    quantity != .hostPower || labels[.chip].contains("ACPI000D")
      || labels[.chip].contains("acpi000d")
  }
}
