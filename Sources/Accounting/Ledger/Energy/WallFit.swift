import Quantities
import Telemetry

/// What a machine draws at the wall beside what its parts tell: a base load, and a share that goes with
/// the load.
///
/// The model is `P_wall = base + k · P_parts`, by ordinary least squares over windows of a minute or more.
/// `base` is what draws power at any load and is measured by no part: fans, disks, the board, a supply's
/// idle losses. Of each watt more at the wall `1 - 1/k` reaches no part that is measured: losses of supply
/// and regulators, and what rises with the load, such as fans. It is only told where the parts' power varied
/// enough and the model explains the wall's.
public struct WallFit: Hashable, Sendable {
  /// A fitted value with its 95 % interval.
  public struct Estimate: Hashable, Sendable {
    /// The least-squares value.
    public var value: Double
    /// The lower end of the interval.
    public var low: Double
    /// The upper end of the interval.
    public var high: Double
  }

  /// Watts at the wall while the parts draw nothing.
  public var base: Estimate
  /// Watts at the wall for each watt of the parts.
  public var slope: Estimate
  /// The share of what the wall draws more that reaches no measured part, 0...1.
  public var lossShare: Estimate
  /// The share of the wall's variance that the model explains, 0...1 (R²).
  public var explained: Double
  /// How many windows were fitted.
  public var windows: Int
  /// The length of each window in seconds.
  public var window: Double

  /// Why there is no fit.
  public enum Failure: Error, Hashable, Sendable {
    /// Too few windows in which both are known; how many there are.
    case windows(Int)
    /// The parts' power hardly varies; its least and its most, in watts.
    case steady(Double, Double)
    /// The model explains too little; the share that it explains.
    case unexplained(Double)
    /// The wall does not go with the parts as a machine's wall does; the slope.
    case implausible(Double)

    /// In words, for people.
    public var words: String {
      switch self {
      case .windows(let count):
        "not enough yet: \(count) of \(WallFit.enoughWindows) stretches with wall and parts"
      case .steady(let low, let high):
        "the parts draw \(Int(saturating: low.rounded())) to \(Int(saturating: high.rounded())) W:"
          + " too even to tell base load and losses apart"
      case .unexplained(let share):
        "the parts explain \(Int(saturating: min(1, max(0, share)) * 100)) % of the wall's ups and"
          + " downs only"
      case .implausible:
        "the wall does not rise with the parts as it does for one machine"
      }
    }
  }

  /// The fewest windows that a fit is made from.
  public static let enoughWindows = 15
  static let leastExplained = 0.9
  /// Below, the meter misses some of the parts; above, it sees more than the machine.
  static let slopes = 0.95...1.6
  /// What the parts must vary by: watts, and a share of their mean.
  static let leastSpread = (watts: 30.0, share: 0.15)

  /// One window: mean watts at the wall, and of all parts together.
  public struct Window: Hashable, Sendable {
    /// Mean power at the wall, in watts.
    public var wall: Double
    /// Mean power of the parts together, in watts.
    public var parts: Double

    /// A window with both mean powers.
    public init(wall: Double, parts: Double) {
      (self.wall, self.parts) = (wall, parts)
    }
  }

