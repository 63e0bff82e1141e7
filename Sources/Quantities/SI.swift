/// Writes numbers the way the dashboard shows them: three significant digits and an SI prefix.
public enum SI {
  static let prefixes: [(symbol: String, exponent: Int)] = [
    ("p", -12), ("n", -9), ("µ", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9),
    ("T", 12), ("P", 15), ("E", 18),
  ]

  /// A number split into its digits and its prefixed unit, so that each can have its own style.
  public struct Text: Hashable, Sendable {
    /// The digits, such as `4.45`.
    public var number: String
    /// The prefix and unit, such as `kW`.
    public var unit: String

    /// Puts together digits and a unit that are written already.
    public init(number: String, unit: String) {
      self.number = number
      self.unit = unit
    }

    /// Digits and unit with a space between.
    public var joined: String { unit.isEmpty ? number : number + " " + unit }
  }

  /// Splits `value` into three significant digits and a prefixed unit.
  ///
  ///     SI.text(4452, "W").joined   // "4.45 kW"
  ///
  /// - Parameters:
  ///   - value: any finite number; `nan` and infinities become an en dash.
  ///   - unit: the unit without prefix.
  ///   - smallest: the smallest power of ten a prefix may stand for; 0 keeps bytes from
  ///     becoming millibytes.
  public static func text(_ value: Double, _ unit: String, smallest: Int = -12) -> Text {
    guard value.isFinite else { return Text(number: "–", unit: unit) }
    if value == 0 { return Text(number: "0", unit: unit) }
    let magnitude = abs(value)
    var chosen = prefixes.first { $0.exponent == smallest } ?? ("", 0)
    for prefix in prefixes where prefix.exponent >= smallest {
      // 999.5 would round to 1000 of the smaller prefix.
      if magnitude >= power(prefix.exponent) * 0.9995 { chosen = prefix }
    }
    let scaled = value / power(chosen.exponent)
    return Text(number: significant(scaled), unit: chosen.symbol + unit)
  }

  /// Writes `value` with three significant digits and a prefixed unit, such as `4.45 kW`.
  public static func string(_ value: Double, _ unit: String, smallest: Int = -12) -> String {
    text(value, unit, smallest: smallest).joined
  }

  /// Writes `value` with three significant digits, without exponent or prefix.
  public static func significant(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return "–" }
    let magnitude = abs(value)
    var decimals = digits - 1
    var bound = 10.0
    // Compare with what the value rounds to, so that 9.996 becomes 10.0 and not 10.00.
    while decimals > 0, magnitude + 0.5 * power(-decimals) >= bound {
      decimals -= 1
      bound *= 10
    }
    return fixed(value, decimals)
  }

  /// Writes `value` with one significant digit, as a rough estimate deserves: 153 becomes 200.
  public static func oneDigit(_ value: Double) -> String { rounded(value, digits: 1) }

  /// Writes `value` with two significant digits, as a comparison deserves: 153 becomes 150.
  public static func twoDigits(_ value: Double) -> String { rounded(value, digits: 2) }

  private static func rounded(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
    // What the last digit that is written stands for.
    let most = power(digits)
    var unit = 1.0
    while abs(value) / unit >= most - 0.5 { unit *= 10 }
    while abs(value) / unit < (most - 0.5) / 10 { unit /= 10 }
    let shown = (value / unit).rounded() * unit
    var decimals = 0
    while decimals < 12, unit * power(decimals) < 0.999 { decimals += 1 }
    return fixed(shown, decimals)
  }

  /// Writes `value` with exactly `decimals` digits after a point, whatever the locale.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return "–" }
    let unit = power(decimals)
    let scaled = (abs(value) * unit).rounded()
    guard scaled < 9e18 else { return String(Int64(saturating: value)) }
    let whole = UInt64(saturating: scaled)
    let divisor = max(1, UInt64(saturating: unit))
    let sign = value < 0 && whole > 0 ? "−" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let fraction = String(whole % divisor)
    let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
    return sign + String(whole / divisor) + "." + zeros + fraction
  }

  /// Writes a fraction as a percentage: whole above 10 %, one decimal below.
  public static func percent(_ fraction: Double) -> String {
    guard fraction.isFinite else { return "–" }
    let value = fraction * 100
    return fixed(value, abs(value) < 9.95 && value != 0 ? 1 : 0)
  }

  /// Writes a whole number with a space between groups of three digits, as the SI brochure asks.
  public static func grouped(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(" ") }
      out.append(digit)
    }
    return (value < 0 ? "−" : "") + out
  }

  /// Writes a number of things, cut to whole ones and in groups of three digits.
  public static func count(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return "–" }
    return grouped(Int64(saturating: value))
  }

  static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }
}
