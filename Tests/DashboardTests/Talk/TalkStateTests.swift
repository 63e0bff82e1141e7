import Testing

@testable import Dashboard

/// The talk's state machine: time and keys in, actions out.
@Suite struct TalkStateTests {
  /// Three scenes of ten seconds, each of twenty seconds of a recording.
  private func talk(loops: Bool = false, waits: Bool = false) -> TalkState {
    TalkState(
      (0..<3).map { _ in
        TalkState.Plan(seconds: 10, speed: nil, waits: waits, pace: TalkPace(length: 20))
      }, loops: loops)
  }

  @Test func withoutASpeedTheStretchLastsAsLongAsTheScene() {
    var state = talk()
    #expect(state.speed == 2)
    _ = state.advance(by: 5)
    #expect(state.position == 10)
    #expect(!state.isAtEnd)
    _ = state.advance(by: 4.99)
    #expect(state.chapter == 0)
  }

  @Test func scenesFollowEachOtherByThemselves() {
    var state = talk()
    #expect(state.advance(by: 10) == [.changedScene])
    #expect(state.chapter == 1)
    #expect(state.position == 0)
    _ = state.advance(by: 10)
    #expect(state.advance(by: 10) == [.changedScene])
    #expect(state.isOver)
    // The last card stays.
    #expect(state.advance(by: 1000).isEmpty)
    #expect(state.isOver)
    #expect(state.used == 1030)
  }

  @Test func aSceneThatWaitsStaysAtItsEnd() {
    var state = talk(waits: true)
    #expect(state.waitsForKey)
    #expect(state.advance(by: 100).isEmpty)
    #expect(state.isAtEnd)
    #expect(state.press("space") == [.changedScene])
    #expect(state.chapter == 1)
  }

