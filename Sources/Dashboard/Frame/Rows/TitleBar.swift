import Accounting
import Canvas
import Quantities
import Telemetry

/// The first line: machine, hardware, state of the session and clock.
enum TitleBar {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    let ground = c.theme[.strip]
    func style(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
    var phrases: [[Run]] = [[Run(machine(c), style(.text).bold)]]
    if let machine = hardware(c) { phrases.append([Run(machine, style(.muted))]) }
    if let job = c.job ?? c.inventory.jobs.last {
      phrases.append([Run(sanitized(job.label), style(.muted))])
    }
    draw(&canvas, in: rect, phrases, c)
  }

  /// Draws the program's name, what is said of the session, and its state at the right.
  static func draw(
    _ canvas: inout Canvas, in rect: Rect, _ said: [[Run]], _ c: FrameContext
  ) {
    guard !rect.isEmpty else { return }
    let ground = c.theme[.strip]
    canvas.fill(rect, Style(c.theme[.text], on: ground))
    func style(_ role: Theme.Role) -> Style { Style(c.theme[role], on: ground) }
    let amber = Style(c.theme[.power].end, on: ground).bold
    let right = drawRight(&canvas, in: rect, c, style)
    let name = [Run(c.glyphs == .ascii ? "" : "▟▙ ", amber), Run("hippowatt", amber)]
    canvas.phrases(
      [name] + said, x: rect.x + 1, y: rect.y, maxWidth: right - rect.x - 2, gap: 2)
  }

  /// The machine, or how many there are.
  private static func machine(_ c: FrameContext) -> String {
    let count = c.inventory.machines.count
    return count > 1
      ? c.say(FrameWords.machines, "\(count)") : sanitized(c.input.session.machine)
  }

  /// `8 × H100 80GB`, or the processor's name.
  private static func hardware(_ c: FrameContext) -> String? {
    let models = c.inventory.gpus.map(\.model)
    guard let first = models.first else {
      return c.inventory.host.map(\.model).flatMap { $0.isEmpty ? nil : clipped($0, to: 40) }
    }
    let name = models.allSatisfy { $0 == first } ? first : c.say(FrameWords.severalKinds)
    let short = name.hasPrefix("NVIDIA ") ? String(name.dropFirst(7)) : name
    if short.isEmpty { return models.count > 1 ? c.say(DataWords.gpus, "\(models.count)") : nil }
    return models.count > 1 ? "\(models.count) × \(short)" : short
  }

  /// Draws badge, recording light and clock; returns the column they begin at.
  private static func drawRight(
    _ canvas: inout Canvas, in rect: Rect, _ c: FrameContext, _ style: (Theme.Role) -> Style
  ) -> Int {
    let civil = c.civil(c.time)
    var right = rect.right - 1
    // A name only where there is room beside everything else; on a small screen it takes the clock's.
    let alert = AlertTicker.mark(c, room: rect.width >= 110 ? 28 : rect.width >= 60 ? 11 : 7)
    if rect.width >= 100 {
      right -= canvas.textRight(c.zone, right: right, y: rect.y, style(.muted)) + 1
    }
    if rect.width >= 40, alert == nil || rect.width >= 76 {
      right -= canvas.textRight(civil.clock, right: right, y: rect.y, style(.text).bold) + 1
    }
    if rect.width >= 100 {
      right -=
        canvas.textRight(civil.date(in: c.language), right: right, y: rect.y, style(.muted)) + 2
    }
    if let alert {
      right -= canvas.textRight(alert, right: right, y: rect.y, style(.critical).bold) + 2
    }
    let session = c.input.session
    if !session.recordingProblem.isEmpty {
      right -=
        canvas.textRight(
          "▲ " + c.say(FrameWords.notRecording), right: right, y: rect.y, style(.critical).bold) + 2
    } else if let since = session.recordingSince, rect.width >= 60 {
      let text =
        rect.width >= 90 ? "● REC " + c.language.clock(c.input.bounds.end - since) : "● REC"
      right -= canvas.textRight(text, right: right, y: rect.y, style(.critical).bold) + 2
    }
    let (badge, role) = badge(c)
    right -= canvas.textRight(badge, right: right, y: rect.y, style(role).bold) + 2
    if let supposed = session.supposed {
      let name = String(sanitized(supposed).prefix(24))
      let text = c.say(FrameWords.whatIf, name)
      right -= canvas.textRight(text, right: right, y: rect.y, style(.warning).bold) + 2
    }
    if session.isSimulated {
      right -=
        canvas.textRight(
          c.say(FrameWords.simulated), right: right, y: rect.y, style(.warning).bold) + 2
    }
    return right
  }

  /// The state of the cursor in a word: live, playing or paused.
  static func badge(_ c: FrameContext) -> (String, Theme.Role) {
    let cursor = c.input.view.cursor
    let behind = c.input.bounds.end - c.time
    let isRecording = if case .recording = c.input.session.origin { true } else { false }
    switch cursor.mode {
    case .live:
      return c.input.session.hasEnded
        ? ("■ " + c.say(FrameWords.ended), .warning) : ("● " + c.say(FrameWords.live), .good)
    case .paused:
      let word = "‖ " + c.say(FrameWords.paused)
      return isRecording
        ? (word + " " + c.language.clock(c.time - c.input.bounds.start), .warning)
        : (word + " −" + c.language.clock(behind), .warning)
    case .playing:
      let isLoop = c.input.view.selectionEnd.map { c.time <= $0 } ?? false
      let speed =
        cursor.speed == 1 ? "" : " " + c.number(SI.significant(cursor.speed).shortened) + "x"
      return isRecording
        ? ((isLoop ? "▶ A–B" : "▶ " + c.say(FrameWords.replay)) + speed, .accent)
        : ("▶ −" + c.language.clock(behind) + speed, .accent)
    }
  }
}

extension String {
  /// Without zeros at the end of a fraction.
  var shortened: String {
    guard contains(".") else { return self }
    var copy = self
    while copy.last == "0" { copy.removeLast() }
    if copy.last == "." { copy.removeLast() }
    return copy
  }
}
