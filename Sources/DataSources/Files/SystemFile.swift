import Glibc

/// A small file of `/proc` or `/sys` that is read again and again.
///
/// It stays open and is read from its start each time, which saves two of three system calls. The
/// kernel fills it anew at every such read.
final class SystemFile {
  let path: String
  private var descriptor: Int32 = -1
  private var buffer: [UInt8]

  /// A file that is opened at its first read; `capacity` bytes are looked at to begin with.
  init(_ path: String, capacity: Int = 4096) {
    self.path = path
    buffer = [UInt8](repeating: 0, count: capacity)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Why a file could not be read.
  struct Failure: Error {
    var code: Int32
    var isMissing: Bool { code == ENOENT || code == ENODEV || code == ENOTDIR }
    var isDenied: Bool { code == EACCES || code == EPERM }
    var text: String { String(cString: strerror(code)) }
  }

  /// Hands the whole content to `body`.
  func read<Result>(_ body: (ArraySlice<UInt8>) throws -> Result) throws -> Result {
    if descriptor < 0 {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Failure(code: errno) }
    }
    while true {
      let count = pread(descriptor, &buffer, buffer.count, 0)
      guard count >= 0 else {
        if errno == EINTR { continue }
        let code = errno
        close(descriptor)
        descriptor = -1
        throw Failure(code: code)
      }
      if count < buffer.count { return try body(buffer[..<count]) }
      guard buffer.count < 1 << 22 else { throw Failure(code: EFBIG) }
      buffer = [UInt8](repeating: 0, count: buffer.count * 2)
    }
  }

  /// The content as text without blanks around it, or `nil` when it cannot be read.
  var text: String? {
    try? read { bytes in
      var bytes = bytes
      while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
      while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// The content of a file that is read once.
  static func text(_ path: String) -> String? { SystemFile(path).text }

  /// The names in a folder, sorted; `nil` when it cannot be read.
  static func names(in folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
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

  /// Where a symbolic link points, or `nil` when it is none.
  static func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = buffer.withUnsafeMutableBytes {
      bytes -> Int in
      guard let base = bytes.baseAddress else { return 0 }
      return readlink(path, base.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}

/// Reads words and whole numbers out of the bytes of a system file, without making strings.
struct ByteFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next line, without its end; `nil` after the last.
  mutating func line() -> ByteFields? {
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
    let line = rest[rest.startIndex..<end]
    rest = end < rest.endIndex ? rest[(end + 1)...] : rest[rest.endIndex...]
    return ByteFields(line)
  }

  /// The next word between blanks; `nil` at the end.
  mutating func word() -> ArraySlice<UInt8>? {
    rest = rest.drop { $0 <= 0x20 }
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex { $0 <= 0x20 } ?? rest.endIndex
    defer { rest = rest[end...] }
    return rest[rest.startIndex..<end]
  }

  /// The next word as a whole number; `nil` when it is none.
  mutating func number() -> Int64? { word().flatMap(Self.number) }

  /// Passes over some words.
  mutating func skip(_ count: Int) { for _ in 0..<count { _ = word() } }

  /// What is left before and after the first of a byte; `nil` when it does not occur.
  func split(at byte: UInt8) -> (ArraySlice<UInt8>, ByteFields)? {
    guard let index = rest.firstIndex(of: byte) else { return nil }
    return (rest[rest.startIndex..<index], ByteFields(rest[(index + 1)...]))
  }

  /// A decimal number; `nil` for anything else, and when it does not fit.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard !bytes.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard 0x30...0x39 ~= byte else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }
}

extension ArraySlice<UInt8> {
  /// Whether the bytes are those of a text.
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount
      && elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  var string: String { String(decoding: self, as: UTF8.self) }
}
