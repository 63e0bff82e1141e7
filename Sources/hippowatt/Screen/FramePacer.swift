/// Decides whether a frame is sent now, or is better left out because earlier ones still wait.
///
/// Between here and the terminal are buffers nobody can look into: of the pseudo terminal, of ssh, of
/// every network on the way. What tells is the terminal itself, which says when it has shown a frame.
/// So many frames may be on their way as do not make each other wait, as in a network's congestion
/// window: one more for each that took no longer than the quickest, and one alone after one that did.
/// An answer to a key waits for no more than what was on its way when it was pressed.
///
/// Times are nanoseconds of the monotonic clock.
struct FramePacer {
  private struct Sent {
    var time: Int64
    var isAnswer: Bool
  }

  private var sent: [Sent] = []
  private var quickest: Int64?
  private(set) var window = 1

  private static let largest = 16
  /// What a frame may take longer than the quickest before it counts as having waited.
  private static let slack: Int64 = 100_000_000
  /// After so long nobody waits for the word of a frame: it was lost, as when a terminal is changed.
  static let patience: Int64 = 20_000_000_000
  /// More frames than this are not remembered.
  private static let most = 512

  /// How many frames were sent so far.
  private(set) var count = 0
  /// How many of them have been shown.
  var countShown: Int { count - sent.count }

  /// Whether a frame may be sent; `isAnswer` where somebody did something and waits to see it.
  func maySend(at now: Int64, isAnswer: Bool, patience: Int64 = Self.patience) -> Bool {
    let waiting = sent.drop { now - $0.time > patience }
    if waiting.count < window { return true }
    return isAnswer && !waiting.contains { $0.isAnswer }
  }

  /// A frame was sent, and the terminal asked to say when it has shown it.
  mutating func send(at now: Int64, isAnswer: Bool) {
    count += 1
    sent.append(Sent(time: now, isAnswer: isAnswer))
    if sent.count > Self.most { sent.removeFirst(Self.most / 2) }
  }

  /// Nothing is on its way any more, as after the program was stopped.
  mutating func forget() { sent.removeAll() }

  /// The oldest frame on its way has been shown.
  mutating func shown(at now: Int64) {
    guard !sent.isEmpty else { return }
    let took = max(0, now - sent.removeFirst().time)
    let least = min(took, quickest ?? took)
    quickest = least
    let hasWaited = took > least + max(Self.slack, least / 16)
    window = hasWaited ? 1 : min(Self.largest, window + 1)
  }
}
