import Canvas
import Telemetry

/// What the screen says of the user's alerts: a word in the title, and a sentence for a while.
enum AlertTicker {
  /// The alerts that are raised at a time, the newest last.
  static func raised(_ c: FrameContext) -> [AlertStretch] {
    c.timeline.alerts(until: reach(c, c.time)).filter { $0.cleared == nil }
  }

  /// Up to when events count at a time: at the end, those after the last reading as well.
  private static func reach(_ c: FrameContext, _ time: Timestamp) -> Timestamp {
    time < c.input.bounds.end ? time : time + 1.5
  }

  /// The time whose words are shown: while a session is live that of the present, wherever one looks.
  static func now(_ c: FrameContext) -> Timestamp {
    let isLive = if case .live = c.input.session.origin { true } else { false }
    return reach(c, isLive ? c.input.bounds.end : c.time)
  }

  /// What alerts said, in order of time.
  static func words(_ c: FrameContext) -> [Event] {
    c.timeline.events.filter { $0.device?.kind == .alert }
  }

  /// The remark that a word of an alert is.
  static func remark(_ event: Event, _ c: FrameContext) -> Remark {
    let (mark, role): (String, Theme.Role) =
      switch event.cause {
      case .alert: ("▲ ", .critical)
      case .alertCleared: ("", .good)
      default: ("▲ ", .warning)
      }
    return Remark(
      kind: .alert, role: role, texts: [mark + sanitized(c.timeline.words(of: event))])
  }

  /// What stands in the title while alerts are raised: `▲ hot`, or how many they are.
  static func mark(_ c: FrameContext, room: Int) -> String? {
    let raised = raised(c)
    guard let first = raised.first else { return nil }
    if raised.count > 1 {
      let count = "\(raised.count)"
      return "▲ " + (room >= 11 ? c.say(FrameWords.alerts, count) : count)
    }
    let name = sanitized(c.timeline.name(of: first.raised))
    return room >= 14 && !name.isEmpty
      ? "▲ " + clipped(name, to: room - 2) : "▲ " + c.say(FrameWords.alert)
  }
}
