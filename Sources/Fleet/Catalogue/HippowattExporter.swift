/// `hippowatt exporter` on each machine.
struct HippowattExporter: FleetExporter {
  let name = "hippowatt"
  let series = [
    FleetSeries("hippowatt_host_power_watts", .hostPower),
    FleetSeries("hippowatt_gpu_power_watts", .gpuPower),
    FleetSeries("hippowatt_job_processes", .jobProcesses),
    FleetSeries("hippowatt_job_energy_doubt", .jobDoubt),
    FleetSeries("hippowatt_job_start_time_seconds", .jobStart),
    FleetSeries("hippowatt_job_gpu_seconds_total", .jobActivity),
    FleetSeries("hippowatt_host_info", .hostInfo),
    FleetSeries("hippowatt_job_info", .jobInfo),
    FleetSeries("hippowatt_simulated", .simulated),
    FleetSeries("hippowatt_job_gpu_info", .holding),
    FleetSeries("hippowatt_host_energy_joules_total", .hostEnergy),
    FleetSeries("hippowatt_host_energy_known_seconds_total", .hostKnownSeconds),
    FleetSeries("hippowatt_host_observed_seconds_total", .hostObservedSeconds),
    FleetSeries("hippowatt_host_carbon_grams_total", .hostGrams),
    FleetSeries("hippowatt_host_cost_total", .hostCost),
    FleetSeries("hippowatt_gpu_energy_joules_total", .gpuEnergy),
    FleetSeries("hippowatt_gpu_judged_joules_total", .gpuJudged),
    FleetSeries("hippowatt_gpu_wasted_joules_total", .gpuWasted),
    FleetSeries("hippowatt_job_energy_joules_total", .jobEnergy),
    FleetSeries("hippowatt_job_energy_known_seconds_total", .jobKnownSeconds),
    FleetSeries("hippowatt_job_judged_joules_total", .jobJudged),
    FleetSeries("hippowatt_job_wasted_joules_total", .jobWasted),
    FleetSeries("hippowatt_job_gpu_seconds_total", .jobGPUSeconds),
    FleetSeries("hippowatt_job_unused_gpu_seconds_total", .jobUnusedSeconds),
    FleetSeries("hippowatt_job_tokens_total", .jobTokens),
    FleetSeries("hippowatt_job_steps_total", .jobSteps),
  ]

  func host(_ labels: FleetLabels) -> String { labels.instanceHost }
  func gpu(_ labels: FleetLabels) -> String { labels.first(.uuid, .gpuUUID) }
  func job(_ labels: FleetLabels) -> String { labels[.jobID] }

  func life(of job: String) -> [(series: String, matchers: String)] {
    let matchers = "job_id=\(FleetSelector.quoted(job))"
    return [
      ("hippowatt_job_gpu_seconds_total", matchers),
      ("hippowatt_job_energy_joules_total", matchers),
      ("hippowatt_job_info", matchers),
    ]
  }

  func counts(_ quantity: FleetQuantity, _ labels: FleetLabels) -> Bool {
    // Held back is no waste of a job's: the accelerator worked.
    quantity != .jobWasted || labels[.cause] != "held_back"
  }
}
