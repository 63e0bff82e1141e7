import Glibc

/// Text on its way to a file or to standard output, written in pieces.
struct TextSink: ~Copyable {
  /// What is not written yet.
  var bytes: [UInt8] = []
  private let descriptor: Int32
  private let path: String?
  /// Why nothing more can be written, once that is so.
  private(set) var problem: String?
  private static let piece = 1 << 16

  /// A sink into a new file, or into standard output.
  /// - Throws: `Failure` where the file exists or cannot be made.
  init(_ path: String?) throws {
    self.path = path
    guard let path else {
      descriptor = 1
      return
    }
    descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw Failure("\(path) exists already: name another file, or remove it")
      }
      throw Failure("\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
  }

  mutating func line(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    endLine()
  }

  mutating func endLine() {
    bytes.append(0x0A)
    if bytes.count >= Self.piece { flush() }
  }

  /// Writes what waits.
  mutating func flush() {
    var done = 0
    while done < bytes.count, problem == nil {
      let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        problem = String(cString: strerror(errno))
      }
    }
    bytes.removeAll(keepingCapacity: true)
  }

  /// Writes the rest; half a file is removed, since it would be taken for the whole.
  /// - Throws: `Failure` where not all of it could be written.
  consuming func finish() throws {
    flush()
    if path != nil, close(descriptor) != 0, problem == nil {
      problem = String(cString: strerror(errno))
    }
    guard let problem else { return }
    if let path { unlink(path) }
    throw Failure("\(path ?? "standard output") cannot be written: \(problem)")
  }

  /// Gives up.
  consuming func abandon() {
    guard let path else { return }
    close(descriptor)
    unlink(path)
  }
}
