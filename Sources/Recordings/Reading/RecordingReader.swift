import CSQLite
import Telemetry

/// Opens a recording to look at it, and never changes it.
///
/// One thread owns it. It also reads a file that is being written at the moment, one that a crash
/// left behind, and one on a read-only file system.
public final class RecordingReader {
  /// The file's name.
  public let path: String
  /// The recording's own description: machine, version, times.
  public let header: RecordingHeader
  let database: Database
  var catalogue = RecordingCatalogue()
  /// What was found wrong while the catalogue was read, in words.
  var findings: [String] = []
  /// Nanoseconds from which buckets of a minute are loaded; before it only quarters of an hour.
  var minutesFrom: Int64 = 0

  private var statements: [String: Statement] = [:]

  /// Opens a recording.
  ///
  /// - Throws: `RecordingError` for what is no recording, is too new, or cannot be read.
  public init(path: String) throws(RecordingError) {
    self.path = path
    try FileProbe.check(path)
    (database, header) = try Self.open(path)
    try readCatalogue()
  }

  private static func open(
    _ path: String
  ) throws(RecordingError) -> (Database, RecordingHeader) {
    do throws(RecordingError) {
      let database = try Database(path, .read)
      return (database, try readHeader(database))
    } catch {
      guard case .failed = error else { throw error }
      // The usual way needs a companion file that cannot be made here.
      let access: Database.Access =
        FileProbe.hasLog(path) ? .readWithoutLocks : .readUnchanging
      guard let database = try? Database(path, access), let header = try? readHeader(database)
      else { throw error }
      return (database, header)
    }
  }

  private static func readHeader(
    _ database: Database
  ) throws(RecordingError) -> RecordingHeader {
    try database.distrust()
    try database.checkSchema()
    let query = try database.prepare(
      """
      SELECT schema, machine, program, started, monotonic, ended, clean, note,
        simulated OR EXISTS (SELECT * FROM series WHERE method = 'simulated') FROM recording
      """)
    guard try query.step() else {
      throw .damaged(path: database.path, what: "it has no header row")
    }
    guard 1...Schema.version ~= query.integer(0) else {
      throw .damaged(path: database.path, what: "its header names schema \(query.integer(0))")
    }
    var header = RecordingHeader(
      machine: query.text(1), programVersion: query.text(2),
      startedAt: Timestamp(nanoseconds: query.integer(3)), monotonicStart: query.integer(4),
      note: query.text(7), isSimulated: query.integer(8) != 0)
    header.schema = query.integer(0)
    header.endedAt = query.integerIfAny(5).map(Timestamp.init(nanoseconds:))
    header.isComplete = query.integer(6) != 0
    if header.schema >= 3 {
      header.forgottenBefore = try database.integer("SELECT forgotten FROM recording")
        .map(Timestamp.init(nanoseconds:))
    }
    return header
  }

  /// The time of the first and the last reading; `nil` when there is none.
  public var span: TimeSpan? {
    var span: TimeSpan?
    for kind in catalogue.tables.keys {
      guard let limits = try? database.limits(of: kind, in: catalogue) else { continue }
      let start = Timestamp(nanoseconds: limits.lowerBound)
      let end = Timestamp(nanoseconds: limits.upperBound)
      span = TimeSpan(min(span?.start ?? start, start), max(span?.end ?? end, end))
    }
    return span
  }

  /// A statement that is prepared once.
  func statement(_ sql: String) throws(RecordingError) -> Statement {
    if let known = statements[sql] { return known }
    let new = try database.prepare(sql)
    statements[sql] = new
    return new
  }

  /// An inconsistency in the file that no crash of this program can have caused.
  func damage(_ what: String) -> RecordingError { .damaged(path: path, what: what) }
}
