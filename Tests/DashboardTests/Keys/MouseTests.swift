import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// Clicks and drags.
@Suite struct MouseTests {
  private let start = Stage.start
  private var bounds: TimeSpan { TimeSpan(start, start + 1000) }

  private func view(at second: Double) -> ViewState {
    var view = ViewState(cursor: .live, themeCount: 3)
    view.cursor.seek(to: start + second, in: bounds)
    return view
  }

  /// Seconds after the start that are looked at, to the microsecond.
  private func place(_ view: ViewState) -> Double {
    ((view.cursor.time(in: bounds) - start) * 1e6).rounded() / 1e6
  }

  @Test func `A click on the scrubber goes there`() {
    let layout = Layout(width: 103, height: 40)
    let track = layout.scrubber
    var view = ViewState(cursor: .live)
    view.click(x: track.x, y: track.y, layout: layout, bounds: bounds)
    #expect(place(view) == 0)
    #expect(view.cursor.mode == .paused)
    view.click(x: track.x + 50, y: track.bottom - 1, layout: layout, bounds: bounds)
    // The scrubber of a growing session shows a little more than its 1000 s: 63 steps of 16 s.
    #expect(place(view) == 504)
    view.click(x: track.right - 1, y: track.y, layout: layout, bounds: bounds)
    #expect(view.cursor.mode == .live)
    #expect(view.focused == nil)
  }

  @Test func `A drag may leave the scrubber`() {
    let layout = Layout(width: 103, height: 40)
    var view = view(at: 500)
    view.drag(x: -20, layout: layout, bounds: bounds)
    #expect(place(view) == 0)
    view.drag(x: layout.scrubber.x + 25, layout: layout, bounds: bounds)
    #expect(place(view) == 252)
    view.drag(x: 5000, layout: layout, bounds: bounds)
    #expect(view.cursor.mode == .live)
    let none = Layout(width: 20, height: 5)
    view.cursor.seek(to: start + 70, in: bounds)
    view.drag(x: 3, layout: none, bounds: bounds)
    #expect(place(view) == 70)
  }

  @Test func `The scrubber shows the cursor where it was clicked`() {
    let layout = Layout(width: 132, height: 40)
    for x in stride(from: layout.scrubber.x, to: layout.scrubber.right, by: 7) {
      let frame = Stage.frame(Stage.short, 132, 40) { view, bounds in
        view.click(x: x, y: layout.scrubber.y, layout: layout, bounds: bounds)
      }
      #expect(frame[x, layout.track.y].glyph == "◆", "column \(x)")
    }
  }

  @Test func `A click on a panel gives it the screen and a second one takes it back`() {
    for (index, panel) in Layout(width: 100, height: 30).panels.enumerated() {
      var view = view(at: 500)
      let (x, y) = (panel.x + panel.width / 2, panel.y + panel.height / 2)
      view.click(x: x, y: y, layout: Layout(width: 100, height: 30), bounds: bounds)
      #expect(view.focused == index)
      view.click(x: x, y: y, layout: Layout(width: 100, height: 30, focused: true), bounds: bounds)
      #expect(view.focused == nil)
      #expect(place(view) == 500)
    }
  }

  @Test func `The badge answers: the present comes back, and stands still`() {
    let layout = Layout(width: 100, height: 30)
    var view = ViewState(cursor: .live)
    view.click(x: 90, y: 0, layout: layout, bounds: bounds)
    #expect(view.cursor.mode == .paused)
    view.cursor.seek(to: start + 70, in: bounds)
    view.click(x: 90, y: 0, layout: layout, bounds: bounds)
    #expect(view.cursor.mode == .live)
    view.click(x: 3, y: 0, layout: layout, bounds: bounds)
    #expect(view.cursor.mode == .live)
  }

  @Test func `A click on a hint gives its command`() {
    var input = Stage.input(Stage.training, 132, 40)
    let line = Frame.render(input).lines[39]
    func command(_ word: String) -> Command? {
      guard let range = line.ranges(of: word).first else { return nil }
      return Frame.hint(
        atX: line.distance(from: line.startIndex, to: range.lowerBound), y: 39, input)
    }
    #expect(command("pause") == .playOrPause && command("flow") == .overlay(.flow))
    #expect(command("quit") == .quit && command("help") == .help)
    #expect(Frame.hint(atX: 131, y: 39, input) == nil && Frame.hint(atX: 5, y: 38, input) == nil)
    input.view.open(.help)
    #expect(command("flow") == nil)
    input.view.open(.flow)
    #expect(command("pause") == .playOrPause)
    input.view.toast = "saved"
    #expect(Frame.hint(atX: 5, y: 39, input) == nil)
  }

  @Test func `A click on the name of a mark goes to its time`() {
    let input = Stage.input(Stage.training, 132, 40)
    let track = Layout(width: 132, height: 40).track
    let line = Frame.render(input).lines[track.y]
    let name = "mark 1"
    guard let range = line.ranges(of: name).first else { return #expect(Bool(false), "\(line)") }
    let x = line.distance(from: line.startIndex, to: range.lowerBound)
    #expect(Frame.markTime(atX: x, y: track.y, input) == Stage.start + 610)
    #expect(Frame.markTime(atX: x, y: track.y - 1, input) == nil)
    #expect(Frame.markTime(atX: track.right - 1, y: track.y, input) == nil)
  }

  @Test func `A click with an overlay open only closes it`() {
    let layout = Layout(width: 100, height: 30)
    var view = view(at: 500)
    view.press(.help, bounds)
    view.click(x: layout.scrubber.x, y: layout.scrubber.y, layout: layout, bounds: bounds)
    #expect(view.overlay == .none)
    #expect(place(view) == 500)
    #expect(view.focused == nil)
  }

  @Test func `A click on nothing changes nothing`() {
    let layout = Layout(width: 100, height: 30)
    var view = view(at: 500)
    for (x, y) in [(5, 0), (50, layout.hints.y), (-3, -3), (500, 500)] {
      view.click(x: x, y: y, layout: layout, bounds: bounds)
    }
    #expect(view == self.view(at: 500))
  }
}
