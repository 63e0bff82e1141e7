extension GrafanaDashboard {
  /// The fleet: what it draws, who wastes most, and the four panels of the terminal.
  public static let fleet = GrafanaDashboard(
    title: "hippowatt: where the joules go",
    rows: [
      ("The fleet", overview), ("Jobs, by what they waste", jobs), ("GPU draw", draw),
      ("Algorithm cost and data", cost), ("Renewable share", green),
    ])

  private static let host = "instance=~\"$instance\""
  private static func increase(_ metric: ExportedMetric, _ labels: String = "") -> String {
    let inside = labels.isEmpty ? host : host + "," + labels
    return "increase(\(metric.name){\(inside)}[$__range])"
  }
  private static func rate(_ metric: ExportedMetric, _ labels: String = "") -> String {
    let inside = labels.isEmpty ? host : host + "," + labels
    return "rate(\(metric.name){\(inside)}[$__rate_interval])"
  }

  private static let overview: [GrafanaPanel] = [
    GrafanaPanel(
      title: "Hosts that answer", kind: .stat, unit: "short",
      queries: [
        .init(expression: "count(\(ExportedMetric.buildInfo.name){\(host)})", legend: "up"),
        .init(
          expression: "count(last_over_time(\(ExportedMetric.buildInfo.name){\(host)}[1d]))",
          legend: "known"),
      ],
      description:
        "Hosts that were known within a day and do not answer draw an unknown power, not none.",
      size: (5, 4)),
    GrafanaPanel(
      title: "Power", kind: .stat, unit: "watt",
      queries: [.init(expression: "sum(\(ExportedMetric.hostPower.name){\(host)})")],
      description: "Of the hosts that answer, by the widest meter each of them has.", size: (5, 4)),
    GrafanaPanel(
      title: "Energy", kind: .stat, unit: "joule",
      queries: [.init(expression: "sum(\(increase(ExportedMetric.hostEnergy)))")],
      description: "Over the time that is shown.", size: (5, 4)),
    GrafanaPanel(
      title: "Wasted", kind: .stat, unit: "percentunit",
      queries: [
        .init(
          expression: "sum(\(increase(ExportedMetric.gpuWasted, "cause!=\"held_back\""))) / "
            + "sum(\(increase(ExportedMetric.gpuJudged)))")
      ], description: "Of the joules of GPUs whose use was judged: without work.", size: (5, 4)),
    GrafanaPanel(
      title: "Energy that is known", kind: .stat, unit: "percentunit",
      queries: [
        .init(
          expression: "sum(\(increase(ExportedMetric.hostKnownTime))) / "
            + "sum(\(increase(ExportedMetric.hostObservedTime)))")
      ], description: "Totals are too small by what is not known.", size: (4, 4)),
    GrafanaPanel(
      title: "Power by host", kind: .timeseries, unit: "watt",
      queries: [
        .init(
          expression: "sum by (instance) (\(ExportedMetric.hostPower.name){\(host)})",
          legend: "{{instance}}")
      ], description: "", size: (12, 8), isStacked: true),
    GrafanaPanel(
      title: "What GPUs waited for", kind: .timeseries, unit: "watt",
      queries: [
        .init(
          expression: "sum by (cause) (\(rate(ExportedMetric.gpuWasted)))",
          legend: "{{cause}}")
      ], description: "Watts that bought nothing, by cause; held back is work at lower clocks.",
      size: (12, 8), isStacked: true),
  ]

  private static let jobs: [GrafanaPanel] = [
    GrafanaPanel(
      title: "Jobs", kind: .table, unit: "joule",
      queries: [
        .init(
          expression:
            "topk(50, sum by (job_id) (\(increase(ExportedMetric.jobWasted, "cause!=\"held_back\""))))",
          legend: "wasted"),
        .init(
          expression: "sum by (job_id) (\(increase(ExportedMetric.jobEnergy)))", legend: "energy"),
        .init(
          expression: "sum by (job_id) (\(increase(ExportedMetric.jobEnergy))) / "
            + "max by (job_id) (\(increase(ExportedMetric.jobTokens)) > 0)", legend: "J/token"),
        .init(
          expression:
            "max by (job_id, name, user, account) (\(ExportedMetric.jobInfo.name){\(host)})",
          legend: "job"),
      ], description: "A job's joules are those of its GPUs on all its hosts.", size: (24, 10)),
    GrafanaPanel(
      title: "Jobs without a process on their GPUs", kind: .table, unit: "short",
      queries: [
        .init(expression: "\(ExportedMetric.jobProcesses.name){\(host)} == 0", legend: "processes")
      ], description: "They hold GPUs that nobody can use.", size: (12, 6)),
    GrafanaPanel(
      title: "Energy by account, of jobs that name one", kind: .bargauge, unit: "joule",
      queries: [
        .init(
          expression:
            "sum by (account) (\(increase(ExportedMetric.jobEnergy)) * on (instance, job_id) "
            + "group_left (account) max by (instance, job_id, account) "
            + "(last_over_time(\(ExportedMetric.jobInfo.name){\(host),account!=\"\"}[$__range])))",
          legend: "{{account}}")
      ], description: "", size: (12, 6)),
  ]

  private static let draw: [GrafanaPanel] = [
    GrafanaPanel(
      title: "GPU power", kind: .timeseries, unit: "watt",
      queries: [
        .init(
          expression: "\(ExportedMetric.gpuPower.name){\(host)}", legend: "{{instance}} {{gpu}}")
      ], description: "", size: (12, 8)),
    GrafanaPanel(
      title: "Multiprocessors with work", kind: .timeseries, unit: "percentunit",
      queries: [
        .init(
          expression: "avg by (instance) (\(ExportedMetric.gpuSMActive.name){\(host)})",
          legend: "{{instance}}")
      ], description: "Utilization says that a kernel ran; this says on how much of the chip.",
      size: (12, 8)),
  ]

  private static let cost: [GrafanaPanel] = [
    GrafanaPanel(
      title: "Joules for a token", kind: .timeseries, unit: "joule",
      queries: [
        .init(
          expression: "sum by (job_id) (\(rate(ExportedMetric.jobEnergy))) / "
            + "max by (job_id) (\(rate(ExportedMetric.jobTokens)) > 0)", legend: "{{job_id}}")
      ], description: "As the job counts tokens itself; all of its GPUs.", size: (12, 8)),
    GrafanaPanel(
      title: "Waiting for data", kind: .timeseries, unit: "percentunit",
      queries: [
        .init(
          expression: "sum by (job_id) (\(rate(ExportedMetric.jobWasted, "cause=\"data\""))) / "
            + "sum by (job_id) (\(rate(ExportedMetric.jobEnergy)) > 0)", legend: "{{job_id}}")
      ], description: "The share of a job's joules that its GPUs drew while they waited for data.",
      size: (12, 8)),
  ]

  private static let green: [GrafanaPanel] = [
    GrafanaPanel(
      title: "Renewable share", kind: .stat, unit: "percentunit",
      queries: [
        .init(
          expression: "sum(\(increase(ExportedMetric.renewableEnergy))) / "
            + "sum(\(increase(ExportedMetric.hostEnergy)))", legend: "renewable"),
        .init(
          expression: "sum(\(increase(ExportedMetric.lowCarbonEnergy))) / "
            + "sum(\(increase(ExportedMetric.hostEnergy)))", legend: "low-carbon"),
      ], description: "Of the energy, at the mix of its time.", size: (6, 6)),
    GrafanaPanel(
      title: "CO2 equivalent", kind: .stat, unit: "massg",
      queries: [.init(expression: "sum(\(increase(ExportedMetric.carbon)))")],
      description: "Lifecycle, location-based.", size: (6, 6)),
    GrafanaPanel(
      title: "Money", kind: .stat, unit: "short",
      queries: [
        .init(
          expression: "sum by (currency) (\(increase(ExportedMetric.cost)))", legend: "{{currency}}"
        )
      ], description: "Each joule at the price of its time.", size: (6, 6)),
    GrafanaPanel(
      title: "Intensity of the grid", kind: .timeseries, unit: "short",
      queries: [
        .init(
          expression: "avg by (zone) (\(ExportedMetric.carbonIntensity.name){\(host)})",
          legend: "{{zone}} g/kWh")
      ], description: "", size: (6, 6)),
  ]
}
