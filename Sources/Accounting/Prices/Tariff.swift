import Quantities
import Telemetry

/// What a kilowatt-hour costs, perhaps by time of day.
public struct Tariff: Hashable, Sendable {
  /// A price that holds for some hours of some days.
  public struct Period: Hashable, Sendable {
    /// Seconds after local midnight at which it begins.
    public var from: Int
    /// Seconds after local midnight at which it ends; on the next day when less than `from`.
    public var to: Int
    /// Days of the week it begins on, Sunday 0.
    public var days: Set<Int>
    /// The price of a kilowatt-hour in the tariff's currency.
    public var perKilowattHour: Double

    /// A period; without days it begins on every day.
    public init(from: Int, to: Int, days: Set<Int> = Set(0...6), perKilowattHour: Double) {
      self.from = from
      self.to = to
      self.days = days
      self.perKilowattHour = perKilowattHour
    }
  }

  /// As the user writes it: `EUR`, `€`.
  public var currency: String
  /// The price outside all periods.
  public var perKilowattHour: Double
  /// The periods with prices of their own; the first that fits counts.
  public var periods: [Period]

  /// A tariff; without periods the price never changes.
  public init(currency: String, perKilowattHour: Double, periods: [Period] = []) {
    self.currency = currency
    self.perKilowattHour = perKilowattHour
    self.periods = periods
  }

  /// The price at a number of seconds since 1970 on the local clock.
  public func price(at localSeconds: Int) -> Double {
    let days = localSeconds.flooredQuotient(by: 86_400)
    let second = localSeconds - days * 86_400
    // 1970 began on a Thursday.
    let weekday = (days + 4) - (days + 4).flooredQuotient(by: 7) * 7
    for period in periods {
      if period.from <= period.to {
        if period.days.contains(weekday), second >= period.from, second < period.to {
          return period.perKilowattHour
        }
      } else {
        let yesterday = (weekday + 6) % 7
        if second >= period.from, period.days.contains(weekday) { return period.perKilowattHour }
        if second < period.to, period.days.contains(yesterday) { return period.perKilowattHour }
      }
    }
    return perKilowattHour
  }

  /// The next time after one, in seconds on the local clock, at which the price may change.
  func nextChange(after localSeconds: Int) -> Int {
    let midnight = localSeconds.flooredQuotient(by: 86_400) * 86_400
    let marks = periods.flatMap { [$0.from, $0.to] } + [0]
    let all = [0, 86_400].flatMap { day in marks.map { midnight + day + $0 } }
    return all.filter { $0 > localSeconds }.min() ?? midnight + 86_400
  }
}

extension Ledger {
  /// What the energy of devices over a span costs, each joule at the price of its own time.
  ///
  /// `offset` gives the seconds a local clock is ahead of UTC. `nil` when no energy is known.
  public func cost(
    of devices: [Device], over span: TimeSpan, _ tariff: Tariff, offset: (Timestamp) -> Int
  ) -> Double? {
    cost(over: span, tariff, offset: offset) { timeline.energy(of: devices, over: $0) }
  }

  /// What the energy of everything that is measured costs over a span, each joule at the price of its
  /// own time.
  ///
  /// `offset` gives the seconds a local clock is ahead of UTC. `nil` when no energy is known.
  public func cost(
    over span: TimeSpan, _ tariff: Tariff, offset: (Timestamp) -> Int
  ) -> Double? {
    cost(over: span, tariff, offset: offset) { energy(over: $0) }
  }

  private func cost(
    over span: TimeSpan, _ tariff: Tariff, offset: (Timestamp) -> Int,
    _ energy: (TimeSpan) -> EnergyAmount?
  ) -> Double? {
    guard let all = energy(span) else { return nil }
    guard !tariff.periods.isEmpty, span.seconds < 400 * 86_400 else {
      return all.joules / 3.6e6 * tariff.perKilowattHour
    }
    var sum = 0.0
    var start = span.start
    while start < span.end {
      let shift = offset(start)
      let local = Int(start.nanoseconds.flooredQuotient(by: 1_000_000_000)) + shift
      let change = tariff.nextChange(after: local)
      func moment(_ shift: Int) -> Timestamp {
        Timestamp(seconds: Double(change - shift))
      }
      // The clocks may be put forward or back before then.
      let next = moment(offset(moment(shift)))
      let end = min(span.end, next)
      let joules = energy(TimeSpan(start, end))?.joules ?? 0
      sum += joules / 3.6e6 * tariff.price(at: local)
      start = max(end, start + 1)
    }
    return sum
  }
}
