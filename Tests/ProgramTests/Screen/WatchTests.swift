import Canvas
import Glibc
import Terminals
import TestSupport
import Testing

@testable import Dashboard

/// A live session as a user has it: what is shown, and what the keys do.
@Suite struct WatchTests {
  private let folder: Folder
  private static let panels = PanelCatalogue.all.enumerated().map {
    "\($0 + 1) \($1.title.english)"
  }

  init() throws { folder = try Folder() }

  private func start(width: Int = 80, height: Int = 24) throws -> Session {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "100ms"], in: folder, width: width,
      height: height)
    try #require(session.wait(for: "● LIVE"), "\(session.screen)")
    return session
  }

  @Test(arguments: [(80, 24), (132, 40)])
  func `the dashboard fills the screen and says that it is simulated`(
    width: Int, height: Int
  ) throws {
    let session = try start(width: width, height: height)
    #expect(session.wait { session.shows("W at the plug") || session.shows("renewable") })
    for panel in Self.panels { #expect(session.shows(panel), "\(session.screen)") }
    #expect(session.lines[0].contains("hippowatt") && session.lines[0].contains("SIMULATED"))
    #expect(session.lines[height - 1].hasSuffix("q quit"))
    #expect(session.shows("J/token") || session.shows("not enough yet"), "\(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
    #expect(!session.pty.text.contains("hippowatt: "))
  }

  @Test func `space pauses, left seeks back, End is live again`() throws {
    let session = try start()
    session.type(" ")
    #expect(session.wait(for: "‖ PAUSED"), "\(session.screen)")
    #expect(session.lines.last?.contains("play") == true)
    session.type("\u{1B}OF")
    #expect(session.wait(for: "● LIVE"))
    session.type("\u{1B}OD")
    #expect(session.wait(for: "‖ PAUSED −00:00:0"), "\(session.screen)")
    session.type(" ")
    #expect(session.wait(for: "▶ −"), "\(session.screen)")
    session.type("\u{1B}[F")
    #expect(session.wait(for: "● LIVE"))
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a number gives a panel the whole screen, and once more takes it back`() throws {
    let session = try start()
    for (key, panel) in zip(Self.panels.indices.map { "\($0 + 1)" }, Self.panels) {
      session.type(key)
      #expect(
        session.wait { session.shows(panel) && Self.panels.filter(session.shows).count == 1 },
        "\(session.screen)")
      session.type(key)
      #expect(session.wait { Self.panels.allSatisfy(session.shows) }, "\(session.screen)")
    }
    #expect(try session.quit() == 0)
  }

  @Test func `the question mark opens help and Escape closes it`() throws {
    let session = try start(width: 132, height: 40)
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"))
    #expect(session.shows("to the end, or back to live"))
    session.type("\u{1B}")
    #expect(session.wait { !session.shows("hippowatt: keys") })
    session.type("i")
    #expect(session.wait(for: "where its numbers come from"))
    #expect(session.shows("simulated"))
    session.type("i")
    #expect(session.wait { !session.shows("where its numbers come from") })
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `every theme comes round and paints the ground anew`() throws {
    let session = try start()
    func ground() -> Color { session.terminal.canvas[0, 12].background }
    let first = ground()
    var grounds: Set<UInt32> = [first.rgb]
    // As many steps as there are themes, and the last is back at the first.
    for _ in Fixtures.themes {
      let before = ground()
      session.type("t")
      #expect(session.wait { ground() != before }, "still \(before)")
      grounds.insert(ground().rgb)
    }
    #expect(ground() == first)
    #expect(grounds.count >= 4)
    #expect(try session.quit() == 0)
  }

  @Test func `b draws the charts with dots, blocks and plain ASCII`() throws {
    let session = try start(width: 132, height: 40)
    func has(_ range: ClosedRange<UInt32>) -> Bool {
      session.screen.unicodeScalars.contains { range.contains($0.value) }
    }
    #expect(session.wait { has(0x2801...0x28FF) }, "\(session.screen)")
    session.type("b")
    #expect(session.wait { !has(0x2801...0x28FF) && has(0x2581...0x2588) }, "\(session.screen)")
    session.type("b")
    #expect(session.wait { session.screen.utf8.allSatisfy { $0 < 0x80 } }, "\(session.screen)")
    session.type("b")
    #expect(session.wait { has(0x2801...0x28FF) })
    #expect(try session.quit() == 0)
  }

  @Test func `a quick click focuses a panel, and one on the track goes there`() throws {
    let session = try start(width: 132, height: 40)
    // Press and release arrive together, as over a slow line.
    let click = "\u{1B}[<0;100;10M\u{1B}[<0;100;10m"
    session.type(click)
    #expect(
      session.wait { Self.panels.filter(session.shows) == ["2 ALGORITHM COST"] },
      "\(session.screen)")
    session.type(click)
    #expect(session.wait { Self.panels.allSatisfy(session.shows) })
    session.type("\u{1B}[<0;3;39M\u{1B}[<0;3;39m")
    #expect(session.wait(for: "‖ PAUSED −"), "\(session.screen)")
    session.type("\u{1B}[<0;3;39M\u{1B}[<32;60;39M\u{1B}[<32;132;39M\u{1B}[<0;132;39m")
    #expect(session.wait(for: "● LIVE"), "a drag to the end")
    #expect(try session.quit() == 0)
    session.expectClean()
  }
}
