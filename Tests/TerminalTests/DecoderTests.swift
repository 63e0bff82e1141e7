import Canvas
import Seeded
import Testing

@testable import Terminal

/// What the bytes of many terminals mean.
@Suite struct DecoderTests {
  private func read(_ text: String) -> [InputDecoder.Item] {
    var decoder = InputDecoder()
    return decoder.feed(text.utf8) + decoder.giveUp()
  }

  private func keys(_ text: String) -> [Key] {
    read(text).compactMap { if case .key(let key) = $0 { key } else { nil } }
  }

  @Test(arguments: [
    // xterm and its like, without and with the application's mode of the cursor keys.
    ("\u{1B}[A", Key.up), ("\u{1B}OB", .down), ("\u{1B}[H", .home), ("\u{1B}OF", .end),
    ("\u{1B}[1;5D", .left), ("\u{1B}[1;2D", .shiftLeft), ("\u{1B}[1;2C", .shiftRight),
    ("\u{1B}[1;6C", .right), ("\u{1B}[1;5H", .home), ("\u{1B}[1;2F", .end),
    ("\u{1B}[5;5~", .pageUp),
    ("\u{1B}[Z", .shiftTab), ("\u{1B}OP", .function(1)), ("\u{1B}[21~", .function(10)),
    ("\u{1B}[24~", .function(12)), ("\u{1B}[3~", .delete), ("\u{7F}", .backspace),
    // Older ones that put the number straight behind the O.
    ("\u{1B}O5C", .right), ("\u{1B}O1;2D", .shiftLeft),
    // rxvt.
    ("\u{1B}[7~", .home), ("\u{1B}[8~", .end), ("\u{1B}[7$", .home), ("\u{1B}[8^", .end),
    ("\u{1B}[5@", .pageUp), ("\u{1B}[a", .up), ("\u{1B}[d", .shiftLeft), ("\u{1B}[c", .shiftRight),
    ("\u{1B}Oa", .up), ("\u{1B}Od", .left), ("\u{1B}[11~", .function(1)), ("\u{1B}\u{1B}[A", .up),
    // The console of Linux, and PuTTY.
    ("\u{1B}[1~", .home), ("\u{1B}[4~", .end), ("\u{1B}[[A", .function(1)),
    ("\u{1B}[[E", .function(5)),
    // The keypad in the application's mode.
    ("\u{1B}OM", .enter), ("\u{1B}Oq", .character("1")), ("\u{1B}Oy", .character("9")),
    ("\u{1B}Ok", .character("+")), ("\u{1B}Om", .character("-")), ("\u{1B}Oj", .character("*")),
    ("\u{1B}OX", .character("=")), ("\u{1B}OI", .tab),
    // Keys by the numbers of their characters.
    ("\u{1B}[113u", .character("q")), ("\u{1B}[99;5u", .control("c")),
    ("\u{1B}[27;5;99~", .control("c")),
    ("\u{1B}[9;2u", .shiftTab), ("é", .character("é")), ("界", .character("界")), ("\u{1B}", .escape),
    ("\u{3}", .control("c")), ("\u{1B}\u{3}", .control("c")),
  ])
  func `each terminal's spelling of a key is that key`(text: String, key: Key) {
    #expect(keys(text) == [key], "\(text.debugDescription)")
    // The same byte by byte, as over a slow line.
    var decoder = InputDecoder()
    var items = text.utf8.flatMap { decoder.feed([$0]) }
    items += decoder.giveUp()
    #expect(items == [.key(key)], "\(text.debugDescription) in pieces")
  }

  @Test(arguments: [
    "\u{1B}q", "\u{1B}Q", "\u{1B}é", "\u{1B}\r", "\u{1B}[21;2~", "\u{1B}[1;2P", "\u{1B}[3;5~",
    "\u{1B}[113;3u", "\u{1B}[I", "\u{1B}[O", "\u{1B}[99;5x", "\u{1B}[?2026;2$y", "\u{1B}[57428u",
    "\u{1B}P>|XTerm(370)\u{1B}\\", "\u{1B}]52;c;aGk=\u{7}", "\u{1B}P1+r436f=323536\u{1B}\\",
    "\u{1B}[8;24;80t", "\u{1B}[E", "\u{1B}OE",
  ])
  func `Alt with a key, and what nobody asked for, is no key`(text: String) {
    #expect(keys(text + "x") == [.character("x")], "\(text.debugDescription)")
  }

