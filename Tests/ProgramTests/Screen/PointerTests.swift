import Canvas
import Terminals
import Testing

/// Keys with Alt, slow escapes, and the buttons and the wheel of the mouse.
@Suite struct PointerTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func start(_ term: String = "xterm-256color") throws -> Session {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "100ms"], in: folder, width: 132, height: 40,
      environment: ["TERM": term])
    try #require(session.wait { session.shows("● LIVE") && session.shows("GPU DRAW") })
    return session
  }

  @Test func `Alt with q goes on, and a slow escape does not seek`() throws {
    let session = try start()
    session.type("\u{1B}q\u{1B}[21;2~")
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"))
    session.type("\u{1B}")
    #expect(session.wait { !session.shows("hippowatt: keys") })
    // The help has gone, so the escape was taken for the key; then the rest of it comes.
    session.type("[D")
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"))
    #expect(session.shows("● LIVE"), "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test(arguments: [
    "\u{1B}[M\"%*\u{1B}[M#%*", "\u{1B}[<2;5;39M\u{1B}[<2;5;39m", "\u{1B}[<1;5;39M\u{1B}[<1;5;39m",
  ])
  func `only the left button winds the scrubber`(click: String) throws {
    let session = try start()
    let row = try #require(session.lines.lastIndex { $0.contains("◆") }) + 1
    session.type(click.replacingRow(39, with: row))
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"))
    #expect(session.shows("● LIVE"))
    session.type("?\u{1B}[<0;5;\(row)M\u{1B}[<0;5;\(row)m")
    #expect(session.wait { !session.shows("● LIVE") }, "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test func `long views scroll by keys and by the wheel`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "100ms"], in: folder, width: 80, height: 24)
    try #require(session.wait { session.shows("● LIVE") && session.shows("GPU DRAW") })
    session.type("?")
    #expect(session.wait(for: "1–21 of"), "\(session.screen)")
    session.type("\u{1B}[B")
    #expect(session.wait(for: "2–22 of"), "\(session.screen)")
    session.type("\u{1B}[<65;40;12M")
    #expect(session.wait(for: "5–25 of"), "\(session.screen)")
    session.type("\u{1B}[<64;40;12M\u{1B}[A")
    #expect(session.wait(for: "1–21 of"), "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test func `every view takes every key that moves`() throws {
    let session = try start()
    for key in ["f", "i", "d", "r", "c", "e", "?"] {
      session.type(key)
      let moves = ["B", "A", "6~", "5~", "H", "F", "1;2C", "1;2D"].map { "\u{1B}[" + $0 }
      for move in moves + ["+", "-", "n", "N"] { session.type(move) }
      session.type("\u{1B}[<65;40;12M\u{1B}[<64;40;12M")
      // The same key closes it.
      session.type(key)
    }
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"), "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test(arguments: ["xterm-256color", "alacritty", "xterm", "rxvt-unicode-256color"])
  func `clicks beyond column 223 arrive`(term: String) throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "100ms"], in: folder, width: 260, height: 40,
      environment: ["TERM": term, "COLORTERM": ""])
    #expect(session.wait { session.shows("LIVE") && session.shows("RENEWABLE SHARE") })
    #expect(session.pty.wait(for: "\u{1B}[?1006h"))
    session.type("\u{1B}[<0;250;30M\u{1B}[<0;250;30m")
    #expect(session.wait { !session.shows("GPU DRAW") }, "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test func `the wheel moves the chosen row of a list and zooms where there is none`() throws {
    let session = try start()
    session.type("p")
    #expect(session.wait(for: "Whose joules"), "\(session.screen)")
    // In the order of their numbers, which does not change as they go on.
    session.type("<")
    #expect(
      session.wait { session.lines.contains { $0.lowercased().contains("pid▾") } },
      "\(session.screen)")
    let before = session.chosenRow
    #expect(before != nil, "\(session.screen)")
    session.type("\u{1B}[<65;40;20M")
    #expect(
      session.wait { session.chosenRow != nil && session.chosenRow != before }, "\(session.screen)")
    session.type("\u{1B}[<64;40;20M")
    #expect(session.wait { session.chosenRow == before })
    #expect(session.shows("● LIVE"))
    #expect(try session.quit() == 0)
  }

  @Test func `hints show q to quit, since window systems take F10`() throws {
    let session = try start()
    #expect(session.lines.last?.hasSuffix("q quit") == true)
    #expect(try session.quit() == 0)
  }
}

extension String {
  fileprivate func replacingRow(_ row: Int, with other: Int) -> String {
    hasPrefix("\u{1B}[M")
      ? split(separator: "*", omittingEmptySubsequences: false).joined(
        separator: String(Unicode.Scalar(UInt8(other + 32))))
      : split(separator: ";\(row)", omittingEmptySubsequences: false).joined(separator: ";\(other)")
  }
}

extension Session {
  /// The chosen row of a list.
  fileprivate var chosenRow: Int? { lines.firstIndex { $0.contains("▸ ") } }
}
