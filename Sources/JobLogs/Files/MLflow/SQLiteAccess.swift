import Glibc
import Linux
import Telemetry

/// How an SQLite file that somebody else writes is opened without leaving a trace.
///
/// With a write-ahead log SQLite makes the files `-wal` and `-shm` beside a database, even for who only
/// reads. Those of a program that has it open are used, the latter never written; where there are
/// none, nobody has it open, and the file as it stands is all there is.
/// Source: sqlite.org/fileformat2.html, sqlite.org/wal.html, sqlite.org/uri.html.
struct SQLiteAccess: Equatable {
  var uri: String
  /// Whether it is read as it stands, without looking at locks.
  var isSnapshot: Bool

  /// Finds out how the file at a path is to be opened.
  /// - Throws: `SourceFailure` when there is no regular file, or its write-ahead log lacks its index.
  init(_ path: String) throws(SourceFailure) {
    var looking = GrowingFile(path: path)
    _ = try looking.look()
    let head = GrowingFile.start(path, count: 20) ?? []
    let isLogged = head.count == 20 && (head[Self.writeVersion] == 2 || head[Self.readVersion] == 2)
    let log = ProcFile.status(path + "-wal").map { $0.st_size } ?? 0
    let hasIndex = SystemFile.exists(path + "-shm")
    if isLogged, log > 0, !hasIndex {
      throw SourceFailure(
        .waiting, "\(path): the index of its write-ahead log is missing",
        remedy: "whoever opens it for writing next makes it anew")
    }
    isSnapshot = isLogged && !hasIndex
    let options = isSnapshot ? "immutable=1" : "mode=ro&readonly_shm=1"
    uri = "file:\(Self.escaped(path))?\(options)"
  }

  /// The bytes of the header in which 2 stands for a write-ahead log.
  private static let writeVersion = 18
  private static let readVersion = 19

  private static func escaped(_ path: String) -> String {
    var result = ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        result.unicodeScalars.append("%")
        result.unicodeScalars.append(digits[Int(byte >> 4)])
        result.unicodeScalars.append(digits[Int(byte & 15)])
      }
    }
    return result
  }
}
