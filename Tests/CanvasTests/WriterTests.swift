import Canvas
import Testing

@Suite struct WriterTests {
  private func picture(_ canvas: Canvas) -> String {
    SVGWriter.string(
      canvas, title: "a <title> & \u{1B}", description: "\"d\"", background: Color(0x101218),
      foreground: Color(0xD8DCE6))
  }

  @Test(arguments: GlyphSet.allCases)
  func `the same frame gives the same picture`(glyphs: GlyphSet) {
    #expect(picture(gallery(glyphs)) == picture(gallery(glyphs)))
    #expect(picture(gallery(glyphs)).utf8.count < 40_000)
  }

  @Test func `a picture stands alone and is sound`() {
    let svg = picture(gallery(.braille))
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(!svg.contains("href") && !svg.contains("url(") && !svg.contains("@import"))
    #expect(svg.contains("<title>a &lt;title&gt; &amp; ·</title>"))
    // Marks are shapes: none of them is left in the text.
    #expect(!svg.unicodeScalars.contains { (0x2500...0x259F).contains($0.value) })
    #expect(!svg.unicodeScalars.contains { (0x2800...0x28FF).contains($0.value) })
    var depth = 0
    for part in svg.split(separator: "<") where depth >= 0 {
      if part.hasPrefix("/") { depth -= 1 } else if !part.contains("/>") { depth += 1 }
    }
    #expect(depth == 0)
  }

  @Test func `every glyph of a run has its place`() {
    var canvas = Canvas(width: 20, height: 1)
    canvas.text("a日b c   d", x: 1, y: 0, Style())
    let svg = picture(canvas)
    #expect(svg.contains("x=\"9 18 36 45 54\">a日b c</text>"))
    #expect(svg.contains("x=\"90\">d</text>"))
  }

  @Test func `pictures of nothing and of everything`() {
    #expect(picture(Canvas(width: 0, height: 0)).contains("width=\"0\""))
    var canvas = Canvas(width: 128, height: 4)
    for index in 0..<512 {
      let value = index < 256 ? 0x2500 + UInt32(index) : 0x2800 + UInt32(index - 256)
      guard let scalar = Unicode.Scalar(value) else { continue }
      canvas.put(scalar, x: index % 128, y: index / 128, Style())
    }
    #expect(!picture(canvas).isEmpty)
  }

  @Test func `plain text has no trailing blanks`() {
    var canvas = Canvas(width: 9, height: 3)
    canvas.text("a b", x: 1, y: 1, Style())
    #expect(TextWriter.plain(canvas) == "\n a b\n\n")
  }

  @Test func `golden text explains its letters`() {
    var canvas = Canvas(width: 4, height: 1, style: Style(on: Color(0x101218)))
    canvas.text("ab", x: 1, y: 0, Style(Color(0xFFB03A), on: Color(0x101218)).bold)
    #expect(
      TextWriter.golden(canvas) == """
        size 4x1
         ab
        --- ink
        .aa
        a = #ffb03a bold
        --- paper
        aaaa
        a = #101218

        """)
  }

  @Test(arguments: [
    (ColorDepth.truecolor, "\u{1B}[0;1;38;2;255;176;58m"), (.indexed256, "\u{1B}[0;1;38;5;215m"),
    (.ansi16, "\u{1B}[0;1;93m"), (.ansi8, "\u{1B}[0;1;33m"), (.none, "\u{1B}[0;1m"),
  ])
  func `escape sequences suit the depth`(depth: ColorDepth, select: String) {
    var canvas = Canvas(width: 9, height: 2)
    canvas.text("ab", x: 1, y: 0, Style(Color(0xFFB03A)).bold)
    let text = ANSIWriter.string(canvas, depth: depth)
    #expect(text == " " + select + "ab\u{1B}[0m\n\n")
  }
}
