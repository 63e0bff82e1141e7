import Quantities
import Telemetry

extension GreenWindow {
  /// Grams that waiting saves over beginning at once, for work that draws so many watts on average.
  public func gramsSaved(watts: Double) -> Double? {
    intensityGain.map { $0 * watts * question.seconds / 3.6e6 }
  }

  /// Money that waiting saves over beginning at once; negative where it costs more.
  ///
  /// `offset` gives the seconds a local clock is ahead of UTC.
  public func moneySaved(
    watts: Double, _ tariff: Tariff, offset: (Timestamp) -> Int
  ) -> Double? {
    guard let atOnce else { return nil }
    func price(_ span: TimeSpan) -> Double {
      tariff.mean(over: span, weights: question.power, offset: offset)
    }
    let kilowattHours = watts * question.seconds / 3.6e6
    return kilowattHours * (price(atOnce.span) - price(best.span))
  }
}

extension Tariff {
  /// The mean price of a kilowatt-hour over a span, of which equal parts weigh differently.
  ///
  /// `offset` gives the seconds a local clock is ahead of UTC.
  func mean(
    over span: TimeSpan, weights: [Double], offset: (Timestamp) -> Int
  ) -> Double {
    let sum = weights.reduce(0, +)
    guard sum > 0, !periods.isEmpty, span.seconds > 0 else { return perKilowattHour }
    let length = span.seconds / Double(weights.count)
    var total = 0.0
    for (place, weight) in weights.enumerated() where weight > 0 {
      let start = span.start + Double(place) * length
      total += weight * mean(over: TimeSpan(start, start + length), offset: offset)
    }
    return total / sum
  }

  private func mean(over span: TimeSpan, offset: (Timestamp) -> Int) -> Double {
    var sum = 0.0
    var start = span.start
    while start < span.end {
      let shift = offset(start)
      let local = Int(start.nanoseconds.flooredQuotient(by: 1_000_000_000)) + shift
      let change = nextChange(after: local)
      func moment(_ shift: Int) -> Timestamp { Timestamp(seconds: Double(change - shift)) }
      // The clocks may be put forward or back before then.
      let next = max(moment(offset(moment(shift))), start + 1)
      let end = min(span.end, next)
      sum += (end - start) * price(at: local)
      start = end
    }
    return sum / span.seconds
  }
}
