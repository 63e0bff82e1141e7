import Canvas
import Telemetry

/// What the screen says of the user's alerts: a word in the title, and a sentence for a while.
enum AlertTicker {
  /// Seconds that a sentence stays; no other takes its place before.
  static let stay = 10.0

  /// The alerts that are raised at a time, the newest last.
  static func raised(_ c: FrameContext) -> [AlertStretch] {
    c.timeline.alerts(until: reach(c, c.time)).filter { $0.cleared == nil }
  }

  /// Up to when events count at a time: at the end, those after the last reading as well.
  private static func reach(_ c: FrameContext, _ time: Timestamp) -> Timestamp {
    time < c.input.bounds.end ? time : time + 1.5
  }

  /// The sentence that is shown: while a session is live that of the present, wherever one looks.
  static func sentence(_ c: FrameContext) -> Event? {
    let isLive = if case .live = c.input.session.origin { true } else { false }
    return sentence(c.timeline.events, at: reach(c, isLive ? c.input.bounds.end : c.time))
  }

  /// The sentence that is shown at a time, which follows from the events before it alone.
  ///
  /// Of those that came while another one stood, the newest follows it.
  static func sentence(_ events: [Event], at time: Timestamp) -> Event? {
    let words = events.filter { $0.device?.kind == .alert && $0.time <= time }
    var shown: (event: Event, since: Timestamp)?
    var next = words.startIndex
    while next < words.endIndex {
      let start = max(words[next].time, shown.map { $0.since + stay } ?? words[next].time)
      guard start <= time else { break }
      while next + 1 < words.endIndex, words[next + 1].time <= start { next += 1 }
      shown = (words[next], start)
      next += 1
    }
    return shown.flatMap { time - $0.since < stay ? $0.event : nil }
  }

  /// What stands in the title while alerts are raised: `▲ hot`, or how many they are.
  static func mark(_ c: FrameContext, room: Int) -> String? {
    let raised = raised(c)
    guard let first = raised.first else { return nil }
    if raised.count > 1 { return room >= 11 ? "▲ \(raised.count) ALERTS" : "▲ \(raised.count)" }
    let name = sanitized(c.timeline.name(of: first.raised))
    return room >= 14 && !name.isEmpty ? "▲ " + clipped(name, to: room - 2) : "▲ ALERT"
  }
}
