import Telemetry

/// Marks that somebody puts into a recording long after it was made.
///
/// They stand in a table of their own; readings, events and rollups stay as they were written. A program
/// that knows no marks reads the recording as before.
public enum RecordingMarks {
  /// Adds a mark.
  ///
  /// - Throws: `RecordingError` where the file cannot be written to; nothing of it has changed then.
  public static func add(_ mark: Event, to path: String) throws(RecordingError) {
    try SQLIdentifier.check(mark.time)
    try write(path) { database throws(RecordingError) in
      try database.run(Schema.marks)
      let insert = try database.prepare("INSERT INTO mark (time, text) VALUES (?, ?)")
      insert.bind(0, mark.time.nanoseconds)
      insert.bind(1, mark.text)
      try insert.run()
    }
  }

  /// Does all of something, or nothing.
  private static func write(
    _ path: String, _ body: (Database) throws(RecordingError) -> Void
  ) throws(RecordingError) {
    let database = try Database(path, .write)
    try database.distrust()
    try database.checkSchema()
    try database.run("PRAGMA query_only = OFF; BEGIN IMMEDIATE")
    do throws(RecordingError) {
      try body(database)
      try database.run("COMMIT")
    } catch {
      try? database.run("ROLLBACK")
      throw error
    }
  }
}