  @Test func aLoopWaitsForNoKeyAndBeginsAgain() {
    var state = talk(loops: true, waits: true)
    for _ in 0..<3 { #expect(state.advance(by: 10) == [.changedScene]) }
    #expect(state.isOver)
    #expect(state.advance(by: TalkState.cardSeconds) == [.changedScene])
    #expect(state.chapter == 0)
  }

  @Test func aLetsTheSpeakerDecide() {
    var state = talk()
    _ = state.press("a")
    #expect(state.advance(by: 60).isEmpty)
    #expect(state.chapter == 0)
    _ = state.press("a")
    #expect(state.advance(by: 0.1) == [.changedScene])
  }

  @Test(arguments: ["page-down", "right", "space"])
  func aClickerGoesOn(_ key: String) {
    var state = talk()
    #expect(state.press(key) == [.changedScene])
    #expect(state.chapter == 1)
    #expect(state.fade == TalkState.fadeSeconds)
  }

  @Test(arguments: ["page-up", "left"])
  func aClickerGoesBack(_ key: String) {
    var state = talk()
    _ = state.press("end")
    #expect(state.press(key) == [.changedScene])
    #expect(state.chapter == 1)
    _ = state.press(key)
    _ = state.advance(by: 3)
    // There is nothing before the first; it begins again.
    #expect(state.press(key).isEmpty)
    #expect(state.chapter == 0)
    #expect(state.position == 0)
  }

  @Test func theLastCardIsLeftBackwards() {
    var state = talk()
    for _ in 0..<5 { _ = state.press("space") }
    #expect(state.isOver)
    #expect(state.press("left") == [.changedScene])
    #expect(state.chapter == 2)
  }

  @Test(arguments: ["b", "."])
  func blackHoldsEverythingButTheTime(_ key: String) {
    var state = talk()
    _ = state.press(key)
    #expect(state.isBlack)
    #expect(state.advance(by: 50).isEmpty)
    #expect(state.position == 0)
    #expect(state.used == 50)
    _ = state.press(key)
    #expect(!state.isBlack)
    // Going on shows what is gone to.
    _ = state.press(key)
    _ = state.press("page-down")
    #expect(!state.isBlack)
    #expect(state.chapter == 1)
  }

  @Test func pauseStandsStillAndRestartBeginsAgain() {
    var state = talk()
    _ = state.advance(by: 5)
    _ = state.press("p")
    #expect(state.advance(by: 50).isEmpty)
    #expect(state.position == 10)
    _ = state.press("p")
    _ = state.press("r")
    #expect(state.position == 0)
    _ = state.advance(by: 9)
    #expect(state.chapter == 0)
  }

  @Test func speedIsOfTheSceneAndEndsWithIt() {
    var state = talk()
    _ = state.press("+")
    _ = state.press("]")
    #expect(state.speed == 8)
    _ = state.press("-")
    #expect(state.speed == 4)
    for _ in 0..<40 { _ = state.press("[") }
    #expect(state.speed == 2.0 / 64)
    _ = state.press("space")
    #expect(state.speed == 2)
  }

  @Test func aNumberGoesToItsChapter() {
    var state = talk()
    _ = state.press("3")
    #expect(state.typed == "3")
    #expect(state.press("enter") == [.changedScene])
    #expect(state.chapter == 2)
    _ = state.press("g")
    _ = state.press("1")
    #expect(state.press("enter") == [.changedScene])
    #expect(state.chapter == 0)
    _ = state.press("2")
    #expect(state.press("g") == [.changedScene])
    #expect(state.chapter == 1)
  }

  @Test func aNumberThatIsNoChapterGoesNowhere() {
    var state = talk()
    for key in ["9", "enter"] { _ = state.press(key) }
    #expect(state.chapter == 0)
    for key in ["g", "enter"] { _ = state.press(key) }
    #expect(state.chapter == 0)
    for key in ["3", "escape"] { _ = state.press(key) }
    #expect(state.typed == nil)
    // Any other key does what it always does.
    for key in ["2", "space"] { _ = state.press(key) }
    #expect(state.chapter == 1)
    #expect(state.typed == nil)
  }

  @Test func nobodyIsTakenElsewhereWhileChoosing() {
    var state = talk()
    _ = state.press("l")
    #expect(state.listed == 0)
    #expect(state.advance(by: 60).isEmpty)
    for key in ["down", "down", "down", "up"] { _ = state.press(key) }
    #expect(state.listed == 1)
    #expect(state.press("enter") == [.changedScene])
    #expect(state.chapter == 1)
    #expect(state.listed == nil)
    _ = state.press("l")
    _ = state.press("escape")
    #expect(state.listed == nil)
  }

  @Test func qEnds() {
    var state = talk()
    #expect(state.press("q") == [.quit])
    _ = state.press("l")
    #expect(state.press("q") == [.quit])
    #expect(state.press("x").isEmpty)
  }

  // MARK: Pace

  @Test func aStretchWithoutWorkIsShortened() {
    let pace = TalkPace(length: 300, idle: [TalkPace.Idle(start: 100, end: 220)])
    #expect(pace.shortenedLength == 190)
    #expect(pace.rate(at: 99) == 1)
    #expect(pace.rate(at: 100) == 12)
    #expect(pace.position(from: 90, after: 10) == 100)
    #expect(pace.position(from: 90, after: 15) == 160)
    #expect(pace.position(from: 90, after: 25) == 225)
    #expect(pace.position(from: 0, after: 1000) == 300)
  }

  @Test func aShortOneIsNot() {
    #expect(TalkPace(length: 100, idle: [TalkPace.Idle(start: 0, end: 59)]).idle.isEmpty)
  }

  @Test func theSpeedTellsThatTimeRunsFaster() {
    var state = TalkState([
      TalkState.Plan(
        seconds: 19, speed: nil, waits: true,
        pace: TalkPace(length: 300, idle: [TalkPace.Idle(start: 100, end: 220)]))
    ])
    #expect(state.speed == 10)
    _ = state.advance(by: 10.5)
    #expect(state.idleRate == 12)
    #expect(state.speed == 120)
    _ = state.advance(by: 8.5)
    #expect(state.isAtEnd)
  }

  @Test func timeThatIsNoTimeChangesNothing() {
    var state = talk()
    for seconds in [0, -1, Double.nan, .infinity] { #expect(state.advance(by: seconds).isEmpty) }
    #expect(state == talk())
  }
}
