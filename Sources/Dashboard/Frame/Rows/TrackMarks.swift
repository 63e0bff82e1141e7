import Canvas
import Telemetry

/// The marks on the track of the scrubber, with the names that have room.
struct TrackMarks {
  /// A mark and its name, which may be empty.
  struct Mark {
    var event: Event
    var x: Int
    var sign: String
    var name: String
    var style: Style
  }

  /// The marks that are drawn, from the left.
  let marks: [Mark]

  /// The longest name.
  private static let longest = 24

  /// The marks of a track; `from` is the first column that is free.
  init(in rect: Rect, from: Int, _ c: FrameContext) {
    let to = Scrubber.column(c.time, in: rect, c)
    let events = c.timeline.events.map { (event: $0, x: Scrubber.column($0.time, in: rect, c)) }
    // No label may hide a gap or an alert.
    func isGrave(_ event: Event) -> Bool { event.kind == .gap || event.cause == .alert }
    let grave = events.filter { isGrave($0.event) }.map(\.x)
    var free = from
    var found: [Mark] = []
    for (event, x) in events {
      guard x >= free || isGrave(event) else { continue }
      let style =
        isGrave(event) ? c.style(.critical) : c.style(event.kind == .mark ? .accent : .muted)
      // A label ends before the cursor, which would stand on it otherwise.
      let end = min(x < to ? to : rect.right, grave.first { $0 > x } ?? rect.right)
      let room = end - x - 3
      let sign = event.cause == .alert ? "!" : event.kind == .gap ? "▲" : "▾"
      var mark = Mark(
        event: event, x: x, sign: sign, name: "",
        style: event.cause == .alert ? style.bold : style)
      free = max(free, x + 1)
      let text = c.timeline.words(of: event)
      if room >= 4, !text.isEmpty {
        mark.name = " " + clipped(text, to: min(Self.longest, room)) + " "
        free = x + 2 + displayWidth(mark.name)
      }
      found.append(mark)
    }
    marks = found
  }
}
