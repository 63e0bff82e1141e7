/// The exporters whose series are read.
///
/// Where two tell of the same thing the first one counts.
package enum FleetCatalogue {
  package static let all: [any FleetExporter] = [
    HippowattExporter(),
    DCGMExporter(),
    CEEMSExporter(),
    NodeExporter(),
    KeplerExporter(),
  ]

  /// A series with its place in the catalogue.
  package struct Entry: Sendable {
    /// The place of its exporter.
    package var rank: Int
    /// The series, as its exporter names it.
    package var series: FleetSeries
    /// Who exports it.
    package var exporter: any FleetExporter
  }

  private static let entries: [Entry] = all.enumerated().flatMap { rank, exporter in
    exporter.series.map { Entry(rank: rank, series: $0, exporter: exporter) }
  }

  private static let byName = Dictionary(grouping: entries, by: \.series.name)

  /// What a series of a name tells in answer to a question.
  package static func entry(
    _ name: String, _ question: FleetQuantity.Question
  ) -> Entry? {
    byName[name]?.first { $0.series.quantity.question == question }
  }

  /// The names of the series that answer a question.
  package static func names(_ question: FleetQuantity.Question) -> [String] {
    entries.filter { $0.series.quantity.question == question }.map(\.series.name)
  }
}
