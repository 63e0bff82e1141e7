import Telemetry

/// When the readings of a kind begin and end, whether they are rows or packed.
extension Database {
  /// The times of the first and the last reading of a kind; `nil` when there is none.
  func limits(
    of kind: DeviceKind, in catalogue: RecordingCatalogue
  ) throws(RecordingError) -> ClosedRange<Int64>? {
    let times = SQLIdentifier.times
    let between = "BETWEEN \(times.lowerBound) AND \(times.upperBound)"
    let query =
      "SELECT time FROM \"\(catalogue.rows(of: kind))\" WHERE time \(between) ORDER BY time"
    var found: [Int64] = []
    if let first = try integer("\(query) LIMIT 1"), let last = try integer("\(query) DESC LIMIT 1")
    {
      found = [first, last]
    }
    if catalogue.isPacked(kind) {
      let table = "\"\(Schema.packed(kind))\" WHERE start$ \(between)"
      if let first = try integer("SELECT start$ FROM \(table) ORDER BY id$ LIMIT 1"),
        let last = try integer("SELECT start$ FROM \(table) ORDER BY id$ DESC LIMIT 1")
      {
        // What begins in the last quarter of an hour may end in any order.
        let quarter = PackedRows.firstID(Rollup.floor(last, Rollup.quarter))
        let end = try integer(
          "SELECT max(end$) FROM \(table) AND id$ >= \(quarter) AND end$ \(between)")
        found += [first, max(last, end ?? last)]
      }
    }
    guard let first = found.min(), let last = found.max() else { return nil }
    return first...last
  }

  /// The time of the first reading of a kind in a stretch of time, its end not included.
  func first(
    of kind: DeviceKind, in catalogue: RecordingCatalogue, from: Int64, to end: Int64
  ) throws(RecordingError) -> Int64? {
    let stream = try RowStream(kind, columns: [], of: catalogue, in: self)
    try stream.begin(from: from, to: end - 1)
    return try stream.next() ? stream.time : nil
  }
}
