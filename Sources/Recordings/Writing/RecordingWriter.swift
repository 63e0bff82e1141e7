import CSQLite
import Glibc
import Telemetry

/// Writes everything that is observed into one SQLite file.
///
/// One thread owns it. Observations gather in a transaction that is committed by `commit()`, and
/// by itself once a second of readings is in it; so whatever kills the program, at most the last
/// second is lost. While it is being written the file has two companions (`-wal` and `-shm`);
/// `close()` folds them in.
public final class RecordingWriter {
  /// The file's name.
  public let path: String
  let database: Database
  var catalogue = RecordingCatalogue()
  /// Whether the file may lack rows of the catalogue, after a transaction was undone.
  var mustRestoreCatalogue = false
  var statements: [String: Statement] = [:]
  /// The last few shapes of row that each device sent.
  var plans: [Int: [RowPlan]] = [:]
  /// Whether what is finished is taken over, which nothing is lost of when it is done again.
  ///
  /// Then many rows are committed together, and not each second of them.
  public var isBulk = false
  private var isSimulated: Bool
  private var isClosed = false
  /// How often something was committed; what was appended before the last time survives.
  public private(set) var commits = 0
  /// When the oldest reading that is not committed arrived.
  private var pendingSince: Timestamp?
  private var pendingRows = 0
  /// How many rows are committed together where what is finished is taken over.
  private static let bulk = 20_000
  private(set) var newestArrival: Timestamp?
  /// How much of the past is kept; all of it without one.
  public var retention: Retention?
  /// Nanoseconds before which everything was forgotten.
  var forgotten: Int64 = 0
  /// How far the readings of each kind are packed, and how many rows came since that was done last.
  var packing: [DeviceKind: PackingState] = [:]
  var rowsSincePacking = 0
  /// Whether readings are packed at all; tests compare what is with what is not.
  var packsReadings = true
  /// With so many rows they are packed before the quarter of an hour is over.
  private static let mostRows = 131_072
  /// Up to where rollups were last asked for, in nanoseconds.
  private var rolled: Int64?

