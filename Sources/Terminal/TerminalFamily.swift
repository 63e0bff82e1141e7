/// What kind of terminal it is, from TERM and what else the environment tells.
///
/// TERM is what a program further out said, and often says less than is so: PuTTY and xterm call
/// themselves `xterm`. The other variables are inherited, also from a terminal that is no longer the
/// one; so they are believed in what does no harm when it is not so.
struct TerminalFamily: Equatable {
  /// A program between us and the terminal, which draws what it understood.
  enum Multiplexer: Equatable { case screen, tmux }

  var multiplexer: Multiplexer?
  /// It understands what xterm understands.
  var isModern: Bool
  /// It has the 256 colours of xterm.
  var has256Colors: Bool
  /// It shows 24-bit colours, as far as the environment knows.
  var hasTrueColor: Bool

  /// - Parameter kind: what the terminal answered for its kind, where it was asked.
  init(term: String, colorTerm: String, variables: [String: String], kind: Int? = nil) {
    func has(_ name: String) -> Bool { !(variables[name] ?? "").isEmpty }
    let isOld = Self.isOld(term)
    let isInTmux =
      term.hasPrefix("tmux") || has("TMUX") || variables["TERM_PROGRAM"] == "tmux"
    // With one inside the other, only what both can pass on arrives, whichever is the inner one.
    if has("STY") || kind == Self.screen || term.hasPrefix("screen") && !isInTmux {
      multiplexer = isOld ? nil : .screen
    } else {
      multiplexer = isInTmux && !isOld ? .tmux : nil
    }
    isModern = !isOld && Self.isModern(term)
    let isKnown = has("TERM_PROGRAM") || Self.programs.contains(where: has)
    has256Colors =
      isModern
      && (Self.names256Colors(term) || isKnown || kind != nil || !colorTerm.isEmpty)
    // GNU screen takes 24-bit colours for other commands, and tmux turns them into what the terminal
    // around it can show.
    hasTrueColor =
      term.hasSuffix("-direct")
      || ["truecolor", "24bit"].contains(colorTerm) && !isOld && multiplexer != .screen
  }

  /// How GNU screen answers for its kind: the code of its first letter.
  private static let screen = 83

  /// Variables that a terminal with 256 colours sets, whatever it calls itself.
  private static let programs = [
    "XTERM_VERSION", "VTE_VERSION", "KONSOLE_VERSION", "KONSOLE_DBUS_SESSION", "KITTY_WINDOW_ID",
    "ALACRITTY_WINDOW_ID", "ALACRITTY_LOG", "ALACRITTY_SOCKET", "WT_SESSION", "WEZTERM_PANE",
    "GHOSTTY_RESOURCES_DIR", "ITERM_SESSION_ID", "TERMINAL_EMULATOR", "TERMINATOR_UUID",
    "TILIX_ID", "MLTERM", "ZELLIJ", "TERMUX_VERSION", "DOMTERM", "ConEmuANSI", "TMUX", "STY",
  ]

  /// Names of terminals that understand what xterm understands.
  private static func isModern(_ term: String) -> Bool {
    let families = [
      "xterm", "tmux", "screen", "alacritty", "kitty", "foot", "wezterm", "ghostty", "vte",
      "gnome", "konsole", "iterm", "contour", "rio", "st-", "mintty", "ms-terminal", "putty",
      "mlterm", "rxvt-", "terminology", "nsterm", "domterm", "zellij", "warp", "mosh",
    ]
    return families.contains { term.hasPrefix($0) } || term.hasSuffix("-256color")
  }

  /// Names of terminals with 256 colours; the bare ones of xterm and screen are used by all sorts.
  private static func names256Colors(_ term: String) -> Bool {
    if term.hasSuffix("256color") { return true }
    guard ["xterm", "screen", "rxvt-"].contains(where: { term.hasPrefix($0) }) else {
      return isModern(term)
    }
    let programs: Set<Substring> = [
      "kitty", "ghostty", "wezterm", "foot", "contour", "rio", "termite", "alacritty", "tmux",
    ]
    return term.split { "-.".contains($0) }.dropFirst().contains { programs.contains($0) }
  }

  /// Terminals that do not understand it, whatever the environment says.
  private static func isOld(_ term: String) -> Bool {
    let families = ["linux", "vt", "ansi", "cons", "sun", "wsvt", "hurd", "mach", "dtterm"]
    return term != "vte" && !term.hasPrefix("vte-") && families.contains { term.hasPrefix($0) }
      || ["xterm-mono", "xterm-r5", "xterm-r6", "xterm-vt52", "xterm-old"].contains(term)
  }
}
