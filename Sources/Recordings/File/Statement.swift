import CSQLite

/// One prepared SQL statement; columns and parameters are counted from 0.
final class Statement {
  private let handle: OpaquePointer
  /// Keeps the connection open for as long as the statement lives.
  private let database: Database

  init(_ sql: String, in database: Database) throws(RecordingError) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw database.failure(code) }
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// Tells SQLite to copy what it is given.
  private static var transient: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  // Binding cannot fail but for a wrong index or want of memory, and then the step fails too.

  func bind(_ index: Int, _ value: Int64) { sqlite3_bind_int64(handle, Int32(index + 1), value) }

  func bind(_ index: Int, _ value: Int64?) {
    if let value { bind(index, value) } else { sqlite3_bind_null(handle, Int32(index + 1)) }
  }

  func bind(_ index: Int, _ value: Double) { sqlite3_bind_double(handle, Int32(index + 1), value) }

  func bind(_ index: Int, _ value: Bool) { bind(index, value ? Int64(1) : 0) }

  func bind(_ index: Int, _ value: String?) {
    guard let value else {
      sqlite3_bind_null(handle, Int32(index + 1))
      return
    }
    // By length, so that a zero byte inside does not end the text.
    let length = Int32(value.utf8.count)
    _ = value.withCString {
      sqlite3_bind_text(handle, Int32(index + 1), $0, length, Self.transient)
    }
  }

  func bind(_ index: Int, _ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes {
      sqlite3_bind_blob(
        handle, Int32(index + 1), $0.baseAddress, Int32($0.count), Self.transient)
    }
  }

  /// Binds a packed column.
  func bind(_ index: Int, _ cell: PackedColumn.Cell) {
    switch cell {
    case .empty: sqlite3_bind_null(handle, Int32(index + 1))
    case .constant(let value): bind(index, value)
    case .bytes(let bytes): bind(index, bytes)
    }
  }

  /// Goes to the next row; false after the last.
  func step() throws(RecordingError) -> Bool {
    if sqlite3_stmt_busy(handle) == 0 { database.refill() }
    guard database.textAllowance > 0 else {
      throw .damaged(path: database.path, what: "it holds more text than it is long")
    }
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let failure = database.failure(code)
      sqlite3_reset(handle)
      throw failure
    }
  }

  /// Runs a statement that answers nothing, and makes it ready to run again.
  func run() throws(RecordingError) {
    while try step() {}
    reset()
  }

  /// Ends the query, so that no lock stays behind.
  func reset() { sqlite3_reset(handle) }

  func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

  func integerIfAny(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

  func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

  func text(_ column: Int) -> String {
    guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
    let length = Int(sqlite3_column_bytes(handle, Int32(column)))
    database.textAllowance -= Int64(length)
    return String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
  }

  /// Whether a column holds a whole number, as every value of a recording does.
  func isInteger(_ column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(column)) == SQLITE_INTEGER
  }

  /// Unpacks a column of `count` values; `nil` when it is damaged.
  func column(_ column: Int, count: Int) -> [Int64]? {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_NULL: return []
    case SQLITE_INTEGER: return Array(repeating: integer(column), count: count)
    case SQLITE_BLOB:
      var values: [Int64] = []
      return withBytes(column) { PackedColumn.unpack($0, count: count, into: &values) }
        ? values : nil
    default: return nil
    }
  }

  /// The bytes of a column, valid only inside `body`.
  func withBytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = sqlite3_column_blob(handle, Int32(column))
    let length = Int(sqlite3_column_bytes(handle, Int32(column)))
    return body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length))
  }
}
