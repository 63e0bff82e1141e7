/// The one table of keys: it drives dispatch, the help overlay and the manual.
public enum KeyTable {
  /// A group of keys in help and manual.
  public enum Section: String, Sendable, Hashable, CaseIterable {
    case time = "Time"
    case panels = "Panels"
    case marks = "Marks"
    case program = "Program"
  }

  /// Keys that do one thing.
  public struct Binding: Sendable, Hashable {
    public let command: Command
    /// Key names as `Key.name` gives them; the first one is shown.
    public let keys: [String]
    public let section: Section
    /// What it does, for help and manual.
    public let text: String
    /// The short word in the hints at the bottom; empty to stay out of them.
    public let hint: String
  }

  public static let all: [Binding] = [
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
    bind(.zoomIn, ["+", "="], .time, "show a shorter time"),
    bind(.zoomOut, ["-"], .time, "show a longer time"),
    bind(.mark, ["m"], .marks, "set a mark here", hint: "mark"),
    bind(.nextMark, ["n"], .marks, "to the next mark"),
    bind(.previousMark, ["N"], .marks, "to the previous mark"),
    bind(.select, ["v"], .marks, "select a span from here; again: drop it"),
    bind(.panel1, ["1"], .panels, "GPU draw large; again: back", hint: "focus"),
    bind(.panel2, ["2"], .panels, "algorithm cost large"),
    bind(.panel3, ["3"], .panels, "data throughput large"),
    bind(.panel4, ["4"], .panels, "renewable share large"),
    bind(.nextPanel, ["tab"], .panels, "to the next panel"),
    bind(.previousPanel, ["shift-tab"], .panels, "to the previous panel"),
    bind(.focus, ["enter"], .panels, "the chosen panel large; again: back"),
    bind(.provenance, ["i"], .panels, "where its numbers come from", hint: "source"),
    bind(.processes, ["p"], .panels, "whose joules: processes on the GPUs", hint: "processes"),
    bind(.diet, ["d"], .panels, "what a diet saved", hint: "diet"),
    bind(.chips, ["c"], .panels, "this work on other chips", hint: "chips"),
    bind(.equivalents, ["e"], .panels, "energy in familiar things", hint: "equivalents"),
    bind(.leave, ["escape"], .panels, "close what is open"),
    bind(.theme, ["t"], .program, "next theme", hint: "theme"),
    bind(.marks, ["b"], .program, "marks: dots, blocks, ASCII"),
    bind(.screenshot, ["S"], .program, "save the screen as SVG and text", hint: "screenshot"),
    bind(.repaint, ["ctrl-l"], .program, "draw everything again"),
    bind(.help, ["?", "f1"], .program, "this help", hint: "help"),
    bind(.quit, ["q", "ctrl-c", "f10"], .program, "quit", hint: "quit"),
  ]

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
