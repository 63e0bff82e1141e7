extension Duration {
  /// The longest length of time that is read, in seconds: a little over thirty years.
  public static let longest = 1e9

  /// Reads a length of time written by a person: `100ms`, `1s`, `0.5`, `5min`, `2h`, `1d`.
  ///
  /// A bare number is in seconds. Nothing else may stand around it; `nil` when it cannot be read
  /// is negative or longer than `longest`.
  public init?(text: String) {
    let units: [(String, Double)] = [
      ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("min", 60), ("s", 1), ("m", 60), ("h", 3600),
      ("d", 86_400),
    ]
    var number = Substring(text)
    var factor = 1.0
    if let unit = units.first(where: { text.hasSuffix($0.0) }) {
      number = number.dropLast(unit.0.count)
      factor = unit.1
    }
    while number.last == " " { number = number.dropLast() }
    guard let first = number.first, first.isNumber || first == ".", let value = Double(number),
      value.isFinite, value * factor <= Self.longest
    else { return nil }
    self = .nanoseconds(Int64(saturating: (value * factor * 1e9).rounded()))
  }

  /// The length in seconds.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
