import Canvas

/// How to take over a terminal; the caller fills in what it read from the environment.
public struct TerminalOptions: Sendable {
  /// The colours to use; nil finds out from the rest.
  public var depth: ColorDepth?
  /// The value of TERM, which names the kind of terminal.
  public var term: String
  /// The value of COLORTERM; `truecolor` or `24bit` says that 24-bit colours are shown.
  public var colorTerm: String
  /// Whether NO_COLOR is set and not empty (no-color.org).
  public var noColor: Bool
  /// The variables of the environment; some tell which program a terminal is, and which locale is wanted.
  public var variables: [String: String] = [:]
  /// Where terminfo entries lie, the first place first; empty leaves it to ncurses.
  public var terminfoFolders: [String] = []
  /// The characters that arrive; nil finds out from the locale and the terminal.
  public var encoding: TerminalEncoding?
  /// Ask the terminal for the colour of its background.
  public var asksBackground = false
  /// Ask for clicks, drags and the wheel.
  public var mouse: Bool
  /// Where keys come from: a terminal, also when standard input is a pipe of data.
  public var inputDescriptor: Int32
  /// Where frames go: a terminal.
  public var outputDescriptor: Int32
  /// The locale whose characters the terminal understands; empty for that of the environment.
  public var locale: String
  /// Catch deadly signals to hand the terminal back; off only where a test owns the process.
  public var guardsCrashes: Bool
  /// Hand SIGTERM, SIGHUP and SIGINT to the program as `.terminated` before they kill it.
  public var endsInOrder = false

  /// Options for a kind of terminal, with standard input and output unless said otherwise.
  public init(
    depth: ColorDepth? = nil, term: String, colorTerm: String = "", noColor: Bool = false,
    mouse: Bool = true, inputDescriptor: Int32 = 0, outputDescriptor: Int32 = 1,
    locale: String = "", guardsCrashes: Bool = true
  ) {
    self.depth = depth
    self.term = term
    self.colorTerm = colorTerm
    self.noColor = noColor
    self.mouse = mouse
    self.inputDescriptor = inputDescriptor
    self.outputDescriptor = outputDescriptor
    self.locale = locale
    self.guardsCrashes = guardsCrashes
  }
}

/// Which characters a terminal shows.
public enum TerminalEncoding: String, Sendable, CaseIterable {
  /// All of Unicode.
  case utf8
  /// Those of seven bits.
  case ascii
}

/// Why a terminal could not be taken over: what is wrong and what to do, in one line.
public struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong and what to do, in one line.
  public let description: String

  /// An error in the words the user will read.
  public init(_ description: String) {
    self.description = description
  }
}
