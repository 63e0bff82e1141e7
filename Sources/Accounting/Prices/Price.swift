import Quantities

/// What a kilowatt-hour costs, in the currency the user gave.
public struct Price: Hashable, Sendable {
  /// The price of a kilowatt-hour in the currency.
  public var perKilowattHour: Double
  /// As it was written: `EUR`, `€`, or empty.
  public var currency: String

  /// A price that is a number already.
  public init(perKilowattHour: Double, currency: String) {
    self.perKilowattHour = perKilowattHour
    self.currency = currency
  }

  /// Reads a price such as `0.25`, `0.25 EUR` or `0.25€`; `nil` for anything else.
  public init?(text: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let rest = text.dropFirst(digits.count)
    guard let value = Double(digits), value.isFinite, value > 0, value < 1e6 else { return nil }
    var currency = rest.drop { $0 == " " }
    while currency.last == " " { currency.removeLast() }
    guard currency.count <= 4, currency.allSatisfy({ $0.isLetter || "€$£¥".contains($0) }) else {
      return nil
    }
    perKilowattHour = value
    self.currency = String(currency)
  }

  /// The price of some joules, such as `12.3 EUR`.
  public func text(_ joules: Double) -> String {
    let amount = joules / 3.6e6 * perKilowattHour
    let number = SI.fixed(amount, amount >= 0.1 || amount == 0 ? 2 : 4)
    return currency.isEmpty ? number + " money" : "\(number) \(currency)"
  }
}
