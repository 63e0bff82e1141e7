import Canvas

/// How to take over a terminal; whoever reads the environment fills it in.
public struct TerminalOptions: Sendable {
  /// The colours to use; nil finds out from the rest.
  public var depth: ColorDepth?
  /// TERM.
  public var term: String
  /// COLORTERM.
  public var colorTerm: String
  /// NO_COLOR is set and not empty.
  public var noColor: Bool
  /// Ask for clicks, drags and the wheel.
  public var mouse: Bool
  /// Where keys come from: a terminal, also when standard input is a pipe of data.
  public var inputDescriptor: Int32
  /// Where frames go: a terminal.
  public var outputDescriptor: Int32
  /// The locale whose characters the terminal understands; empty for the user's own.
  public var locale: String
  /// Catch deadly signals to hand the terminal back; off only where a test owns the process.
  public var guardsCrashes: Bool
  /// Hand SIGTERM, SIGHUP and SIGINT to the program as `.terminated` before they kill it.
  public var endsInOrder = false

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

/// Why a terminal could not be taken over: what is wrong and what to do, in one line.
public struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
