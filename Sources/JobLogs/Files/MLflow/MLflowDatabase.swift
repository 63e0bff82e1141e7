import CSQLite
import Linux
import Telemetry

/// The SQLite file that MLflow keeps its runs in, opened for reading only.
///
/// The file is not ours, and the job writes it: nothing is written, no file is made beside it, and its schema may not run code, and a query is ended after 50 million steps
/// of SQLite's virtual machine. Tables: `runs(run_uuid, name, start_time, status,
/// lifecycle_stage)`, `metrics(key, value, timestamp, run_uuid, step, is_nan)`, `params(key, value,
/// run_uuid)`, `tags(key, value, run_uuid)`.
/// Source: mlflow/mlflow, `store/tracking/dbmodels/models.py`.
final class MLflowDatabase {
  /// A run, by its number and the name people call it.
  struct Run: Equatable {
    var id: String
    var name: String
  }

  /// One logged value, with its place in the table.
  struct Value {
    var row: Int64
    var key: String
    /// `nil` when its time cannot be.
    var metric: MLflowMetric?
  }

  let path: String
  private let handle: OpaquePointer
  /// The columns of `runs`, which have become more over the years.
  private var columns: Set<String>?

  /// Opens a file.
  /// - Throws: `SourceFailure` when it cannot be opened; whether it is a database shows later.
  init(_ path: String) throws(SourceFailure) {
    self.path = path
    let access = try SQLiteAccess(path)
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
    let code = sqlite3_open_v2(access.uri, &handle, flags, nil)
    guard let handle else { throw SourceFailure(.failed, "\(path): out of memory") }
    guard code == SQLITE_OK else {
      let reason = String(cString: sqlite3_errmsg(handle))
      sqlite3_close_v2(handle)
      throw SourceFailure(.failed, "\(path): \(reason)")
    }
    // A path through a container's root may be led astray by the links in it.
    let opened = sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? ""
    guard let there = ProcFile.status(path), let here = ProcFile.status(opened),
      FileIdentity(there) == FileIdentity(here)
    else {
      sqlite3_close_v2(handle)
      throw SourceFailure(.failed, "\(path): the database cannot be opened by that path")
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, 200)
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1 << 20)
    _ = sqlite3_exec(handle, "PRAGMA trusted_schema = OFF", nil, nil, nil)
    // Called every thousand steps of a query; anything but zero ends it.
    sqlite3_progress_handler(
      handle, 1000,
      { context in
        guard let steps = context?.assumingMemoryBound(to: Int32.self) else { return 1 }
        steps.pointee &+= 1
        return steps.pointee > 50_000 ? 1 : 0
      }, steps)
  }

  /// How many thousand steps the query at hand has taken.
  private let steps = {
    let counter = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    counter.initialize(to: 0)
    return counter
  }()

  deinit {
    sqlite3_close_v2(handle)
    steps.deallocate()
  }

  /// The run of that number, or the one that was begun last; `nil` when there is none.
  /// - Throws: `SourceFailure` when it is no database of MLflow's.
  func run(_ id: String?) throws(SourceFailure) -> Run? {
    let active = try hasColumn("lifecycle_stage") ? "WHERE lifecycle_stage IS NOT 'deleted'" : ""
    let filter =
      id == nil ? "\(active) ORDER BY start_time DESC, run_uuid" : "WHERE run_uuid = ?1"
    var run: Run?
    try query("SELECT run_uuid, name FROM runs \(filter) LIMIT 1", id ?? "") { row in
      run = Run(id: Self.text(row, 0), name: Self.text(row, 1))
    }
    return run
  }

  /// All runs that have values, in the order they began, at most some hundreds.
  /// - Throws: `SourceFailure` when it is no database of MLflow's.
  func runs() throws(SourceFailure) -> [Run] {
    let active = try hasColumn("lifecycle_stage") ? "lifecycle_stage IS NOT 'deleted' AND" : ""
    var found: [Run] = []
    try query(
      "SELECT run_uuid, name FROM runs WHERE \(active) EXISTS (SELECT 1 FROM metrics "
        + "WHERE metrics.run_uuid = runs.run_uuid) ORDER BY start_time, run_uuid LIMIT 256", ""
    ) { row in
      found.append(Run(id: Self.text(row, 0), name: Self.text(row, 1)))
    }
    return found
  }

  /// The runs that a job may be busy with: begun since it began, and not ended; newest first.
  ///
  /// A run with another within it waits for that one. Of several the program's name may tell which:
  /// MLflow notes the name of the script that made a run.
  /// - Throws: `SourceFailure` when it is no database of MLflow's.
  func runs(of owner: FileOwner) throws(SourceFailure) -> [Run] {
    if let id = owner.runID, let told = try run(id) { return [told] }
    guard try hasColumn("status") else { return try run(nil).map { [$0] } ?? [] }
    let since = owner.started.map { $0.nanoseconds / 1_000_000 - 2000 } ?? 0
    let sql = """
      SELECT run_uuid, name,
        (SELECT value FROM tags WHERE run_uuid = runs.run_uuid AND key = 'mlflow.source.name'),
        (SELECT value FROM tags WHERE run_uuid = runs.run_uuid AND key = 'mlflow.parentRunId'),
        status
      FROM runs WHERE lifecycle_stage IS NOT 'deleted' AND start_time >= \(since)
      ORDER BY start_time DESC, run_uuid LIMIT 64
      """
    var found: [(run: Run, program: String, parent: String, isGoingOn: Bool)] = []
    try query(sql, "") { row in
      found.append(
        (
          Run(id: Self.text(row, 0), name: Self.text(row, 1)), Self.text(row, 2), Self.text(row, 3),
          Self.text(row, 4) == "RUNNING"
        ))
    }
    let going = found.filter(\.isGoingOn)
    let outer = Set(going.map(\.parent))
    let innermost = going.filter { !outer.contains($0.run.id) }
    // Between two runs the last one is what there is to tell.
    guard !innermost.isEmpty else { return found.first.map { [$0.run] } ?? [] }
    let own = innermost.filter { owner.isProgram($0.program) }
    return (own.isEmpty ? innermost : own).map(\.run)
  }

  /// How a run ended; `nil` while it goes on.
  /// - Throws: `SourceFailure` when it cannot be read.
  func ending(of run: String) throws(SourceFailure) -> MLflowEnding? {
    guard try hasColumn("status"), try hasColumn("end_time") else { return nil }
    var ending: MLflowEnding?
    try query("SELECT status, end_time FROM runs WHERE run_uuid = ?1", run) { row in
      ending = MLflowEnding(
        status: Self.text(row, 0), milliseconds: Int64(Self.text(row, 1)))
    }
    return ending
  }

  private func hasColumn(_ name: String) throws(SourceFailure) -> Bool {
    if let columns { return columns.contains(name) }
    var found: Set<String> = []
    try query("SELECT name FROM pragma_table_info('runs')", "") { found.insert(Self.text($0, 0)) }
    columns = found
    return found.contains(name)
  }

  /// Values of a run that stand behind a place in the table, in order, at most some thousand.
  /// - Throws: `SourceFailure` when they cannot be read.
  func values(of run: String, after place: Int64) throws(SourceFailure) -> [Value] {
    var values: [Value] = []
    let sql = """
      SELECT rowid, key, value, timestamp, step, is_nan FROM metrics
      WHERE run_uuid = ?1 AND rowid > \(place) ORDER BY rowid LIMIT \(Self.page)
      """
    try query(sql, run) { row in
      let isNumber = sqlite3_column_int64(row, 5) == 0
      let metric = MLflowMetric(
        milliseconds: sqlite3_column_int64(row, 3),
        value: isNumber ? sqlite3_column_double(row, 2) : .nan, step: sqlite3_column_int64(row, 4))
      let place = sqlite3_column_int64(row, 0)
      values.append(Value(row: place, key: Self.text(row, 1), metric: metric))
    }
    return values
  }

  static let page = 4096

  /// The first parameters of a run.
  func parameters(of run: String) throws(SourceFailure) -> [String: String] {
    var result: [String: String] = [:]
    try query("SELECT key, value FROM params WHERE run_uuid = ?1 LIMIT 32", run) { row in
      result["param.\(Self.text(row, 0).prefix(64))"] = String(Self.text(row, 1).prefix(128))
    }
    return result
  }

  private static func text(_ row: OpaquePointer, _ column: Int32) -> String {
    guard let start = sqlite3_column_text(row, column) else { return "" }
    let length = min(256, Int(sqlite3_column_bytes(row, column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
  }

  private func query(
    _ sql: String, _ argument: String, _ body: (OpaquePointer) -> Void
  ) throws(SourceFailure) {
    steps.pointee = 0
    var statement: OpaquePointer?
    var code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else { throw failure(code) }
    defer { sqlite3_finalize(statement) }
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    if sqlite3_bind_parameter_count(statement) > 0 {
      _ = argument.withCString { sqlite3_bind_text(statement, 1, $0, -1, transient) }
    }
    code = sqlite3_step(statement)
    while code == SQLITE_ROW {
      body(statement)
      code = sqlite3_step(statement)
    }
    guard code == SQLITE_DONE else { throw failure(code) }
  }

  /// The bits of a result code that hold its primary one; the others make it an extended code.
  private static let primaryCode: Int32 = 0xFF

  private func failure(_ code: Int32) -> SourceFailure {
    switch code & Self.primaryCode {
    case SQLITE_BUSY, SQLITE_LOCKED: SourceFailure(.waiting, "\(path) is being written to")
    case SQLITE_NOTADB: SourceFailure(.failed, "\(path) is no SQLite file")
    case SQLITE_READONLY, SQLITE_CANTOPEN:
      SourceFailure(
        .waiting, "\(path): a write to it was cut off",
        remedy: "whoever opens it for writing next mends it")
    default:
      SourceFailure(
        .failed, "\(path): \(String(cString: sqlite3_errmsg(handle)))",
        remedy: "name a database of MLflow's")
    }
  }
}
