/// Reads numbers as programs write them into tables, whatever the locale.
package enum PlainNumber {
  /// The number that a text is, from its first byte to its last; `nan` and `inf` are numbers too.
  package static func parse(_ text: some Collection<UInt8>) -> Double? {
    if let number = text.withContiguousStorageIfAvailable({ parse($0) }) { return number }
    return Array(text).withUnsafeBufferPointer { parse($0) }
  }

  private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var at = 0
    var number = JSONNumber()
    if let sign = text.first, sign == 0x2D || sign == 0x2B {
      number.isNegative = sign == 0x2D
      at = 1
    }
    guard at < text.count else { return nil }
    if text[at] | 0x20 == 0x69 || text[at] | 0x20 == 0x6E {
      return word(text[at...]).map { number.isNegative ? -$0 : $0 }
    }
    var digits = 0
    var isFraction = false
    while at < text.count {
      let byte = text[at]
      if byte == 0x2E, !isFraction {
        isFraction = true
      } else if byte &- 0x30 < 10 {
        digits += 1
        if number.digits < 1_000_000_000_000_000_000 {
          number.digits = number.digits * 10 + UInt64(byte &- 0x30)
          if isFraction { number.exponent -= 1 }
        } else if !isFraction {
          number.exponent += 1
        }
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    if at < text.count {
      guard text[at] | 0x20 == 0x65, let power = exponent(text[(at + 1)...]) else { return nil }
      number.exponent += power
    }
    return number.double
  }

  /// The whole number that a text is, exact to the last digit.
  package static func whole(_ text: some Collection<UInt8>) -> Int64? {
    guard !text.isEmpty, text.count <= 20 else { return nil }
    return Int64(String(decoding: text, as: UTF8.self))
  }

  /// Seconds written as `MM:SS` or `H:MM:SS`.
  package static func clock(_ text: some Collection<UInt8>) -> Double? {
    let parts = text.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard 2...3 ~= parts.count else { return nil }
    var seconds = 0.0
    for part in parts {
      guard let value = parse(part), 0..<1e6 ~= value else { return nil }
      seconds = seconds * 60 + value
    }
    return seconds
  }

  private static func word(_ text: some Collection<UInt8>) -> Double? {
    switch String(decoding: text.prefix(9).map { $0 | 0x20 }, as: UTF8.self) {
    case "nan": .nan
    case "inf", "infinity": .infinity
    default: nil
    }
  }

  private static func exponent(_ text: some Collection<UInt8>) -> Int? {
    var rest = text[...]
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest = rest.dropFirst() }
    guard !rest.isEmpty else { return nil }
    var value = 0
    for byte in rest {
      guard byte &- 0x30 < 10 else { return nil }
      value = min(9999, value * 10 + Int(byte &- 0x30))
    }
    return isNegative ? -value : value
  }
}
