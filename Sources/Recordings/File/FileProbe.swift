import Glibc

/// Checks a file's first bytes, so that a file that is no recording is refused with a clear
/// message.
enum FileProbe {
  /// The length of the header that every SQLite file starts with.
  private static let headerSize = 100
  /// Where the header's fields are, by section 1.3 of SQLite's file format description.
  private enum Offset {
    static let pageSize = 16
    static let pageCount = 28
    static let userVersion = 60
    static let applicationID = 68
  }

  static func check(_ path: String) throws(RecordingError) {
    // Without blocking: a named pipe would wait for somebody to write into it.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { throw .notFound(path: path) }
      throw .failed(path: path, action: "open", reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .failed(path: path, action: "open", reason: String(cString: strerror(errno)))
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .foreign(path: path, what: "it is a directory")
    default: throw .foreign(path: path, what: "it is no plain file")
    }
    guard status.st_size > 0 else { throw .foreign(path: path, what: "it is empty") }
    var bytes = [UInt8](repeating: 0, count: headerSize)
    let count = pread(file, &bytes, headerSize, 0)
    guard count >= 16, bytes[0..<16].elementsEqual("SQLite format 3\0".utf8) else {
      throw .foreign(path: path, what: "it is no SQLite file")
    }
    guard count == headerSize else {
      throw .damaged(path: path, what: "it ends after \(count) bytes")
    }
    guard number(bytes, at: Offset.applicationID) == Schema.applicationID else {
      throw .foreign(path: path, what: "it is an SQLite file of another program")
    }
    let schema = number(bytes, at: Offset.userVersion)
    guard schema <= Schema.version else { throw .newer(path: path, schema: schema) }
    guard schema > 0 else { throw .damaged(path: path, what: "it has no schema version") }
    let pageSize = Int64(bytes[Offset.pageSize]) << 8 | Int64(bytes[Offset.pageSize + 1])
    // A page of 65 536 bytes does not fit two bytes: the format writes 1 for it.
    let expected = number(bytes, at: Offset.pageCount) * (pageSize == 1 ? 65_536 : pageSize)
    // With a log the file may be shorter: the rest is in the log.
    guard hasLog(path) || Int64(status.st_size) >= expected else {
      throw .damaged(
        path: path, what: "it was cut off after \(status.st_size) of \(expected) bytes")
    }
  }

  /// Whether the write-ahead log of a recording in progress or a crash is beside it.
  static func hasLog(_ path: String) -> Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0 && status.st_size > 0
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> Int64 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int64($1) }
  }
}
