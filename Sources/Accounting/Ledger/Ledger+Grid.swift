import Quantities
import Telemetry

/// An amount of energy split by the grid's mix at the time it was drawn.
public struct GridAccount: Hashable, Sendable {
  /// All joules of the span that are known, with or without a mix.
  public var joules = 0.0
  /// Joules drawn while the mix was known.
  public var matched = 0.0
  /// Joules from solar, wind, hydro, bioenergy and other renewables.
  public var renewable = 0.0
  /// Renewable joules and nuclear ones.
  public var lowCarbon = 0.0
  /// Grams of CO2 equivalent.
  public var grams = 0.0

  /// The renewable part of the energy whose mix is known, 0...1.
  public var renewableShare: Double? { matched > 0 ? renewable / matched : nil }
  /// The low-carbon part of the energy whose mix is known, 0...1.
  public var lowCarbonShare: Double? { matched > 0 ? lowCarbon / matched : nil }
  /// The part of the energy whose mix is known, 0...1.
  public var coverage: Double { joules > 0 ? matched / joules : 0 }
}

extension Ledger {
  /// The mix of the machine's own energy over a span: every joule with the mix at its time.
  ///
  /// Carbon is the sum of energy times intensity, interval by interval; grid values are held
  /// constant over theirs (24/7 carbon-free energy matching). `nil` when no energy is known.
  public func grid(over span: TimeSpan) -> GridAccount? {
    guard let total = energy(over: span) else { return nil }
    var account = GridAccount()
    account.joules = total.joules
    guard let grid = inventory.grid else { return account }
    // Energy drawn before the first reading of the grid has no mix.
    for interval in intervals(of: grid.id, in: span) {
      let moment = timeline.moment(at: interval.start)
      guard let share = moment.known(.renewableShare, of: grid.id)?.value,
        let joules = energy(over: interval)?.joules
      else { continue }
      account.matched += joules
      account.renewable += joules * share
      account.lowCarbon += joules * (moment.known(.lowCarbonShare, of: grid.id)?.value ?? share)
      if let intensity = moment.known(.carbonIntensity, of: grid.id)?.value {
        account.grams += joules / 3.6e6 * intensity
      }
    }
    // The split of the whole need not sum to the last bit.
    account.matched = min(account.matched, account.joules)
    return account
  }

  /// The stretches of a span over which the values of a grid do not change.
  private func intervals(of grid: DeviceID, in span: TimeSpan) -> [TimeSpan] {
    let metrics: [Metric] = [.renewableShare, .lowCarbonShare, .carbonIntensity]
    var cuts = metrics.compactMap { timeline.id($0, of: grid) }
      .flatMap { timeline.changes($0, in: span) }
    cuts += [span.start, span.end]
    cuts.sort()
    return zip(cuts, cuts.dropFirst()).filter { $0 < $1 }.map { TimeSpan($0, $1) }
  }
}
