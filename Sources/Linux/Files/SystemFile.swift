import Glibc
import Telemetry

/// A small system file that is read again and again, such as `/proc/stat`.
///
/// The descriptor stays open: the kernel renders the text anew for every read from offset 0. After
/// an error it is closed, and the next read opens the path again, so that a device or driver that
/// comes back is found without a word from anyone.
package final class SystemFile {
  /// The path, opened anew after every error.
  package let path: String
  private var descriptor: Int32 = -1
  private var buffer: UnsafeMutableRawBufferPointer

  /// Opens nothing yet; `capacity` bytes are kept for the text and grow when it is longer.
  package init(_ path: String, capacity: Int = 4096) {
    self.path = path
    buffer = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Reads the whole file and hands its text to `body`, which must not keep it.
  /// - Throws: `SystemError` when the file cannot be opened or read.
  package func read<Value>(_ body: (inout TextScanner) -> Value) throws(SystemError) -> Value {
    var length = 0
    // A table is rendered page by page, so only an empty read is the end of it.
    while true {
      if length == buffer.count { grow() }
      let count = try fill(from: length)
      guard count > 0 else { break }
      length += count
    }
    return scan(length, body)
  }

  /// Reads a file that fits in one page and hands its text to `body`: a single call to the kernel.
  /// - Throws: `SystemError` when the file cannot be opened or read.
  package func readPage<Value>(_ body: (inout TextScanner) -> Value) throws(SystemError) -> Value {
    scan(try fill(from: 0), body)
  }

  /// Reads a binary file that fits in the buffer and hands its bytes to `body`: a single call.
  /// - Throws: `SystemError` when the file cannot be opened or read.
  package func readBytes<Value>(
    _ body: (UnsafeRawBufferPointer) -> Value
  ) throws(SystemError) -> Value {
    let count = try fill(from: 0)
    return body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  /// Reads a file that holds one whole number; `nil` when it holds something else.
  /// - Throws: `SystemError` when the file cannot be opened or read.
  package func readNumber() throws(SystemError) -> Int64? {
    try readPage { $0.number() }
  }

  private func scan<Value>(_ length: Int, _ body: (inout TextScanner) -> Value) -> Value {
    var scanner = TextScanner(UnsafeRawBufferPointer(rebasing: buffer[..<length]))
    return body(&scanner)
  }

  private func fill(from offset: Int) throws(SystemError) -> Int {
    if descriptor < 0 {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw SystemError(errno, path) }
    }
    while true {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset))
      if count >= 0 { return count }
      let code = errno
      if code == EINTR { continue }
      close(descriptor)
      descriptor = -1
      throw SystemError(code, path)
    }
  }

  private func grow() {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: buffer.count * 2, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
    buffer.deallocate()
    buffer = larger
  }
}

extension SystemFile {
  /// The text of a small file without the white space around it; `nil` when it cannot be read.
  package static func text(_ path: String) -> String? {
    try? SystemFile(path).readPage { $0.rest() }
  }

  /// The whole number a small file holds; `nil` when it cannot be read or holds something else.
  package static func number(_ path: String) -> Int64? {
    (try? SystemFile(path, capacity: 64).readNumber()) ?? nil
  }

  /// The names in a folder, in natural order; `nil` when the folder cannot be read.
  ///
  /// Of a folder with more than `limit` names only the first that the kernel lists are returned.
  package static func names(in folder: String, limit: Int = .max) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count < limit, let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    // Shorter first puts `hwmon9` before `hwmon10`.
    return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
  }

  /// Whether anything stands at a path, a broken link not counted.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Where a symbolic link points; `nil` when the path is no link.
  package static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
