import Quantities
import Telemetry

/// Names of tables and columns, checked before they are written into SQL.
///
/// Names cannot be bound like values, so only lower-case letters, digits and underscores pass.
enum SQLIdentifier {
  private static let reservedKinds: Set<String> = [
    "grid_statement", "mark", "ordinal",
    "recording", "device", "device_attribute", "series", "event", "state", "rollup", "source",
  ]
  private static let reservedColumns: Set<String> = ["time", "device", "arrival"]

  private static func isPlain(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      }
  }

  static func isTable(_ name: String) -> Bool {
    isPlain(name) && !reservedKinds.contains(name) && !name.hasPrefix("sqlite_")
      && !Schema.suffixes.contains { name.hasSuffix($0) }
  }

  static func isColumn(_ name: String) -> Bool {
    isPlain(name) && !reservedColumns.contains(name)
  }

  static func check(_ kind: DeviceKind) throws(RecordingError) {
    guard isTable(kind.name) else {
      throw .refused(
        "the device kind '\(kind.name.prefix(80))' (use a-z, 0-9 and _, no name of a recording's"
          + " own tables)")
    }
  }

  static func check(_ metric: Metric) throws(RecordingError) {
    try check(metric.name, scale: metric.scale)
  }

  /// Checks a column's name and its scale.
  static func check(_ column: String, scale: Double) throws(RecordingError) {
    guard isColumn(column) else {
      throw .refused(
        "the metric '\(column.prefix(80))' (use a-z, 0-9 and _, not time, device or arrival)")
    }
    guard scale.isFinite, scale > 0 else {
      throw .refused("the metric '\(column)' has no usable scale")
    }
  }

  /// The times a recording accepts, in nanoseconds.
  static let times =
    PlausibleTime.recorded.lowerBound.nanoseconds...PlausibleTime.recorded.upperBound.nanoseconds

  static func check(_ time: Timestamp) throws(RecordingError) {
    guard times.contains(time.nanoseconds) else {
      throw .refused(
        "something dated \(SI.fixed(time.seconds, 0)) s since 1970, outside the years 2000 to 2099")
    }
  }
}
