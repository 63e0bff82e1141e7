import Canvas
import Testing

@Suite struct CellTests {
  @Test func `a cell is sixteen plain bytes`() {
    #expect(MemoryLayout<Cell>.size == 16)
    #expect(MemoryLayout<Cell>.stride == 16)
    #expect(Cell.blank == Cell(" ", Style()))
  }

  @Test func `a cell keeps its style`() {
    let style = Style(Color(0x123456), on: Color(0xABCDEF), [.bold, .underline])
    var cell = Cell("x", style)
    #expect(cell.style == style)
    cell.style = style.reverse
    #expect(cell.attributes == [.bold, .underline, .reverse])
  }

  @Test func `outside reads blank and writes nothing`() {
    var canvas = Canvas(width: 3, height: 2)
    let before = canvas
    for (x, y) in [(-1, 0), (3, 0), (0, -1), (0, 2), (.max, .max), (.min, .min)] {
      canvas[x, y] = Cell("x", Style())
      #expect(canvas[x, y] == .blank)
    }
    #expect(canvas == before)
    #expect(Canvas(width: -4, height: -4).bounds.isEmpty)
  }

  @Test func `wide glyphs are whole or gone`() {
    var canvas = Canvas(width: 5, height: 1)
    canvas.put("日", x: 1, y: 0, Style())
    #expect(canvas[1, 0].scalar == 0x65E5)
    #expect(canvas[2, 0].isTrailing)
    canvas.put("a", x: 2, y: 0, Style())
    #expect(canvas[1, 0].glyph == " " && canvas[2, 0].glyph == "a")
    canvas.put("本", x: 2, y: 0, Style())
    canvas.put("b", x: 2, y: 0, Style())
    #expect(canvas[3, 0].scalar == 0x20)
    canvas.put("日", x: 4, y: 0, Style())
    #expect(canvas[4, 0].scalar == 0x20)
    canvas[0, 0] = canvas[4, 0]
    canvas.put("日", x: 0, y: 0, Style())
    canvas.put("本", x: 1, y: 0, Style())
    #expect(TextWriter.plain(canvas) == " 本\n")
  }

  @Test func `a restyle changes a wide glyph once`() {
    var canvas = Canvas(width: 4, height: 1)
    canvas.put("日", x: 0, y: 0, Style(Color(1)))
    canvas.restyle(canvas.bounds) { $0.foreground(Color($0.foreground.rgb + 1)) }
    #expect(canvas[0, 0].foreground == Color(2))
    #expect(canvas[1, 0].foreground == Color(2) && canvas[1, 0].isTrailing)
  }

  @Test func `a blit clips on every side`() {
    var small = Canvas(width: 4, height: 3)
    small.fill(small.bounds, Style(), scalar: "s")
    for (x, y, count) in [(-2, -1, 4), (3, 3, 2), (1, 1, 12), (9, 9, 0)] {
      var canvas = Canvas(width: 5, height: 4)
      canvas.blit(small, x: x, y: y)
      let drawn = TextWriter.plain(canvas).unicodeScalars.filter { $0 == "s" }.count
      #expect(drawn == count)
    }
  }
}
