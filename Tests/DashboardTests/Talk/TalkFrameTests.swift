import Canvas
import Quantities
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// What the audience sees.
@Suite struct TalkFrameTests {
  private static let caption = "AI eats like a hippo at a buffet. This is one machine."

  private func chapter(_ view: TalkView, _ number: TalkNumber) -> TalkChapter {
    var chapter = TalkChapter(
      name: LocalizedText([.en: "The hippo", .fr: "L'hippopotame"]),
      recording: "run.hippo")
    chapter.view = view
    chapter.number = number
    chapter.caption = LocalizedText([.en: Self.caption, .fr: "L'IA mange comme un hippopotame."])
    chapter.source = LocalizedText("where it is from")
    return chapter
  }

  private func input(
    _ view: TalkView = .panel(0), _ number: TalkNumber = .panel(0), _ width: Int = 96,
    _ height: Int = 27, isSimulated: Bool = true, language: Language = .en,
    timeline: Timeline = Stage.training, _ change: (inout TalkState) -> Void = { _ in }
  ) -> TalkInput {
    var frame = Stage.input(timeline, width, height, isSimulated: isSimulated)
    frame.view = ViewState(
      cursor: .replay(from: frame.bounds.start, paused: true), glyphs: .blocks)
    frame.session.utcOffset = { _ in 0 }
    let pace = TalkPace(length: max(1, frame.bounds.seconds))
    let plan = TalkState.Plan(seconds: 30, speed: nil, waits: false, pace: pace)
    var state = TalkState([plan, plan, plan])
    _ = state.advance(by: 15)
    change(&state)
    return TalkInput(
      frame: frame, chapter: chapter(view, number), start: frame.bounds.start, state: state,
      language: language, title: LocalizedText("Power hungry"),
      names: [LocalizedText("The hippo"), LocalizedText("Second"), LocalizedText("Third")])
  }

  private func text(_ input: TalkInput) -> String { TextWriter.plain(TalkFrame.render(input)) }

  @Test func anySizeCanBeDrawn() {
    for width in [0, 1, 20, 44, 130] {
      for height in [0, 1, 5, 12, 40] {
        for view in [TalkView.main, .panel(0), .overlay(.chips), .overlay(.race)] {
          let input = input(view, .panel(0), width, height, timeline: Stage.short)
          let frame = TalkFrame.render(input)
          #expect(frame.width == width && frame.height == height)
          _ = TalkFrame.problems(input)
        }
      }
    }
  }

  @Test(arguments: [(80, 24), (96, 27), (132, 40), (200, 60)])
  func badgeClockSentenceAndSourceAreAlwaysThere(_ width: Int, _ height: Int) {
    for view in [TalkView.main, .panel(1), .overlay(.equivalents), .overlay(.chips)] {
      let shown = text(input(view, .panel(0), width, height))
      for words in [
        "SIMULATED", "▶ REPLAY ×", "14:23:20 UTC", "where it is from", "1/3", "AI eats",
      ] {
        #expect(shown.contains(words), "\(words) in\n\(shown)")
      }
    }
  }

  @Test func theAudienceReadsItsLanguage() {
    let shown = text(input(language: .fr))
    for words in ["SIMULÉ", "REJEU", "L'IA mange comme un hippopotame.", "L'hippopotame"] {
      #expect(shown.contains(words), "\(words) in\n\(shown)")
    }
  }

  @Test func theNumberIsThatOfThePanel() {
    let input = input()
    let scene = TalkScene(input)
    #expect(scene.layout.scale == 2)
    #expect(scene.headline?.value?.unit == "kW")
    // A hall's digits grow with its screen, and leave the sentence its rows.
    #expect(TalkScene(self.input(.panel(0), .panel(0), 200, 60)).layout.scale >= 4)
  }

