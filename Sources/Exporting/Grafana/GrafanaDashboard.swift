import Formats

/// A dashboard for Grafana, made of the metrics that are exported.
///
/// Source: Grafana's dashboard JSON model, schema version 39 (Grafana 11).
public struct GrafanaDashboard: Sendable {
  /// What it is called.
  public var title: String
  /// Its rows with their panels, from the top.
  public var rows: [(title: String, panels: [GrafanaPanel])]

  /// The dashboard as Grafana imports it.
  public var json: String {
    var json = JSONWriter()
    json.raw("{\"title\":")
    json.string(title)
    json.raw(
      ",\"uid\":\"hippowatt-fleet\",\"schemaVersion\":39,\"editable\":true,\"refresh\":\"30s\","
        + "\"tags\":[\"energy\",\"gpu\"],\"time\":{\"from\":\"now-1h\",\"to\":\"now\"},\"timezone\":\"browser\","
        + "\"templating\":{\"list\":[")
    json.raw(
      "{\"name\":\"datasource\",\"type\":\"datasource\",\"query\":\"prometheus\",\"label\":\"Data source\"},"
    )
    json.raw(
      "{\"name\":\"instance\",\"type\":\"query\",\"label\":\"Hosts\",\"datasource\":\(Self.source),"
        + "\"query\":{\"query\":\"label_values(\(ExportedMetric.buildInfo.name), instance)\","
        + "\"refId\":\"hosts\"},\"definition\":\"label_values(\(ExportedMetric.buildInfo.name), instance)\","
        + "\"refresh\":2,\"multi\":true,\"includeAll\":true,\"current\":{\"text\":\"All\",\"value\":\"$__all\"}}"
    )
    json.raw("]},\"panels\":[")
    var id = 1
    var top = 0
    for row in rows {
      if id > 1 { json.raw(",") }
      json.raw("{\"id\":\(id),\"type\":\"row\",\"collapsed\":false,\"panels\":[],\"title\":")
      json.string(row.title)
      json.raw(",\"gridPos\":{\"x\":0,\"y\":\(top),\"w\":24,\"h\":1}}")
      id += 1
      top += 1
      var (left, height) = (0, 0)
      for panel in row.panels {
        if left + panel.size.width > 24 {
          top += height
          (left, height) = (0, 0)
        }
        json.raw(",")
        Self.append(panel, id: id, x: left, y: top, to: &json)
        id += 1
        left += panel.size.width
        height = max(height, panel.size.height)
      }
      top += height
    }
    json.raw("]}")
    return json.text
  }

  private static let source = "{\"type\":\"prometheus\",\"uid\":\"${datasource}\"}"

  private static func append(
    _ panel: GrafanaPanel, id: Int, x: Int, y: Int, to json: inout JSONWriter
  ) {
    json.raw("{\"id\":\(id),\"type\":\"\(panel.kind.rawValue)\",\"title\":")
    json.string(panel.title)
    if !panel.description.isEmpty { json.member("description", panel.description) }
    json.raw(
      ",\"datasource\":\(source),\"gridPos\":{\"x\":\(x),\"y\":\(y),\"w\":\(panel.size.width),"
        + "\"h\":\(panel.size.height)},\"fieldConfig\":{\"defaults\":{\"unit\":\"\(panel.unit)\",\"custom\":{"
    )
    if panel.kind == .timeseries {
      json.raw(
        "\"fillOpacity\":\(panel.isStacked ? 60 : 10),\"lineWidth\":1,\"showPoints\":\"never\"")
      // What was not told is a gap, and no line is drawn across it.
      json.raw(",\"spanNulls\":false")
      if panel.isStacked { json.raw(",\"stacking\":{\"mode\":\"normal\",\"group\":\"A\"}") }
    }
    json.raw("}},\"overrides\":[]},\"options\":{")
    if panel.kind == .stat {
      json.raw("\"reduceOptions\":{\"calcs\":[\"lastNotNull\"]},\"textMode\":\"auto\"")
    }
    json.raw("},\"targets\":[")
    for (place, query) in panel.queries.enumerated() {
      if place > 0 { json.raw(",") }
      let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(place)))
      json.raw("{\"refId\":\"\(letter)\",\"datasource\":\(source),\"expr\":")
      json.string(query.expression)
      json.member("legendFormat", query.legend)
      let isTable = panel.kind == .table || panel.kind == .bargauge
      json.raw(isTable ? ",\"instant\":true,\"range\":false" : ",\"range\":true")
      if panel.kind == .table { json.raw(",\"format\":\"table\"") }
      json.raw("}")
    }
    json.raw("]")
    // One row for each job, with what every query says of it.
    if panel.kind == .table, panel.queries.count > 1 {
      json.raw(
        ",\"transformations\":[{\"id\":\"joinByField\",\"options\":{\"byField\":\"job_id\",\"mode\":\"outer\"}}]"
      )
    }
    json.raw("}")
  }
}
