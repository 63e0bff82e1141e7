import Canvas
import Snapshots
import Testing

@Suite struct ChartTests {
  private let gradient = Gradient(Color(0x7A4510), Color(0xC27A22), Color(0xFFB03A))
  private let paper = Color(0x101218)

  private func area(
    _ values: [Double?], width: Int, height: Int, _ glyphs: GlyphSet, hanging: Bool = false
  ) -> Canvas {
    var canvas = Canvas(width: width, height: height)
    canvas.areaChart(
      values, in: canvas.bounds, top: 8, gradient: gradient, background: paper, glyphs: glyphs,
      hanging: hanging)
    return canvas
  }

  private static let sizes =
    (0...3).flatMap { width in (0...3).map { (width, $0) } } + [(300, 100)]

  @Test(arguments: sizes, GlyphSet.allCases)
  func `charts draw at any size and only inside`(size: (Int, Int), glyphs: GlyphSet) {
    let odd: [Double?] = [nil, 0, 1e300, -5, .infinity, -.infinity, .nan, 0.001, 8, 4]
    let values = Array(repeating: odd, count: 70).flatMap { $0 }
    var canvas = Canvas(width: size.0 + 2, height: size.1 + 2)
    let rect = Rect(x: 1, y: 1, width: size.0, height: size.1)
    for top in [8, 0, -1, .nan, .infinity] {
      for data in [values, [], [nil], [3]] {
        canvas.areaChart(
          data, in: rect, top: top, gradient: gradient, background: paper, glyphs: glyphs)
        canvas.areaChart(
          data, in: rect, top: top, gradient: gradient, background: paper, glyphs: glyphs,
          hanging: true)
        canvas.lineChart(
          data, in: rect, bottom: 0, top: top, gradient: gradient, background: paper,
          glyphs: glyphs)
        canvas.heatGrid(
          data, in: rect, bottom: 0, top: top, gradient: gradient, missing: paper,
          background: paper, glyphs: glyphs, labels: ["8", "9"])
      }
      canvas.bar(top, in: rect, gradient: gradient, track: paper, glyphs: glyphs)
      canvas.bar(nil, in: rect, gradient: gradient, track: paper, glyphs: glyphs)
      canvas.stackedBar(
        [StackedPart(weight: top, color: paper, label: "x")], in: rect, track: paper,
        glyphs: glyphs)
    }
    for y in 0..<canvas.height {
      for x in 0..<canvas.width where !rect.contains(x: x, y: y) {
        #expect(canvas[x, y] == .blank)
      }
    }
  }

  @Test(arguments: GlyphSet.allCases)
  func `a gap is not a zero and a little is not nothing`(glyphs: GlyphSet) {
    let pair = Canvas.samples(perColumnOf: glyphs)
    let values = [[Double?]](
      [
        Array(repeating: nil, count: pair), Array(repeating: 0, count: pair),
        Array(repeating: 0.0001, count: pair),
      ]
    ).flatMap { $0 }
    let canvas = area(values, width: 3, height: 2, glyphs)
    #expect(canvas[0, 1] == .blank)
    #expect(canvas[1, 1].glyph != " " && canvas[2, 1].glyph != " ")
    #expect(canvas[1, 1].foreground != canvas[2, 1].foreground)
    #expect(canvas[2, 0] == .blank)
  }

  @Test func `a row has one colour`() {
    let canvas = area((0..<60).map { Double($0 % 9) }, width: 30, height: 4, .blocks)
    for y in 0..<3 {
      let inks = Set(canvas.row(y).filter { $0.glyph != " " }.map(\.foreground))
      #expect(inks.count <= 1)
    }
    #expect(canvas.row(0).contains { $0.foreground == gradient.end })
    #expect(canvas.row(3).contains { $0.foreground == gradient.start })
  }

  @Test func `the last value is at the right edge`() {
    let canvas = area([8, 8], width: 3, height: 1, .blocks)
    #expect(TextWriter.plain(canvas) == " ██\n")
    let longer = area([8, 8, 8, 8, 0.1], width: 3, height: 1, .blocks)
    #expect(TextWriter.plain(longer) == "██▁\n")
  }

  @Test func `two charts share a rectangle and meet in a cell`() {
    var canvas = area([8, 8, 8, nil, nil, nil], width: 3, height: 1, .braille)
    canvas.areaChart(
      [nil, nil, nil, 4, 4, 4], in: canvas.bounds, top: 8, gradient: gradient, background: paper,
      glyphs: .braille)
    #expect(TextWriter.plain(canvas) == "⣿⣧⣤\n")
  }

  @Test(arguments: [
    (0, "    "), (0.03, "▏   "), (0.5, "██  "), (0.53, "██▏ "), (1, "████"), (7, "████"),
  ])
  func `a bar is exact to an eighth`(fraction: Double, shown: String) {
    var canvas = Canvas(width: 4, height: 1)
    canvas.bar(fraction, in: canvas.bounds, gradient: gradient, track: paper, glyphs: .blocks)
    #expect(String(String.UnicodeScalarView(canvas.row(0).map(\.glyph))) == shown)
    #expect(canvas.row(0).allSatisfy { $0.background == paper })
  }