  @Test func `a slow escape is the key, and what follows it does not become keys`() {
    var decoder = InputDecoder()
    #expect(decoder.feed([0x1B]).isEmpty)
    #expect(decoder.patience == 50)
    #expect(decoder.giveUp() == [.key(.escape)])
    #expect(decoder.feed("[D".utf8).isEmpty)
    #expect(decoder.patience == nil)
    #expect(decoder.feed("q".utf8) == [.key(.character("q"))])
    // The same cut once more.
    #expect(decoder.feed([0x1B]).isEmpty && decoder.giveUp() == [.key(.escape)])
    #expect(decoder.feed("[1;".utf8).isEmpty && decoder.feed("5D".utf8).isEmpty)
    #expect(decoder.feed("x".utf8) == [.key(.character("x"))])
    // Two keys that are typed one after the other are keys.
    #expect(decoder.feed([0x1B]).isEmpty && decoder.giveUp() == [.key(.escape)])
    #expect(decoder.feed("[".utf8) == [.key(.character("["))])
    #expect(decoder.feed("D".utf8) == [.key(.character("D"))])
    // After a while nothing of it is left.
    #expect(decoder.feed([0x1B]).isEmpty && decoder.giveUp() == [.key(.escape)])
    #expect(decoder.giveUp().isEmpty && decoder.patience == nil)
    #expect(decoder.feed("[D".utf8).count == 2)
  }

