import Canvas

/// The terminfo entry and the colours a terminal gets.
struct TerminalChoice: Equatable {
  /// The name ncurses looks up.
  var term: String
  /// The private entry of that name, or nil for the installed one.
  var entry: String?
  var depth: ColorDepth

  /// Decides by what the caller knows and, where that is not enough, by the installed entry.
  ///
  /// `installedColors` answers like `ct_terminfo_colors`. A known family of terminals gets our own
  /// entry: stock ones cannot say 24-bit colour, and those of tmux and screen have a mouse that is
  /// blind beyond column 223. The depth of colour is decided by the first that says something: the
  /// option, NO_COLOR, COLORTERM, TERM.
  static func choose(
    _ options: TerminalOptions, installedColors: (String) -> Int
  ) throws(TerminalError) -> TerminalChoice {
    let term = options.term
    guard !term.isEmpty, term != "dumb", term != "unknown" else {
      let name = term.isEmpty ? "TERM is not set" : "TERM=\(sanitized(term))"
      throw TerminalError(
        "\(name): this terminal cannot draw a dashboard; set TERM (for example xterm-256color) "
          + "or print one frame as text")
    }
    let namesTrueColor =
      options.colorTerm == "truecolor" || options.colorTerm == "24bit" || term.hasSuffix("-direct")
    let isKnown = isModern(term)
    let wanted = options.depth ?? (options.noColor ? ColorDepth.none : nil)
    if wanted == .truecolor || (wanted == nil && namesTrueColor && !isOld(term)) {
      return .truecolor
    }
    if isKnown, wanted == .indexed256 || (wanted == nil && term.hasSuffix("256color")) {
      return .indexed256
    }
    if isKnown, wanted == ColorDepth.none {
      return TerminalChoice(term: TerminfoEntry.name, entry: indexed256.entry, depth: .none)
    }
    let colors = installedColors(term)
    if colors < -1 {
      // A modern terminal whose entry was never installed on this machine speaks xterm anyway.
      if isKnown { return indexed256 }
      throw refusal(term, colors)
    }
    let most: ColorDepth =
      colors >= 256 ? .indexed256 : colors >= 16 ? .ansi16 : colors >= 8 ? .ansi8 : .none
    guard let wanted else { return TerminalChoice(term: term, entry: nil, depth: most) }
    return TerminalChoice(
      term: term, entry: nil, depth: wanted.rawValue < most.rawValue ? wanted : most)
  }

  private static let truecolor = TerminalChoice(
    term: TerminfoEntry.name, entry: TerminfoEntry.environmentValue(truecolor: true),
    depth: .truecolor)
  private static let indexed256 = TerminalChoice(
    term: TerminfoEntry.name, entry: TerminfoEntry.environmentValue(truecolor: false),
    depth: .indexed256)

  private static func refusal(_ term: String, _ colors: Int) -> TerminalError {
    let name = sanitized(term)
    switch colors {
    case -4:
      return TerminalError(
        "TERM=\(name) cannot move its cursor; use another terminal or print one frame as text")
    case -3:
      return TerminalError(
        "no terminfo database found for TERM=\(name); install ncurses-base or set "
          + "TERM=xterm-256color")
    default:
      return TerminalError(
        "TERM=\(name) is unknown here; install its terminfo entry or set TERM=xterm-256color")
    }
  }

  /// Terminals that understand what xterm understands.
  private static func isModern(_ term: String) -> Bool {
    let families = [
      "xterm", "tmux", "screen", "alacritty", "kitty", "foot", "wezterm", "ghostty", "vte",
      "gnome", "konsole", "iterm", "contour", "rio", "st-", "mintty", "ms-terminal", "putty",
    ]
    return families.contains { term.hasPrefix($0) } && !isOld(term)
  }

  /// Terminals that do not understand it, whatever the environment says of colour.
  private static func isOld(_ term: String) -> Bool {
    let families = ["linux", "vt", "ansi", "cons", "sun", "wsvt", "hurd", "mach", "dtterm"]
    return term != "vte" && !term.hasPrefix("vte-") && families.contains { term.hasPrefix($0) }
      || ["xterm-mono", "xterm-r5", "xterm-r6"].contains(term)
  }
}
