import Testing

@testable import Canvas

/// Frames as an asciicast.
@Suite struct AsciicastTests {
  private func frame(_ text: String) -> Canvas {
    var canvas = Canvas(width: 8, height: 2)
    canvas.text(text, x: 0, y: 0, Style(Color(0xFF0000), on: Color(0)))
    return canvas
  }

  @Test func aHeaderThenEventsByTheTimeBetweenThem() {
    var cast = AsciicastWriter(width: 8, height: 2, title: "a \"talk\"\n")
    cast.mark("one", at: 0)
    cast.show(frame("abc"), at: 0.25)
    cast.show(frame("abc"), at: 0.5)
    cast.show(frame("axc"), at: 1.5)
    cast.end(at: 2)
    let lines = cast.text.split(separator: "\n")
    #expect(
      lines[0]
        == "{\"version\":3,\"term\":{\"cols\":8,\"rows\":2,\"type\":\"xterm-256color\"},"
        + "\"title\":\"a \\\"talk\\\"\\n\"}")
    #expect(lines[1] == "[0.000,\"m\",\"one\"]")
    #expect(lines[2].hasPrefix("[0.250,\"o\",\"\\u001b[?25l"))
    // Nothing but the cell that differs, and no event for the same frame.
    #expect(
      lines[3] == "[1.250,\"o\",\"\\u001b[1;2H\\u001b[0;38;2;255;0;0;48;2;0;0;0mx\"]")
    #expect(lines[4] == "[0.500,\"o\",\"\\u001b[0m\\u001b[?25h\"]")
    #expect(lines.count == 5)
  }

  @Test func aWideGlyphIsWrittenWhole() {
    var cast = AsciicastWriter(width: 8, height: 2, title: "")
    cast.show(frame("a水b"), at: 0)
    cast.show(frame("a火b"), at: 1)
    #expect(cast.text.hasSuffix("m火\"]\n"))
    #expect(cast.text.contains("\\u001b[1;2H"))
  }

  @Test func hugeDigitsAreTheSameTimesLarger() {
    let style = Style(Color(0xFFFFFF), on: Color(0))
    var small = Canvas(width: 40, height: 10)
    var same = small
    small.bigText("1.5", x: 0, y: 0, style, glyphs: .blocks)
    same.hugeText("1.5", x: 0, y: 0, scale: 1, style, glyphs: .blocks)
    #expect(small == same)
    var large = Canvas(width: 40, height: 10)
    let used = large.hugeText("1", x: 0, y: 0, scale: 2, style, glyphs: .blocks)
    #expect(used == Canvas.hugeTextWidth("1", scale: 2))
    #expect(Canvas.hugeTextHeight(scale: 2) == 5)
    #expect(
      TextWriter.plain(large).split(separator: "\n").prefix(5).map { String($0) }
        == ["████", "  ██", "  ██", "  ██", "██████"])
  }
}
