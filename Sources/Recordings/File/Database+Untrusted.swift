import CSQLite
import Glibc

/// A file from elsewhere is data and no program: nothing in it is run, and no query goes on for ever.
extension Database {
  /// Takes from the connection what a file could run, and bounds what one value may hold.
  ///
  /// The options are those that sqlite.org/security.html names for files that are not trusted.
  func distrust() throws(RecordingError) {
    cq_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
    cq_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    cq_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    cq_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0)
    for (limit, value): (Int32, Int32) in [
      (SQLITE_LIMIT_LENGTH, 1 << 20), (SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
      (SQLITE_LIMIT_EXPR_DEPTH, 64), (SQLITE_LIMIT_COMPOUND_SELECT, 4),
      (SQLITE_LIMIT_VDBE_OP, 100_000), (SQLITE_LIMIT_FUNCTION_ARG, 16), (SQLITE_LIMIT_ATTACHED, 0),
      (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
      (SQLITE_LIMIT_WORKER_THREADS, 0),
    ] { sqlite3_limit(handle, limit, value) }
    boundWork()
    try run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")
  }

  /// Stops a query that does more than any could with a file of this size.
  ///
  /// SQLite counts the steps of its machine; reading a row takes a few for every column.
  private func boundWork() {
    var status = stat()
    let size = stat(path, &status) == 0 ? Int64(status.st_size) : 0
    let log = stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    allowance = 10_000_000 + 4 * (size + log)
    beginTask()
    textAllowance = 64 << 20 + 8 * (size + log)
    sqlite3_progress_handler(
      handle, Self.stepsPerLook,
      { context in
        guard let context else { return 0 }
        let database = Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
        database.left -= Int64(Database.stepsPerLook)
        database.taskLeft -= Int64(Database.stepsPerLook)
        return min(database.left, database.taskLeft) < 0 ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private static let stepsPerLook: Int32 = 10_000

  /// Begins a task of many queries, which have eight allowances together: a file may hold as many
  /// series as it likes, but may not make each of them a long search.
  func beginTask() { taskLeft = allowance < .max / 8 ? 8 * allowance : .max }

  /// Every query begins with a whole allowance.
  func refill() { left = allowance }

  /// Whether the file holds only what a recording holds: the tables of its schema as tables, and no
  /// trigger, no column that is computed, no table of another module.
  func checkSchema() throws(RecordingError) {
    let names = [
      "recording", "device", "device_attribute", "series", "event", "state", "rollup",
    ]
    var missing = Set(names)
    let query = try prepare("SELECT type, name, sql FROM sqlite_schema")
    var count = 0
    while try query.step() {
      count += 1
      let (type, name) = (query.text(0), query.text(1))
      guard count <= 4096 else { throw foreign("it has more than 4096 tables and views") }
      switch type {
      case "table":
        guard !query.text(2).prefix(16).uppercased().hasPrefix("CREATE VIRTUAL") else {
          throw foreign("its table “\(name.prefix(80))” is run by a module")
        }
        missing.remove(name)
      case "trigger": throw foreign("it has a trigger, “\(name.prefix(80))”")
      default: break
      }
    }
    if let first = names.first(where: missing.contains) {
      throw .damaged(path: path, what: "it has no table “\(first)”")
    }
    let computed = try prepare(
      """
      SELECT m.name FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS p
      WHERE m.type = 'table' AND p.hidden <> 0 LIMIT 1
      """)
    if try computed.step() {
      throw foreign("its table “\(computed.text(0).prefix(80))” has a column that is computed")
    }
  }

  private func foreign(_ what: String) -> RecordingError { .foreign(path: path, what: what) }

  /// What SQLite finds wrong in the structure of the file, at most three things.
  func quickCheck() -> [String] {
    // It looks at each page several times.
    let usual = allowance
    allowance *= 4
    defer { allowance = usual }
    do throws(RecordingError) {
      let query = try prepare("PRAGMA quick_check(3)")
      var found: [String] = []
      while try query.step() { found.append(query.text(0)) }
      return found == ["ok"] ? [] : found.map { $0.printable }
    } catch {
      return ["\(error)"]
    }
  }
}
