import Formats

extension LogLine {
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
    if at < bytes.count, bytes[at] | 0x20 == 0x6E || bytes[at] | 0x20 == 0x69 {
      return word(at: at, isNegative: digits.isNegative)
    }
    let first = at
    var isFraction = false
    var hasComma = false
    while at < bytes.count {
      let digit = bytes[at] &- 0x30
      if digit < 10 {
        if isFraction, digits.digits > 800_000_000_000_000 {
          // What a Double cannot hold need not be read, and 16 digits are read fastest.
        } else if digits.digits < 1_000_000_000_000_000_000 {
          digits.digits = digits.digits * 10 + UInt64(digit)
          if isFraction { digits.exponent -= 1 }
        } else if !isFraction {
          digits.exponent += 1
        }
      } else if bytes[at] == 0x2E, !isFraction, at > first, isDigit(at + 1) {
        isFraction = true
      } else if bytes[at] == 0x2C, !isFraction, isThousand(at, first) {
        hasComma = true
      } else {
        break
      }
      at += 1
    }
    guard at > first else { return nil }
    if at < bytes.count, bytes[at] | 0x20 == 0x65 { at = exponent(at, &digits) }
    return Number(value: digits.double, end: at, hasComma: hasComma)
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

  func isDigit(_ place: Int) -> Bool {
    place < bytes.count && bytes[place] &- 0x30 < 10
  }

  /// Whether a comma separates thousands: digits before it, exactly three after it.
  private func isThousand(_ comma: Int, _ first: Int) -> Bool {
    comma > first && isDigit(comma + 1) && isDigit(comma + 2) && isDigit(comma + 3)
      && !isDigit(comma + 4)
  }

  /// Reads `nan`, `inf` and the like.
  private func word(at start: Int, isNegative: Bool) -> Number? {
    for (word, value) in Self.words where starts(with: word, at: start) {
      let end = start + word.utf8CodeUnitCount
      guard end == bytes.count || !Self.isNamePart(bytes[end]) else { return nil }
      return Number(value: isNegative ? -value : value, end: end)
    }
    return nil
  }

  private static let words: [(StaticString, Double)] = [
    ("nan", .nan), ("NaN", .nan), ("inf", .infinity), ("Infinity", .infinity),
  ]
}
