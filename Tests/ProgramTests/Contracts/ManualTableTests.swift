import Exporting
import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Dashboard
@testable import Recordings

/// The manual's tables are the program's own.
@Suite(.serialized) struct ManualTableTests {
  /// The tables that the program makes: where they stand, what they are called there, what they are.
  private static let all: [(file: String, name: String, text: String)] = [
    ("docs/screen.md", "keys", KeyTable.markdown),
    ("docs/screen.md", "panels", PanelCatalogue.markdown),
    ("docs/metrics.md", "metrics", metrics), ("docs/recordings.md", "schema", schema),
    ("docs/permissions.md", "remedies", remedies),
    ("docs/exporter.md", "exported", exported),
  ]

  @Test(
    "the manual shows the program's own tables; RECORD_SNAPSHOTS=1 writes them anew",
    arguments: ["keys", "panels", "metrics", "schema", "remedies", "exported"])
  func tables(name: String) throws {
    let (file, _, table) = try #require(Self.all.first { $0.name == name })
    let lines = Fixtures.project(file).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    let from = try #require(lines.firstIndex(of: "<!-- \(name) -->"))
    let to = try #require(lines.firstIndex(of: "<!-- /\(name) -->"))
    let shown = lines[(from + 1)..<to].map { $0 + "\n" }.joined()
    if getenv("RECORD_SNAPSHOTS") != nil, shown != table {
      let whole =
        lines[...from].joined(separator: "\n") + "\n" + table
        + lines[to...].joined(separator: "\n")
      let stream = try #require(fopen("\(Fixtures.folder)/../../\(file)", "w"))
      fputs(whole, stream)
      fclose(stream)
      Issue.record("the table of \(name) in \(file) was written anew")
    }
    #expect(shown == table)
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }

  private static var metrics: String {
    row(["name", "unit", "kind", "is", "means"]) + "|---|---|---|---|---|\n"
      + Metric.all.map { metric in
        let unit = metric.unit.rawValue.isEmpty ? "" : "`\(metric.unit.rawValue)`"
        let kind = metric.isCounter ? "counter" : "gauge"
        return row(["`\(metric.name)`", unit, kind, metric.title, metric.meaning])
      }.joined()
  }

  private static var exported: String {
    row(["series", "kind", "labels", "means"]) + "|---|---|---|---|\n"
      + ExportedMetric.all.map { metric in
        let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
        return row(["`\(metric.name)`", metric.kind.rawValue, labels, metric.help])
      }.joined()
  }

  private static var schema: String { "```sql\n" + Schema.tables + "\n```\n" }

  private static var remedies: String {
    row(["command", "does", "opens", "basis"]) + "|---|---|---|---|\n"
      + Remedy.all.map { row(["`\($0.command)`", $0.words, $0.opens, $0.basis]) }.joined()
  }
}
