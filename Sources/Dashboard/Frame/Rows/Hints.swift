import Canvas
import Quantities
import Telemetry

/// The last line: the keys, or a message to the user.
enum Hints {
  static func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    let view = c.input.view
    if let prompt = view.prompt {
      drawPrompt(&canvas, in: rect, prompt, c)
      return
    }
    // What has no line of its own stands here.
    if c.layout.sentence.isEmpty, !FleetScreen.isShown(c.input), let remark = SentenceLine.alarm(c)
    {
      SentenceLine.draw(remark, &canvas, in: rect, c)
      return
    }
    if !view.toast.isEmpty {
      canvas.textClipped(
        view.toast, x: rect.x + 1, y: rect.y, maxWidth: rect.width - 2, c.style(.good).bold)
      return
    }
    guard !FleetScreen.isShown(c.input) else { return FleetHints.draw(&canvas, in: rect, c) }
    for place in places(in: rect, c) {
      canvas.runs(place.phrase, x: place.x, y: rect.y, maxWidth: rect.right - place.x)
    }
  }

  /// A hint, where it stands, and the command that its key gives.
  struct Place {
    var x: Int
    var phrase: [Run]
    var command: Command
    var width: Int { phrase.reduce(0) { $0 + displayWidth($1.text) } }
  }

  /// The hints that have room, from the left; help and quit are always among them, since a lost user
  /// needs them.
  static func places(in rect: Rect, _ c: FrameContext) -> [Place] {
    let all = KeyTable.all.compactMap { binding -> Place? in
      guard let hints = binding.hints else { return nil }
      let phrase = [
        Run(keys(binding, c), c.style(.accent).bold),
        Run(" " + word(binding.command, hints, c), c.muted),
      ]
      return Place(x: 0, phrase: phrase, command: binding.command)
    }
    let gap = 2
    let essential = all.suffix(2)
    var free = rect.width - 2 - essential.reduce(0) { $0 + $1.width + gap }
    var kept: [Place] = []
    for place in all.dropLast(2) where place.width + gap <= free {
      kept.append(place)
      free -= place.width + gap
    }
    var x = rect.x + 1
    return (kept + essential).map { place in
      defer { x += place.width + gap }
      return Place(x: x, phrase: place.phrase, command: place.command)
    }
  }

  /// What a key does now, in a word.
  private static func word(_ command: Command, _ hints: Texts, _ c: FrameContext) -> String {
    let view = c.input.view
    if command == .playOrPause, view.cursor.mode == .paused { return c.say(FrameWords.play) }
    if case .overlay(let name) = command, name == view.overlay,
      OverlayCatalogue.overlay(name)?.isWhole ?? false
    {
      return c.say(FrameWords.panels)
    }
    return c.say(hints)
  }

  /// What is typed of a time, where it leads, and what can be typed.
  private static func drawPrompt(
    _ canvas: inout Canvas, in rect: Rect, _ prompt: Prompt, _ c: FrameContext
  ) {
    let isTime = prompt.purpose == .time
    var runs = [
      Run(c.say(isTime ? FrameWords.goTo : .mark) + " ", c.style(.accent).bold),
      Run(prompt.text, c.text),
      Run("▏", c.style(.accent).bold),
    ]
    if !isTime {
      runs.append(Run(prompt.text.isEmpty ? "  " + c.say(FrameWords.nameOfMark) : "", c.muted))
    } else if prompt.text.isEmpty {
      runs.append(Run("  " + Destination.examples, c.muted))
    } else if !c.input.view.toast.isEmpty {
      runs.append(Run("  " + c.input.view.toast, c.style(.warning)))
    } else {
      do throws(Destination.Fault) {
        let destination = try Destination(prompt.text)
        // That one is looked for when it is entered, and not in every frame.
        guard destination != .greatestPower else { throw Destination.Fault(Texts("", "")) }
        let time = try destination.time(
          from: c.time, in: c.input.bounds, of: c.timeline, offset: c.utcOffset)
        let civil = c.civil(time)
        runs.append(Run("  → \(civil.date(in: c.language)) \(civil.clock)", c.style(.good)))
      } catch {}
    }
    canvas.runs(runs, x: rect.x + 1, y: rect.y, maxWidth: rect.width - 2)
  }

  /// The keys as a hint shows them, with those of the opposite command.
  private static func keys(_ binding: KeyTable.Binding, _ c: FrameContext) -> String {
    switch binding.command {
    case .back: "← →"
    case .slower: "[ ]"
    case .panel(0): "1-\(min(9, PanelCatalogue.all.count))"
    default: KeyTable.symbol(binding.keys[0], in: c.language).lowercasedWord
    }
  }
}

extension String {
  /// `Space` becomes `space`; single letters stay as they are, since case tells keys apart.
  var lowercasedWord: String { count > 1 ? lowercased() : self }
}
