/// Kepler on each node: accelerators by UUID, and the package zone of its processors.
///
/// Its zones overlap; only the packages are added.
struct KeplerExporter: FleetExporter {
  let name = "Kepler"
  let series = [
    FleetSeries("kepler_node_gpu_watts", .gpuPower),
    FleetSeries("kepler_node_gpu_joules_total", .gpuEnergy, startsAtZero: false),
    FleetSeries("kepler_node_cpu_joules_total", .packageEnergy, startsAtZero: false),
  ]

  func gpu(_ labels: FleetLabels) -> String { labels.first(.uuid, .gpuUUID) }

  func counts(_ quantity: FleetQuantity, _ labels: FleetLabels) -> Bool {
    quantity == .packageEnergy ? labels[.zone] == "package" : !gpu(labels).isEmpty
  }
}
