import ArgumentParser
import Exporting

/// Writes rules by which a store of time series watches a fleet.
struct Rules: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write alerts and budgets over a fleet, as rules that Prometheus evaluates.",
    discussion: """
      Who holds GPUs without a process, who waits for data, what is not read, what a token costs more than
      an hour ago; with --budget, who took more energy than they may:

        hippowatt rules --budget account=team-a=500kWh -o /etc/prometheus/hippowatt.rules.yml

      Prometheus loads the file by its setting rule_files; vmalert reads it too.
      """)

  @Option(
    help: ArgumentHelp(
      "An energy that an account or a user may take; may be given again.",
      valueName: "account=name=500kWh"))
  var budget: [String] = []

  @Option(help: ArgumentHelp("In how many days it may be taken.", valueName: "days"))
  var days: Int = 30

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file"))
  var output: String?

  func validate() throws {
    guard 1...366 ~= days else { throw ValidationError("--days \(days): write 1 to 366") }
    for text in budget where EnergyBudget(text: text, days: days) == nil {
      throw ValidationError(
        "--budget \(text): write account=NAME=ENERGY or user=NAME=ENERGY, such as "
          + "account=team-a=500kWh")
    }
  }

  func run() throws {
    let budgets = budget.compactMap { EnergyBudget(text: $0, days: days) }
    try File.put(RuleFile.text(PrometheusRuleGroup.all(budgets: budgets)), to: output)
  }
}
