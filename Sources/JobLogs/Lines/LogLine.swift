import Formats
import Glibc

/// One line of a log, ready to be asked for numbers by the name that stands before them.
struct LogLine: Sendable {
  let bytes: [UInt8]
  /// Where the message starts: behind the time, level and name that a logger puts before it.
  let message: Int
  /// How many blanks stood before it, behind the prefix of its process.
  let indent: Int
  /// Which process wrote it, as far as its prefix tells; 0 when there is none.
  let writer: UInt64

  init(_ bytes: [UInt8], message: Int = 0, indent: Int = 0, writer: UInt64 = 0) {
    self.bytes = bytes
    self.indent = indent
    self.message = min(message, bytes.count)
    self.writer = writer
  }

  init(_ text: String) { self.init(Array(text.utf8)) }

  /// A number as it stands in a log, and where it ends.
  struct Number: Sendable {
    /// May be NaN or infinite: logs say so.
    var value: Double
    /// The place after the number and its closing quote.
    var end: Int
    /// Whether it stands between quotes, and so was rounded for people.
    var isQuoted = false
    /// Whether a comma stands in it: of thousands, or of a fraction as half the world writes it.
    var hasComma = false
    /// Whether a per-cent sign follows.
    var isPercent = false

    /// The value as a whole number, if it is one.
    var whole: Int64? { Int64(exactly: value) }
    /// The value as a fraction, if it is a percentage.
    var share: Double { isPercent ? value / 100 : value }
  }

  /// Equal for equal messages, and for nothing else that is likely to be met (FNV-1a).
  var fingerprint: UInt64 {
    bytes.withUnsafeBufferPointer { FNV1a.hash(UnsafeBufferPointer(rebasing: $0[message...])) }
  }

  func starts(with text: StaticString, at place: Int = 0) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place >= 0, place + length <= bytes.count else { return false }
    for offset in 0..<length where bytes[place + offset] != text.utf8Start[offset] { return false }
    return true
  }

  func ends(with text: StaticString) -> Bool {
    starts(with: text, at: bytes.count - text.utf8CodeUnitCount)
  }

  /// Where a text stands first, from a place on.
  func find(_ text: StaticString, from place: Int = 0) -> Int? {
    bytes.withUnsafeBufferPointer { $0.find(text, from: place) }
  }

  /// The number that stands after `key`, which must be a word of its own.
  ///
  /// Between them may stand colons, equals signs and spaces.
  func number(after key: StaticString, from place: Int = 0) -> Number? {
    var place = place
    while let found = find(key, from: place) {
      place = found + 1
      if found > 0, Self.isNamePart(bytes[found - 1]) { continue }
      var start = found + key.utf8CodeUnitCount
      if start < bytes.count, Self.isNamePart(bytes[start]), Self.isNamePart(bytes[start - 1]) {
        continue
      }
      while start < bytes.count,
        bytes[start] == 0x20 || bytes[start] == 0x3A || bytes[start] == 0x3D
      {
        start += 1
      }
      if let number = number(at: start) { return number }
    }
    return nil
  }

  static func isNamePart(_ byte: UInt8) -> Bool {
    0x61...0x7A ~= byte | 0x20 || 0x30...0x39 ~= byte || byte == 0x5F
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where a text stands first, from a place on.
  func find(_ text: StaticString, from place: Int = 0) -> Int? {
    let length = text.utf8CodeUnitCount
    guard let base = baseAddress, place >= 0, length > 0 else { return nil }
    var at = place
    while at + length <= count {
      let room = count - length - at + 1
      guard let hit = memchr(base + at, Int32(text.utf8Start[0]), room) else { return nil }
      at = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
      if memcmp(hit, text.utf8Start, length) == 0 { return at }
      at += 1
    }
    return nil
  }
}
