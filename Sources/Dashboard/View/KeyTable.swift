/// The one table of keys: it drives dispatch, the help overlay and the manual.
public enum KeyTable {
  /// A group of keys in help and manual.
  public enum Section: String, Sendable, Hashable, CaseIterable {
    case panels
    case time
    case marks
    case program

    /// What stands above its keys.
    var title: Texts {
      switch self {
      case .panels: Texts("Panels", "Panneaux")
      case .time: Texts("Time", "Temps")
      case .marks: Texts("Marks", "Repères")
      case .program: Texts("Program", "Programme")
      }
    }
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
    public var text: String { texts.english }
    /// The short word in the hints at the bottom; empty to stay out of them.
    public var hint: String { hints?.english ?? "" }
    /// What it does, in every language.
    let texts: Texts
    /// The short word in every language; `nil` to stay out of the hints.
    let hints: Texts?
  }

  /// Every binding, in the order of help and manual; those of panels and views are the catalogues'.
  public static let all: [Binding] =
    time + marks + overlays(in: .marks) + panels + overlays(in: .panels)
    + [bind(.leave, ["escape"], .panels, Texts("close what is open", "fermer ce qui est ouvert"))]
    + program + overlays(in: .program)
    + [
      bind(
        .quit, ["q", "ctrl-c", "f10"], .program, Texts("quit", "quitter"),
        hint: Texts("quit", "quitter"))
    ]

  private static let marks: [Binding] = [
    bind(
      .addMark, ["m"], .marks, Texts("set a mark here", "poser un repère ici"),
      hint: Texts("mark", "repère")),
    bind(.nameMark, ["M"], .marks, Texts("set a mark with a name", "poser un repère nommé")),
    bind(.nextMark, ["n"], .marks, Texts("to the next mark or event", "au repère suivant")),
    bind(.previousMark, ["N"], .marks, Texts("to the previous one", "au précédent")),
    bind(
      .select, ["v"], .marks,
      Texts("select a span from here; again: drop it", "choisir une durée d’ici ; encore : fin")),
    bind(
      .loop, ["V"], .marks,
      Texts("end the span here, and loop in it", "finir la durée ici, et y boucler")),
  ]

  /// A digit for each panel; beyond the ninth there is only the way by Tab.
  private static let panels: [Binding] =
    PanelCatalogue.all.enumerated().prefix(9).map { index, panel in
      let isFirst = index == 0
      let name = isFirst ? panel.name : panel.nameInSentence
      return bind(
        .panel(index), ["\(index + 1)"], .panels,
        Texts(
          name.english + (isFirst ? " large; again: back" : " large"),
          name.french + (isFirst ? " en grand ; encore : retour" : " en grand")),
        hint: isFirst ? Texts("focus", "zoom") : nil)
    } + [
      bind(.nextPanel, ["tab"], .panels, Texts("to the next panel", "au panneau suivant")),
      bind(.previousPanel, ["shift-tab"], .panels, Texts("to the previous panel", "au précédent")),
      bind(
        .focus, ["enter"], .panels,
        Texts("the chosen panel large; again: back", "panneau choisi en grand ; encore : retour")
      ),
    ]

  private static let program: [Binding] = [
    bind(
      .theme, ["t"], .program, Texts("next theme", "thème suivant"), hint: Texts("theme", "thème")),
    bind(
      .cycleGlyphs, ["b"], .program,
      Texts("marks: dots, blocks, ASCII", "tracés : points, blocs, ASCII")),
    bind(
      .screenshot, ["S"], .program,
      Texts("save the screen as SVG and text", "garder l’écran en SVG et en texte"),
      hint: Texts("screenshot", "capture")),
    bind(.repaint, ["ctrl-l"], .program, Texts("draw everything again", "tout redessiner")),
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

  static func bind(
    _ command: Command, _ keys: [String], _ section: Section, _ text: Texts, hint: Texts? = nil
  ) -> Binding {
    Binding(command: command, keys: keys, section: section, texts: text, hints: hint)
  }

  /// How a key is written for people: `←` for `left`.
  public static func symbol(_ key: String) -> String { symbol(key, in: .fallback) }

  /// How a key is written for people, as keyboards of a language have it.
  static func symbol(_ key: String, in language: Language) -> String {
    let symbol: Texts =
      switch key {
      case "left": Texts("←", "←")
      case "right": Texts("→", "→")
      case "up": Texts("↑", "↑")
      case "down": Texts("↓", "↓")
      case "shift-left": Texts("⇧←", "⇧←")
      case "shift-right": Texts("⇧→", "⇧→")
      case "page-up": Texts("PgUp", "PgPréc")
      case "page-down": Texts("PgDn", "PgSuiv")
      case "home": Texts("Home", "Début")
      case "end": Texts("End", "Fin")
      case "escape": Texts("Esc", "Échap")
      case "tab": Texts("Tab", "Tab")
      case "shift-tab": Texts("⇧Tab", "⇧Tab")
      case "enter": Texts("Enter", "Entrée")
      case "space": Texts("Space", "Espace")
      case "backspace": Texts("⌫", "⌫")
      case "ctrl-l": Texts("^L", "^L")
      case "ctrl-c": Texts("^C", "^C")
      case "f1": Texts("F1", "F1")
      case "f10": Texts("F10", "F10")
      default: Texts(key, key)
      }
    return symbol.text(in: language)
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
