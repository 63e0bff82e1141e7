import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// What each key changes, and that it changes nothing else.
@Suite struct ViewStateTests {
  private let start = Stage.start
  private var bounds: TimeSpan { TimeSpan(start, start + 1000) }

  /// Readings at each second from 0 to 1000, marks at 200 and 600.
  private static let timeline: Timeline = {
    var timeline = Timeline()
    for second in 0...1000 {
      var reading = Reading(
        device: DeviceID(machine: "box", kind: .gpu, name: "0"), time: Stage.start + Double(second))
      reading.set(.power, 100)
      timeline.apply(.reading(reading))
    }
    for second in [600.0, 200] {
      timeline.apply(.event(Event(time: Stage.start + second, kind: .mark, text: "m")))
    }
    timeline.apply(.event(Event(time: Stage.start + 400, kind: .note, text: "n")))
    return timeline
  }()

  private func press(_ view: inout ViewState, _ commands: Command...) -> [Effect] {
    commands.flatMap { view.apply($0, timeline: Self.timeline, bounds: bounds) }
  }

  private func view(at second: Double) -> ViewState {
    var view = ViewState(cursor: .live, themeCount: 3)
    view.cursor.seek(to: start + second, in: bounds)
    return view
  }

  /// Seconds after the start that are looked at, to the microsecond.
  private func place(_ view: ViewState) -> Double {
    ((view.cursor.time(in: bounds) - start) * 1e6).rounded() / 1e6
  }

  @Test(
    arguments: [
      (Command.back, 495), (.forward, 505), (.backFine, 499), (.forwardFine, 501), (.backFar, 440),
      (.forwardFar, 560), (.previousReading, 499), (.nextReading, 501), (.first, 0), (.last, 1000),
      (.previousMark, 400), (.nextMark, 600), (.help, 500), (.zoomIn, 500), (.playOrPause, 500),
    ] as [(Command, Double)])
  func `From 500 s a key leads to`(command: Command, second: Double) {
    var view = view(at: 500)
    #expect(press(&view, command).isEmpty)
    #expect(place(view) == second)
    let mode: Cursor.Mode =
      command == .last ? .live : command == .playOrPause ? .playing : .paused
    #expect(view.cursor.mode == mode)
  }

  @Test(arguments: [Command.back, .backFine, .backFar, .previousReading, .previousMark])
  func `What goes back stops at the beginning`(command: Command) {
    var view = view(at: 0.5)
    for _ in 0..<3 { _ = press(&view, command) }
    #expect(place(view) == (command == .previousMark ? 0.5 : 0))
  }

  @Test(arguments: [Command.forward, .forwardFine, .forwardFar, .nextReading, .last])
  func `What goes forward becomes live at the head`(command: Command) {
    var view = view(at: 999.5)
    _ = press(&view, command)
    #expect(view.cursor.mode == .live)
  }

  @Test func `Space stands still and plays on`() {
    var view = ViewState(cursor: .live)
    _ = press(&view, .playOrPause)
    #expect(view.cursor.mode == .paused)
    #expect(place(view) == 1000)
    _ = press(&view, .back, .playOrPause)
    #expect(view.cursor.mode == .playing)
    view.cursor.advance(by: 5, in: bounds)
    #expect(view.cursor.mode == .live)
  }

  @Test func `Between readings a step goes to the next one on either side`() {
    var view = view(at: 500.5)
    _ = press(&view, .nextReading)
    #expect(place(view) == 501)
    view.cursor.seek(to: start + 500.5, in: bounds)
    _ = press(&view, .previousReading)
    #expect(place(view) == 500)
  }

  @Test func `Where there is no mark the user is told, until the next key`() {
    var view = view(at: 700)
    _ = press(&view, .nextMark)
    #expect(place(view) == 700)
    #expect(view.toast == "nothing marked after this")
    _ = press(&view, .previousMark, .previousMark, .previousMark, .previousMark)
    #expect(place(view) == 200)
    #expect(view.toast == "nothing marked before this")
    _ = press(&view, .forwardFine)
    #expect(view.toast.isEmpty)
  }

  @Test func `Speeds change by steps`() {
    var view = view(at: 500)
    _ = press(&view, .faster, .faster)
    #expect(view.cursor.speed == 4)
    _ = press(&view, .slower)
    #expect(view.cursor.speed == 2)
    _ = press(&view, .normalSpeed)
    #expect(view.cursor.speed == 1)
    #expect(place(view) == 500)
  }

