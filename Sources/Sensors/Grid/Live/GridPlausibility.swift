import Quantities
import Telemetry

/// What a statement of a grid must keep to before it is believed.
package enum GridPlausibility {
  /// The most grams for a kilowatt-hour that any fuel reaches over its life: a service once sent 5,900.
  package static let mostGrams = 1500.0
  /// How far back an interval may lie, in seconds.
  package static let past = 8 * 86_400.0
  /// How far ahead an interval may lie, in seconds.
  package static let future = 5 * 86_400.0
  /// The longest interval, in seconds; a local day at the end of summer time has 25 hours.
  package static let longest = 90_000.0

  /// How far a service's clock may be ahead of this machine's, in seconds.
  package static let skew = 300.0
  /// By how much the low-carbon share may be below the renewable one, for rounding.
  package static let rounding = 0.01

  /// Leaves the low-carbon share out where it is below the renewable one, which is a part of it.
  /// - Returns: whether it was.
  static func dropsLowCarbon(_ interval: inout GridInterval) -> Bool {
    guard let lowCarbon = interval[.lowCarbonShare], let renewable = interval[.renewableShare],
      renewable > lowCarbon + rounding + 1e-9
    else { return false }
    interval.leaveOut(.lowCarbonShare)
    return true
  }

  /// The intervals that can be true, and why the first of the others cannot.
  package static func gate(_ answer: GridAnswer, now: Timestamp) -> GridAnswer {
    var result = answer
    result.intervals = []
    let coversNow = answer.intervals.contains { $0.span.start <= now && $0.span.end > now }
    for interval in answer.intervals {
      var interval = interval
      if !coversNow, interval.quality == .measured, interval.span.start > now,
        interval.span.start - now <= skew, interval.span.seconds > 0
      {
        // The service's clock is ahead of ours: what it measures now is of now.
        interval.span = TimeSpan(now, interval.span.end)
      }
      if dropsLowCarbon(&interval) {
        result.add(
          remark: "low-carbon is left out: it is below renewable, which is a part of it")
      }
      if let refusal = refusal(interval, now: now) {
        if case .implausible(let words) = refusal, result.leftOut == nil {
          result.add(remark: "left out: \(words)")
        }
        if result.leftOut == nil { result.leftOut = refusal }
      } else {
        result.intervals.append(interval)
      }
    }
    return result
  }

  /// Why an interval cannot be true; `nil` where it can.
  package static func refusal(_ interval: GridInterval, now: Timestamp) -> GridRefusal? {
    let span = interval.span
    guard span.seconds > 0, span.seconds <= longest else {
      return .implausible("an interval of \(SI.fixed(span.seconds / 3600, 1)) h")
    }
    guard span.start - now > -past, span.end - now < future else {
      return .implausible(
        "an interval \(SI.fixed((span.start - now) / 86_400, 1)) days from now")
    }
    // A clock may be off by a little, but nothing is measured before it is over.
    if interval.quality == .measured, span.start - now > skew {
      return .implausible(
        "a measurement of \(GridStamp.minutes(span.start)), \(SI.duration(span.start - now)) "
          + "in the future by this machine's clock")
    }
    if interval.values.isEmpty { return .empty }
    for metric in Metric.gridMetrics {
      guard let value = interval[metric] else { continue }
      switch metric {
      case .carbonIntensity, .directIntensity, .marginalIntensity:
        guard 0...mostGrams ~= value else {
          return .implausible("\(metric.title) \(SI.fixed(value, 0)) g/kWh")
        }
      case .renewableShareOfLoad:
        guard 0...10 ~= value else {
          return .implausible("\(metric.title) \(SI.fixed(100 * value, 0)) %")
        }
      default:
        guard 0...1 ~= value else {
          return .implausible("\(metric.title) \(SI.fixed(100 * value, 0)) %")
        }
      }
    }
    return nil
  }
}
