import Quantities
import Telemetry

/// An accelerator that behaves unlike its peers, and what is likely wrong with it.
public struct Outlier: Hashable, Sendable {
  /// How an accelerator differs from its peers.
  public enum Kind: Sendable, Hashable {
    /// Draws little because it has nothing to do.
    case waits
    /// Draws little though a kernel runs.
    case drawsLess
    /// Draws much more power than its peers.
    case drawsMore
    /// Is much hotter than its peers.
    case hot
  }

  /// The accelerator that stands out.
  public var device: Device
  /// How it differs.
  public var kind: Kind
  /// Its own value, in watts or degrees Celsius.
  public var value: Double
  /// The median of all.
  public var median: Double
  /// How many spreads away from the median.
  public var distance: Double

  /// How many spreads from the median a value must be to stand out.
  static let threshold = 5.0
}

extension Ledger {
  /// The accelerators that stand out at a time, the worst first.
  ///
  /// By median absolute deviation, with a floor of 2 % of the median under the spread so that a
  /// machine of equals has no outliers; needs at least four accelerators with a value.
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

  /// The indices of the values that stand out, with the median and their signed distance in
  /// spreads.
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
