import Quantities
import Telemetry

/// An accelerator that behaves unlike its peers, and what is the likely matter with it.
public struct Outlier: Hashable, Sendable {
  public enum Kind: Sendable, Hashable {
    /// Draws little because it has nothing to do.
    case waits
    /// Draws little though a kernel runs.
    case drawsLess
    case drawsMore
    case hot
  }

  public var device: Device
  public var kind: Kind
  /// Its own value: watts, or degrees Celsius.
  public var value: Double
  /// The median of all.
  public var median: Double
  /// How many spreads away from the median.
  public var distance: Double

  /// Values farther from the median than five of the usual distances stand out.
  static let threshold = 5.0
}

extension Ledger {
  /// The accelerators that stand out at a time, the worst first.
  ///
  /// By median absolute deviation, with a floor of 2 % of the median under the spread so that a
  /// machine of equals has no outliers; needs four cards that tell.
  public func outliers(at time: Timestamp) -> [Outlier] {
    let moment = timeline.moment(at: time)
    let watts = inventory.gpus.map { power(of: $0.id, at: time) }
    let degrees = inventory.gpus.map { moment.value(.temperature, of: $0.id) }
    var found: [Outlier] = []
    for (index, median, distance) in Self.deviations(watts, least: 5) {
      let gpu = inventory.gpus[index]
      let busy = moment.value(.utilization, of: gpu.id)
      let kind: Outlier.Kind =
        distance > 0 ? .drawsMore : (busy ?? 1) < 0.5 ? .waits : .drawsLess
      found.append(
        Outlier(
          device: gpu, kind: kind, value: watts[index] ?? 0, median: median,
          distance: abs(distance)))
    }
    for (index, median, distance) in Self.deviations(degrees, least: 2) where distance > 0 {
      found.append(
        Outlier(
          device: inventory.gpus[index], kind: .hot, value: degrees[index] ?? 0, median: median,
          distance: distance))
    }
    return found.sorted { $0.distance > $1.distance }
  }

  /// Places, median and signed distance in spreads of the values that stand out.
  static func deviations(
    _ values: [Double?], least: Double
  ) -> [(index: Int, median: Double, distance: Double)] {
    let known = values.compactMap { $0 }
    guard known.count >= 4 else { return [] }
    let median = middle(known)
    let spread = max(middle(known.map { abs($0 - median) }), abs(median) * 0.02, least)
    return values.enumerated().compactMap { index, value in
      guard let value, abs(value - median) > Outlier.threshold * spread else { return nil }
      return (index, median, (value - median) / spread)
    }
  }

  private static func middle(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
