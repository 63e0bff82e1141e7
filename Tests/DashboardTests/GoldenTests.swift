import Canvas
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// Whole frames beside this file: to be looked at, and recorded again with RECORD_SNAPSHOTS=1.
@Suite struct GoldenTests {
  private func check(_ text: String, _ name: String) {
    if let difference = Snapshot.difference(text, named: name) { Issue.record("\(difference)") }
  }

  @Test(arguments: [(132, 40), (200, 60), (60, 20)])
  func `The training machine, live`(width: Int, height: Int) {
    let frame = Stage.frame(Stage.training, width, height)
    check(TextWriter.plain(frame), "live-\(width)x\(height)")
  }

  @Test(arguments: [(80, 24), (40, 10), (20, 5)])
  func `The training machine, live, with its colours`(width: Int, height: Int) {
    let frame = Stage.frame(Stage.training, width, height)
    check(TextWriter.golden(frame), "colours-\(width)x\(height)")
  }

  @Test func `Without any colour`() {
    let frame = Stage.frame(Stage.training, 80, 24).reduced(to: .none)
    check(TextWriter.golden(frame), "no-colours-80x24")
  }

  @Test(arguments: [GlyphSet.ascii, .blocks])
  func `Other marks`(glyphs: GlyphSet) {
    let frame = Stage.frame(Stage.training, 100, 30) { view, _ in view.glyphs = glyphs }
    check(TextWriter.plain(frame), "marks-\(glyphs.rawValue)")
  }

  @Test func `Each panel on the whole screen`() {
    let frames = PanelCatalogue.all.indices.map(Command.panel).map { panel in
      TextWriter.plain(Stage.frame(Stage.training, 90, 28) { $0.press(panel, $1) })
    }
    check(frames.joined(separator: "\n"), "panels")
  }

  @Test func `The help`() {
    let frames = [(80, 24), (120, 40)].map { width, height in
      TextWriter.plain(Stage.frame(Stage.training, width, height) { $0.press(.help, $1) })
    }
    check(frames.joined(separator: "\n"), "help")
  }

  @Test func `Where the numbers come from`() {
    let frames = PanelCatalogue.all.indices.map { panel in
      TextWriter.plain(
        Stage.frame(Stage.training, 120, 30) { view, bounds in
          for _ in 0..<panel { view.press(.nextPanel, bounds) }
          view.press(.provenance, bounds)
        })
    }
    check(frames.joined(separator: "\n"), "provenance")
  }

  @Test func `Paused where one accelerator waits for data`() {
    let frame = Stage.frame(Stage.training, 132, 40) { view, bounds in
      view.cursor.seek(to: Stage.start + 360, in: bounds)
      view.press(.zoomIn, bounds)
    }
    check(TextWriter.plain(frame), "paused-132x40")
  }

  @Test func `A machine without accelerators and power sensors`() {
    let frames = [(80, 24), (44, 14), (40, 10), (20, 5)].map { width, height in
      TextWriter.plain(Frame.render(Stage.input(Stage.host, width, height)))
    }
    check(frames.joined(separator: "\n"), "no-gpu")
  }

  @Test func `A machine of which nothing is known`() {
    let frames = [(80, 24), (40, 10), (20, 5)].map { width, height in
      TextWriter.plain(Frame.render(Stage.input(Stage.nothing, width, height)))
    }
    check(frames.joined(separator: "\n"), "nothing")
  }
}
