import Canvas
import Glibc
import Terminals
import Testing

/// Terminals far away, at the end of a line that carries less than is drawn.
@Suite struct LinkTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static let answers = ["\u{1B}[5n": ["\u{1B}[0n"]]

  /// The bytes that go over the line from a key until its effect is seen, and those of the frames since.
  ///
  /// The line is as slow as it takes: after a piece of a frame was carried, readings go on until another
  /// frame could have been sent.
  @Test func `a key is answered behind one frame, however slow the line`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "20ms"], in: folder, width: 100, height: 30,
      replies: Self.answers)
    #expect(session.wait(for: "● LIVE"))
    // The line gets slow: what is drawn meanwhile has to be left out.
    var carried = 0
    while carried < 15_000 { carried += session.pty.take(100, wait: 15).count }
    let before = session.pty.output.count
    session.type("?")
    var questions = 0
    var terminal = VirtualTerminal(width: 100, height: 30)
    terminal.feed(session.pty.output)
    for _ in 0..<4000 where !Self.shows("hippowatt: keys", on: terminal) {
      let piece = session.pty.take(100, wait: 15)
      terminal.feed(piece)
      questions += piece.count { $0 == UInt8(ascii: "n") }
    }
    let bytes = session.pty.output.count - before
    #expect(Self.shows("hippowatt: keys", on: terminal))
    // A frame here is some 1.5 kB and the help some 9; without the terminal's word it would be the 12 kB
    // that the pseudo terminal holds more.
    #expect(bytes < 14_000, "\(bytes) bytes came before the answer")
    let ends = Self.questions(in: session.pty.output[before...])
    #expect(ends <= 3, "\(ends) frames came before the answer")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  private static func shows(_ text: String, on terminal: VirtualTerminal) -> Bool {
    (0..<terminal.canvas.height).contains { y in
      String(String.UnicodeScalarView(terminal.canvas.row(y).map(\.glyph))).contains(text)
    }
  }

  /// How often the terminal was asked whether it is ready.
  private static func questions(in bytes: ArraySlice<UInt8>) -> Int {
    let question = Array("\u{1B}[5n".utf8)
    return bytes.indices.count { bytes[$0...].starts(with: question) }
  }

  @Test func `nothing the terminal answers is left for the shell`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "20ms"], in: folder, replies: Self.answers)
    #expect(session.wait(for: "● LIVE"))
    #expect(try session.quit() == 0)
    session.expectClean()
    var waiting: Int32 = 0
    #expect(ioctl(session.pty.slave, UInt(FIONREAD), &waiting) == 0 && waiting == 0)
    #expect(Self.questions(in: session.pty.output[...]) > 1)
  }

  @Test func `a terminal that does not say when it is ready is not asked again`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "20ms"], in: folder)
    #expect(session.wait(for: "● LIVE"))
    #expect(session.wait { session.pty.output.count > 20_000 })
    // Before it said what it is, which is the end of its answers, it may have been asked for some frames.
    #expect(Self.questions(in: session.pty.output[...]) < 10)
    #expect(try session.quit() == 0)
  }
}
