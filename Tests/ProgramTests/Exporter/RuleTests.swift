import Exporting
import Formats
import Glibc
import TestSupport
import Testing

/// The rules that are written, by Prometheus' own checker and its own trial of rules.
@Suite struct RuleTests {
  private static let budgets = ["account=team-a=1kWh", "account=team-b=1MWh", "user=ada=2kWh"]

  private func rules(_ folder: Folder) throws -> String {
    let result = try Program.run(
      ["rules"] + Self.budgets.flatMap { ["--budget", $0] } + ["-o", "rules.yml"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    return try #require(folder.text("rules.yml"))
  }

  @Test func `the rules are clean`() throws {
    let folder = try Folder()
    let said = try Prometheus.check("check rules rules.yml", try rules(folder), in: folder)
    #expect(said.contains("SUCCESS"), "\(said)")
  }

  /// A quarter of a job's joules wait for data; another holds GPUs without a process; one host stops
  /// answering; team-a takes 120 kJ a minute, which is a kilowatt-hour in half an hour.
  private static let trial = """
    rule_files: [rules.yml]
    evaluation_interval: 1m
    tests:
      - interval: 1m
        input_series:
          - {series: 'hippowatt_job_energy_joules_total{instance="a", job_id="1"}', values: '0+60000x120'}
          - {series: 'hippowatt_job_wasted_joules_total{instance="a", job_id="1", cause="data"}', values: '0+15000x120'}
          - {series: 'hippowatt_job_energy_joules_total{instance="b", job_id="1"}', values: '0+60000x120'}
          - {series: 'hippowatt_job_wasted_joules_total{instance="b", job_id="1", cause="data"}', values: '0+15000x120'}
          - {series: 'hippowatt_job_info{instance="a", job_id="1", account="team-a", user="ada"}', values: '1x120'}
          - {series: 'hippowatt_job_info{instance="b", job_id="1", account="team-a", user="ada"}', values: '1x120'}
          - {series: 'hippowatt_job_processes{instance="b", job_id="2"}', values: '0x120'}
          - {series: 'hippowatt_job_processes{instance="a", job_id="1"}', values: '8x120'}
          - {series: 'hippowatt_build_info{instance="a", job="hippowatt", version="1"}', values: '1x30 stale'}
          - {series: 'up{instance="a", job="hippowatt"}', values: '1x30 0x90'}
          - {series: 'up{instance="c", job="node"}', values: '0x120'}
        alert_rule_test:
          - {eval_time: 5m, alertname: HippowattJobWaitsForData, exp_alerts: []}
          - eval_time: 30m
            alertname: HippowattJobWaitsForData
            exp_alerts:
              - exp_labels: {severity: warning, job_id: "1"}
                exp_annotations:
                  summary: Job 1 spends 25% of its joules waiting for data
                  description: Its GPUs are ready before their next batch is. `hippowatt watch` on the machine names the cause.
          - {eval_time: 30m, alertname: HippowattJobWastes, exp_alerts: []}
          - eval_time: 30m
            alertname: HippowattJobWithoutProcess
            exp_alerts:
              - exp_labels: {severity: warning, job_id: "2", instance: b}
                exp_annotations:
                  summary: Job 2 holds GPUs of b without any process
                  description: The GPUs draw power and nobody can use them.
          - {eval_time: 30m, alertname: HippowattAgentDown, exp_alerts: []}
          - eval_time: 40m
            alertname: HippowattAgentDown
            exp_alerts:
              - exp_labels: {severity: warning, instance: a, job: hippowatt}
                exp_annotations:
                  summary: a does not answer
                  description: The agent answered within the last day and does not any more. What the machine draws is not known; it is not zero.
          - {eval_time: 25m, alertname: HippowattBudgetTaken, exp_alerts: []}
          - eval_time: 45m
            alertname: HippowattBudgetTaken
            exp_alerts:
              - exp_labels: {severity: warning, account: team-a}
                exp_annotations:
                  summary: account team-a has taken more than 1.00 kWh in 30 days
                  description: It has taken 5.4MJ.

    """

  @Test func `alerts are raised for what they are for, and for nothing else`() throws {
    let folder = try Folder()
    _ = try rules(folder)
    folder.write(Self.trial, to: "trial.yml")
    let said = try Prometheus.check("test rules trial.yml", "", in: folder)
    #expect(said.contains("SUCCESS"), "\(said)")
  }

  @Test(arguments: [
    ["--budget", "team-a"], ["--budget", "account=a=5"], ["--budget", "account=a=-5kWh"],
    ["--budget", "account=a\"}=5kWh"], ["--budget", "group=a=5kWh"], ["--days", "0"],
  ])
  func `what is no budget is said`(words: [String]) throws {
    let result = try Program.run(["rules"] + words, in: try Folder())
    #expect(result.status == 2 && result.errors.contains(words[1]))
  }

  @Test func `every query of the dashboard is one that Prometheus takes`() throws {
    let folder = try Folder()
    let result = try Program.run(["grafana", "-o", "board.json"], in: folder)
    #expect(result.status == 0)
    let root = try JSONValue(Array(try #require(folder.text("board.json")).utf8), cap: 4096)
    let queries = Self.texts("expr", in: root)
    #expect(queries.count > 20)
    let store = try Prometheus(scraping: "global: {scrape_interval: 1h}\n", in: folder)
    for query in queries {
      let whole = query.replacing("$__rate_interval", with: "1m").replacing("$__range", with: "1h")
        .replacing("$instance", with: ".*")
      #expect(throws: Never.self, "\(whole)") { _ = try store.samples(whole) }
    }
  }

  private static func texts(_ name: String, in value: JSONValue) -> [String] {
    switch value {
    case .object(let members):
      members.flatMap { key, value -> [String] in
        if key == name, case .scalar(.text(let text)) = value { return [text] }
        return texts(name, in: value)
      }
    case .list(let list): list.flatMap { texts(name, in: $0) }
    case .scalar, .null: []
    }
  }
}
