import Canvas
import Quantities
import Telemetry

/// The lines above and below a scene: that it was recorded, when, how fast it runs, and where it is from.
extension TalkScene {
  private func style(_ role: Theme.Role) -> Style { Style(theme[role], on: theme[.strip]) }

  /// The badge: that this was recorded, and how fast it runs.
  var badge: String {
    let language = input.language
    let state = input.state
    if state.isPaused { return "‖ " + TalkWords.paused.text(in: language) }
    let word = TalkWords.replay.text(in: language)
    // What stands still has no speed.
    guard !state.isAtEnd else { return "■ " + word }
    let speed = state.speed
    let number = speed < 9.95 ? SI.twoDigits(speed).shortened : SI.count(speed.rounded())
    let times = "×" + language.number(number)
    if state.idleRate > 1 {
      return "» " + word + " " + TalkWords.idleFaster.text(in: language, times)
    }
    return "▶ " + word + (times == "×1" ? "" : " " + times)
  }

  func drawTop(_ canvas: inout Canvas) {
    let rect = layout.top
    guard !rect.isEmpty else { return }
    canvas.fill(rect, style(.text))
    var right = rect.right - 1
    let civil = context.civil(context.time)
    if rect.width >= 60 {
      right -= canvas.textRight(context.zone, right: right, y: rect.y, style(.text)) + 1
    }
    right -= canvas.textRight(civil.clock, right: right, y: rect.y, style(.text).bold) + 1
    if rect.width >= 100 {
      right -= canvas.textRight(civil.isoDate, right: right, y: rect.y, style(.text)) + 2
    } else {
      right -= 1
    }
    right -= canvas.textRight(badge, right: right, y: rect.y, style(.accent).bold) + 2
    if let supposed = context.input.session.supposed {
      let text = TalkWords.whatIf.text(
        in: input.language, String(sanitized(supposed).prefix(24)))
      right -= canvas.textRight(text, right: right, y: rect.y, style(.warning).bold) + 2
    }
    if context.input.session.isSimulated {
      let text = TalkWords.simulated.text(in: input.language)
      right -= canvas.textRight(text, right: right, y: rect.y, style(.critical).bold) + 2
    }
    let name = sanitized(input.chapter.name.text(in: input.language))
    canvas.textClipped(name, x: rect.x + 1, y: rect.y, maxWidth: right - 2, style(.text).bold)
  }

  func drawBottom(_ canvas: inout Canvas) {
    let rect = layout.bottom
    guard !rect.isEmpty else { return }
    canvas.fill(rect, style(.text))
    let place = "\(input.state.chapter + 1)/\(input.names.count)"
    var right = rect.right - 1
    right -= canvas.textRight(place, right: right, y: rect.y, style(.text).bold) + 2
    // What the next step waits for is the speaker's matter, and shown where it is not the usual.
    if input.state.waitsForKey, rect.width >= 60 {
      right -= canvas.textRight("▸", right: right, y: rect.y, style(.accent).bold) + 2
    }
    let source = sanitized(input.chapter.source.text(in: input.language))
    canvas.textClipped(source, x: rect.x + 1, y: rect.y, maxWidth: right - 2, style(.text))
  }
}
