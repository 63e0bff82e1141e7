import Glibc

/// Small reads and writes of whole files.
enum File {
  /// The bytes of a file; 0 when there is none.
  static func size(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Why a file that was named cannot be used, in words that follow its name.
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  /// The text of a file that a user named: a plain one, and one that is whole.
  ///
  /// A pipe would be waited for, and a device such as `/dev/zero` has no end.
  static func text(_ path: String, limit: Int = 1 << 20) throws(Problem) -> String {
    var status = Glibc.stat()
    guard stat(path, &status) == 0 else {
      throw Problem(
        description: errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)))
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Problem(description: "is a directory; name a plain file")
    case S_IFIFO: throw Problem(description: "is a pipe; name a plain file")
    default: throw Problem(description: "is a device; name a plain file")
    }
    guard status.st_size <= limit else {
      throw Problem(description: "is larger than \(limit >> 10) KiB; is it the right file?")
    }
    guard access(path, R_OK) == 0 else {
      throw Problem(description: "cannot be read: \(String(cString: strerror(errno)))")
    }
    guard let text = read(path, limit: limit) else {
      throw Problem(description: "cannot be read: \(String(cString: strerror(errno)))")
    }
    guard !text.utf8.contains(0) else {
      throw Problem(description: "is no text; is it the right file?")
    }
    return text
  }

  /// The text of a file, or `nil` when it cannot be read; nothing past `limit` bytes.
  static func read(_ path: String, limit: Int = 1 << 20) -> String? {
    readBytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes of a file, or `nil` when it cannot be read; nothing past `limit` bytes.
  static func readBytes(_ path: String, limit: Int) -> [UInt8]? {
    // Without waiting: what looks like a settings file may be a pipe that nobody writes.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < limit {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += buffer.prefix(count)
    }
    return bytes.count > limit ? Array(bytes.prefix(limit)) : bytes
  }

  /// Writes a new file; the reason in words when that fails.
  static func write(_ text: String, to path: String) -> String? {
    // A slip of the keyboard must not cost a recording.
    if read(path, limit: 15) == "SQLite format 3" {
      return "it is a recording: choose another name"
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    return writeAll(Array(text.utf8), to: descriptor) ? nil : String(cString: strerror(errno))
  }

  /// Writes a text to a file, or to standard output where none is named.
  ///
  /// A reader that closes a pipe has read enough.
  /// - Throws: `Failure` that names the file.
  static func put(_ text: String, to path: String?) throws {
    guard let path else {
      if !writeAll(Array(text.utf8), to: 1), errno != EPIPE {
        throw Failure("standard output: \(String(cString: strerror(errno)))")
      }
      return
    }
    if let problem = write(text, to: path) { throw Failure("\(path): \(problem)") }
  }

  /// Writes a file where nothing stands yet, not even a link; the reason in words when that fails.
  static func create(_ text: String, at path: String) -> String? {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    return writeAll(Array(text.utf8), to: descriptor) ? nil : String(cString: strerror(errno))
  }

  /// Writes all bytes to a descriptor; false when it is closed or full.
  @discardableResult
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN {
          var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&entry, 1, -1)
          continue
        }
        return false
      }
      offset += count
    }
    return true
  }

  /// The names in a folder, sorted; empty when it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a symbolic link stands at a path, wherever it leads.
  static func isLink(_ path: String) -> Bool {
    var status = Glibc.stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether a plain file stands at a path, and no pipe, device or folder.
  static func isPlain(_ path: String) -> Bool {
    var status = Glibc.stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
