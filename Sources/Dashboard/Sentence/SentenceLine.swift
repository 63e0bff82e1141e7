import Canvas
import Telemetry

/// The second line: one sentence of what matters most now.
enum SentenceLine {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    draw(remark(c), &canvas, in: rect, c)
  }

  /// Draws a remark, the longest form that has room.
  static func draw(
    _ remark: Remark, _ canvas: inout Canvas, in rect: Rect, _ c: FrameContext
  ) {
    let room = rect.width - 2
    let text = remark.texts.first { displayWidth($0) <= room } ?? remark.texts.last ?? ""
    let style = remark.role == .text ? c.text : c.style(remark.role).bold
    canvas.textClipped(text, x: rect.x + 1, y: rect.y, maxWidth: room, style)
  }

  /// The alarm that stands at the time of a frame, if any does.
  static func alarm(_ c: FrameContext) -> Remark? {
    let remark = Self.remark(c)
    return remark.kind.isAlarm ? remark : nil
  }

  /// What stands on the line at the time of a frame.
  static func remark(_ c: FrameContext) -> Remark {
    let start = c.input.bounds.start
    if let event = AlarmSchedule.word(
      AlertTicker.words(c), at: AlertTicker.now(c), since: start,
      isAlarm: { decided($0, c) != nil })
    {
      return AlertTicker.remark(event, c)
    }
    // At the very beginning nothing is known; the first slot is decided two seconds later.
    let slot = max(AlarmSchedule.slotStart(c.time, since: start), min(c.time, start + 2))
    guard let decided = decided(slot, c) else {
      return Remark.calm(c)
    }
    // What was decided stands through the slot, with the numbers of this moment.
    return Remark.alarms(c).first { $0.isSame(as: decided) } ?? decided
  }

  /// What asked for attention most at the beginning of a slot.
  private static func decided(_ slot: Timestamp, _ c: FrameContext) -> Remark? {
    if slot == c.time { return Remark.alarm(c) }
    return c.input.remarks.answer(slot) {
      var input = c.input
      input.view.cursor.seek(to: slot, in: input.bounds)
      return Remark.alarm(FrameContext(input))
    }
  }
}
