import Canvas
import Glibc
import Seeded
import Terminals
import Testing

/// Terminals of many kinds and sizes.
@Suite struct TerminalKindTests {
  private let folder: Folder
  private static let watch = ["watch", "--source", "simulated", "--every", "100ms"]

  init() throws { folder = try Folder() }

  @Test(arguments: ["dumb", "nonsense", ""])
  func `a terminal that cannot draw is refused in one line`(term: String) throws {
    let session = try Session(Self.watch, in: folder, environment: ["TERM": term, "COLORTERM": ""])
    #expect(try #require(session.end()) >> 8 == 1)
    #expect(session.pty.text.hasPrefix("hippowatt: TERM"), "\(session.pty.text)")
    #expect(session.pty.text.filter { $0 == "\r\n" }.count == 1)
    let namesOther = session.pty.text.contains("`hippowatt snapshot`")
    #expect(namesOther || term == "nonsense", "\(session.pty.text)")
    #expect(!session.pty.text.contains("\u{1B}"))
    #expect(session.pty.isCooked)
  }

  @Test(arguments: ["C", "POSIX"])
  func `without UTF-8 everything is ASCII`(locale: String) throws {
    let session = try Session(
      Self.watch, in: folder, width: 132, height: 40, environment: ["LANG": locale])
    #expect(session.wait { session.shows("LIVE") && session.shows("W at the plug") })
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"))
    session.type("b")
    session.type("?")
    #expect(session.wait { !session.shows("hippowatt: keys") })
    #expect(try session.quit() == 0)
    #expect(session.pty.output.allSatisfy { $0 < 0x80 })
    session.expectClean()
  }

  @Test(arguments: [
    ("xterm-256color", "truecolor"), ("xterm-256color", ""), ("xterm", ""), ("tmux-256color", ""),
  ])
  func `NO_COLOR leaves no colour in what is sent`(term: String, colorTerm: String) throws {
    let session = try Session(
      Self.watch, in: folder,
      environment: ["NO_COLOR": "1", "TERM": term, "COLORTERM": colorTerm])
    #expect(session.wait { session.shows("● LIVE") && session.shows("GPU DRAW") })
    session.type("t1")
    #expect(session.wait { !session.shows("ALGORITHM COST") })
    #expect(try session.quit() == 0)
    let codes = Self.selections(session.pty.text)
    #expect(!codes.isEmpty, "there is bold at least")
    let colors = codes.filter { (30...38).contains($0) || (40...48).contains($0) || $0 >= 90 }
    #expect(colors.isEmpty, "\(Set(colors))")
    let loud = try Session(Self.watch, in: folder)
    #expect(loud.wait(for: "● LIVE"))
    #expect(Self.selections(loud.pty.text).contains(38), "and with colours the check sees them")
  }

  /// The numbers of all `ESC [ … m` in a text.
  private static func selections(_ text: String) -> [Int] {
    text.unicodeScalars.split(separator: "\u{1B}").flatMap { part -> [Int] in
      guard part.first == "[",
        let end = part.firstIndex(where: { (0x40...0x7E).contains($0.value) && $0 != "[" }),
        part[end] == "m"
      else { return [] }
      return String(part[part.index(after: part.startIndex)..<end]).split(separator: ";")
        .compactMap { Int($0) }
    }
  }

  @Test func `a storm of sizes down to one cell ends in the last one`() throws {
    let session = try Session(Self.watch, in: folder, width: 132, height: 40)
    #expect(session.wait(for: "● LIVE"))
    var random = SeededRandom()
    func dice(_ limit: Int) -> Int { random.next(limit) + 1 }
    for round in 1...60 {
      let small = round % 4 == 0
      session.resize(width: dice(small ? 8 : 220), height: dice(small ? 4 : 70))
      session.pty.drain(wait: round % 3 == 0 ? 20 : 0)
    }
    session.resize(width: 1, height: 1)
    session.pty.drain(wait: 50)
    session.resize(width: 97, height: 31)
    // Up to the last column, since a frame of a size before may still be on its way.
    let settled = session.wait {
      let title = session.terminal.canvas.row(0)
      return session.lines[0].contains("● LIVE") && session.lines[30].hasSuffix("q quit")
        && session.shows("4 RENEWABLE SHARE") && title[96].background == title[0].background
        && !title[96].background.isTerminalDefault
    }
    #expect(settled, "\(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test(arguments: [(1, 1), (2, 1), (1, 5), (27, 6), (28, 7), (44, 12), (72, 16)])
  func `it starts and quits on a terminal of any size`(width: Int, height: Int) throws {
    let session = try Session(Self.watch, in: folder, width: width, height: height)
    #expect(session.wait { !session.screen.allSatisfy(\.isWhitespace) })
    #expect(try session.quit() == 0)
    session.expectClean()
  }
}
