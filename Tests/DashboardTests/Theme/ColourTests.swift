import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// What is left of a frame where there is little to draw it with.
@Suite struct ColourTests {
  private static let sizes = [(20, 5), (40, 10), (60, 20), (80, 24), (132, 40), (200, 60)]

  /// The columns at which one segment of a ribbon's bar ends and another begins.
  private func borders(_ frame: Canvas, row y: Int, from: Int, to: Int) -> [Int] {
    (from + 1..<to).filter { frame[$0, y].background != frame[$0 - 1, y].background }
  }

  @Test(arguments: [80, 100, 132, 200])
  func `Without colour the segments of the ribbon still end where they ended`(width: Int) {
    let frame = Stage.frame(Stage.training, width, 40)
    let bare = frame.reduced(to: .none)
    let ribbon = Layout(width: width, height: 40).ribbon
    for y in ribbon.y..<ribbon.bottom {
      // Label and tail stand on the plain background.
      let paper = frame[0, y].background
      let filled = (0..<width).filter { frame[$0, y].background != paper }
      guard let first = filled.first, let last = filled.last else {
        Issue.record("no ribbon in row \(y)")
        continue
      }
      let borders = borders(frame, row: y, from: first, to: last + 1)
      #expect(borders.count >= (y == ribbon.y ? 4 : 2))
      for x in borders {
        #expect(
          bare[x, y].attributes != bare[x - 1, y].attributes,
          "row \(y), column \(x) of \(width) columns")
      }
    }
  }

  @Test(arguments: ColorDepth.allCases)
  func `Fewer colours change no glyph`(depth: ColorDepth) {
    for (width, height) in Self.sizes {
      let frame = Stage.frame(Stage.short, width, height)
      #expect(TextWriter.plain(frame.reduced(to: depth)) == TextWriter.plain(frame))
    }
  }

  @Test func `Without colour every cell has the terminal's own`() {
    let bare = Stage.frame(Stage.training, 132, 40).reduced(to: .none)
    for y in 0..<40 {
      for cell in bare.row(y) {
        #expect(cell.foreground.isTerminalDefault && cell.background.isTerminalDefault)
      }
    }
  }

  @Test(
    arguments: [Command.repaint, .help, .provenance] + PanelCatalogue.all.indices.map(Command.panel)
  )
  func `An ASCII frame is of seven bits`(command: Command) {
    for timeline in [Stage.short, Stage.host, Stage.nothing] {
      for (width, height) in Self.sizes {
        let frame = Stage.frame(timeline, width, height) { view, bounds in
          view.glyphs = .ascii
          view.press(command, bounds)
        }
        for y in 0..<height {
          for (x, cell) in frame.row(y).enumerated() where !(0x20...0x7E).contains(cell.scalar) {
            Issue.record("U+\(String(cell.scalar, radix: 16)) at \(x), \(y) of \(width)x\(height)")
          }
        }
      }
    }
  }

  @Test func `An ASCII frame has no glyph that nobody could spell`() {
    for (width, height) in Self.sizes {
      for command in [Command.repaint, .help] + PanelCatalogue.all.indices.map(Command.panel) {
        let frame = Stage.frame(Stage.training, width, height) { view, bounds in
          view.glyphs = .ascii
          view.press(command, bounds)
        }
        // A question mark is one only in the hints and in the help.
        let marks = frame.lines.joined().count { $0 == "?" }
        #expect(marks <= (command == .help ? 2 : 1), "\(command) on \(width)x\(height)")
      }
    }
  }

  @Test(arguments: GlyphSet.allCases)
  func `Each set of marks draws with its own`(glyphs: GlyphSet) {
    let frame = Stage.frame(Stage.training, 132, 40) { view, _ in view.glyphs = glyphs }
    var dots = 0
    var blocks = 0
    for y in 0..<40 {
      for cell in frame.row(y) {
        if (0x2801...0x28FF).contains(cell.scalar) { dots += 1 }
        if (0x2581...0x2588).contains(cell.scalar) { blocks += 1 }
      }
    }
    #expect(glyphs == .braille ? dots > 50 : dots == 0)
    // Bars are of blocks in either set.
    #expect(glyphs == .ascii ? blocks == 0 : blocks > 50)
  }
}
