import Accounting
import Canvas
import Quantities

extension Language {
  /// An amount of money, to the cent; less than one is said to be that.
  func money(_ amount: Double, _ currency: String) -> String {
    let digits = amount > 0 && amount < 0.01 ? "< " + number("0.01") : number(SI.fixed(amount, 2))
    return "\(digits) \(sanitized(currency))"
  }

  /// What so many watts cost in an hour.
  func hourly(_ watts: Double, _ price: Price) -> String {
    FlowWords.anHour.text(
      in: self, money(watts / 1000 * price.perKilowattHour, price.currency))
  }
}
