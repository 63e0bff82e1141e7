import Glibc

/// One line of a log, ready to be asked for numbers by the name that stands before them.
struct LogLine: Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(_ text: String) { bytes = Array(text.utf8) }

  /// A number as it stands in a log, and where it ends.
  struct Number: Sendable {
    /// May be NaN or infinite: logs say so.
    var value: Double
    /// The place after the number and its closing quote.
    var end: Int
    /// Whether it stands between quotes, and so was rounded for people.
    var isQuoted = false
    /// Whether a per-cent sign follows.
    var isPercent = false

    /// The value as a whole number, if it is one.
    var whole: Int64? { Int64(exactly: value) }
    /// The value as a fraction, if it is a percentage.
    var share: Double { isPercent ? value / 100 : value }
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
    let length = text.utf8CodeUnitCount
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, place >= 0, length > 0 else { return nil }
      var at = place
      while at + length <= buffer.count {
        let room = buffer.count - length - at + 1
        guard let hit = memchr(base + at, Int32(text.utf8Start[0]), room) else { return nil }
        at = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        if memcmp(hit, text.utf8Start, length) == 0 { return at }
        at += 1
      }
      return nil
    }
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

  /// The number at a place: `1,234.5`, `1.5e+03`, `-100.00%`, `'1.098'`, `nan`, `-inf`.
  func number(at start: Int) -> Number? {
    var at = start
    var quote: UInt8?
    if at < bytes.count, bytes[at] == 0x27 || bytes[at] == 0x22 {
      quote = bytes[at]
      at += 1
    }
    guard var number = plainNumber(at: at) else { return nil }
    if number.end < bytes.count, bytes[number.end] == 0x25 {
      number.isPercent = true
      number.end += 1
    }
    if let quote {
      guard number.end < bytes.count, bytes[number.end] == quote else { return nil }
      number.isQuoted = true
      number.end += 1
    }
    return number
  }

  private func plainNumber(at start: Int) -> Number? {
    var at = start
    var digits = JSONNumber()
    if at < bytes.count, bytes[at] == 0x2D || bytes[at] == 0x2B {
      digits.isNegative = bytes[at] == 0x2D
      at += 1
    }
    for (word, value) in Self.words where starts(with: word, at: at) {
      let end = at + word.utf8CodeUnitCount
      guard end == bytes.count || !Self.isNamePart(bytes[end]) else { return nil }
      return Number(value: digits.isNegative ? -value : value, end: end)
    }
    let first = at
    var isFraction = false
    while at < bytes.count {
      let digit = bytes[at] &- 0x30
      if digit < 10 {
        if digits.digits < 1_000_000_000_000_000_000 {
          digits.digits = digits.digits * 10 + UInt64(digit)
          if isFraction { digits.exponent -= 1 }
        } else if !isFraction {
          digits.exponent += 1
        }
      } else if bytes[at] == 0x2E, !isFraction, at > first, isDigit(at + 1) {
        isFraction = true
      } else if bytes[at] == 0x2C, !isFraction, isThousand(at, first) {
        // A comma between groups of three.
      } else {
        break
      }
      at += 1
    }
    guard at > first else { return nil }
    if at < bytes.count, bytes[at] | 0x20 == 0x65 { at = exponent(at, &digits) }
    return Number(value: digits.double, end: at)
  }

  /// Reads `e+03` at a place, if it is one.
  private func exponent(_ start: Int, _ number: inout JSONNumber) -> Int {
    var at = start + 1
    var isNegative = false
    if at < bytes.count, bytes[at] == 0x2D || bytes[at] == 0x2B {
      isNegative = bytes[at] == 0x2D
      at += 1
    }
    guard isDigit(at) else { return start }
    var value = 0
    while isDigit(at) {
      value = min(9999, value * 10 + Int(bytes[at] - 0x30))
      at += 1
    }
    number.exponent += isNegative ? -value : value
    return at
  }

  private func isDigit(_ place: Int) -> Bool {
    place < bytes.count && bytes[place] &- 0x30 < 10
  }

  /// Whether a comma separates thousands: digits before it, exactly three after it.
  private func isThousand(_ comma: Int, _ first: Int) -> Bool {
    comma > first && isDigit(comma + 1) && isDigit(comma + 2) && isDigit(comma + 3)
      && !isDigit(comma + 4)
  }

  private static let words: [(StaticString, Double)] = [
    ("nan", .nan), ("NaN", .nan), ("inf", .infinity), ("Infinity", .infinity),
  ]

  private static func isNamePart(_ byte: UInt8) -> Bool {
    0x61...0x7A ~= byte | 0x20 || 0x30...0x39 ~= byte || byte == 0x5F
  }
}
