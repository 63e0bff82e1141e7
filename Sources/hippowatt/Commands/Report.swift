import Accounting
import ArgumentParser
import Linux
import Telemetry

/// Reports the results of a recorded run.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a recorded run came to: energy, carbon, cost of its progress.",
    discussion: """
      As Markdown it ends with a co2_eq_emissions block for a model card:

        hippowatt report run.hippo --format markdown
      """)

  @Argument(help: ArgumentHelp("A recording.", valueName: "file.hippo"))
  var file: String

  @Option(help: ArgumentHelp("Report on one job only.", valueName: "name"))
  var job: String?

  @Option(help: "text, markdown or json.")
  var format: String = "text"

  @Option(help: ArgumentHelp("What a kilowatt-hour costs, such as 0.25EUR.", valueName: "price"))
  var price: String?

  @Option(
    name: .customLong("target-loss"),
    help: ArgumentHelp("A loss; when it is reached, and with what energy.", valueName: "loss"))
  var targetLoss: Double?

  @Option(help: ArgumentHelp("The settings to use instead of the user's own.", valueName: "file"))
  var config: String?

  @OptionGroup var model: ModelOptions

  func validate() throws {
    guard ["text", "markdown", "json"].contains(format) else {
      throw ValidationError("--format \(format): write text, markdown or json")
    }
    if let price, Price(text: price) == nil {
      throw ValidationError("--price \(price): write the price of a kWh, such as 0.25 or 0.25EUR")
    }
  }

  func run() throws {
    let settings = try Settings.load(named: config, HostEnvironment.current())
    var recording = try Accounts.open(file)
    Accounts.tell(model.facts, to: &recording.timeline)
    let chosen = try job.map { try Accounts.job($0, in: Ledger(recording.timeline), path: file) }
    var report = RunReport(
      recording.timeline, over: recording.span, machine: recording.machine, job: chosen,
      targetLoss: targetLoss, price: price.flatMap(Price.init(text:)), tariff: settings.tariff,
      utcOffset: HostEnvironment.utcOffset)
    report.damages = recording.damages
    report.pue = settings.pue
    let text =
      switch format {
      case "json": report.json
      case "markdown": report.markdown
      default: report.lines.joined(separator: "\n") + "\n"
      }
    File.writeAll(Array(text.utf8), to: 1)
  }
}
