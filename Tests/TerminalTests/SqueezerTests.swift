import Canvas
import Seeded
import Terminals
import Testing

@testable import Terminal

/// What a terminal is told twice is left out, and nothing else.
@Suite struct SqueezerTests {
  private func squeezed(_ text: String, _ squeezer: inout StyleSqueezer) -> String {
    Array(text.utf8).withUnsafeBufferPointer {
      String(decoding: squeezer.squeezed($0), as: UTF8.self)
    }
  }

  @Test func `only what differs is told, and only before something is drawn`() {
    var squeezer = StyleSqueezer()
    func squeeze(_ text: String) -> String { squeezed(text, &squeezer) }
    #expect(
      squeeze("\u{1B}[0m\u{1B}[38;2;1;2;3m\u{1B}[48;2;9;9;9ma")
        == "\u{1B}[0;38;2;1;2;3;48;2;9;9;9ma")
    // The same again after a reset, and a move.
    #expect(squeeze("\u{1B}[m\u{1B}[38;2;1;2;3m\u{1B}[48;2;9;9;9m\u{1B}[3;4Hb") == "\u{1B}[3;4Hb")
    // One colour of two, and bold on and off.
    #expect(squeeze("\u{1B}[38;2;7;2;3m\u{1B}[48;2;9;9;9mc") == "\u{1B}[38;2;7;2;3mc")
    #expect(squeeze("\u{1B}[0;1m\u{1B}[38;2;7;2;3m\u{1B}[48;2;9;9;9md") == "\u{1B}[1md")
    #expect(squeeze("\u{1B}[0m\u{1B}[38;2;7;2;3m\u{1B}[48;2;9;9;9me") == "\u{1B}[22me")
    // Colours of nothing that is drawn, and an end that is made up for.
    #expect(squeeze("\u{1B}[38;5;3m\u{1B}[H\u{1B}[0m") == "\u{1B}[H")
    #expect(String(decoding: squeezer.settled(), as: UTF8.self) == "\u{1B}[m")
    #expect(squeezer.settled().isEmpty)
    // Somebody else may have written: the same is told once more.
    squeezer.doubt()
    #expect(squeeze("\u{1B}[mf") == "\u{1B}[mf")
    #expect(squeeze("\u{1B}[0;1mg") == "\u{1B}[1mg")
    squeezer.doubt()
    #expect(squeeze("\u{1B}[0;1mh") == "\u{1B}[0;1mh")
  }

  @Test func `what it does not know passes, and after it all is told anew`() {
    var squeezer = StyleSqueezer()
    #expect(squeezed("\u{1B}[31mx", &squeezer) == "\u{1B}[31mx")
    #expect(squeezed("\u{1B}[0;32mx\u{1B}[4:3my", &squeezer) == "\u{1B}[0;32mx\u{1B}[4:3my")
    #expect(squeezed("\u{1B}[0;32mz", &squeezer) == "\u{1B}[0;32mz")
    #expect(squeezed("\u{1B}(B\u{1B}[?25l\u{1B}[2J", &squeezer) == "\u{1B}(B\u{1B}[?25l\u{1B}[2J")
  }

  @Test func `a pair of colours is told by what it stands for`() {
    var squeezer = StyleSqueezer()
    squeezer.begin()
    squeezer.define(1, foreground: .rgb(1, 2, 3), background: .palette(4))
    squeezer.define(2, foreground: .rgb(1, 2, 3), background: .bright(5))
    squeezer.define(11, foreground: .palette(200), background: .own)
    func squeeze(_ text: String) -> String { squeezed(text, &squeezer) }
    #expect(squeeze("\u{1B}[1pa") == "\u{1B}[0;38;2;1;2;3;44ma")
    #expect(squeeze("\u{1B}[2pb\u{1B}[1p\u{1B}[2pc") == "\u{1B}[105mbc")
    #expect(squeeze("\u{1B}[0;1m\u{1B}[11pd") == "\u{1B}[1;38;5;200;49md")
    #expect(squeeze("\u{1B}[39;49me\u{1B}[mf") == "\u{1B}[39me\u{1B}[mf")
    // A number that nobody gave out, or none, is the terminal's own and never passes.
    #expect(squeeze("\u{1B}[1p\u{1B}[99999999999999999999pg\u{1B}[ph") == "gh")
    squeezer.forgetPairs()
    #expect(squeeze("\u{1B}[1pi") == "i")
    squeezer.forget()
    #expect(squeeze("\u{1B}[1pj") == "\u{1B}[mj")
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func `any stream means the same in no more bytes`(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    var squeezer = StyleSqueezer()
    var (plain, short) = (
      VirtualTerminal(width: 20, height: 5), VirtualTerminal(width: 20, height: 5)
    )
    var (before, after) = (0, 0)
    for frame in 0..<60 {
      var text = frame == 0 ? "\u{1B}[0m" : ""
      for _ in 0...random.next(30) { text += Self.piece(&random) }
      let bytes = Array(text.utf8)
      let out = bytes.withUnsafeBufferPointer { squeezer.squeezed($0) }
      plain.feed(bytes)
      short.feed(out)
      before += bytes.count
      after += out.count
      let isSame = plain.canvas == short.canvas
      #expect(isSame, "seed \(seed), frame \(frame)")
      if frame == 30 {
        // Somebody else writes between two frames.
        short.feed(squeezer.settled())
        squeezer.forget()
        plain.feed(Array("\u{1B}[0;48;5;35mX\u{1B}[m".utf8))
        short.feed(Array("\u{1B}[0;48;5;35mX\u{1B}[m".utf8))
      }
    }
    #expect(after <= before)
  }

  private static func piece(_ random: inout SeededRandom) -> String {
    func color() -> String {
      switch random.next(3) {
      case 0: "9"
      case 1: "8;5;\(20 + random.next(3) * 100)"
      default: "8;2;\(random.next(2));0;\(random.next(2))"
      }
    }
    switch random.next(10) {
    case 0: return "\u{1B}[m"
    case 1: return "\u{1B}[0;\([1, 2, 4, 7][random.next(4)])m"
    case 2, 3: return "\u{1B}[3\(color())m"
    case 4, 5: return "\u{1B}[4\(color())m"
    case 6: return "\u{1B}[\(1 + random.next(5));\(1 + random.next(20))H"
    case 7: return ["\u{1B}[K", "\u{1B}[J", "\u{1B}[1K", "\r", "\u{8}"][random.next(5)]
    case 8: return "\u{1B}[\([22, 23, 24, 27, 3, 1][random.next(6)])m"
    default: return ["a", "é", "█", " "][random.next(4)]
    }
  }
}
