/// A panel of a Grafana dashboard: its queries and how they are drawn.
public struct GrafanaPanel: Sendable {
  /// How a panel draws its queries, by Grafana's own names.
  enum Kind: String, Sendable {
    case stat, timeseries, table, heatmap, bargauge
  }

  /// A query, and what its series are called.
  struct Query: Sendable {
    var expression: String
    /// A template with labels in it, such as `{{instance}}`.
    var legend = ""
  }

  var title: String
  var kind: Kind
  /// Grafana's name of the unit: `watt`, `joule`, `percentunit`, `massg`, `short`.
  var unit: String
  var queries: [Query]
  /// What the panel says, and what must be known to read it.
  var description: String
  /// Columns of 24 that it takes, and rows.
  var size: (width: Int, height: Int)
  /// Whether areas are laid upon each other.
  var isStacked = false

  /// The expressions of its queries.
  public var expressions: [String] { queries.map(\.expression) }
}
