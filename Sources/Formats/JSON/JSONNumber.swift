/// A number as it stands in a JSON text: whole digits and a power of ten, nothing rounded yet.
///
/// Whole steps and nanoseconds are taken from the digits themselves, so they survive the trip
/// through a text to the last one; a `Double` would lose the end of both.
package struct JSONNumber: Sendable, Hashable {
  /// Whether a minus sign stands before the digits; zero can have one too.
  package var isNegative = false
  /// The digits without the point, at most 19 of them.
  package var digits: UInt64 = 0
  /// What power of ten the digits are to be multiplied with.
  package var exponent = 0

  /// The number `digits` times ten to the power of `exponent`.
  package init(isNegative: Bool = false, digits: UInt64 = 0, exponent: Int = 0) {
    self.isNegative = isNegative
    self.digits = digits
    self.exponent = exponent
  }

  /// The value as a floating-point number; infinite when it is too large for one.
  package var double: Double {
    var value = Double(digits)
    if digits < 1 << 53, abs(exponent) <= 22 {
      // Both are exact, so their quotient or product is correctly rounded.
      let power = Self.powers[abs(exponent)]
      value = exponent < 0 ? value / power : value * power
    } else if digits != 0 {
      value = Double("\(digits)e\(exponent)") ?? .infinity
    }
    return isNegative ? -value : value
  }

  /// The number times ten to the `shift`, to the nearest whole one; `nil` when it does not fit.
  package func whole(shift: Int = 0) -> Int64? {
    var magnitude = digits
    var power = exponent + shift
    if magnitude == 0 || power < -20 { return 0 }
    while power > 0 {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      magnitude = product
      power -= 1
    }
    if power < -19 { return 0 }
    if power < 0 {
      var divisor: UInt64 = 1
      for _ in power..<0 { divisor *= 10 }
      let rest = magnitude % divisor
      magnitude /= divisor
      if rest >= divisor - rest { magnitude += 1 }
    }
    guard magnitude <= UInt64(Int64.max) else { return nil }
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}

extension JSONScanner {
  /// Reads a number.
  package mutating func number() throws(JSONFault) -> JSONNumber {
    skipSpace()
    var result = JSONNumber()
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") {
      result.isNegative = true
      at += 1
    }
    let start = at
    scanDigits(into: &result, isFraction: false)
    guard at > start else { throw notANumber() }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      let fraction = at
      scanDigits(into: &result, isFraction: true)
      guard at > fraction else { throw notANumber() }
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      result.exponent += try exponent()
    }
    return result
  }

  private mutating func scanDigits(into number: inout JSONNumber, isFraction: Bool) {
    while at < bytes.count {
      let digit = bytes[at] &- UInt8(ascii: "0")
      guard digit < 10 else { return }
      at += 1
      if number.digits < 1_000_000_000_000_000_000 {
        number.digits = number.digits * 10 + UInt64(digit)
        if isFraction { number.exponent -= 1 }
      } else if !isFraction {
        // Beyond what fits: the place counts, the digit no longer does.
        number.exponent += 1
      }
    }
  }

  private mutating func exponent() throws(JSONFault) -> Int {
    var isNegative = false
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
      isNegative = bytes[at] == UInt8(ascii: "-")
      at += 1
    }
    let start = at
    var value = 0
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 {
      value = min(9999, value * 10 + Int(bytes[at] &- UInt8(ascii: "0")))
      at += 1
    }
    guard at > start else { throw notANumber() }
    return isNegative ? -value : value
  }

  private func notANumber() -> JSONFault {
    JSONFault("expected a number, found \(glimpse())")
  }
}