  @Test func whatIsPausedAndWhatStandsStillSaySo() {
    #expect(text(input { _ = $0.press("p") }).contains("‖ PAUSED"))
    #expect(
      text(
        input {
          _ = $0.press("a")
          _ = $0.advance(by: 60)
        }
      ).contains("■ REPLAY"))
  }

  @Test func aShortenedStretchSaysSo() {
    var state = TalkState([
      TalkState.Plan(
        seconds: 30, speed: 1, waits: false,
        pace: TalkPace(length: 600, idle: [.init(start: 10, end: 130)]))
    ])
    _ = state.advance(by: 12)
    var idle = input()
    idle.state = state
    #expect(text(idle).contains("» REPLAY idle, ×12"))
  }

  @Test func blackIsBlack() {
    let frame = TalkFrame.render(input { _ = $0.press("b") })
    for y in 0..<frame.height {
      for cell in frame.row(y) { #expect(cell.glyph == " " && cell.background == Color(0)) }
    }
  }

  @Test func theChoosersLieOverTheScene() {
    let list = text(input { _ = $0.press("l") })
    #expect(list.contains("Chapters") && list.contains("3  Third"), "\(list)")
    #expect(text(input { _ = $0.press("2") }).contains("Go to chapter 2"))
  }

  @Test func afterTheLastSceneComesTheCard() {
    let card = text(input { for _ in 0..<3 { _ = $0.press("space") } })
    #expect(card.contains("Put yours on the scale.") && card.contains("$ hippowatt demo"))
  }

  @Test func noTextIsGreyAndHuesAreFew() {
    let theme = Stage.input(Stage.training, 1, 1).theme
    for view in [TalkView.main, .panel(0), .panel(1), .panel(2), .panel(3), .overlay(.equivalents)]
    {
      let frame = TalkFrame.render(input(view))
      var hues: Set<Int> = []
      for y in 0..<frame.height {
        for cell in frame.row(y) where cell.glyph != " " {
          #expect(cell.foreground != theme[.muted])
          if let hue = hue(cell.foreground) { hues.insert(hue) }
        }
      }
      #expect(hues.count <= (view == .main ? 5 : 4), "\(view): \(hues)")
    }
  }

  /// The sixth of the wheel a colour lies in; nil for what is nearly grey.
  private func hue(_ color: Color) -> Int? {
    let (r, g, b) = (Double(color.red), Double(color.green), Double(color.blue))
    let (high, low) = (max(r, g, b), min(r, g, b))
    guard high - low > 0.25 * high, high > 40 else { return nil }
    let span = high - low
    let angle =
      high == r
      ? 60 * (g - b) / span : high == g ? 120 + 60 * (b - r) / span : 240 + 60 * (r - g) / span
    return Int(((angle + 375).truncatingRemainder(dividingBy: 360)) / 60)
  }

  // MARK: Problems

  @Test func aGoodSceneHasNone() {
    #expect(TalkFrame.problems(input()).isEmpty)
    #expect(TalkFrame.problems(input(.main, .energy)).isEmpty)
  }

  @Test func aLongSentenceIsNamed() {
    var long = input()
    long.chapter.caption = LocalizedText(String(repeating: "hungry hippo ", count: 20))
    guard case .captionCut(let rows)? = TalkFrame.problems(long).first else {
      Issue.record("\(TalkFrame.problems(long))")
      return
    }
    #expect(rows > 2)
    #expect(text(long).contains("…"))
  }

  @Test func aWordThatIsWiderThanItsRowIsNamed() {
    var long = input()
    long.chapter.caption = LocalizedText(String(repeating: "w", count: 90))
    #expect(TalkFrame.problems(long).contains(.captionCut(rows: 1)))
  }

  @Test func aFoldedViewIsNamed() {
    let small = TalkFrame.problems(input(.main, .none, 60, 14))
    #expect(small.contains { if case .viewFolded = $0 { true } else { false } }, "\(small)")
  }

  @Test func whatIsNotKnownIsNamed() {
    #expect(
      TalkFrame.problems(input(.panel(1), .panel(1), timeline: Stage.host)).contains(.noNumber))
    #expect(TalkFrame.problems(input(.panel(1), .none, timeline: Stage.host)).contains(.noPicture))
    #expect(TalkFrame.problems(input(.overlay(.race), .none)).contains(.noPicture))
  }

  @Test func aSourceThatIsCutIsNamed() {
    var long = input()
    long.chapter.source = LocalizedText(String(repeating: "s", count: 95))
    #expect(TalkFrame.problems(long) == [.sourceCut])
  }

  // MARK: Fade

  @Test func oneSceneSinksAndTheNextRises() {
    let old = TalkFrame.render(input())
    let new = TalkFrame.render(input(.panel(1), .panel(1)))
    func fade(_ left: Double, _ depth: ColorDepth = .truecolor) -> Canvas {
      TalkFade.frame(from: old, to: new, left: left, background: Color(0), depth: depth)
    }
    #expect(TalkState.fadeSeconds <= 0.2)
    #expect(fade(0.2) == old)
    #expect(fade(0) == new)
    #expect(fade(0.1) == TalkFade.sunk(new, by: 1, into: Color(0)))
    #expect(fade(0.15) != old && fade(0.05) != new)
    #expect(TextWriter.plain(fade(0.15)) == TextWriter.plain(old))
    #expect(TextWriter.plain(fade(0.05)) == TextWriter.plain(new))
    // Without colours to mix there is no way between.
    #expect(fade(0.15, .ansi16) == new)
    #expect(fade(0.15, .none) == new)
  }
}
