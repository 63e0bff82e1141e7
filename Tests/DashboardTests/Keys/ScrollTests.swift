import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// Views that are longer than the screen.
@Suite struct ScrollTests {
  private static let names: [OverlayName] = [.help, .provenance, .diet, .chips, .equivalents]

  private func input(_ name: OverlayName, _ width: Int, _ height: Int) -> FrameInput {
    Stage.input(Stage.training, width, height) { view, _ in view.open(name) }
  }

  @Test(arguments: Self.names)
  func `Every line can be reached, and the edge says how`(name: OverlayName) {
    for (width, height) in [(80, 24), (96, 27), (40, 12)] {
      var input = input(name, width, height)
      let limit = Frame.scrollLimit(input)
      let overlay = OverlayCatalogue.overlay(name) as? any ScrollingOverlay
      let room = OverlayBox.room(Canvas(width: width, height: height))
      let lines = overlay?.lines(width: room.width, FrameContext(input)) ?? []
      #expect(limit == max(0, lines.count - room.height))
      let first = Frame.render(input)
      #expect(first.shows("Esc closes") || width < 44, "\(name.name) at \(width)x\(height)")
      guard limit > 0 else { continue }
      #expect(first.shows("of \(lines.count)"), "\(name.name) at \(width)x\(height)")
      input.view.scroll(by: 100_000, limit: limit)
      #expect(input.view.scroll == limit)
      let last = lines.last { !$0.isEmpty }?.map(\.text).joined() ?? ""
      let words = last.split(separator: " ").first.map(String.init) ?? ""
      #expect(Frame.render(input).shows(words), "\(name.name): \(last)")
    }
  }

  @Test func `Keys scroll what is open and wind the time where nothing is`() {
    let bounds = TimeSpan(Stage.start, Stage.start + 600)
    var view = ViewState(cursor: .replay(from: Stage.start + 300, paused: true))
    func press(_ key: String) {
      _ = view.press(key, timeline: Timeline(), bounds: bounds, scrollLimit: 12)
    }
    press("down")
    #expect(view.cursor.time(in: bounds) == Stage.start + 240)
    press("?")
    for key in ["down", "down", "j", "page-down"] { press(key) }
    #expect(view.scroll == 12 && view.cursor.time(in: bounds) == Stage.start + 240)
    press("up")
    press("home")
    #expect(view.scroll == 0)
    press("end")
    press("?")
    press("?")
    #expect(view.scroll == 0 && view.overlay == .help)
  }
}