  @Test func `What needs I/O comes back as effects`() {
    var view = view(at: 500)
    #expect(press(&view, .addMark) == [.mark(at: (start + 500).nanoseconds, name: nil)])
    #expect(press(&view, .screenshot, .repaint, .quit) == [.screenshot, .repaint, .quit])
    #expect(view == self.view(at: 500))
  }

  @Test func `The window steps through its spans and ends at both ends`() {
    var view = ViewState(cursor: .live, window: 300)
    _ = press(&view, .zoomIn)
    #expect(view.window == 120)
    _ = press(&view, .zoomOut, .zoomOut)
    #expect(view.window == 600)
    for _ in 0..<20 { _ = press(&view, .zoomIn) }
    #expect(view.window == 15)
    for _ in 0..<20 { _ = press(&view, .zoomOut) }
    #expect(view.window == 604_800)
    var odd = ViewState(cursor: .live, window: 77)
    _ = press(&odd, .zoomIn)
    #expect(odd.window == 60)
  }

  @Test(arguments: PanelCatalogue.all.indices.map { (Command.panel($0), $0) })
  func `A number gives its panel the screen, and again takes it back`(command: Command, panel: Int)
  {
    var view = view(at: 500)
    _ = press(&view, command)
    #expect(view.focused == panel)
    #expect(view.selected == panel)
    _ = press(&view, command)
    #expect(view.focused == nil)
    #expect(view.selected == panel)
    _ = press(&view, .panel(0), command)
    #expect(view.focused == (panel == 0 ? nil : panel))
  }

  @Test func `Tab goes round, on the whole screen too`() {
    var view = ViewState(cursor: .live)
    var seen: [Int] = []
    let last = PanelCatalogue.all.count - 1
    for _ in 0...last + 1 {
      _ = press(&view, .nextPanel)
      seen.append(view.selected)
    }
    #expect(seen == Array(1...last) + [0, 1])
    #expect(view.focused == nil)
    _ = press(&view, .focus, .previousPanel, .previousPanel)
    #expect(view.focused == last)
    #expect(view.selected == last)
    _ = press(&view, .focus)
    #expect(view.focused == nil)
  }

  @Test func `Escape closes what is open, one thing at a time`() {
    var view = ViewState(cursor: .live)
    _ = press(&view, .panel(1), .help)
    #expect(view.overlay == .help)
    _ = press(&view, .leave)
    #expect(view.overlay == .none)
    #expect(view.focused == 1)
    _ = press(&view, .leave)
    #expect(view.focused == nil)
    _ = press(&view, .leave)
    #expect(view.selected == 1)
  }

  @Test func `Overlays take turns`() {
    var view = ViewState(cursor: .live)
    _ = press(&view, .help)
    #expect(view.overlay == .help)
    _ = press(&view, .provenance)
    #expect(view.overlay == .provenance)
    _ = press(&view, .provenance)
    #expect(view.overlay == .none)
    _ = press(&view, .help, .help)
    #expect(view.overlay == .none)
  }

  @Test func `Themes and marks go round`() {
    var view = ViewState(cursor: .live, theme: 1, themeCount: 3)
    var themes: [Int] = []
    var glyphs: [GlyphSet] = []
    for _ in 0..<4 {
      _ = press(&view, .theme, .cycleGlyphs)
      themes.append(view.theme)
      glyphs.append(view.glyphs)
    }
    #expect(themes == [2, 0, 1, 2])
    #expect(glyphs == [.blocks, .ascii, .braille, .blocks])
    var alone = ViewState(cursor: .live, themeCount: 0)
    _ = press(&alone, .theme)
    #expect(alone.theme == 0)
  }

  @Test(arguments: Command.allCases)
  func `Every command works on a session without any data`(command: Command) {
    let point = TimeSpan(start, start)
    for cursor in [Cursor.live, .replay(from: start), .replay(from: start, paused: true)] {
      var view = ViewState(cursor: cursor)
      _ = view.apply(command, timeline: Timeline(), bounds: point)
      _ = view.apply(command, timeline: Timeline(), bounds: point)
      #expect(view.cursor.time(in: point) == start)
    }
  }
}
