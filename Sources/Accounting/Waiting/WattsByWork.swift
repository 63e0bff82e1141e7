/// What an accelerator draws without work, from how its watts go with the share of time with a kernel.
///
/// Where steps take less than a second, every second is a mixture, and the accelerator is never seen
/// without work. But no two mixtures are alike: the line through them leads to the watts at none.
struct WattsByWork: Hashable, Sendable {
  private var count = 0.0
  private var sumX = 0.0
  private var sumY = 0.0
  private var sumXX = 0.0
  private var sumXY = 0.0
  private var sumYY = 0.0

  /// Fewer seconds than this say nothing.
  private let least: Double
  /// The standard error of the watts, as a share of them, up to which they are believed.
  private static let error = 0.04

  /// How much of what is known weighs on when another second comes.
  private let weight: Double

  /// A line of which nothing is known; it is believed from so many seconds on.
  ///
  /// - Parameter weight: below 1, old seconds fade: then a time of something else spoils it for a while only.
  init(least: Double = 15, weight: Double = 1) { (self.least, self.weight) = (least, weight) }

  /// Takes in the watts and the share of time with a kernel of a second.
  mutating func note(_ watts: Double, _ share: Double) {
    count = weight * count + 1
    sumX = weight * sumX + share
    sumY = weight * sumY + watts
    sumXX = weight * sumXX + share * share
    sumXY = weight * sumXY + share * watts
    sumYY = weight * sumYY + watts * watts
  }

  /// Whether it has seen enough seconds, whatever they say.
  var isLong: Bool { count >= least }

  /// The watts at no work, by least squares; `nil` where the seconds are too few, too much alike or too
  /// far from a line.
  var withoutWork: Double? { line?.start }

  /// The watts at work all the time, by the same line.
  var atWork: Double? { line.map { $0.start + $0.slope } }

  private var line: (start: Double, slope: Double)? {
    guard isLong else { return nil }
    let spread = sumXX - sumX * sumX / count
    guard spread > 1e-4 * count else { return nil }
    let slope = (sumXY - sumX * sumY / count) / spread
    let start = (sumY - slope * sumX) / count
    let rest = max(0, sumYY - sumY * sumY / count - slope * slope * spread)
    let variance = rest / (count - 2)
    let error = (variance * (1 / count + (sumX / count) * (sumX / count) / spread)).squareRoot()
    guard slope > 0, start > 0, error <= Self.error * start else { return nil }
    return (start, slope)
  }
}