  @Test func `an answer cut in two behind its escape is still an answer`() {
    var decoder = InputDecoder()
    #expect(decoder.feed("\u{1B}".utf8).isEmpty && decoder.giveUp() == [.key(.escape)])
    #expect(decoder.feed("]11;rgb:ff".utf8).isEmpty)
    #expect(
      decoder.feed("/ff/ff\u{7}m".utf8) == [
        .reply(.background(Color(0xFFFFFF))), .key(.character("m")),
      ])
  }

  @Test func `Alt with a bracket holds nothing up for long`() {
    for text in ["\u{1B}[", "\u{1B}O", "\u{1B}]", "\u{1B}P", "\u{1B}]1", "\u{1B}[1;", "\u{1B}[M "] {
      var decoder = InputDecoder()
      #expect(decoder.feed(text.utf8).isEmpty)
      #expect((1...1000).contains(decoder.patience ?? 0), "\(text.debugDescription)")
      #expect(decoder.giveUp().isEmpty)
      #expect(decoder.feed("q".utf8) == [.key(.character("q"))])
    }
  }

  @Test(arguments: [
    ("\u{1B}[<0;250;9M", 249, 8, MouseEvent.Kind.press, 1),
    ("\u{1B}[<0;250;9m", 249, 8, .release, 1),
    ("\u{1B}[<2;3;4M", 2, 3, .press, 3), ("\u{1B}[<32;3;4M", 2, 3, .drag, 1),
    ("\u{1B}[<35;3;4M", 2, 3, .moved, 0), ("\u{1B}[<64;3;4M", 2, 3, .wheelUp, 0),
    ("\u{1B}[<65;3;4M", 2, 3, .wheelDown, 0), ("\u{1B}[<16;3;4M", 2, 3, .press, 1),
    // The old form, and rxvt's.
    ("\u{1B}[M !\"", 0, 1, .press, 1), ("\u{1B}[M#!\"", 0, 1, .release, 0),
    ("\u{1B}[M`!\"", 0, 1, .wheelUp, 0), ("\u{1B}[M@!\"", 0, 1, .drag, 1),
    ("\u{1B}[32;250;9M", 249, 8, .press, 1), ("\u{1B}[97;3;4M", 2, 3, .wheelDown, 0),
    ("\u{1B}[35;250;9M", 249, 8, .release, 0),
  ])
  func `the mouse is understood in all its forms`(
    text: String, x: Int, y: Int, kind: MouseEvent.Kind, button: Int
  ) {
    #expect(read(text) == [.mouse(MouseEvent(x: x, y: y, kind: kind, button: button))])
  }

  @Test func `the old form of the mouse goes beyond seven bits and makes no keys`() {
    var decoder = InputDecoder()
    let items = decoder.feed([0x1B, 0x5B, 0x4D, 0x20, 0xF0, 0x30])
    #expect(items == [.mouse(MouseEvent(x: 207, y: 15, kind: .press, button: 1))])
    // The wheel turned sideways, and the buttons beside it.
    for code in ["66", "67", "128", "129"] { #expect(read("\u{1B}[<\(code);3;4M").isEmpty) }
  }

  @Test(arguments: [
    ("\u{1B}[0n", TerminalReply.ready), ("\u{1B}[?62;22c", .attributes),
    ("\u{1B}[?6c", .attributes),
    ("\u{1B}[>83;40900;0c", .kind(83)), ("\u{1B}[>0;136;0c", .kind(0)),
    ("\u{1B}[24;3R", .cursor(row: 24, column: 3)),
    ("\u{1B}]11;rgb:1e1e/1e1e/2e2e\u{7}", .background(Color(0x1E1E2E))),
    ("\u{1B}]11;rgb:ff/ff/ff\u{1B}\\", .background(Color(0xFFFFFF))),
    ("\u{1B}]11;rgba:0000/8080/ffff/ffff\u{7}", .background(Color(0x0080FF))),
    ("\u{1B}]11;#fdf6e3\u{1B}\\", .background(Color(0xFDF6E3))),
    ("\u{1B}]11;rgb:f/0/f\u{7}", .background(Color(0xFF00FF))),
  ])
  func `answers are no keys`(text: String, reply: TerminalReply) {
    #expect(read(text) == [.reply(reply)])
    var decoder = InputDecoder()
    #expect(text.utf8.flatMap { decoder.feed([$0]) } == [.reply(reply)])
  }

  @Test(arguments: [
    "rgb:ff/ff", "rgb:fffff/0/0", "rgb:+f/0/0", "rgb://", "#12345", "#", "white", "rgb:gg/00/00",
    "",
  ])
  func `what is no colour is no answer`(text: String) {
    #expect(TerminalReply.color(Substring(text)) == nil)
  }

  @Test func `what is pasted is passed over, also in pieces`() {
    let typed = "a\u{1B}[200~pq\u{1B}[A\u{1B}[201\u{1B}[201~b"
    #expect(read(typed) == [.key(.character("a")), .pasted, .key(.character("b"))])
    var decoder = InputDecoder()
    #expect(
      typed.utf8.flatMap { decoder.feed([$0]) }
        == [.key(.character("a")), .pasted, .key(.character("b"))])
    #expect(decoder.feed("\u{1B}[200~qqq".utf8) == [.pasted])
    #expect(decoder.patience == nil && decoder.giveUp().isEmpty)
    #expect(decoder.feed([3]).isEmpty)
    #expect(decoder.feed("z".utf8) == [.key(.character("z"))])
  }

  @Test(arguments: 1...20)
  func `any bytes come to an end`(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    let alphabet = Array("\u{1B}[]OPM<?;0123456789~$^@ABCDRcnuq\\é".utf8) + [7, 3, 0xFF, 0x9B]
    var decoder = InputDecoder()
    for _ in 0..<400 {
      let bytes = (0...random.next(6)).map { _ in alphabet[random.next(alphabet.count)] }
      _ = decoder.feed(bytes)
      #expect(decoder.pending.count <= 1100)
      if random.next(5) == 0 { _ = decoder.giveUp() }
    }
    _ = decoder.feed("\u{1B}[201~".utf8)
    _ = decoder.giveUp()
    _ = decoder.giveUp()
    #expect(decoder.feed("q".utf8) == [.key(.character("q"))], "seed \(seed)")
  }
}
