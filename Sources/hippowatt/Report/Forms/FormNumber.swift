import Quantities

/// Numbers as forms want them: plain decimals without a prefix, or powers of ten.
enum FormNumber {
  /// A positive number as a plain decimal with so many significant digits; whole from there on.
  static func decimal(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return "unknown" }
    guard value != 0 else { return "0" }
    var decimals = digits - 1
    var rest = abs(value)
    while rest >= 10, decimals > 0 {
      rest /= 10
      decimals -= 1
    }
    while rest < 1, decimals < 15 {
      rest *= 10
      decimals += 1
    }
    // What rounds up to ten has a digit more before the point.
    let half = 0.5 / (1..<digits).reduce(1.0) { power, _ in power * 10 }
    if rest + half >= 10, decimals > 0 { decimals -= 1 }
    return SI.fixed(value, decimals)
  }

  /// A positive number like `4.21 × 10^17`; below ten thousand as a plain decimal.
  static func scientific(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite, value > 0 else { return decimal(value, digits: digits) }
    guard value >= 1e4 || value < 1e-3 else { return decimal(value, digits: digits) }
    var exponent = 0
    var mantissa = value
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    var text = SI.fixed(mantissa, digits - 1)
    if text.hasPrefix("10") {
      text = SI.fixed(1, digits - 1)
      exponent += 1
    }
    return "\(text) × 10^\(exponent)"
  }
}
