import Canvas
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// Frames in French: golden files, and no English left in any.
@Suite struct FrenchTests {
  private static func input(
    _ timeline: Timeline, _ width: Int, _ height: Int,
    _ change: (inout ViewState, TimeSpan) -> Void = { _, _ in }
  ) -> FrameInput {
    var input = Stage.input(timeline, width, height, isSimulated: true) { view, bounds in
      view.language = .fr
      change(&view, bounds)
    }
    input.language = .fr
    return input
  }

  private func check(_ text: String, _ name: String) {
    if let difference = Snapshot.difference(text, named: name) { Issue.record("\(difference)") }
  }

  @Test(arguments: [(80, 24), (132, 40)])
  func `The training machine, in French`(width: Int, height: Int) {
    let frame = Frame.render(Self.input(Stage.training, width, height))
    check(TextWriter.plain(frame), "french-\(width)x\(height)")
  }

  @Test func `The help, in French`() {
    let frame = Frame.render(Self.input(Stage.training, 120, 40) { $0.press(.help, $1) })
    check(TextWriter.plain(frame), "french-help")
  }

  /// Words that only an English text has.
  private static let english = [
    "since start", "renewable", "unknown", "waits", "so far", "fed by", "goes to", "of cap", "peak",
    "covered", "token", "loss", " idle", "compute", "solar", "wind ", "nuclear", "memory", "share",
    "low-carbon", "throughput", "LIVE", "PAUSED", "REPLAY", "ENDED", " ago", " old", "by counter",
    " the ", " and ", " is ", " not ", " with ", " of ", "nothing", "cores", "forecast", "step",
    "closes", "quit ", " power ", "energy",
  ]

  /// What sources, logs and the account say themselves stays as they say it.
  private static func sourceTexts(_ timeline: Timeline, _ catalogue: SourceCatalogue) -> [String] {
    let states = timeline.states(at: timeline.span?.end ?? Stage.start)
    return timeline.events.map { timeline.words(of: $0) }
      + timeline.descriptors.map(\.provenance.note) + states.map(\.message) + states.map(\.remedy)
      + states.map { "\($0.source): \($0.message)" } + ["the machine at the plug"]
  }

  /// The frame's rows without what sources said: a text may be cut off at the end.
  private func rows(_ input: FrameInput) -> [String] {
    let said = Set(Self.sourceTexts(input.timeline, input.catalogue)).filter { $0.count >= 4 }
      .sorted { ($0.count, $0) > ($1.count, $1) }
    return Frame.render(input).lines.map { line in
      var rest = line
      for text in said where rest.contains(text.prefix(8)) {
        for length in Set([text.count, 60, 40, 24, 16, 8]).sorted(by: >) where length <= text.count
        {
          while let place = rest.firstRange(of: String(text.prefix(length))) {
            let end = rest[place.upperBound...].firstIndex { "│…╮".contains($0) } ?? rest.endIndex
            rest.replaceSubrange(place.lowerBound..<end, with: "")
          }
        }
      }
      return rest
    }
  }

  private func expectFrench(_ input: FrameInput, _ what: String) {
    for row in rows(input) {
      for word in Self.english where row.contains(word) {
        Issue.record("\(what), \(input.width)x\(input.height): “\(word)” in \(row)")
      }
    }
  }

  @Test(arguments: [(80, 24), (96, 27), (132, 40)])
  func `No frame in French shows English words`(width: Int, height: Int) {
    expectFrench(Self.input(Stage.training, width, height), "live")
    expectFrench(
      Self.input(Stage.training, width, height) { view, bounds in
        view.cursor.seek(to: Stage.start + 360, in: bounds)
        view.press(.zoomIn, bounds)
      }, "paused")
    expectFrench(Self.input(Stage.host, width, height), "no GPU")
    expectFrench(Self.input(Stage.nothing, width, height), "nothing")
    expectFrench(Self.input(Stage.cluster(64), width, height), "a cluster")
    expectFrench(Self.input(Stage.cluster(3), width, height), "cards")
    for panel in PanelCatalogue.all.indices {
      expectFrench(
        Self.input(Stage.training, width, height) { $0.press(.panel(panel), $1) }, "panel \(panel)")
    }
    // Other views list what others published, and data of sources.
    for view in [OverlayName.help, .processes, .events, .equivalents, .race, .flow] {
      var input = Self.input(Stage.training, width, height) { $0.press(.overlay(view), $1) }
      if view == .equivalents { input.height = min(height, 5) }
      expectFrench(input, view.name)
    }
  }

  @Test(arguments: [(60, 20), (44, 14), (40, 10), (28, 7), (20, 5)])
  func `No small frame in French shows English words`(width: Int, height: Int) {
    expectFrench(Self.input(Stage.training, width, height), "live")
    expectFrench(Self.input(Stage.host, width, height), "no GPU")
    expectFrench(Self.input(Stage.nothing, width, height), "nothing")
  }

  @Test func `Toasts are in the language of the view`() {
    let bounds = TimeSpan(Stage.start, Stage.start + 100)
    var view = ViewState(cursor: .live)
    view.language = .fr
    view.press(.zoomIn, bounds)
    #expect(view.toast.hasPrefix("les courbes montrent"))
    view.press(.nextMark, bounds)
    #expect(view.toast == "aucun repère après")
    view.press(.overlay(.events), bounds)
    #expect(view.events.language == .fr && view.processes.language == .fr)
  }
}