  @Test func `shares always fill the bar`() {
    for width in 1...40 {
      for count in 1...7 {
        let parts = (0..<count).map {
          StackedPart(weight: Double($0 * $0) + 0.3, color: Color(UInt32($0 + 1)), label: "")
        }
        var canvas = Canvas(width: width, height: 1)
        canvas.stackedBar(parts, in: canvas.bounds, track: Color(0xFF00FF), glyphs: .blocks)
        #expect(!canvas.row(0).contains { $0.background == Color(0xFF00FF) })
      }
    }
  }

  @Test func `labels shorten before they vanish`() {
    let part = StackedPart(weight: 1, color: paper, label: "nuclear 28", shortLabel: "28")
    let shown = [20, 11, 10, 3, 2, 1].map { width -> String in
      var canvas = Canvas(width: width, height: 1)
      canvas.stackedBar([part], in: canvas.bounds, track: paper, glyphs: .blocks)
      return TextWriter.plain(canvas)
    }
    #expect(shown == [" nuclear 28\n", " nuclear 28\n", " 28\n", " 28\n", "\n", "\n"])
  }

  @Test(arguments: [1, 8, 64, 200], [(20, 3), (62, 15), (300, 60)])
  func `heat tiles never overlap nor leave`(count: Int, size: (Int, Int)) {
    let rect = Rect(x: 2, y: 1, width: size.0, height: size.1)
    let tiles = Canvas.heatGridTiles(count: count, in: rect)
    #expect(tiles.count == count)
    for (index, tile) in tiles.enumerated() where !tile.isEmpty {
      #expect(rect.intersection(tile) == tile)
      #expect(!tiles[..<index].contains { !$0.intersection(tile).isEmpty })
    }
    if count <= 64, size.0 >= 62 { #expect(!tiles.contains { $0.isEmpty }) }
  }

  @Test(arguments: GlyphSet.allCases)
  func `the whole palette of marks`(glyphs: GlyphSet) {
    let difference = Snapshot.difference(
      TextWriter.golden(gallery(glyphs)), named: "marks-\(glyphs.rawValue)")
    #expect(difference == nil, "\(difference ?? "")")
  }
}

/// Every mark once, with gaps, zeros and labels that do not fit.
func gallery(_ glyphs: GlyphSet) -> Canvas {
  let paper = Color(0x101218)
  let amber = Gradient(Color(0x7A4510), Color(0xC27A22), Color(0xFFB03A))
  let teal = Gradient(Color(0x0D5B57), Color(0x1F9A90), Color(0x38D6C4))
  var canvas = Canvas(width: 64, height: 22, style: Style(Color(0xD8DCE6), on: paper))
  canvas.box(canvas.bounds, Style(Color(0x3A4150), on: paper), glyphs: glyphs)
  canvas.text(" 1 GPU DRAW · 日本 · \u{1B}[31m ", x: 3, y: 0, Style(Color(0xD8DCE6), on: paper).bold)
  let values: [Double?] = (0..<120).map { index in
    if (40..<52).contains(index) { return nil }
    if (70..<78).contains(index) { return 0 }
    return Double((index * 37) % 23) + 2
  }
  let inner = canvas.bounds.inset(dx: 2, dy: 1)
  let (chart, rest) = inner.splitRows(4)
  canvas.areaChart(values, in: chart, top: 30, gradient: amber, background: paper, glyphs: glyphs)
  let (hanging, below) = rest.splitRows(2)
  canvas.areaChart(
    values, in: hanging, top: 30, gradient: teal, background: paper, glyphs: glyphs, hanging: true)
  let (lines, bottom) = below.splitRows(4)
  canvas.lineChart(
    values, in: lines, bottom: 0, top: 30, gradient: amber, background: paper, glyphs: glyphs)
  let track = Color(0x252A35)
  for (row, fraction) in [nil, 0, 0.01, 0.377, 1].enumerated() {
    canvas.bar(
      fraction, in: Rect(x: bottom.x, y: bottom.y + row, width: 20, height: 1), gradient: amber,
      track: track, glyphs: glyphs)
  }
  canvas.bigText("4.45 %", x: 26, y: bottom.y, Style(Color(0xFFB03A), on: paper), glyphs: glyphs)
  let parts = [
    StackedPart(weight: 14, color: Color(0xFFD54A), label: "solar 14"),
    StackedPart(weight: 31, color: Color(0x66D9A0), label: "wind 31"),
    StackedPart(weight: 2, color: Color(0x5A5A5A), label: "coal 2", shortLabel: "2"),
  ]
  canvas.stackedBar(
    parts, in: Rect(x: 26, y: bottom.y + 4, width: 36, height: 1), track: track, glyphs: glyphs)
  canvas.heatGrid(
    [1, nil, 3, 4, 5, 6, 7, 8], in: bottom.splitRows(-4).bottom, bottom: 0, top: 8,
    gradient: amber, missing: Color(0x6B7280), background: paper, glyphs: glyphs,
    labels: ["one", "two", "three", "far too long a label"])
  return canvas
}
