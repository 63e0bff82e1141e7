import Canvas
import Glibc
import Terminals
import Testing

/// A real program on a real pseudo terminal: keys, the mouse, stops, and every way to die.
@Suite(.serialized) struct ProbeTests {
  private static let enter = "\u{1B}[?1049h"
  private static let leave = "\u{1B}[?1049l"

  private func start(
    _ mode: String, term: String = "xterm-256color", colorTerm: String = "truecolor",
    environment: [String] = ["SWIFT_BACKTRACE=enable=no"], ready: String = "READY",
    pipesData: Bool = false, replies: [String: [String]] = [:]
  ) throws -> PseudoTerminal {
    let pty = try #require(PseudoTerminal(width: 120, height: 24))
    pty.replies.merge(replies) { $1 }
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(nothing) }
    let started = pty.start(
      builtProgram("crashprobe"), [mode, term, colorTerm],
      environment: ["LANG=C.UTF-8", "TERM=\(term)"] + environment
        + coverageEnvironment.map { "\($0.key)=\($0.value)" },
      input: pipesData ? nothing : nil)
    try #require(started)
    try #require(pty.wait(for: ready), "\(pty.text)")
    return pty
  }

  private func expectRestored(_ pty: PseudoTerminal) {
    var terminal = VirtualTerminal(width: 120, height: 24)
    terminal.feed(pty.output)
    // Negative is switched off: alternate screen, mouse, marks around pastes, synchronized output; the
    // cursor is on.
    for mode in [-1049, -1006, -1002, -2004, -2026, 25] { #expect(terminal.modes.contains(mode)) }
    #expect(pty.isCooked)
  }

  /// All that end a process which does nothing about them, by signal(7), but SIGKILL, which no
  /// program can help, and SIGPIPE, which is an error of a write here.
  private static let deadly: [Int32] =
    [
      SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1, SIGSEGV, SIGUSR2,
      SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSYS,
    ] + [34, 50, 64]

  @Test(arguments: Self.deadly)
  func `a signal restores the terminal and stays the cause of death`(signal: Int32) throws {
    let pty = try start("wait")
    #expect(!pty.isCooked)
    pty.send(signal)
    let status = try #require(pty.waitForEnd())
    #expect(status & 0x7F == signal)
    expectRestored(pty)
  }

  @Test(arguments: [
    ("fatal", SIGILL, "probe fatal"), ("bounds", SIGILL, "out of range"), ("abort", SIGABRT, ""),
    ("segv", SIGSEGV, ""), ("overflow", SIGSEGV, ""), ("thread", SIGILL, "probe thread"),
  ])
  func `a crash restores the terminal and says why`(
    mode: String, signal: Int32, message: String
  ) throws {
    let pty = try start(mode)
    pty.type("!")
    let status = try #require(pty.waitForEnd())
    #expect(isTrap(status & 0x7F, signal))
    expectRestored(pty)
    let left = try #require(lastIndex(of: Self.leave, in: pty.output[...]))
    let after = pty.output.dropFirst(left)
    #expect(contains("last words", in: after))
    #expect(contains(message, in: after))
    #expect(contains("The terminal is restored.", in: after))
    #expect(!contains("DRAWN AFTER", in: after))
  }

  /// Traps are SIGILL on x86-64 and SIGTRAP on arm64.
  private func isTrap(_ actual: Int32, _ expected: Int32) -> Bool {
    actual == expected || expected == SIGILL && actual == SIGTRAP
  }

  @Test func `the crash reporter of Swift does not hold the terminal`() throws {
    let pty = try start("fatal", environment: ["SWIFT_BACKTRACE=enable=yes,interactive=yes"])
    pty.type("!")
    let status = try #require(pty.waitForEnd())
    #expect(isTrap(status & 0x7F, SIGILL))
    expectRestored(pty)
  }

  @Test func `q leaves in order`() throws {
    let pty = try start("wait")
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
    expectRestored(pty)
    #expect(pty.text.hasSuffix("goodbye\r\n"))
  }

  @Test(arguments: ["xterm-256color", "tmux-256color", "screen-256color", "xterm-kitty"])
  func `keys and the mouse are understood`(term: String) throws {
    let pty = try start("wait", term: term)
    let script: [(String, String)] = [
      ("\u{1B}[1;2D", "KEY shiftLeft"), ("\u{1B}OA", "KEY up"), ("\u{1B}[1;5C", "KEY right"),
      ("\u{1B}[H", "KEY home"), ("\u{1B}[4~", "KEY end"), ("\u{1B}[Z", "KEY shiftTab"),
      ("\t", "KEY tab"), ("\r", "KEY enter"), ("\u{7F}", "KEY backspace"),
      ("\u{1B}[6~", "KEY pageDown"), ("\u{1B}OP", "KEY function(1)"), ("\u{C}", "KEY control("),
      ("é", "KEY character(\"\\u{00E9}\")"), ("\u{1B}", "KEY escape"), ("\u{1B}[99;5x", ""),
      ("\u{1B}[<0;113;9M", "MOUSE 112 8 press 1"), ("\u{1B}[<32;114;9M", "MOUSE 113 8 drag 1"),
      ("\u{1B}[<0;114;9m", "MOUSE 113 8 release 1"), ("\u{1B}[<64;3;4M", "MOUSE 2 3 wheelUp 0"),
      ("\u{1B}[<65;3;4M", "MOUSE 2 3 wheelDown 0"),
    ]
    for (typed, shown) in script {
      var terminal = VirtualTerminal(width: 120, height: 24)
      pty.type(typed)
      guard !shown.isEmpty else { continue }
      let seen = pty.wait { bytes in
        terminal = VirtualTerminal(width: 120, height: 24)
        terminal.feed(bytes)
        return screenText(terminal).contains(shown + ".")
          || shown.hasSuffix("(")
            && screenText(terminal).contains(shown)
      }
      #expect(seen, "\(shown) in \(screenText(terminal))")
    }
  }

  /// The probe shows its last events on the first row.
  private func screenText(_ terminal: VirtualTerminal) -> String {
    String(String.UnicodeScalarView(terminal.canvas.row(0).map(\.glyph)))
  }

  @Test(arguments: ["xterm-256color", "linux"])
  func `what is pasted comes as no key`(term: String) throws {
    let pty = try start("wait", term: term)
    #expect(pty.wait(for: "\u{1B}[?2004h"))
    pty.type("\u{1B}[200~pkill -f q\n\u{1B}[Aqq\u{1B}[201~x")
    #expect(pty.wait(for: "PASTED"), "\(pty.text)")
    #expect(pty.wait(for: "(\"x\")"), "\(pty.text)")
    // In pieces, as over a slow line, with more between them than ncurses waits.
    for piece in ["\u{1B}[20", "0~q", "!q\u{1B}[2", "01", "~"] {
      pty.type(piece)
      pty.drain(wait: 100)
    }
    pty.type("y")
    #expect(pty.wait { _ in pty.text.contains("character(\"y\")") }, "\(pty.text)")
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
    #expect(!pty.text.contains("character(\"p"))
    #expect(pty.isCooked && pty.text.contains("\u{1B}[?2004l"))
  }

  @Test func `a paste whose end is lost ends with a Ctrl-C`() throws {
    let pty = try start("wait")
    pty.type("\u{1B}[200~qqq")
    #expect(pty.wait(for: "PASTED"), "\(pty.text)")
    pty.type("\u{3}")
    pty.drain(wait: 100)
    pty.type("z")
    #expect(pty.wait(for: "character("), "\(pty.text)")
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
    expectRestored(pty)
  }

  @Test func `keys come from the terminal while data comes in by a pipe`() throws {
    let pty = try start("wait", pipesData: true)
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
    expectRestored(pty)
  }

  @Test func `without UTF-8 only seven bits are sent`() throws {
    let pty = try start("ünïcode ▲", environment: ["LC_ALL=C"])
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
    #expect(pty.output.allSatisfy { $0 < 0x80 })
  }

  @Test func `a stop gives the terminal back and a continue draws anew`() throws {
    let pty = try start("wait")
    let before = pty.output.count
    pty.send(SIGTSTP)
    // The leader of an orphaned group cannot stop: it leaves, finds itself running, and comes back.
    #expect(pty.wait(for: "RESUMED", after: before))
    let after = pty.output.dropFirst(before)
    #expect(contains(Self.leave, in: after) && contains(Self.enter, in: after))
    #expect(contains("\u{1B}[?1002h", in: after))
    #expect(contains("\u{1B}[?2004l", in: after) && contains("\u{1B}[?2004h", in: after))
    pty.send(SIGCONT)
    #expect(pty.wait(for: "RESUMED; RESUMED", after: before))
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
  }

  @Test func `an answer that came while it stood still is not waited for when it goes on`() throws {
    // It answers the first question only, so that the frame stays unconfirmed.
    let pty = try start("wait", replies: ["\u{1B}[5n": ["\u{1B}[0n", ""]])
    let before = pty.output.count
    pty.hold()
    pty.type("\u{1B}[0n")
    #expect(pty.hasInput)
    pty.send(SIGCONT)
    #expect(pty.wait(for: "RESUMED", after: before))
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
  }

  @Test func `a storm of sizes ends in the last one`() throws {
    let pty = try start("wait")
    for size in 1...40 { pty.resize(width: size * 3, height: size) }
    pty.resize(width: 100, height: 30)
    #expect(pty.wait(for: "SIZE 100x30"))
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
  }

  @Test func `a terminal that goes away ends the program`() throws {
    let pty = try start("wait")
    pty.closeSlave()
    pty.closeMaster()
    let status = try #require(pty.waitForEnd())
    // Either the hang-up signal or the end of input comes first.
    #expect(status & 0x7F == SIGHUP || status >> 8 == 3)
  }

  @Test(arguments: ["dumb", "", "no-such-terminal"])
  func `a terminal that cannot draw is refused in one line`(term: String) throws {
    let pty = try start("wait", term: term, colorTerm: "", ready: "\r\n")
    #expect(try #require(pty.waitForEnd()) >> 8 == 2)
    #expect(pty.text.hasPrefix("probe: TERM"))
    #expect(pty.text.split(separator: "\r\n").count == 1)
    #expect(!pty.text.contains("\u{1B}"))
    #expect(pty.isCooked)
  }

  @Test(arguments: [
    ("xterm-256color", "truecolor", "truecolor"), ("xterm-256color", "", "indexed256"),
    ("tmux-256color", "truecolor", "truecolor"), ("screen-256color", "truecolor", "indexed256"),
    ("xterm", "", "ansi8"), ("linux", "", "ansi8"), ("vt100", "", "none"),
    ("foot-extra-256color", "", "indexed256"),
  ])
  func `colours are negotiated`(term: String, colorTerm: String, depth: String) throws {
    let pty = try start("wait", term: term, colorTerm: colorTerm)
    #expect(pty.wait(for: depth))
    pty.type("q")
    #expect(try #require(pty.waitForEnd()) == 0)
  }
}
