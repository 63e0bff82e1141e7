import Canvas
import Glibc
import Terminals
import Testing

/// The real program on a pseudo terminal, and what a user sees of it.
final class Session {
  let pty: PseudoTerminal
  private(set) var terminal: VirtualTerminal
  private var fed = 0

  /// Starts it in `folder`; `input` stands in for the keyboard as standard input.
  init(
    _ arguments: [String], in folder: Folder, width: Int = 80, height: Int = 24,
    environment: [String: String] = [:], input: Int32? = nil, program: String = Program.path,
    replies: [String: [String]] = [:]
  ) throws {
    pty = try #require(PseudoTerminal(width: width, height: height))
    pty.replies.merge(replies) { $1 }
    terminal = VirtualTerminal(width: width, height: height)
    let started = pty.start(
      "/bin/sh", Program.shellArguments([program] + arguments, in: folder),
      environment: Program.environment(folder, environment), input: input)
    try #require(started)
  }

  /// What the screen shows, line by line, without spaces at the ends.
  var lines: [String] {
    (0..<terminal.canvas.height).map { y in
      var line = String.UnicodeScalarView()
      for x in 0..<terminal.canvas.width where !terminal.canvas[x, y].isTrailing {
        line.append(terminal.canvas[x, y].glyph)
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }

  var screen: String { lines.joined(separator: "\n") }

  func shows(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

  /// Reads until a condition holds on what is shown; false after about a minute.
  ///
  /// It is not asked in the middle of a frame, where the terminal says so.
  func wait(until condition: () -> Bool) -> Bool {
    pty.wait { bytes in
      catchUp(bytes)
      return !terminal.modes.contains(2026) && condition()
    }
  }

  func wait(for text: String) -> Bool { wait { shows(text) } }

  private func catchUp(_ bytes: [UInt8]) {
    guard bytes.count > fed else { return }
    terminal.feed(Array(bytes[fed...]))
    fed = bytes.count
  }

  func type(_ keys: String) { pty.type(keys) }

  func resize(width: Int, height: Int) {
    pty.resize(width: width, height: height)
    terminal.resize(width: width, height: height)
  }

  /// The raw wait status once it has ended; nil when it goes on.
  func end() -> Int32? {
    let status = pty.waitForEnd()
    catchUp(pty.output)
    return status
  }

  /// Presses `q`; the exit status.
  func quit() throws -> Int32 {
    type("q")
    let status = try #require(end(), "it goes on after q:\n\(screen)")
    #expect(status & 0x7F == 0)
    return status >> 8
  }

  /// Expects the terminal as a shell wants it: its own screen, its cursor, echo, nothing switched.
  func expectClean(_ location: SourceLocation = #_sourceLocation) {
    for mode in [-1049, -1006, -1002, -2004, 25] {
      #expect(terminal.modes.contains(mode), "mode \(mode)", sourceLocation: location)
    }
    #expect(!terminal.modes.contains(2026), sourceLocation: location)
    #expect(terminal.unknown.isEmpty, "\(terminal.unknown)", sourceLocation: location)
    #expect(pty.isCooked, sourceLocation: location)
  }
}
