import Glibc
import Quantities

/// A falling curve fitted to the second half of a loss: a power law or a line over log steps.
///
/// The power law is L = a + b·s^−c; a and b are fitted by least squares for each of 31 exponents.
/// The interval is from fits to resampled residuals, with the same random numbers every time.
struct LossFit {
  /// Why nothing is projected.
  struct Failure: Error, Hashable {
    var reason: String
  }

  private struct Curve {
    var exponent: Double
    var offset: Double
    var slope: Double

    /// The regressor: s^−c, or −ln s for the line over log steps.
    static func height(_ step: Double, _ exponent: Double) -> Double {
      exponent == 0 ? -log(step) : pow(step, -exponent)
    }

    func loss(_ step: Double) -> Double { offset + slope * Self.height(step, exponent) }

    /// The step at which a loss is reached; `nil` when it never is.
    func step(_ loss: Double) -> Double? {
      guard slope > 0 else { return nil }
      let height = (loss - offset) / slope
      if exponent == 0 { return height > -60 ? exp(-height) : nil }
      return height > 0 ? pow(height, -1 / exponent) : nil
    }
  }

  private let points: [(step: Double, loss: Double)]
  private let curve: Curve?
  private let explained: Double

  private static let exponents = [0.0] + (1...30).map { Double($0) * 0.05 }
  static let leastPoints = 8
  private static let leastExplained = 0.6
  private static let resamples = 200

  init(_ reports: [(step: Double, loss: Double)]) {
    let usable = reports.filter { $0.step >= 1 && $0.loss.isFinite }
    points = Self.thinned(Array(usable.suffix((usable.count + 1) / 2)))
    let fit = points.count >= Self.leastPoints ? Self.best(points) : nil
    curve = fit?.curve
    explained = fit?.explained ?? 0
  }

  /// The fit in words, with how much of the loss's fall it explains.
  var words: String {
    guard let curve else { return "no fit" }
    let shape =
      curve.exponent == 0
      ? "a line over log steps"
      : "\(SI.significant(curve.offset)) + b·step^−\(SI.fixed(curve.exponent, 2))"
    return "\(shape) on the last half, R² \(SI.fixed(explained, 2))"
  }

  /// How many steps after `step` the loss will be down to a target: the middle 90 % of fits.
  func projection(to target: Double, from step: Double) -> Result<ClosedRange<Double>, Failure> {
    guard points.count >= Self.leastPoints, let curve else {
      return .failure(Failure(reason: "too few losses for a fit"))
    }
    guard curve.slope > 0 else { return .failure(Failure(reason: "the loss does not fall")) }
    guard explained >= Self.leastExplained else {
      return .failure(
        Failure(reason: "the loss is too noisy for a fit, R² \(SI.fixed(explained, 2))"))
    }
    guard let reached = curve.step(target) else {
      return .failure(
        Failure(reason: "the fit levels off at \(SI.significant(curve.offset)), above the target"))
    }
    guard reached <= 10 * step else {
      return .failure(Failure(reason: "more than ten times the steps so far, too far for a fit"))
    }
    let residuals = points.map { $0.loss - curve.loss($0.step) }
    var random = SplitMix64(seed: 1)
    var results: [Double] = []
    for _ in 0..<Self.resamples {
      let sample = points.map { point in
        (step: point.step, loss: curve.loss(point.step) + residuals[random.below(residuals.count)])
      }
      if let step = Self.best(sample)?.curve.step(target) { results.append(step) }
    }
    guard results.count >= Self.resamples * 9 / 10 else {
      return .failure(Failure(reason: "the fit is too unsure to say when, or whether at all"))
    }
    results.sort()
    let low = max(0, results[results.count / 20] - step)
    let high = max(low, results[results.count * 19 / 20] - step)
    guard high.isFinite, high <= 30 * step else {
      return .failure(Failure(reason: "the fit is too unsure to say when"))
    }
    guard high >= max(1, step / 100) else {
      return .failure(Failure(reason: "about to be reached: within what the loss scatters"))
    }
    return .success(low...high)
  }

  /// At most 48 points, each the mean of equally many neighbours.
  private static func thinned(
    _ points: [(step: Double, loss: Double)]
  ) -> [(step: Double, loss: Double)] {
    let size = (points.count + 47) / 48
    guard size > 1 else { return points }
    return stride(from: 0, to: points.count, by: size).map { start in
      let part = points[start..<min(points.count, start + size)]
      let count = Double(part.count)
      return (
        step: part.reduce(0) { $0 + $1.step } / count, loss: part.reduce(0) { $0 + $1.loss } / count
      )
    }
  }

  private static func best(
    _ points: [(step: Double, loss: Double)]
  ) -> (curve: Curve, explained: Double)? {
    let count = Double(points.count)
    let mean = points.reduce(0) { $0 + $1.loss } / count
    let total = points.reduce(0) { $0 + ($1.loss - mean) * ($1.loss - mean) }
    guard total > 0 else { return nil }
    var best: (curve: Curve, error: Double)?
    for exponent in exponents {
      let heights = points.map { Curve.height($0.step, exponent) }
      let middle = heights.reduce(0, +) / count
      var (squares, products) = (0.0, 0.0)
      for (height, point) in zip(heights, points) {
        squares += (height - middle) * (height - middle)
        products += (height - middle) * (point.loss - mean)
      }
      guard squares > 0 else { continue }
      let slope = products / squares
      let curve = Curve(exponent: exponent, offset: mean - slope * middle, slope: slope)
      let error = total - slope * products
      if best.map({ error < $0.error }) ?? true { best = (curve, error) }
    }
    return best.map { ($0.curve, 1 - max(0, $0.error) / total) }
  }
}

/// Random numbers that are the same every time: SplitMix64 by Sebastiano Vigna, public domain.
struct SplitMix64: Sendable {
  /// 2⁶⁴ over the golden ratio, the step of the state.
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// The two factors of the output function, which is David Stafford's variant 13.
  private static let mixers: (UInt64, UInt64) = (0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB)

  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= Self.increment
    var z = state
    z = (z ^ (z >> 30)) &* Self.mixers.0
    z = (z ^ (z >> 27)) &* Self.mixers.1
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, but without, `bound`, which must be above 0.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
