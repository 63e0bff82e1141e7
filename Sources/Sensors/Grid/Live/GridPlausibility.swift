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

  /// The intervals that can be true, and why the first of the others cannot.
  package static func gate(_ answer: GridAnswer, now: Timestamp) -> GridAnswer {
    var result = answer
    result.intervals = []
    for interval in answer.intervals {
      if let refusal = refusal(interval, now: now) {
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
    if interval.quality == .measured, span.start - now > 300 {
      return .implausible("a measurement of the future")
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
