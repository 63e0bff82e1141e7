import Canvas
import Glibc
import Seeded
import Terminals
import Testing

@testable import Terminal

/// Frames through the real writer into a pseudo terminal and back.
///
/// ncurses has one current screen, so these run one after the other.
@Suite(.serialized) struct ScreenTests {
  private func open(
    _ pty: PseudoTerminal, depth: ColorDepth?, term: String = "xterm-256color"
  ) throws -> TerminalScreen {
    try TerminalScreen(
      TerminalOptions(
        depth: depth, term: term, inputDescriptor: pty.slave, outputDescriptor: pty.slave,
        locale: "C.UTF-8", guardsCrashes: false))
  }

  @Test(arguments: [ColorDepth.truecolor, .indexed256], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  func `any frame after any frame arrives cell by cell`(depth: ColorDepth, seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    let (width, height) = (Int.random(in: 2...60, using: &random), 11)
    let pty = try #require(PseudoTerminal(width: width, height: height))
    let screen = try open(pty, depth: depth)
    var terminal = VirtualTerminal(width: width, height: height)
    for step in 0..<6 {
      let frame = randomFrame(width: width, height: height, using: &random)
      screen.present(frame, background: .terminalDefault, foreground: .terminalDefault)
      terminal.feed(pty.drain(wait: 1000))
      let difference = firstDifference(frame.reduced(to: depth), terminal.canvas)
      #expect(difference == nil, "seed \(seed), frame \(step)")
      #expect(terminal.unknown.isEmpty)
      #expect(terminal.modes.contains(1049) && terminal.modes.contains(-2026))
    }
    screen.close()
    terminal.feed(pty.drain(wait: 1000))
    #expect(terminal.modes.contains(-1049) && pty.isCooked)
  }

  @Test func `the same frame again sends nothing`() throws {
    let pty = try #require(PseudoTerminal(width: 40, height: 10))
    let screen = try open(pty, depth: .truecolor)
    var canvas = Canvas(width: 40, height: 10)
    canvas.text("62 W", x: 3, y: 3, Style(Color(0xFFB03A)))
    screen.present(canvas, background: Color(0x101218), foreground: Color(0xD8DCE6))
    pty.drain(wait: 1000)
    screen.present(canvas, background: Color(0x101218), foreground: Color(0xD8DCE6))
    #expect(pty.drain(wait: 20).isEmpty)
    canvas.text("63", x: 3, y: 3, Style(Color(0xFFB03A)))
    screen.present(canvas, background: Color(0x101218), foreground: Color(0xD8DCE6))
    let bytes = pty.drain(wait: 1000)
    #expect(!bytes.isEmpty && bytes.count < 80)
    screen.close()
  }

  @Test func `pairs that run out are recycled`() throws {
    let pty = try #require(PseudoTerminal(width: 30, height: 6))
    let screen = try open(pty, depth: .truecolor)
    screen.pairs = PairTable(capacity: 40)
    var terminal = VirtualTerminal(width: 30, height: 6)
    for round in 0..<5 {
      var canvas = Canvas(width: 30, height: 6)
      for x in 0..<30 {
        let style = Style(Color(UInt32(round * 1000 + x)), on: Color(0x10_0000))
        canvas.put("x", x: x, y: round, style)
      }
      screen.present(canvas, background: .terminalDefault, foreground: .terminalDefault)
      terminal.feed(pty.drain(wait: 1000))
      #expect(firstDifference(canvas, terminal.canvas) == nil, "round \(round)")
    }
    screen.close()
  }

  @Test func `a terminal of one cell and back`() throws {
    let pty = try #require(PseudoTerminal(width: 20, height: 5))
    let screen = try open(pty, depth: .indexed256)
    for (width, height) in [(1, 1), (3, 2), (90, 30)] {
      pty.resize(width: width, height: height)
      pty.drain()
      kill(getpid(), SIGWINCH)
      var events: [InputEvent] = []
      while events.isEmpty { events = screen.poll(until: nil) }
      #expect(events == [.resized(width: width, height: height)])
      var terminal = VirtualTerminal(width: width, height: height)
      var canvas = Canvas(width: width, height: height)
      canvas.text("abcdefgh", x: 0, y: height - 1, Style())
      screen.present(canvas, background: .terminalDefault, foreground: .terminalDefault)
      terminal.feed(pty.drain(wait: 1000))
      #expect(firstDifference(canvas, terminal.canvas) == nil)
    }
    screen.close()
  }

  @Test func `a deadline in the past returns at once`() throws {
    let pty = try #require(PseudoTerminal(width: 20, height: 5))
    let screen = try open(pty, depth: .indexed256)
    #expect(screen.poll(until: 1).isEmpty)
    #expect(screen.poll(until: 0).isEmpty)
    screen.close()
  }

  /// The first cell that looks different, blank cells without regard to their ink.
  private func firstDifference(_ expected: Canvas, _ actual: Canvas) -> String? {
    for y in 0..<expected.height {
      for x in 0..<expected.width {
        var (wanted, got) = (expected[x, y], actual[x, y])
        let marks: Attributes = [.reverse, .underline]
        if wanted.glyph == " ", got.glyph == " ", wanted.attributes.isDisjoint(with: marks) {
          wanted.foreground = got.foreground
          if got.attributes.isDisjoint(with: marks) { wanted.attributes = got.attributes }
        }
        if wanted != got { return "(\(x), \(y)): expected \(wanted), got \(got)" }
      }
    }
    return nil
  }
}
