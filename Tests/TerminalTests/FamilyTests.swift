import Canvas
import Testing

@testable import Terminal

/// What the environment of many terminals comes to.
@Suite struct FamilyTests {
  struct Case: CustomTestStringConvertible {
    var term: String
    var variables: [String: String] = [:]
    var kind: Int?
    var depth: ColorDepth
    var testDescription: String { "\(term) \(variables) \(kind.map(String.init) ?? "")" }
  }

  private static let trueColor = ["COLORTERM": "truecolor"]

  private static let cases = [
    // A multiplexer that takes 24-bit colours for other commands, also where COLORTERM is inherited.
    Case(term: "screen", variables: ["STY": "1.x", "COLORTERM": "truecolor"], depth: .indexed256),
    Case(term: "screen.xterm-256color", variables: trueColor, depth: .indexed256),
    Case(term: "screen-256color", variables: trueColor, depth: .indexed256),
    Case(
      term: "xterm-256color", variables: ["STY": "1.x", "COLORTERM": "truecolor"],
      depth: .indexed256),
    // Over ssh, where only the terminal's own answer tells.
    Case(term: "xterm-256color", variables: trueColor, kind: 83, depth: .indexed256),
    Case(term: "screen", kind: 83, depth: .indexed256),
    // tmux turns colours into what its terminal has.
    Case(
      term: "screen-256color", variables: ["TMUX": "/tmp/t", "COLORTERM": "truecolor"],
      depth: .truecolor),
    Case(term: "tmux-256color", variables: trueColor, depth: .truecolor),
    Case(
      term: "screen-256color", variables: ["TERM_PROGRAM": "tmux", "COLORTERM": "24bit"],
      depth: .truecolor),
    Case(term: "tmux-256color", variables: ["TMUX": "/tmp/t"], depth: .indexed256),
    Case(term: "tmux", depth: .indexed256),
    Case(term: "screen", variables: ["TMUX": "/tmp/t"], depth: .indexed256),
    // One inside the other.
    Case(
      term: "screen-256color",
      variables: ["TMUX": "/tmp/t", "STY": "1.x", "COLORTERM": "truecolor"], depth: .indexed256),
    Case(
      term: "tmux-256color",
      variables: ["TMUX": "/tmp/t", "STY": "1.x", "COLORTERM": "truecolor"], depth: .indexed256),
    // The bare name of xterm, and what else is known.
    Case(term: "xterm", depth: .ansi8),
    Case(term: "xterm", variables: ["XTERM_VERSION": "XTerm(379)"], depth: .indexed256),
    Case(term: "xterm", variables: ["WT_SESSION": "1-2"], depth: .indexed256),
    Case(term: "xterm", variables: ["VTE_VERSION": "7003"], depth: .indexed256),
    Case(term: "xterm", variables: ["KONSOLE_VERSION": "220401"], depth: .indexed256),
    Case(term: "xterm", variables: ["TERM_PROGRAM": "mintty"], depth: .indexed256),
    Case(term: "xterm", kind: 0, depth: .indexed256),
    Case(term: "xterm", variables: trueColor, depth: .truecolor),
    Case(term: "xterm", variables: ["COLORTERM": "yes"], depth: .indexed256),
    Case(term: "xterm-color", depth: .ansi8),
    // After ssh, with no COLORTERM and no installed entry.
    Case(term: "alacritty", depth: .indexed256), Case(term: "xterm-kitty", depth: .indexed256),
    Case(term: "foot", depth: .indexed256), Case(term: "xterm-ghostty", depth: .indexed256),
    Case(term: "wezterm", depth: .indexed256), Case(term: "putty", depth: .indexed256),
    Case(term: "mlterm", depth: .indexed256), Case(term: "screen.xterm-kitty", depth: .indexed256),
    Case(term: "rxvt-unicode-256color", depth: .indexed256),
    Case(term: "something-256color", depth: .indexed256),
    // Those that are not what the environment says of another.
    Case(term: "linux", variables: trueColor, depth: .ansi8),
    Case(term: "linux", variables: ["STY": "1.x", "COLORTERM": "truecolor"], depth: .ansi8),
    Case(term: "vt100", variables: ["XTERM_VERSION": "XTerm(379)"], depth: .ansi8),
  ]

