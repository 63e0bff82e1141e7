import Glibc

/// A one-number file of `/sys` that is kept open and read again and again from its start.
///
/// Opening costs more than reading, and a sensor is read each second for days.
final class SensorFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// Why a file gave no number.
  struct Failure: Error, Hashable {
    let path: String
    /// The `errno` of the call; 0 when the file was read but holds no whole number.
    let code: Int32

    var isDenied: Bool { code == EACCES || code == EPERM }
    var isAbsent: Bool { code == ENOENT || code == ENOTDIR }
    /// In words, for people.
    var words: String {
      code == 0
        ? "\(path) holds no whole number"
        : "\(path) cannot be read: \(String(cString: strerror(code)))"
    }
  }

  /// Opens the file for reading.
  /// - Throws: `Failure` with the `errno` of `open`.
  init(_ path: String) throws(Failure) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    self.path = path
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Reads the whole number that the file holds now.
  /// - Throws: `Failure` with the `errno` of `pread`, or 0 when there is no number.
  func value() throws(Failure) -> Int64 {
    var code: Int32 = 0
    let value = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer -> Int64? in
      let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
      if count < 0 { code = errno }
      return count > 0 ? Self.number(buffer.prefix(count)) : nil
    }
    guard let value else { throw Failure(path: path, code: code) }
    return value
  }

  /// Reads one whole number from a file that is not worth keeping open.
  static func value(_ path: String) -> Int64? { try? SensorFile(path).value() }

  /// Reads the first line of a small file, without blanks around it.
  ///
  /// Empty, unreadable and missing files give `nil`.
  static func line(_ path: String) -> String? {
    guard let file = try? SensorFile(path) else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
      let count = pread(file.descriptor, buffer.baseAddress, buffer.count, 0)
      guard count > 0 else { return nil }
      let line = buffer.prefix(count).prefix { $0 != 0x0a && $0 != 0 }
      let blanks: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
      let trimmed = line.drop(while: blanks).reversed().drop(while: blanks).reversed()
      return trimmed.isEmpty ? nil : String(decoding: trimmed, as: UTF8.self)
    }
  }

  /// The names in a folder, in no order.
  ///
  /// - Throws: `Failure` with the `errno` of `opendir`.
  static func names(in folder: String) throws(Failure) -> [String] {
    guard let stream = opendir(folder) else { throw Failure(path: folder, code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The decimal number at the start of some text, with an optional minus; nothing may follow it
  /// but blanks.
  private static func number(_ bytes: Slice<UnsafeMutableRawBufferPointer>) -> Int64? {
    var digits = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    let isNegative = digits.first == 0x2d
    if isNegative { digits = digits.dropFirst() }
    let end = digits.firstIndex { $0 < 0x30 || $0 > 0x39 } ?? digits.endIndex
    guard end > digits.startIndex,
      digits[end...].allSatisfy({ $0 <= 0x20 })
    else { return nil }
    var value: Int64 = 0
    for digit in digits[..<end] {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = product.addingReportingOverflow(Int64(digit - 0x30))
      guard !isTooLarge, !isOver else { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }
}
