import Quantities
import Telemetry

/// When to run so that the electricity is greenest, by a forecast that is constant piece by piece.
///
/// The window slides over the starts of the forecast's intervals and over the earliest start that is
/// asked for; it counts only where the forecast covers all of it. Of equals the earliest is taken.
public struct GreenWindow: Sendable, Hashable {
  /// What is made as good as it can be.
  public enum Objective: String, Sendable, Hashable, CaseIterable {
    /// The least grams for a kilowatt-hour.
    case intensity
    /// The greatest renewable share.
    case share
  }

  /// What is asked for.
  public struct Question: Sendable, Hashable {
    /// The present time.
    public var now: Timestamp
    /// How long the work takes, in seconds.
    public var seconds: Double
    /// Before this nothing may begin; the present where it is `nil` or has gone by.
    public var earliest: Timestamp?
    /// By this all must be done.
    public var latestEnd: Timestamp?
    /// The power over equal parts of the length, in any unit; one value where it is constant.
    public var power: [Double] = [1]
    /// What is sought; by default the least intensity where it is forecast, else the greatest share.
    public var objective: Objective?

    /// A question for work that draws constant power and may begin at once.
    public init(now: Timestamp, seconds: Double) {
      self.now = now
      self.seconds = seconds
    }

    /// The first time at which the work may begin.
    public var first: Timestamp { max(now, earliest ?? now) }
  }

  /// A window, and the means over it, weighted with the power.
  public struct Choice: Sendable, Hashable {
    /// From its start to its end.
    public var span: TimeSpan
    /// The mean renewable share, 0...1; `nil` where it is not forecast all the way.
    public var share: Double?
    /// Mean grams for a kilowatt-hour; `nil` where they are not forecast all the way.
    public var intensity: Double?
    /// The mean ends of the forecast's band of the renewable share.
    public var band: ClosedRange<Double>?
  }

  /// What was asked for.
  public var question: Question
  /// What it is the best by.
  public var objective: Objective
  /// The best window.
  public var best: Choice
  /// Beginning at the first time that is allowed, mostly now; `nil` where the forecast does not
  /// cover that.
  public var atOnce: Choice?
  /// The means from now to the end of the forecast, over what is known.
  public var horizon: Choice
  /// The best window by the other objective, where that is another one and better by it.
  public var other: Choice?
  /// Which intensity is meant: lifecycle, direct or marginal; `nil` where none is forecast.
  public var intensityMetric: Metric?
  /// Whether shares are of load, and not of what is produced.
  public var isShareOfLoad: Bool

  /// Points of share and part of the intensity below which a gain is none.
  static let least = (share: 0.03, intensity: 0.05)

  /// The gain in renewable share over beginning at once, 0...1; negative where it is a loss.
  public var shareGain: Double? {
    guard let best = best.share, let now = atOnce?.share else { return nil }
    return best - now
  }

  /// The gain in grams for a kilowatt-hour over beginning at once; negative where it is a loss.
  public var intensityGain: Double? {
    guard let best = best.intensity, let now = atOnce?.intensity else { return nil }
    return now - best
  }

  /// Whether waiting gains less than 3 points of share and less than 5 % of the grams.
  public var isFlat: Bool {
    guard let atOnce else { return false }
    if let gain = shareGain, gain >= Self.least.share - 1e-9 { return false }
    if let gain = intensityGain, let now = atOnce.intensity, gain > 1e-9 {
      return gain < Self.least.intensity * now - 1e-9
    }
    return shareGain != nil || intensityGain != nil
  }

  /// Whether nothing is gained by waiting: the best window begins at once, or all are alike.
  public var isNow: Bool {
    best.span.start <= question.now || isFlat && question.first <= question.now
  }

  /// Whether the band of the best window reaches into the one of beginning at once, so that the gain
  /// may be none; `nil` where the forecast tells no band.
  public var isDoubtful: Bool? {
    guard let best = best.band, let now = atOnce?.band else { return nil }
    return best.overlaps(now)
  }
}