  @Test(arguments: Self.cases)
  func `a terminal gets the colours it has`(_ item: Case) throws {
    var options = TerminalOptions(
      term: item.term, colorTerm: item.variables["COLORTERM"] ?? "")
    options.variables = item.variables
    let choice = try TerminalChoice.choose(options, kind: item.kind) { term in
      ["linux", "vt100"].contains(term) ? 8 : -2
    }
    #expect(choice.depth == item.depth)
    options.depth = .truecolor
    #expect(try TerminalChoice.choose(options) { _ in 8 }.depth == .truecolor, "asked for by hand")
    options.depth = .ansi16
    if item.depth != .ansi8 || item.term.hasPrefix("xterm") {
      #expect(try TerminalChoice.choose(options) { _ in -2 }.depth == .ansi16)
    }
  }

  /// Sets no locale, but answers for those that are installed.
  private func isUTF8(
    _ variables: [String: String], isModern: Bool = true, encoding: TerminalEncoding? = nil,
    installed: [String: Int32] = ["C": 0, "POSIX": 0, "de_DE.UTF-8": 1, "de_DE": 0, "C.UTF-8": 1]
  ) -> Bool {
    var options = TerminalOptions(term: "xterm")
    options.variables = variables
    options.encoding = encoding
    return LocaleChoice.isUTF8(options, isModern: isModern) { name in
      installed[name.isEmpty ? LocaleChoice.named(variables) ?? "C" : name] ?? -1
    }
  }

  @Test func `a locale that is missing says nothing of the terminal`() {
    #expect(isUTF8([:]) && !isUTF8([:], isModern: false))
    #expect(isUTF8(["LANG": "fr_FR.UTF-8"]) && isUTF8(["LANG": "fr_FR.utf8"], isModern: false))
    #expect(isUTF8(["LANG": "fr_FR"]) && !isUTF8(["LANG": "fr_FR"], isModern: false))
    #expect(isUTF8(["LANG": "de_DE.UTF-8"], isModern: false))
    #expect(isUTF8(["LANG": "C", "LC_ALL": "fr_FR.UTF-8"]))
    #expect(isUTF8(["LC_ALL": "", "LC_CTYPE": "", "LANG": "ja_JP.UTF-8"]))
    // What is there is followed, and what is named has other characters.
    for name in ["C", "POSIX", "de_DE", "fr_FR.ISO-8859-1", "ja_JP.eucJP", "de_DE@euro.ISO8859-15"]
    {
      #expect(!isUTF8(["LANG": name]), "\(name)")
      #expect(isUTF8(["LANG": name], encoding: .utf8), "\(name)")
    }
    #expect(!isUTF8(["LANG": "de_DE.UTF-8"], encoding: .ascii))
    // An old system has it by another name, or has none.
    #expect(
      isUTF8([:], installed: ["C": 0, "en_US.UTF-8": 1]) && !isUTF8([:], installed: ["C": 0]))
  }

  @Test func `the trial characters tell encodings and widths apart`() {
    func answers(_ columns: Int...) -> TerminalAnswers {
      var answers = TerminalAnswers()
      for column in columns { answers.take(.cursor(row: 5, column: column)) }
      return answers
    }
    #expect(answers().isUTF8 == nil && answers().hasWideSymbols == nil)
    #expect(answers(2, 3).isUTF8 == true && answers(2, 3).hasWideSymbols == false)
    #expect(answers(2, 4).isUTF8 == true && answers(2, 4).hasWideSymbols == true)
    #expect(answers(3, 4).isUTF8 == false && answers(3, 6).hasWideSymbols == nil)
    #expect(answers(2).isUTF8 == true && answers(2).hasWideSymbols == nil)
  }
}
