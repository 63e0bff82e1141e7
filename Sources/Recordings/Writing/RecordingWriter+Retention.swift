import Telemetry

/// Forgetting what is older than a recording is to keep.
///
/// The room goes to what comes next, so the file stays as large as it is. Whole quarters of an hour go:
/// readings, minutes, events and what was said of the grid. Of each series the last total before them
/// stays, from which its integral goes on, and devices stay, since their numbers do.
extension RecordingWriter {
  /// Forgets what the retention does not keep; in the transaction that is open.
  func forget() throws(RecordingError) {
    guard let retention, let newest = newestArrival?.nanoseconds else { return }
    var border = Int64.min
    if let seconds = retention.seconds {
      border = newest - Int64(min(seconds, 1e9) * 1e9)
    }
    if let bytes = retention.bytes, let start = try oldestReading() {
      let used = try used()
      if used > bytes {
        // As much of the time as is too much of the room, and a little more.
        let share = min(1, Double(used - bytes) / Double(used) + 0.02)
        let span = Double(newest - start)
        border = max(border, start + max(Rollup.quarter, Int64(share * span)))
      }
    }
    // The last two quarters are not finished.
    border = min(border, newest - 2 * Rollup.quarter)
    guard border > 0 else { return }
    try forget(before: Rollup.floor(border, Rollup.quarter))
  }

  private func oldestReading() throws(RecordingError) -> Int64? {
    var oldest: Int64?
    for kind in catalogue.tables.keys {
      guard let limits = try database.limits(of: kind, in: catalogue) else { continue }
      oldest = min(oldest ?? .max, limits.lowerBound)
    }
    return oldest
  }

  /// The bytes of the file that hold something.
  private func used() throws(RecordingError) -> Int64 {
    let pages = try database.integer("PRAGMA page_count") ?? 0
    let free = try database.integer("PRAGMA freelist_count") ?? 0
    return (pages - free) * (try database.integer("PRAGMA page_size") ?? 4096)
  }

  private func forget(before border: Int64) throws(RecordingError) {
    guard border > forgotten else { return }
    for kind in catalogue.tables.keys {
      try database.run(
        """
        DELETE FROM "\(Schema.rows(kind))" WHERE time < \(border);
        DELETE FROM "\(Schema.packed(kind))" WHERE id$ < \(PackedRows.firstID(border))
        """)
    }
    let whole = Rollup.floor(border, Rollup.chunk(of: Rollup.quarter))
    let minutes = try statement("DELETE FROM rollup WHERE width = ? AND series = ? AND chunk < ?")
    let quarters = try statement(
      """
      DELETE FROM rollup WHERE width = ? AND series = ? AND chunk <
        (SELECT max(chunk) FROM rollup WHERE width = ? AND series = ? AND chunk < ?)
      """)
    for place in catalogue.series.indices {
      let series = Int64(place + 1)
      minutes.bind(0, Rollup.minute)
      minutes.bind(1, series)
      minutes.bind(2, border)
      try minutes.run()
      quarters.bind(0, Rollup.quarter)
      quarters.bind(1, series)
      quarters.bind(2, Rollup.quarter)
      quarters.bind(3, series)
      quarters.bind(4, whole)
      try quarters.run()
    }
    try database.run(
      """
      DELETE FROM event WHERE time < \(border);
      DELETE FROM state WHERE time < \(border)
        AND id NOT IN (SELECT max(id) FROM state WHERE time < \(border) GROUP BY source);
      DELETE FROM grid_statement WHERE end < \(border - Self.gridReach);
      UPDATE recording SET forgotten = \(border)
      """)
    forgotten = border
  }

  /// How much older what was said of the grid may be, in nanoseconds: a week's profile needs it.
  private static let gridReach: Int64 = 8 * 86_400_000_000_000
}
