import Quantities

/// What the limit of an alert is stated in.
public enum AlertUnit: Sendable, Hashable {
  case watt
  case celsius
  case percent
  case joulePerToken
  case joulePerStep
  case second
  case kilowattHour
  case gram
  /// An amount in the currency of the tariff.
  case money(String)

  /// The symbol, for programs.
  public var symbol: String {
    switch self {
    case .watt: "W"
    case .celsius: "°C"
    case .percent: "%"
    case .joulePerToken: "J/token"
    case .joulePerStep: "J/step"
    case .second: "s"
    case .kilowattHour: "kWh"
    case .gram: "gCO2e"
    case .money(let currency): currency
    }
  }

  /// Writes a value for people.
  public func text(_ value: Double) -> String {
    switch self {
    case .watt: SI.string(value, "W")
    case .celsius: Self.plain(value) + " °C"
    case .percent: Self.plain(value) + " %"
    case .joulePerToken: SI.string(value, "J") + "/token"
    case .joulePerStep: SI.string(value, "J") + "/step"
    case .second: SI.duration(value)
    case .kilowattHour: SI.energy(value * 3.6e6).joined
    case .gram: SI.carbon(value).joined
    case .money(let currency):
      SI.fixed(value, value >= 0.1 || value == 0 ? 2 : 4) + (currency.isEmpty ? "" : " " + currency)
    }
  }

  /// A number without a fraction where it has none, else with one decimal.
  private static func plain(_ value: Double) -> String {
    SI.fixed(value, value == value.rounded() || abs(value) >= 100 ? 0 : 1)
  }
}

/// How the limit of an alert may be written: a number and what stands behind it.
struct AlertSpelling: Sendable {
  /// What stands behind the number; empty for a bare one.
  var suffix: String
  var unit: AlertUnit
  /// How many of the unit one of these is.
  var factor = 1.0

  /// The number of units that a text says in this spelling; `nil` where it is another one.
  func read(_ text: String) -> Double? {
    guard text.hasSuffix(suffix) else { return nil }
    var number = text.dropLast(suffix.count)
    while number.last == " " { number.removeLast() }
    guard let first = number.first, first.isNumber || "+-.".contains(first),
      number.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }),
      let value = Double(number), value.isFinite, abs(value) < 1e15
    else { return nil }
    return value * factor
  }
}

/// A limit that a quantity must not pass.
public struct AlertLimit: Sendable, Hashable {
  /// The limit in the unit; of a relative one, the percentage by which the baseline is passed.
  public var value: Double
  /// The unit of the value.
  public var unit: AlertUnit
  /// Whether it is stated against a baseline.
  public var isRelative = false

  /// A limit; by default one that stands for itself.
  public init(_ value: Double, _ unit: AlertUnit, isRelative: Bool = false) {
    self.value = value
    self.unit = unit
    self.isRelative = isRelative
  }

  /// As a person would write it: `85 °C`, `+20 %`, `5 kWh`.
  public var text: String {
    (isRelative && value >= 0 ? "+" : "") + Self.plain(unit.text(value), unit)
  }

  /// A text without zeros at the end of its number's fraction; amounts of money keep theirs.
  private static func plain(_ text: String, _ unit: AlertUnit) -> String {
    if case .money = unit { return text }
    var number = text.prefix { $0.isNumber || $0 == "." || $0 == "−" }
    let rest = text.dropFirst(number.count)
    guard number.contains(".") else { return text }
    while number.last == "0" { number.removeLast() }
    if number.last == "." { number.removeLast() }
    return String(number) + rest
  }
}
