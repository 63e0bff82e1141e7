import CSQLite
import Formats
import Glibc

/// One connection to an SQLite file, with failures in words.
final class Database {
  let handle: OpaquePointer
  /// The file's name as the user knows it.
  let path: String
  /// How many steps a query may take, and how many the one that runs has left.
  var allowance = Int64.max
  var left = Int64.max
  /// How many steps all queries of one task have left.
  var taskLeft = Int64.max
  /// How many bytes of text may be read: many rows of a damaged file may share one.
  var textAllowance = Int64.max

  /// How a file is opened.
  enum Access {
    case write
    case read
    /// Reads a file on which no lock can be taken, as on a read-only file system: the write-ahead
    /// log, if there is one, is read into memory.
    case readWithoutLocks
    /// Reads a file that nobody can change, as on a read-only file system.
    case readUnchanging
  }

  init(_ path: String, _ access: Access) throws(RecordingError) {
    self.path = path
    var handle: OpaquePointer?
    let code =
      switch access {
      case .write:
        sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
      case .read:
        sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
      case .readWithoutLocks:
        sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, "unix-none")
      case .readUnchanging:
        sqlite3_open_v2(
          "file:" + Self.escaped(path) + "?immutable=1", &handle,
          SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nil)
      }
    guard let handle else {
      throw .failed(path: path, action: "open", reason: "out of memory")
    }
    guard code == SQLITE_OK else {
      let reason = String(cString: sqlite3_errmsg(handle))
      sqlite3_close_v2(handle)
      throw .failed(path: path, action: "open", reason: reason)
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, 2000)
    if access == .readWithoutLocks { try run("PRAGMA locking_mode = EXCLUSIVE") }
  }

  deinit { sqlite3_close_v2(handle) }

  /// Whether a transaction is open.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Runs one or more statements and drops their answers.
  func run(_ sql: String) throws(RecordingError) {
    refill()
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  func prepare(_ sql: String) throws(RecordingError) -> Statement {
    try Statement(sql, in: self)
  }

  /// The first column of the first row of an answer, or `nil` when there is none.
  func integer(_ sql: String) throws(RecordingError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integerIfAny(0) : nil
  }

  /// What a result code means for the user.
  func failure(_ code: Int32) -> RecordingError {
    let reason = String(cString: sqlite3_errmsg(handle))
    // The low byte of an extended result code is the primary one (sqlite.org/rescode.html).
    switch code & 0xFF {
    case SQLITE_FULL: return .full(path: path)
    case SQLITE_BUSY, SQLITE_LOCKED: return .busy(path: path)
    case SQLITE_NOTADB: return .foreign(path: path, what: "it is no SQLite file")
    case SQLITE_CORRUPT: return .damaged(path: path, what: reason)
    case SQLITE_INTERRUPT: return .damaged(path: path, what: "reading it has no end")
    case SQLITE_TOOBIG: return .damaged(path: path, what: "it holds a text without an end")
    case SQLITE_IOERR:
      let system = sqlite3_system_errno(handle)
      if system == ENOSPC || system == EDQUOT { return .full(path: path) }
      let words = system == 0 ? reason : String(cString: strerror(system))
      return .failed(path: path, action: "read or write", reason: words)
    default: return .failed(path: path, action: "use", reason: reason)
    }
  }

  /// A path as part of a URI.
  private static func escaped(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return path.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x25, 0x3F, 0x23, 0..<0x21, 0x7F...:
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      default: result.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
  }
}