  /// Fits the model to windows of one length, in the order of time.
  public static func fit(_ windows: [Window], window: Double = 60) -> Result<WallFit, Failure> {
    guard windows.count >= enoughWindows else { return .failure(.windows(windows.count)) }
    let count = Double(windows.count)
    let mean = windows.reduce(0) { $0 + $1.parts } / count
    let sorted = windows.map(\.parts).sorted()
    // Without the two outermost of twenty, so that a single window decides nothing.
    let edge = windows.count / 20
    let (low, high) = (sorted[edge], sorted[sorted.count - 1 - edge])
    guard mean > 0, high - low >= max(leastSpread.watts, leastSpread.share * mean) else {
      return .failure(.steady(low, high))
    }
    // In units of the mean, so that the equations are well conditioned.
    let rows = windows.map { [1, $0.parts / mean] }
    let values = windows.map(\.wall)
    guard let fit = LeastSquares([0, 1], rows, values) else {
      return .failure(.steady(low, high))
    }
    let middle = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    let explained = squares > 0 ? 1 - fit.residual / squares : 0
    guard explained >= leastExplained else { return .failure(.unexplained(explained)) }
    let (base, slope) = (fit.coefficient(0), fit.coefficient(1) / mean)
    let widening = Self.widening(
      windows.map { $0.wall - base - slope * $0.parts }, residual: fit.residual)
    let margins = (base: fit.margin(0) * widening, slope: fit.margin(1) / mean * widening)
    guard slopes.contains(slope), base + margins.base >= 0 else {
      return .failure(.implausible(slope))
    }
    func lost(_ slope: Double) -> Double { max(0, 1 - 1 / max(slope, 0.5)) }
    return .success(
      WallFit(
        base: Estimate(
          value: max(0, base), low: max(0, base - margins.base), high: base + margins.base),
        slope: Estimate(value: slope, low: slope - margins.slope, high: slope + margins.slope),
        lossShare: Estimate(
          value: lost(slope), low: lost(slope - margins.slope), high: lost(slope + margins.slope)),
        explained: explained, windows: windows.count, window: window))
  }

  /// By how much the intervals are wider since what one window is off by, the next one is too.
  ///
  /// By the correlation of neighbouring residuals, as for a process of first order.
  private static func widening(_ residuals: [Double], residual: Double) -> Double {
    guard residual > 0 else { return 1 }
    let neighbours = zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let correlation = min(0.95, max(0, neighbours / residual))
    return ((1 + correlation) / (1 - correlation)).squareRoot()
  }
}

extension Ledger {
  /// The fit of the wall to the parts of the machine that has a meter of the whole, over a span.
  ///
  /// `nil` where no machine has such a meter beside parts that are measured, or several have.
  public func wallFit(over span: TimeSpan) -> Result<WallFit, WallFit.Failure>? {
    let fits = inventory.machines.compactMap { wallFit(of: $0, over: span) }
    return fits.count == 1 ? fits[0] : nil
  }

  /// The fit of the wall to the parts of one machine, over a span.
  ///
  /// `nil` where it has no meter of the whole, or no part beside it that is measured. Windows in which the
  /// meter or any part is not known throughout are left out, and those in which another meter stands for
  /// the machine.
  public func wallFit(
    of meters: MachineMeters, over span: TimeSpan
  ) -> Result<WallFit, WallFit.Failure>? {
    let parts = meters.parts.filter { isMeasured($0) }
    guard let known = timeline.span?.intersection(span),
      let whole = meters.wholes.first(where: { $0.role == .machine && isMeasured($0) })
    else { return nil }
    let inside = parts.filter { whole.contains($0) }
    guard !inside.isEmpty else { return nil }
    // Several values of each fit into a window, or its edges would decide.
    let slowest = ([whole] + inside).compactMap { device in
      timeline.energySeries(of: device.id).map { timeline.descriptor($0).provenance.period }
    }.max()
    let window = max(60, 4 * (slowest ?? 0), known.seconds / 1440)
    var windows: [WallFit.Window] = []
    for index in stride(from: Int(saturating: known.seconds / window), to: 0, by: -1) {
      let end = known.end - Double(index - 1) * window
      let piece = TimeSpan(end - window, end)
      guard
        meterChoice(of: meters, at: piece.start + window / 2).whole?.id == whole.id,
        let wall = timeline.energy(of: whole.id, over: piece), wall.coverage >= 0.95,
        let drawn = timeline.energy(of: inside, over: piece), drawn.coverage >= 0.95,
        let watts = wall.meanPower, let partial = drawn.meanPower
      else { continue }
      windows.append(WallFit.Window(wall: watts, parts: partial))
    }
    return WallFit.fit(windows, window: window)
  }

  /// Whether a device's energy is known by a sensor.
  private func isMeasured(_ device: Device) -> Bool {
    timeline.energySeries(of: device.id).map {
      timeline.descriptor($0).provenance.method != .modelled
    } ?? false
  }
}
