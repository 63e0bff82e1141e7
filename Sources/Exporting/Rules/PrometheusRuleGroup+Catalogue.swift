import Quantities

extension PrometheusRuleGroup {
  /// Every rule, with the budgets that were named.
  public static func all(budgets: [EnergyBudget] = []) -> [PrometheusRuleGroup] {
    [series, agents, waste, costs] + EnergyBudget.groups(budgets)
  }

  /// Series that dashboards and alerts ask for again and again.
  static let series = PrometheusRuleGroup(
    name: "hippowatt-series", interval: nil,
    rules: [
      .record(
        "instance:hippowatt_host_power:watts",
        "sum by (instance) (\(ExportedMetric.hostPower.name))"),
      .record(
        "instance:hippowatt_energy_coverage:ratio_rate10m",
        "rate(\(ExportedMetric.hostKnownTime.name)[10m]) / "
          + "rate(\(ExportedMetric.hostObservedTime.name)[10m])"),
      .record(
        "job_id:hippowatt_power:watts_rate5m",
        "sum by (job_id) (rate(\(ExportedMetric.jobEnergy.name)[5m]))"),
      .record(
        "job_id:hippowatt_wasted:ratio_rate10m",
        "sum by (job_id) (rate(\(ExportedMetric.jobWasted.name){cause!=\"held_back\"}[10m])) / "
          + "sum by (job_id) (rate(\(ExportedMetric.jobEnergy.name)[10m]) > 0)"),
      // Every machine of a job tells the same count of tokens.
      .record(
        "job_id:hippowatt_joules_per_token:rate10m",
        "sum by (job_id) (rate(\(ExportedMetric.jobEnergy.name)[10m])) / "
          + "max by (job_id) (rate(\(ExportedMetric.jobTokens.name)[10m]) > 0)"),
    ])

  /// What agents and their sources do not tell.
  static let agents = PrometheusRuleGroup(
    name: "hippowatt-agents", interval: nil,
    rules: [
      .alert(
        "AgentDown", for: 300, "up == 0 and on (instance, job) last_over_time(\(agent)[1d])",
        summary: "{{ $labels.instance }} does not answer",
        "The agent answered within the last day and does not any more. What the machine draws is not known; "
          + "it is not zero."),
      .alert(
        "Simulated", for: 60, severity: .info, "\(ExportedMetric.simulated.name) == 1",
        summary: "What {{ $labels.instance }} tells is SIMULATED",
        "It is in all sums beside what was measured."),
      .alert(
        "SourceDown", for: 600, "\(ExportedMetric.sourceUp.name) == 0",
        summary: "{{ $labels.source }} is not read on {{ $labels.instance }}",
        "`hippowatt doctor` on the machine says why, and what to do."),
      .alert(
        "EnergyUnknown", for: 900,
        "instance:hippowatt_energy_coverage:ratio_rate10m < 0.9",
        summary:
          "Only {{ $value | humanizePercentage }} of the energy of {{ $labels.instance }} is known",
        "Totals of this machine are too small by what is not known."),
      .alert(
        "GPUSilent", for: 300,
        "\(ExportedMetric.gpuEnergy.name) unless on (instance, uuid) \(ExportedMetric.gpuPower.name)",
        summary: "GPU {{ $labels.gpu }} of {{ $labels.instance }} tells no power",
        "It told its energy before: it may be lost from the bus, or its driver does not answer."),
    ])

  private static let agent = ExportedMetric.buildInfo.name

  /// Joules that buy nothing.
  static let waste = PrometheusRuleGroup(
    name: "hippowatt-waste", interval: nil,
    rules: [
      .alert(
        "JobWithoutProcess", for: 900, "\(ExportedMetric.jobProcesses.name) == 0",
        summary:
          "Job {{ $labels.job_id }} holds GPUs of {{ $labels.instance }} without any process",
        "The GPUs draw power and nobody can use them."),
      .alert(
        "JobWaitsForData", for: 600,
        "sum by (job_id) (rate(\(ExportedMetric.jobWasted.name){cause=\"data\"}[10m])) / "
          + "sum by (job_id) (rate(\(ExportedMetric.jobEnergy.name)[10m]) > 0) > 0.2",
        summary:
          "Job {{ $labels.job_id }} spends {{ $value | humanizePercentage }} of its joules waiting for data",
        "Its GPUs are ready before their next batch is. `hippowatt watch` on the machine names the cause."
      ),
      .alert(
        "JobWastes", for: 1800, "job_id:hippowatt_wasted:ratio_rate10m > 0.5",
        summary:
          "{{ $value | humanizePercentage }} of the joules of job {{ $labels.job_id }} buy nothing",
        "Its GPUs were without work for half of their energy."),
      .alert(
        "GPUIdle", for: 3600, severity: .info,
        "rate(\(ExportedMetric.gpuWasted.name){cause=\"idle\"}[30m]) / ignoring (cause) "
          + "(rate(\(ExportedMetric.gpuJudged.name)[30m]) > 0) > 0.9",
        summary: "GPU {{ $labels.gpu }} of {{ $labels.instance }} is idle",
        "Nobody wanted anything of it for an hour."),
    ])

  /// What the same work cost before.
  static let costs = PrometheusRuleGroup(
    name: "hippowatt-costs", interval: nil,
    rules: [
      .alert(
        "TokensCostMore", for: 600,
        "job_id:hippowatt_joules_per_token:rate10m > 1.2 * "
          + "(job_id:hippowatt_joules_per_token:rate10m offset 1h)",
        summary: "A token of job {{ $labels.job_id }} takes 20 % more joules than an hour ago",
        "It takes {{ $value | humanize }}J now.")
    ])
}
