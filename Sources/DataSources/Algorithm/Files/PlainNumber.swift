/// Reads numbers as programs write them into tables, whatever the locale.
enum PlainNumber {
  /// The number that a text is, from its first byte to its last; `nan` and `inf` are numbers too.
  static func parse(_ text: some Collection<UInt8>) -> Double? {
    var rest = text[...]
    var number = JSONNumber()
    if let sign = rest.first, sign == 0x2D || sign == 0x2B {
      number.isNegative = sign == 0x2D
      rest = rest.dropFirst()
    }
    guard let first = rest.first else { return nil }
    if first | 0x20 == 0x69 || first | 0x20 == 0x6E {
      return word(rest).map { number.isNegative ? -$0 : $0 }
    }
    var digits = 0
    var isFraction = false
    while let byte = rest.first, byte &- 0x30 < 10 || (byte == 0x2E && !isFraction) {
      rest = rest.dropFirst()
      guard byte != 0x2E else {
        isFraction = true
        continue
      }
      digits += 1
      if number.digits < 1_000_000_000_000_000_000 {
        number.digits = number.digits * 10 + UInt64(byte &- 0x30)
        if isFraction { number.exponent -= 1 }
      } else if !isFraction {
        number.exponent += 1
      }
    }
    guard digits > 0 else { return nil }
    if let byte = rest.first, byte | 0x20 == 0x65 {
      guard let power = exponent(rest.dropFirst()) else { return nil }
      number.exponent += power
      return number.double
    }
    return rest.isEmpty ? number.double : nil
  }

  /// The whole number that a text is, exact to the last digit.
  static func whole(_ text: some Collection<UInt8>) -> Int64? {
    guard !text.isEmpty, text.count <= 20 else { return nil }
    return Int64(String(decoding: text, as: UTF8.self))
  }

  /// Seconds written as `MM:SS` or `H:MM:SS`.
  static func clock(_ text: some Collection<UInt8>) -> Double? {
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
