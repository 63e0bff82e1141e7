import Seeded
import Testing

@testable import hippowatt

/// When a frame is sent and when it is left out, over lines of many kinds.
@Suite struct FramePacerTests {
  private static let millisecond: Int64 = 1_000_000

  /// A line with a delay each way, in milliseconds, that carries a frame in `carry` milliseconds.
  private struct Line {
    var delay: Int64
    var carry: Int64
    private var free: Int64 = 0
    /// When each frame on its way will be confirmed.
    private(set) var confirmations: [Int64] = []

    init(delay: Int64, carry: Int64) {
      self.delay = delay
      self.carry = carry
    }

    /// Sends a frame; when it is seen.
    mutating func send(at now: Int64) -> Int64 {
      free = max(free, now) + carry
      confirmations.append(free + 2 * delay)
      return free + delay
    }

    mutating func confirmed(by now: Int64) -> Int {
      let count = confirmations.prefix { $0 <= now }.count
      confirmations.removeFirst(count)
      return count
    }
  }

  /// Plays a minute of ten frames a second, with a key now and then.
  ///
  /// - Returns: how many frames were seen, and the longest time from a key to its frame, in milliseconds.
  private func play(_ line: Line, seed: UInt64) -> (frames: Int, slowest: Int64) {
    var (line, random, pacer) = (line, SeededRandom(seed), FramePacer())
    var (frames, slowest, pressed) = (0, Int64(0), Int64?.none)
    var nextKey = Int64(random.next(2000) + 10_000)
    for now in Int64(0)..<60_000 {
      for _ in 0..<line.confirmed(by: now) { pacer.shown(at: now * Self.millisecond) }
      if now == nextKey {
        pressed = now
        nextKey += Int64(random.next(3000) + 6000)
      }
      guard now % 100 == 0 || pressed != nil else { continue }
      let isAnswer = pressed != nil
      guard pacer.maySend(at: now * Self.millisecond, isAnswer: isAnswer) else { continue }
      let seen = line.send(at: now)
      pacer.send(at: now * Self.millisecond, isAnswer: isAnswer)
      frames += 1
      if let key = pressed { slowest = max(slowest, seen - key) }
      pressed = nil
    }
    return (frames, slowest)
  }

  @Test(arguments: 1...8)
  func `here every frame is seen, and at once`(seed: UInt64) {
    let (frames, slowest) = play(Line(delay: 0, carry: 2), seed: seed)
    #expect(frames >= 590 && slowest <= 10, "\(frames) frames, \(slowest) ms")
  }

  @Test(arguments: 1...8)
  func `a wide line far away stays full`(seed: UInt64) {
    let (frames, slowest) = play(Line(delay: 300, carry: 5), seed: seed)
    #expect(frames > 500 && slowest < 450, "\(frames) frames, \(slowest) ms")
  }

  /// 2 kB/s and 1 s away: a frame of 1.5 kB takes 750 ms.
  @Test(arguments: 1...8)
  func `over a narrow line a key waits for no more than a few frames`(seed: UInt64) {
    let (frames, slowest) = play(Line(delay: 1000, carry: 750), seed: seed)
    #expect(frames > 20)
    #expect(slowest <= 1000 + 4 * 750, "\(frames) frames, \(slowest) ms")
  }

  @Test func `a word that is lost does not stop the frames for ever`() {
    var pacer = FramePacer()
    func maySend(_ now: Int64, isAnswer: Bool = false) -> Bool {
      pacer.maySend(at: now, isAnswer: isAnswer)
    }
    #expect(maySend(0))
    pacer.send(at: 0, isAnswer: false)
    #expect(!maySend(1_000_000_000))
    #expect(maySend(1_000_000_000, isAnswer: true))
    pacer.send(at: 1_000_000_000, isAnswer: true)
    #expect(!maySend(2_000_000_000, isAnswer: true), "one answer at a time")
    #expect(maySend(FramePacer.patience + 1_000_000_001))
    // What is told after all tells of the oldest.
    pacer.shown(at: FramePacer.patience)
    #expect(pacer.countShown == 1 && pacer.window == 2)
    pacer.forget()
    #expect(pacer.countShown == 2 && maySend(0))
    pacer.shown(at: 0)
    #expect(pacer.countShown == 2)
    for time in Int64(0)..<5000 { pacer.send(at: time, isAnswer: false) }
    #expect(pacer.count - pacer.countShown <= 512)
  }
}
