import Telemetry

/// Views for those who ask a recording with `sqlite3` and want watts, not milliwatts.
extension Schema {
  /// Drops and makes the views of one device kind; names have been checked.
  ///
  /// `gpu` has every reading as it is stored, in rows or packed, `gpu_values` every metric in its unit,
  /// `gpu_power` only the watts.
  static func views(_ kind: DeviceKind, columns: [Metric]) -> String {
    let name = kind.name
    let quoted = columns.map { "\"\($0.name)\"" }
    let decoded = columns.map { "\(PackedColumn.sql($0.name)) AS \"\($0.name)\"" }
    let time = PackedColumn.sql("time")
    var sql = """
      DROP VIEW IF EXISTS "\(name)";
      CREATE VIEW "\(name)" AS
      SELECT \((["time", "device", "arrival"] + quoted).joined(separator: ", ")) FROM "\(rows(kind))"
      UNION ALL
      SELECT \(([
        "\(time) AS time", "p.device AS device",
        "\(time) + \(PackedColumn.sql("delay$")) AS arrival",
      ] + decoded).joined(separator: ", "))
      FROM "\(packed(kind))" AS p CROSS JOIN ordinal AS n ON n.i <= p.readings$;
      """
    let shown =
      [
        "strftime('%Y-%m-%dT%H:%M:%f', r.time / 1e9, 'unixepoch') || 'Z' AS at",
        "d.machine AS machine", "coalesce(d.label, d.name) AS label",
      ] + columns.map { "r.\"\($0.name)\"\(factor($0)) AS \"\($0.plainName)\"" }
    let from = "FROM \"\(name)\" AS r JOIN device AS d ON d.id = r.device"
    sql += """
      DROP VIEW IF EXISTS "\(name)_values";
      CREATE VIEW "\(name)_values" AS SELECT \(shown.joined(separator: ", ")) \(from);
      """
    if let power = columns.first(where: { $0 == .power }) {
      // Of rows and packed rows directly: a sum over a view of both would unpack all its columns.
      sql += """
        DROP VIEW IF EXISTS "\(name)_power";
        CREATE VIEW "\(name)_power" AS SELECT \(shown[0]), \(shown[1]), \(shown[2]),
        r.steps\(factor(power)) AS watts
        FROM (SELECT time, device, "\(power.name)" AS steps FROM "\(rows(kind))"
        UNION ALL SELECT \(time), p.device, \(PackedColumn.sql(power.name))
        FROM "\(packed(kind))" AS p CROSS JOIN ordinal AS n ON n.i <= p.readings$) AS r
        JOIN device AS d ON d.id = r.device WHERE r.steps IS NOT NULL;
        """
    }
    return sql
  }

  /// The SQL that turns stored steps into the unit: a division where a factor would not be exact.
  private static func factor(_ metric: Metric) -> String {
    let inverse = 1 / metric.scale
    if metric.scale == 1 { return "" }
    return inverse.rounded() == inverse ? " / \(inverse)" : " * \(metric.scale)"
  }
}
