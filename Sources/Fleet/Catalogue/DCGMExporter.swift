/// NVIDIA's dcgm-exporter: fields of the data centre GPU manager by their names, energy in millijoules.
///
/// A job is named by `hpc_job`, from the folder of `--hpc-job-mapping-dir`, or by namespace and pod. Its
/// counters are those of the accelerator's life, not of the job's.
struct DCGMExporter: FleetExporter {
  let name = "dcgm-exporter"
  let series = [
    FleetSeries("DCGM_FI_DEV_POWER_USAGE", .gpuPower),
    FleetSeries("DCGM_FI_DEV_GPU_UTIL", .gpuIdleness),
    FleetSeries(
      "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", .gpuEnergy, scale: 1e-3, startsAtZero: false),
  ]

  func host(_ labels: FleetLabels) -> String {
    labels[.Hostname].isEmpty ? labels.instanceHost : labels[.Hostname]
  }
  func gpu(_ labels: FleetLabels) -> String { labels.first(.dcgmUUID, .uuid) }

  func job(_ labels: FleetLabels) -> String {
    let batch = labels[.hpcJob]
    // The folder's file of an accelerator that nobody has holds nothing, or a nought.
    if !batch.isEmpty { return batch == "0" ? "" : batch }
    let pod = labels.first(.exportedPod, .pod)
    let space = labels.first(.exportedNamespace, .namespace)
    return pod.isEmpty ? "" : space.isEmpty ? pod : space + "/" + pod
  }

  func life(of job: String) -> [(series: String, matchers: String)] {
    let name = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
    let parts = job.split(separator: "/", maxSplits: 1).map { FleetSelector.quoted(String($0)) }
    guard parts.count == 2 else { return [(name, "hpc_job=\(FleetSelector.quoted(job))")] }
    return [
      (name, "exported_namespace=\(parts[0]),exported_pod=\(parts[1])"),
      (name, "namespace=\(parts[0]),pod=\(parts[1]),exported_pod=\"\""),
    ]
  }

  func counts(_ quantity: FleetQuantity, _ labels: FleetLabels) -> Bool { !gpu(labels).isEmpty }
}
