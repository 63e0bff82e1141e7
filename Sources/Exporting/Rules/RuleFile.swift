import Formats

/// Rules as a file that Prometheus and VictoriaMetrics' vmalert load.
public enum RuleFile {
  /// The groups as YAML, whose texts are written as JSON's, which YAML 1.2 reads.
  public static func text(_ groups: [PrometheusRuleGroup]) -> String {
    var text =
      "# Written by `hippowatt rules`; `promtool check rules` knows whether a change is one.\ngroups:\n"
    for group in groups {
      text += "  - name: \(group.name)\n"
      if let interval = group.interval { text += "    interval: \(interval)s\n" }
      text += "    rules:\n"
      for rule in group.rules { text += lines(rule).joined(separator: "\n") + "\n" }
    }
    return text
  }

  private static func lines(_ rule: PrometheusRule) -> [String] {
    switch rule.kind {
    case .record(let name):
      return ["      - record: \(name)", "        expr: \(quoted(rule.expression))"]
    case .alert(let name, let hold, let severity, let summary, let description):
      let labels =
        ["severity: \(severity.rawValue)"]
        + rule.labels.sorted { $0.key < $1.key }.map { "\($0.key): \(quoted($0.value))" }
      return [
        "      - alert: \(name)", "        expr: \(quoted(rule.expression))",
        "        for: \(hold)s",
        "        labels: {\(labels.joined(separator: ", "))}", "        annotations:",
        "          summary: \(quoted(summary))", "          description: \(quoted(description))",
      ]
    }
  }

  private static func quoted(_ text: String) -> String {
    var json = JSONWriter()
    json.string(text)
    return json.text
  }
}
