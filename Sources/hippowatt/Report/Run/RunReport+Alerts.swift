import Canvas
import Dashboard
import Quantities
import Telemetry

/// What a report says of the alerts that were raised.
extension RunReport {
  /// How many alerts the text tells one by one.
  private static let mostAlerts = 20

  var alertFacts: [(String, String)] {
    var facts: [(String, String)] = []
    for (name, stretch) in alerts.prefix(Self.mostAlerts) {
      facts.append((facts.isEmpty ? "alerts" : "", text(name, stretch)))
    }
    if alerts.count > Self.mostAlerts {
      facts.append(("", "and \(alerts.count - Self.mostAlerts) more; --format json tells them all"))
    }
    return facts
  }

  private func text(_ name: String, _ stretch: AlertStretch) -> String {
    let event = stretch.raised
    let start = CivilTime(span.start, offset: utcOffset(span.start)).isoDate
    let civil = CivilTime(event.time, offset: utcOffset(event.time))
    let clock = (civil.isoDate == start ? "" : civil.isoDate + " ") + civil.clock
    let end =
      stretch.cleared.map { "over after \(SI.age($0.time - event.time))" }
      ?? "not over at the end"
    let title = name.isEmpty ? "" : name + ": "
    return sanitized("\(clock) \(title)\(event.text) (\(end))")
  }

  static func json(_ alert: (name: String, stretch: AlertStretch)) -> JSONText {
    let (name, stretch) = alert
    return JSONText.object([
      ("name", .text(name)), ("raised", .number(stretch.raised.time.seconds)),
      ("text", .text(stretch.raised.text)),
      ("repeats", stretch.repeats > 0 ? .number(Double(stretch.repeats)) : nil),
      ("cleared", stretch.cleared.map { .number($0.time.seconds) } ?? .null),
      ("seconds", stretch.cleared.map { .number($0.time - stretch.raised.time) }),
    ])
  }
}
