import Quantities
import Telemetry

extension AlertQuantity {
  /// The share of the last two minutes in which the accelerators waited for data, all together.
  static let waiting = AlertQuantity(
    "waiting", example: "\"30%\"", [AlertSpelling(suffix: "%", unit: .percent)], every: 2
  ) { _, scene in
    let span = TimeSpan(last: 120, endingAt: scene.time)
    let timeline = scene.timeline
    func total(_ metric: Metric, _ device: Device) -> Double? {
      timeline.id(metric, of: device.id).map { timeline.total($0, over: span).amount }
    }
    var (waited, judged, count) = (0.0, 0.0, 0.0)
    for device in timeline.devices(.waiting) {
      guard let all = total(.judgedTime, device) else { continue }
      // Whoever never waited has no such counter.
      waited += total(.dataWaitTime, device) ?? 0
      (judged, count) = (judged + all, count + 1)
    }
    func reading(_ state: AlertReading.State) -> [AlertReading] {
      [
        AlertReading(
          nil, "the accelerators", state, .percent,
          words: "the accelerators waited for data for \(SI.percent(waited / max(judged, 1))) % "
            + "of the last 2 min")
      ]
    }
    guard count > 0 else {
      return reading(.unknown("nothing here tells what the accelerators wait for"))
    }
    // Less than half of the time says little of the rest.
    guard judged >= 0.5 * span.seconds * count else { return reading(.unknown(nil)) }
    return reading(.known(100 * waited / judged))
  }
}
