import Testing

@testable import Telemetry

/// Live, playing, paused: every way from one to another.
@Suite struct CursorTests {
  private let bounds = TimeSpan(origin, origin + 100)

  /// Seconds after the origin that the cursor looks at, to the microsecond.
  private func place(_ cursor: Cursor) -> Double {
    ((cursor.time(in: bounds) - origin) * 1e6).rounded() / 1e6
  }

  /// A cursor on a live session that stands still at so many seconds.
  private func standing(at seconds: Double) -> Cursor {
    var cursor = Cursor.live
    cursor.seek(to: origin + seconds, in: bounds)
    return cursor
  }

  @Test func `A live cursor rides the head wherever it goes`() {
    let cursor = Cursor.live
    #expect(cursor.mode == .live)
    #expect(cursor.canBeLive)
    #expect(place(cursor) == 100)
    #expect(cursor.time(in: TimeSpan(origin, origin + 250)) == origin + 250)
  }

  @Test func `Time passing leaves a live and a paused cursor alone`() {
    var live = Cursor.live
    live.advance(by: 10, in: bounds)
    #expect(live == .live)
    var paused = standing(at: 40)
    paused.advance(by: 10, in: bounds)
    #expect(place(paused) == 40)
    #expect(paused.mode == .paused)
  }

  @Test func `A paused cursor stays where it is while the head goes on`() {
    var cursor = Cursor.live
    cursor.toggle(in: bounds)
    #expect(cursor.mode == .paused)
    #expect(cursor.time(in: TimeSpan(origin, origin + 900)) == origin + 100)
  }

  @Test func `Playing moves by the speed`() {
    var cursor = Cursor.replay(from: origin)
    cursor.setSpeed(4)
    cursor.advance(by: 2.5, in: bounds)
    #expect(place(cursor) == 10)
    #expect(cursor.mode == .playing)
    cursor.setSpeed(0.5)
    cursor.advance(by: 10, in: bounds)
    #expect(place(cursor) == 15)
  }

  @Test(arguments: [5.0, 5.001, 1e9])
  func `Playing into the head of a live session becomes live`(elapsed: Double) {
    var cursor = standing(at: 95)
    cursor.toggle(in: bounds)
    #expect(cursor.mode == .playing)
    cursor.advance(by: 4.9, in: bounds)
    #expect(cursor.mode == .playing)
    cursor.advance(by: elapsed - 4.9, in: bounds)
    #expect(cursor.mode == .live)
  }

  @Test func `Playing to the end of a recording stops there and can start again`() {
    var cursor = Cursor.replay(from: origin + 95)
    cursor.advance(by: 60, in: bounds)
    #expect(cursor.mode == .paused)
    #expect(place(cursor) == 100)
    cursor.toggle(in: bounds)
    #expect(cursor.mode == .playing)
    #expect(place(cursor) == 0)
  }

  @Test func `A recording may begin paused and then plays from where it stands`() {
    var cursor = Cursor.replay(from: origin + 30, paused: true)
    #expect(cursor.mode == .paused)
    #expect(!cursor.canBeLive)
    cursor.toggle(in: bounds)
    #expect(cursor.mode == .playing)
    #expect(place(cursor) == 30)
    cursor.toggle(in: bounds)
    #expect(cursor.mode == .paused)
    #expect(place(cursor) == 30)
  }

  @Test(
    arguments: [
      // Where it stands, by how much, where to, and what it is then.
      (50, 10, 60, Cursor.Mode.paused), (50, -10, 40, .paused), (50, -60, 0, .paused),
      (50, 50, 100, .live), (50, 1e6, 100, .live), (0, -5, 0, .paused), (99, 0.5, 99.5, .paused),
    ] as [(Double, Double, Double, Cursor.Mode)])
  func `Seeking in a live session`(from: Double, by: Double, to: Double, mode: Cursor.Mode) {
    var cursor = standing(at: from)
    cursor.seek(by: by, in: bounds)
    #expect(place(cursor) == to)
    #expect(cursor.mode == mode)
  }

  @Test(
    arguments: [
      (50, 10, 60), (50, -10, 40), (50, -60, 0), (50, 50, 100), (50, 1e6, 100),
    ] as [(Double, Double, Double)])
  func `Seeking in a recording never becomes live`(from: Double, by: Double, to: Double) {
    for isPaused in [true, false] {
      var cursor = Cursor.replay(from: origin + from, paused: isPaused)
      cursor.seek(by: by, in: bounds)
      #expect(place(cursor) == to)
      #expect(cursor.mode == (isPaused ? .paused : .playing))
    }
  }

  @Test func `A live cursor that moves back stands still there`() {
    var cursor = Cursor.live
    cursor.seek(by: -5, in: bounds)
    #expect(cursor.mode == .paused)
    #expect(place(cursor) == 95)
    cursor = .live
    cursor.seek(by: 5, in: bounds)
    #expect(cursor.mode == .live)
  }

  @Test func `A playing cursor goes on playing where it is put`() {
    var cursor = standing(at: 10)
    cursor.toggle(in: bounds)
    cursor.seek(to: origin + 30, in: bounds)
    #expect(cursor.mode == .playing)
    #expect(place(cursor) == 30)
  }

  @Test func `Speeds go step by step and end at both ends`() {
    var cursor = Cursor.live
    #expect(cursor.speed == 1)
    var seen: [Double] = []
    for _ in 0..<20 {
      cursor.changeSpeed(faster: false)
      seen.append(cursor.speed)
    }
    #expect(Array(seen.prefix(4)) == [0.5, 0.25, 0.1, 0.1])
    for _ in 0..<40 { cursor.changeSpeed(faster: true) }
    #expect(cursor.speed == 10_000)
    cursor.setSpeed(3)
    cursor.changeSpeed(faster: true)
    #expect(cursor.speed == 4)
    cursor.setSpeed(3)
    cursor.changeSpeed(faster: false)
    #expect(cursor.speed == 2)
  }

  @Test(arguments: [(0, 0.1), (-3, 0.1), (2.5, 2.5), (1e9, 10_000)] as [(Double, Double)])
  func `A speed is kept within bounds`(asked: Double, taken: Double) {
    var cursor = Cursor.live
    cursor.setSpeed(asked)
    #expect(cursor.speed == taken)
  }

  @Test func `A session without any length does not confuse it`() {
    let point = TimeSpan(origin, origin)
    var cursor = Cursor.live
    cursor.toggle(in: point)
    cursor.toggle(in: point)
    cursor.advance(by: 1, in: point)
    #expect(cursor.mode == .live)
    cursor.seek(by: -5, in: point)
    #expect(cursor.time(in: point) == origin)
    var replay = Cursor.replay(from: origin + 7)
    #expect(replay.time(in: point) == origin)
    replay.advance(by: 0, in: point)
    #expect(replay.mode == .paused)
  }
}
