import Testing

@testable import Canvas

@Suite struct TextTests {
  private func drawn(_ s: String, width: Int = 40, x: Int = 0, maxWidth: Int = .max) -> String {
    var canvas = Canvas(width: width, height: 1)
    canvas.text(s, x: x, y: 0, maxWidth: maxWidth, Style())
    return String(TextWriter.plain(canvas).dropLast())
  }

  @Test(arguments: [
    ("\u{1B}[31mred", "·[31mred"), ("a\u{7}b", "a·b"), ("a\tb\nc\r\nd", "a b·c··d"),
    ("\u{9B}2J", "·2J"), ("abc\u{202E}def", "abc·def"), ("a\u{200B}b\u{FEFF}c", "a·b·c"),
    ("\u{2066}x\u{2069}", "·x·"), ("soft\u{AD}hyphen", "soft·hyphen"), ("\u{7F}", "·"),
    ("\u{E000}\u{10FFFF}", "··"), ("e\u{301}t\u{E9}", "été"), ("z\u{335}\u{336}", "z··"),
    ("non\u{A0}break", "non break"), ("\u{2028}", "·"), ("\u{115F}", "·"), ("\0", "·"),
  ])
  func `nothing that could act on a terminal reaches a cell`(text: String, shown: String) {
    #expect(drawn(text) == shown)
    #expect(sanitized(text) == shown)
    #expect(displayWidth(text) == shown.unicodeScalars.count)
  }

  @Test func `no scalar at all makes a bad cell`() {
    var canvas = Canvas(width: 4, height: 1)
    var bad: [UInt32] = []
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      canvas.put(scalar, x: 1, y: 0, Style())
      let kept = canvas[1, 0].glyph
      if displayWidth(kept) == 0 { bad.append(value) }
      if (displayWidth(kept) == 2) != canvas[2, 0].isTrailing { bad.append(value) }
    }
    #expect(bad.isEmpty)
  }

  @Test func `text stops between glyphs at the edge and at its width`() {
    #expect(drawn("日本語", width: 5) == "日本")
    #expect(drawn("日本語", maxWidth: 3) == "日")
    #expect(drawn("abcdef", maxWidth: 0) == "")
    #expect(drawn("abcdef", width: 3) == "abc")
    #expect(drawn("abcdef", x: -2) == "cdef")
    #expect(drawn("日本", x: -1) == " 本")
    #expect(drawn("abc", x: 99) == "")
  }

  @Test func `drawing tells the columns it took`() {
    var canvas = Canvas(width: 20, height: 1)
    #expect(canvas.text("4.45 kW", x: 1, y: 0, Style()) == 7)
    #expect(canvas.text("日本", x: 1, y: 0, maxWidth: 3, Style()) == 2)
    #expect(canvas.textRight("57 %", right: 20, y: 0, Style()) == 4)
    #expect(canvas[19, 0].glyph == "%")
    #expect(canvas.textRight("abcdef", right: 20, y: 0, maxWidth: 3, Style()) == 3)
    #expect(canvas[17, 0].glyph == "a")
  }

  @Test(arguments: [
    ("hippowatt", 9, "hippowatt"), ("hippowatt", 8, "hippowa…"), ("hippowatt", 1, "…"),
    ("hippowatt", 0, ""), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("日本語", 6, "日本語"),
    ("", 3, ""), ("a\u{1B}b", 2, "a…"),
  ])
  func `a clipped string ends in an ellipsis`(text: String, width: Int, shown: String) {
    #expect(clipped(text, to: width) == shown)
    #expect(displayWidth(shown) <= width)
  }

  @Test func `seven bits keep every column`() {
    var canvas = Canvas(width: 60, height: 1)
    canvas.text("─│╭·…–▲▼↓→×±≈≤₂²°µé⣿█ 日 Ünïcode ok", x: 0, y: 0, Style())
    let plain = canvas.asciiOnly()
    #expect(TextWriter.plain(plain) == "-|+-.-^vv>x~~<22 ue## ?  Unicode ok\n")
    #expect(TextWriter.plain(plain).utf8.allSatisfy { $0 < 0x7F })
    #expect(GlyphSet.ascii.plain("38 gCO₂ · 6 °C") == "38 gCO2 - 6  C")
    #expect(GlyphSet.braille.plain("CO₂") == "CO₂")
  }

  @Test func `a box has round corners and needs room`() {
    var canvas = Canvas(width: 6, height: 3)
    canvas.box(canvas.bounds, Style(), glyphs: .braille)
    #expect(TextWriter.plain(canvas) == "╭────╮\n│    │\n╰────╯\n")
    canvas.box(canvas.bounds, Style(), glyphs: .ascii)
    #expect(TextWriter.plain(canvas) == "+----+\n|    |\n+----+\n")
    var tiny = Canvas(width: 1, height: 1)
    tiny.box(tiny.bounds, Style(), glyphs: .braille)
    #expect(tiny == Canvas(width: 1, height: 1))
  }

  @Test func `symbols of ambiguous width are spelled in others, cell for cell`() {
    var canvas = Canvas(width: 20, height: 1)
    canvas.text("─│█●→·é⣿界ñ…°abc", x: 0, y: 0, Style())
    let plain = canvas.withoutAmbiguousWidths()
    let text = String(String.UnicodeScalarView(plain.row(0).map(\.glyph)))
    #expect(text.hasPrefix("-|#*>-e⣿界"), "\(text)")
    for x in 0..<20 where plain[x, 0].scalar > 0x7E {
      #expect(!isAmbiguous(plain[x, 0].scalar))
      #expect(plain[x, 0] == canvas[x, 0])
    }
    #expect(displayWidth("─") == 1 && isAmbiguous(0x2500) && !isAmbiguous(0x28FF))
  }
}
