import Canvas
import Testing

@testable import Dashboard

/// The speaker's view.
@Suite struct TalkNotesTests {
  private var script: TalkScript {
    let chapters = (1...3).map { number in
      var chapter = TalkChapter(
        name: LocalizedText("Scene \(number)"), recording: "x", seconds: 60)
      chapter.caption = LocalizedText("Sentence \(number).")
      chapter.notes = LocalizedText("Say this first.\n\nThen that, number \(number).")
      return chapter
    }
    return TalkScript(title: LocalizedText("Talk"), chapters: chapters)
  }

  private func status(_ change: (inout TalkState) -> Void) -> TalkStatus {
    var state = TalkState(
      script.chapters.map {
        .init(seconds: $0.seconds, speed: 1, waits: true, pace: TalkPace(length: 10))
      })
    change(&state)
    return TalkStatus(script, state, language: .en)
  }

  private func text(_ status: TalkStatus, _ width: Int = 60, _ height: Int = 18) -> String {
    TextWriter.plain(
      TalkNotesFrame.render(
        status, width: width, height: height, theme: .dusk, language: .en, glyphs: .blocks))
  }

  @Test func notesNextAndTimesAreShown() {
    let shown = text(status { _ = $0.advance(by: 20) })
    for words in [
      "used 0:20", "left 2:40", "on time", "now  1/3  Scene 1", "Say this first.",
      "Then that, number 1.", "next  Scene 2", "Sentence 2.", "waits for a key",
    ] { #expect(shown.contains(words), "\(words) in\n\(shown)") }
  }

  @Test func aChapterMayTakeItsTimeAndNoMore() {
    #expect(status { _ = $0.advance(by: 60) }.lateness == 0)
    #expect(status { _ = $0.advance(by: 75) }.lateness == 15)
    let early = status {
      _ = $0.advance(by: 20)
      _ = $0.press("space")
    }
    #expect(early.lateness == -40)
    #expect(text(early).contains("0:40 ahead"))
    #expect(text(status { _ = $0.advance(by: 75) }).contains("0:15 behind"))
  }

  @Test func theLastChapterHasNoNext() {
    #expect(text(status { _ = $0.press("end") }).contains("next  the end"))
    #expect(text(status { for _ in 0..<3 { _ = $0.press("space") } }).contains("the end"))
  }

  @Test func blackIsToldToTheSpeaker() {
    #expect(text(status { _ = $0.press("b") }).contains("the screen is black"))
  }

  @Test func anySizeCanBeDrawn() {
    for width in [0, 1, 3, 20, 80] {
      for height in [0, 1, 4, 9, 30] { _ = text(status { _ in }, width, height) }
    }
  }
}
