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
  /// entry: stock ones cannot say 24-bit colour, and are often not installed. The depth of colour is
  /// decided by the first that says something: the option, NO_COLOR, COLORTERM, TERM, and what else is
  /// known of the terminal.
  static func choose(
    _ options: TerminalOptions, kind: Int? = nil, installedColors: (String) -> Int
  ) throws(TerminalError) -> TerminalChoice {
    let term = options.term
    guard !term.isEmpty, term != "dumb", term != "unknown" else {
      let name = term.isEmpty ? "TERM is not set" : "TERM=\(sanitized(term))"
      throw TerminalError(
        "\(name): this terminal cannot draw a dashboard; set TERM (for example xterm-256color), "
          + "or let `hippowatt snapshot` print one frame as text")
    }
    let family = TerminalFamily(
      term: term, colorTerm: options.colorTerm, variables: options.variables, kind: kind)
    let wanted = options.depth ?? (options.noColor ? ColorDepth.none : nil)
    if wanted == .truecolor || wanted == nil && family.hasTrueColor { return own(.truecolor) }
    if family.isModern {
      // Of a terminal that calls itself xterm and says no more, only eight colours are sure.
      return own(wanted ?? (family.has256Colors ? .indexed256 : .ansi8))
    }
    let colors = installedColors(term)
    if colors < -1 { throw refusal(term, colors) }
    let most: ColorDepth =
      colors >= 256 ? .indexed256 : colors >= 16 ? .ansi16 : colors >= 8 ? .ansi8 : .none
    guard let wanted else { return TerminalChoice(term: term, entry: nil, depth: most) }
    return TerminalChoice(
      term: term, entry: nil, depth: wanted.rawValue < most.rawValue ? wanted : most)
  }

  private static func own(_ depth: ColorDepth) -> TerminalChoice {
    TerminalChoice(
      term: TerminfoEntry.name, entry: TerminfoEntry.environmentValue(depth), depth: depth)
  }

  private static func refusal(_ term: String, _ colors: Int) -> TerminalError {
    let name = sanitized(term)
    switch colors {
    case -4:
      return TerminalError(
        "TERM=\(name) cannot move its cursor; use another terminal, or let `hippowatt snapshot` print "
          + "one frame as text")
    case -3:
      return TerminalError(
        "no terminfo database found for TERM=\(name); install ncurses-base or set "
          + "TERM=xterm-256color")
    default:
      return TerminalError(
        "TERM=\(name) is unknown here; install its terminfo entry or set TERM=xterm-256color")
    }
  }
}
