import Canvas
import Quantities
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// What stands at the right of a frame is told whole or not at all, and what is supposed is named so.
@Suite struct NoteTests {
  @Test func `the longest note that has room is taken`() {
    var headline = Headline(note: "Germany · measured, 2 h old")
    headline.shorterNotes = ["measured, 2 h old", "measured"]
    #expect(headline.note(fitting: 40) == "Germany · measured, 2 h old")
    #expect(headline.note(fitting: 20) == "measured, 2 h old")
    #expect(headline.note(fitting: 12) == "measured")
    #expect(headline.note(fitting: 5) == nil)
    #expect(Headline().note(fitting: 40) == nil)
    #expect(Headline(note: "cap 350 W").note(fitting: 6) == "cap 3…")
  }

  @Test func `at 80 columns no note is cut`() {
    var timeline = Timeline()
    for row in Stage.rows.prefix(601) { timeline.apply(row) }
    let frame = Stage.frame(timeline, 80, 24) { view, bounds in
      view.cursor.seek(to: Stage.start + 600, in: bounds)
    }
    for line in TextWriter.plain(frame).split(separator: "\n") where line.contains("╭─") {
      #expect(!line.contains("…"), "\(line)")
    }
  }

  @Test(arguments: [(80, 24), (132, 40), (200, 60)])
  func `every place that says a share says that it is supposed`(width: Int, height: Int) {
    var timeline = Timeline()
    for row in Stage.rows.prefix(601) { timeline.apply(row) }
    func text(_ press: [Command] = []) -> String {
      var input = Stage.input(timeline, width, height) { view, bounds in
        for command in press { view.press(command, bounds) }
      }
      input.session.supposed = "DE"
      return TextWriter.plain(Frame.render(input))
    }
    let frame = text()
    #expect(frame.contains("WHAT IF: DE"), "\(frame)")
    #expect(frame.contains("if: "), "\(frame)")
    let head = frame.split(separator: "\n").first { $0.contains("4 RENEWABLE") }
    #expect(head?.contains("what if") == true, "\(frame)")
    let equivalents = text([.overlay(.equivalents)])
    #expect(equivalents.contains("WHAT IF") || equivalents.contains("what if"), "\(equivalents)")
    let provenance = text([.overlay(.provenance)])
    #expect(provenance.contains("WHAT IF"), "\(provenance)")
  }
}
