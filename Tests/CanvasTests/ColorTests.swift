import Testing

@testable import Canvas

@Suite struct ColorTests {
  @Test func `hex is read and refused`() {
    #expect(Color(hex: "#ffb03a") == Color(0xFFB03A))
    #expect(Color(hex: "FB0") == Color(0xFFBB00))
    for bad in ["", "#", "#12345", "+12345", "#-12345", "#1234567", "#ggg", "ｆｆｆ", "#12 456"] {
      #expect(Color(hex: bad) == nil, "\(bad)")
    }
    #expect(Color(0x00000A).hex == "#00000a")
    #expect(Color.terminalDefault != Color(0))
  }

  /// The values of the WCAG definition, to a hundredth.
  @Test(arguments: [
    (0xFFFFFF, 0x000000, 21.0), (0x21918C, 0x000000, 5.5), (0xE69F00, 0x000000, 9.3),
    (0x56B4E9, 0x1E1E1E, 7.2), (0x0072B2, 0xFFFFFF, 5.2), (0x777777, 0x777777, 1.0),
  ])
  func `contrast follows WCAG`(a: UInt32, b: UInt32, ratio: Double) {
    #expect(abs(Color(a).contrast(against: Color(b)) - ratio) < 0.06)
    #expect(Color(a).contrast(against: Color(b)) == Color(b).contrast(against: Color(a)))
  }

  @Test func `mixing and gradients meet their ends`() {
    let gradient = Gradient(Color(0x000000), Color(0x804020), Color(0xFFFFFF))
    #expect(gradient.color(at: 0) == Color(0x000000))
    #expect(gradient.color(at: 0.5) == Color(0x804020))
    #expect(gradient.color(at: 1) == Color(0xFFFFFF))
    #expect(gradient.color(at: -5) == Color(0x000000))
    #expect(gradient.color(at: .infinity) == Color(0xFFFFFF))
    #expect(Color(0x102030).mixed(with: Color(0x304050), .nan) == Color(0x102030))
  }

  @Test(arguments: ColorDepth.allCases)
  func `reducing twice is reducing once`(depth: ColorDepth) {
    for step in stride(from: UInt32(0), through: 0xFFFFFF, by: 4099) {
      let once = Color(step).reduced(to: depth)
      if depth == .indexed256 { #expect(once.reduced(to: depth) == once) }
      if depth == .ansi8 || depth == .ansi16 {
        let index = once.paletteIndex(at: depth) ?? -1
        #expect(index >= 0 && index < (depth == .ansi8 ? 8 : 16))
      }
    }
  }

  @Test func `the cube and the greys are exact`() {
    #expect(Color(0xFF0000).paletteIndex(at: .indexed256) == 196)
    #expect(Color(0x080808).paletteIndex(at: .indexed256) == 232)
    #expect(Color(0x000000).paletteIndex(at: .indexed256) == 16)
    #expect(Color(0x5F87AF).paletteIndex(at: .indexed256) == 67)
    #expect(Color.terminalDefault.paletteIndex(at: .indexed256) == nil)
  }

  @Test(arguments: [
    (0xFFB03A, 3), (0xFF5A55, 1), (0x66D9A0, 2), (0x55B4FF, 4), (0xB080FF, 5), (0x38D6C4, 6),
    (0x101218, 0), (0xD8DCE6, 7),
  ])
  func `sixteen colours keep the hue`(rgb: UInt32, name: Int) {
    #expect(Color(rgb).paletteIndex(at: .ansi8) == name)
    #expect((Color(rgb).paletteIndex(at: .ansi16) ?? -1) % 8 == name)
  }

  @Test func `readable text stays readable in few colours`() {
    for depth in [ColorDepth.ansi8, .ansi16, .indexed256] {
      for paper in stride(from: UInt32(0), through: 0xFFFFFF, by: 65_537) {
        var canvas = Canvas(width: 1, height: 1)
        canvas.put("x", x: 0, y: 0, Style(Color(paper).ink, on: Color(paper)))
        let cell = canvas.reduced(to: depth)[0, 0]
        #expect(cell.foreground.contrast(against: cell.background) >= 2)
      }
    }
  }

  @Test(arguments: [ColorDepth.ansi8, .ansi16])
  func `every readable pair of colours can be read with the first sixteen`(depth: ColorDepth) {
    let steps = stride(from: UInt32(0), through: 0xFFFFFF, by: 152_681).map { Color($0) }
    let black = Palette.ansi[0]
    for paper in steps + [black, Color(0x0F1015), Color(0xFFFFFF), Color(0xFBF9F4)] {
      for ink in steps where ink.contrast(against: paper) >= 4.5 {
        var frame = Canvas(width: 1, height: 1)
        frame.put("x", x: 0, y: 0, Style(ink, on: paper).bold)
        let cell = frame.reduced(to: depth)[0, 0]
        let words: Comment = "\(ink.hex) on \(paper.hex)"
        #expect(cell.foreground.contrast(against: cell.background) >= 2.9, words)
        // Dark grey where bold is the bright twin; too dark on most terminals.
        #expect(cell.foreground != black || !cell.attributes.contains(.bold), words)
        #expect(cell.foreground != Palette.ansi[4] || cell.background != black, words)
      }
    }
  }

  @Test(arguments: [ColorDepth.ansi8, .ansi16, .indexed256])
  func `a mark keeps its hue where it can be seen`(depth: ColorDepth) {
    for (ink, paper) in [(0xB07A00, 0xE2DED3), (0x1769AA, 0xE2DED3), (0xC98A3A, 0xDAD7D0)] {
      var frame = Canvas(width: 2, height: 1)
      for (x, glyph) in ["█", "⣿"].enumerated() {
        frame.put(
          Unicode.Scalar(glyph) ?? "?", x: x, y: 0,
          Style(Color(UInt32(ink)), on: Color(UInt32(paper))))
      }
      let reduced = frame.reduced(to: depth)
      for x in 0..<2 {
        let cell = reduced[x, 0]
        let isColored = cell.foreground != Color(0x000000) && cell.foreground != Color(0xFFFFFF)
        #expect(
          isColored || depth == .ansi8, "\(Color(UInt32(ink)).hex) became \(cell.foreground.hex)")
        #expect(cell.foreground.contrast(against: cell.background) >= 1.4)
      }
    }
  }

  @Test func `without colour the segments of a bar still end where they ended`() {
    var canvas = Canvas(width: 20, height: 3)
    let parts = [
      StackedPart(weight: 1, color: Color(0xFFD54A), label: "a"),
      StackedPart(weight: 1, color: Color(0x66D9A0), label: "b"),
      StackedPart(weight: 2, color: Color(0x55B4FF), label: "c"),
    ]
    canvas.stackedBar(
      parts, in: Rect(x: 0, y: 1, width: 20, height: 1), track: Color(0x202020), glyphs: .blocks)
    let plain = canvas.reduced(to: .none)
    let reversed = (0..<20).map { plain[$0, 1].attributes.contains(.reverse) }
    #expect(reversed == (0..<20).map { $0 < 5 || $0 >= 10 })
    for y in 0..<3 {
      #expect(plain.row(y).allSatisfy { $0.background == .terminalDefault })
    }
  }
}
