import ArgumentParser
import Exporting

/// Writes a dashboard for Grafana that shows what the terminal shows.
struct Grafana: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a Grafana dashboard of what the exporter tells.",
    discussion: """
      Import the file in Grafana (Dashboards, New, Import) and choose a Prometheus data source:

        hippowatt grafana -o hippowatt.json
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file"))
  var output: String?

  func run() throws { try File.put(GrafanaDashboard.fleet.json + "\n", to: output) }
}
