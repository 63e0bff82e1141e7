/// The one table of keys: it drives dispatch, the help overlay and the manual.
public enum KeyTable {
  /// A group of keys in help and manual.
  public enum Section: String, Sendable, Hashable, CaseIterable {
    case panels = "Panels"
    case time = "Time"
    case marks = "Marks"
    case program = "Program"
  }

  /// A command with its keys.
  public struct Binding: Sendable, Hashable {
    /// The command that the keys give.
    public let command: Command
    /// Key names as `Key.name` gives them; the first one is shown.
    public let keys: [String]
    /// The group it is listed in.
    public let section: Section
    /// What it does, for help and manual.
    public let text: String
    /// The short word in the hints at the bottom; empty to stay out of them.
    public let hint: String
  }

  /// Every binding, in the order of help and manual; those of panels and views are the catalogues'.
  public static let all: [Binding] =
    time + marks + overlays(in: .marks) + panels + overlays(in: .panels)
    + [bind(.leave, ["escape"], .panels, "close what is open")] + program
    + overlays(in: .program)
    + [bind(.quit, ["q", "ctrl-c", "f10"], .program, "quit", hint: "quit")]

  private static let time: [Binding] = [
    bind(.playOrPause, ["space"], .time, "pause, or play", hint: "pause"),
    bind(.back, ["left", "h"], .time, "5 s back", hint: "seek"),
    bind(.forward, ["right", "l"], .time, "5 s forward"),
    bind(.backFine, ["shift-left"], .time, "1 s back"),
    bind(.forwardFine, ["shift-right"], .time, "1 s forward"),
    bind(.backFar, ["page-up", "down", "j"], .time, "60 s back"),
    bind(.forwardFar, ["page-down", "up", "k"], .time, "60 s forward"),
    bind(.previousReading, [",", "T"], .time, "one reading back"),
    bind(.nextReading, ["."], .time, "one reading forward"),
    bind(.slower, ["["], .time, "play slower", hint: "speed"),
    bind(.faster, ["]"], .time, "play faster"),
    bind(.normalSpeed, ["backspace"], .time, "play at normal speed"),
    bind(.first, ["home", "g"], .time, "to the beginning"),
    bind(.last, ["end", "G"], .time, "to the end, or back to live"),
    bind(.goTo, [":"], .time, "go to 14:32, -2h, max…", hint: "go to"),
    bind(.zone, ["z"], .time, "times in UTC, or local"),
    bind(.zoomIn, ["+", "="], .time, "show a shorter time"),
    bind(.zoomOut, ["-"], .time, "show a longer time"),
  ]

  private static let marks: [Binding] = [
    bind(.addMark, ["m"], .marks, "set a mark here", hint: "mark"),
    bind(.nameMark, ["M"], .marks, "set a mark with a name"),
    bind(.nextMark, ["n"], .marks, "to the next mark or event"),
    bind(.previousMark, ["N"], .marks, "to the previous one"),
    bind(.select, ["v"], .marks, "select a span from here; again: drop it"),
    bind(.loop, ["V"], .marks, "end the span here, and loop in it"),
  ]

  /// A digit for each panel; beyond the ninth there is only the way by Tab.
  private static let panels: [Binding] =
    PanelCatalogue.all.enumerated().prefix(9).map { index, panel in
      bind(
        .panel(index), ["\(index + 1)"], .panels,
        (index == 0 ? panel.name : panel.nameInSentence)
          + (index == 0 ? " large; again: back" : " large"),
        hint: index == 0 ? "focus" : "")
    } + [
      bind(.nextPanel, ["tab"], .panels, "to the next panel"),
      bind(.previousPanel, ["shift-tab"], .panels, "to the previous panel"),
      bind(.focus, ["enter"], .panels, "the chosen panel large; again: back"),
    ]

  private static let program: [Binding] = [
    bind(.theme, ["t"], .program, "next theme", hint: "theme"),
    bind(.cycleGlyphs, ["b"], .program, "marks: dots, blocks, ASCII"),
    bind(.screenshot, ["S"], .program, "save the screen as SVG and text", hint: "screenshot"),
    bind(.repaint, ["ctrl-l"], .program, "draw everything again"),
  ]

  private static func overlays(in section: Section) -> [Binding] {
    OverlayCatalogue.all.filter { $0.section == section }.map {
      bind(.overlay($0.name), $0.keys, section, $0.text, hint: $0.hint)
    }
  }

  /// The command of a key, by its name.
  public static func command(for key: String) -> Command? { commands[key] }

  private static let commands: [String: Command] = Dictionary(
    all.flatMap { binding in binding.keys.map { ($0, binding.command) } },
    uniquingKeysWith: { first, _ in first })

  private static func bind(
    _ command: Command, _ keys: [String], _ section: Section, _ text: String, hint: String = ""
  ) -> Binding {
    Binding(command: command, keys: keys, section: section, text: text, hint: hint)
  }

  /// How a key is written for people: `←` for `left`.
  public static func symbol(_ key: String) -> String {
    let symbols = [
      "left": "←", "right": "→", "up": "↑", "down": "↓", "shift-left": "⇧←",
      "shift-right": "⇧→", "page-up": "PgUp", "page-down": "PgDn", "home": "Home", "end": "End",
      "escape": "Esc", "tab": "Tab", "shift-tab": "⇧Tab", "enter": "Enter", "space": "Space",
      "backspace": "⌫", "ctrl-l": "^L", "ctrl-c": "^C", "f1": "F1", "f10": "F10",
    ]
    return symbols[key] ?? key
  }

  /// The table as Markdown, for the manual.
  public static var markdown: String {
    var lines = ["| key | does |", "|---|---|"]
    for section in Section.allCases {
      for binding in all where binding.section == section {
        let keys = binding.keys.map { "`\(symbol($0) == "|" ? "\\|" : symbol($0))`" }
        lines.append("| \(keys.joined(separator: " ")) | \(binding.text) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