  /// Makes a new recording.
  ///
  /// - Parameter overwrite: whether a file of that name may be replaced.
  /// - Parameter pageLimit: how many pages of 4 KiB the file may grow to; for tests.
  /// - Throws: `RecordingError` if the file exists, or cannot be made.
  init(
    path: String, header: RecordingHeader, overwrite: Bool, pageLimit: Int?
  ) throws(RecordingError) {
    self.path = path
    isSimulated = header.isSimulated
    try Self.makeFile(path, overwrite: overwrite)
    do throws(RecordingError) {
      database = try Database(path, .write)
      // Written to the main file and not to the log, since the file is recognised by it.
      // So that what packing and forgetting leave empty can be given back at the end.
      try database.run("PRAGMA auto_vacuum = INCREMENTAL")
      try database.run("PRAGMA application_id = \(Schema.applicationID)")
      try database.run("PRAGMA user_version = \(Schema.version)")
      try database.run("BEGIN; \(Schema.tables) COMMIT")
      try Self.insert(header, in: database)
      try database.run("PRAGMA journal_mode = WAL")
      try database.run("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1000")
      if let pageLimit { try database.run("PRAGMA max_page_count = \(pageLimit)") }
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Makes a new recording.
  ///
  /// - Parameter overwrite: whether a file of that name may be replaced.
  /// - Throws: `RecordingError` if the file exists, or cannot be made.
  public convenience init(
    path: String, header: RecordingHeader, overwrite: Bool = false
  ) throws(RecordingError) {
    try self.init(path: path, header: header, overwrite: overwrite, pageLimit: nil)
  }

  deinit {
    if !isClosed { try? commit() }
  }

  /// Takes in one observation.
  ///
  /// A reading of the same device and time as one before adds to its values and replaces them.
  /// - Throws: `RecordingError.refused` for what no recording can hold, and then nothing else is
  ///   lost; any other error undoes what was not committed, and recording may go on.
  public func append(_ observation: Observation) throws(RecordingError) {
    do throws(RecordingError) {
      switch observation {
      case .device(let device):
        try SQLIdentifier.check(device.id.kind)
        try begin()
        try announce(device)
      case .series(let descriptor):
        try SQLIdentifier.check(descriptor.device.kind)
        try SQLIdentifier.check(descriptor.metric)
        try checkRoom(for: descriptor.metric, of: descriptor.device.kind)
        try begin()
        try describe(descriptor)
      case .reading(let reading):
        try SQLIdentifier.check(reading.time)
        try SQLIdentifier.check(reading.arrival)
        // What comes so late is older than what is kept.
        guard reading.time.nanoseconds >= forgotten else { return }
        try commitIfDue(reading.arrival)
        let plan = try plan(for: reading)
        try begin()
        note(reading.arrival)
        try write(reading, with: plan)
      case .grid(let statement):
        try SQLIdentifier.check(statement.span.start)
        try SQLIdentifier.check(statement.span.end)
        try SQLIdentifier.check(statement.said)
        try SQLIdentifier.check(statement.device.kind)
        for entry in statement.values { try SQLIdentifier.check(entry.metric) }
        try begin()
        try insert(statement)
      case .event(let event):
        try SQLIdentifier.check(event.time)
        try begin()
        try insert(event)
      case .state(let state):
        try SQLIdentifier.check(state.time)
        try begin()
        try insert(state)
      }
    } catch {
      throw undo(error)
    }
  }

  /// Takes back a mark, as `Timeline.removeEvent` does.
  ///
  /// - Throws: `RecordingError`, as `append` does.
  public func remove(_ event: Event) throws(RecordingError) {
    do throws(RecordingError) {
      try begin()
      try delete(event)
    } catch {
      throw undo(error)
    }
  }

  /// Makes sure that everything so far survives the end of the program.
  ///
  /// - Throws: `RecordingError`; what was not committed is lost then, what was before is kept.
  public func commit() throws(RecordingError) {
    guard !isClosed, database.isInTransaction else { return }
    do throws(RecordingError) {
      try statement("COMMIT").run()
      commits += 1
      pendingSince = nil
      pendingRows = 0
      try rollIfDue()
    } catch {
      throw undo(error)
    }
  }

  /// Ends the recording and leaves exactly one file, unless another program is reading it.
  ///
  /// - Throws: `RecordingError`; the file is readable even so, only slower to open.
  public func close() throws(RecordingError) {
    guard !isClosed else { return }
    try commit()
    do throws(RecordingError) {
      try roll(to: SQLIdentifier.times.upperBound)
      try begin()
      try pack(to: SQLIdentifier.times.upperBound)
      try statement("COMMIT").run()
      try database.run("PRAGMA incremental_vacuum")
      let finish = try database.prepare("UPDATE recording SET clean = 1, ended = ?")
      finish.bind(0, newestArrival?.nanoseconds)
      try finish.run()
    } catch {
      throw undo(error)
    }
    isClosed = true
    statements = [:]
    plans = [:]
    do throws(RecordingError) {
      // First into the main file, so that it is whole even if a reader keeps the log alive.
      try database.run("PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE)")
      try database.run("PRAGMA journal_mode = DELETE")
    } catch {
      // Somebody is reading: all is in the file and its log, which stays for the reader's sake.
      guard case .busy = error else { throw error }
    }
  }

  /// Opens a transaction unless there is one.
  func begin() throws(RecordingError) {
    guard !isClosed else {
      throw .failed(path: path, action: "record to", reason: "it is closed already")
    }
    guard !database.isInTransaction else { return }
    try statement("BEGIN IMMEDIATE").run()
    if mustRestoreCatalogue { try restoreCatalogue() }
  }

  /// A statement that is prepared once.
  func statement(_ sql: String) throws(RecordingError) -> Statement {
    if let known = statements[sql] { return known }
    let new = try database.prepare(sql)
    statements[sql] = new
    return new
  }

  /// Marks the recording as simulated.
  func markSimulated() throws(RecordingError) {
    guard !isSimulated else { return }
    try database.run("UPDATE recording SET simulated = 1")
    isSimulated = true
  }

  /// Notes when a reading arrived that is not committed yet.
  func note(_ arrival: Timestamp) {
    pendingSince = pendingSince ?? arrival
    newestArrival = max(newestArrival ?? arrival, arrival)
  }

  /// Commits before further readings are taken in, where that is due.
  func commitIfDue(_ arrival: Timestamp, rows: Int = 1) throws(RecordingError) {
    pendingRows += rows
    guard let pendingSince,
      isBulk ? pendingRows >= Self.bulk : abs(arrival - pendingSince) >= 1
    else { return }
    try commit()
  }

  /// Stores rollups a minute after each quarter of an hour, so that late readings are in them.
  private func rollIfDue() throws(RecordingError) {
    guard let newestArrival else { return }
    let target = Rollup.floor(max(0, newestArrival.nanoseconds - Rollup.minute), Rollup.quarter)
    guard let rolled else {
      self.rolled = target
      return
    }
    guard target > rolled else {
      if rowsSincePacking >= Self.mostRows {
        try packAll(to: newestArrival.nanoseconds - Rollup.minute)
      }
      return
    }
    try roll(to: target)
    self.rolled = target
    try packAll(to: target)
  }

  private func packAll(to end: Int64) throws(RecordingError) {
    try begin()
    try pack(to: end)
    try forget()
    try statement("COMMIT").run()
  }

  /// Undoes what was not committed, unless only one observation was refused.
  func undo(_ error: RecordingError) -> RecordingError {
    if case .refused = error { return error }
    statements = [:]
    plans = [:]
    if database.isInTransaction { try? database.run("ROLLBACK") }
    // What was packed in the transaction is rows again; looking at it once more costs little.
    for kind in packing.keys { packing[kind]?.from = 0 }
    pendingSince = nil
    mustRestoreCatalogue = true
    return error
  }
}
