/// How fast a bar goes, where its own rate cannot be believed.
///
/// A bar that goes on from a checkpoint jumps over the steps that were done before, and counts
/// them as if they had been done in no time. Its rate is then wrong for minutes, so it is taken from
/// what was done since the jump.
struct BarPace: Sendable {
  /// The seconds of one step in the life before.
  var formerEach: Double?
  private var isBeginning = true
  /// Where the bar stood after its jump.
  private var anchor: (done: Int64, elapsed: Double)?
  private var measured: Double?
  /// The seconds of a step as stated while a pause is in that mean, which then falls from draw to draw.
  private var afterPause: Double?
  /// Where the bar stood at its first draw, as long as it is not known whether that was all done in so few
  /// seconds.
  private var jump: (done: Int64, elapsed: Double)?
  /// The newest draw since then, and how many in a row were so slow.
  private var sinceJump: (done: Int64, elapsed: Double)?
  private var slowDraws = 0
  private var hasJumped = false
  /// Whether the mean that the bar states has a pause in it.
  var isAfterPause: Bool { afterPause != nil }
  /// Whether the bar begins behind steps that were not done in this life, as its first draw or a pace shows.
  private(set) var isResumed = false

  /// A bar begins.
  mutating func begin() {
    isBeginning = true
    anchor = nil
    measured = nil
    afterPause = nil
    (jump, sinceJump, slowDraws) = (nil, nil, 0)
    isResumed = false
  }

  /// Whether the pace since the first draw has just shown that the steps before it were never done here.
  mutating func takeJump() -> Bool {
    defer { hasJumped = false }
    return hasJumped
  }

  /// Hears what a bar shows.
  mutating func hear(_ count: Count, before: Double?) {
    hearPause(count.secondsEach, before)
    guard count.done > 0, let elapsed = count.elapsed else { return }
    if count.caption.epoch == nil, !count.isComplete { hearJump(count.done, elapsed) }
    if isBeginning {
      isBeginning = false
      // A bar without a rate, at the second in which it begins, has done nothing of what it shows.
      if count.secondsEach == nil, elapsed < 1 { isResumed = true }
      guard count.done > 20, elapsed <= 1 else { return }
      // A bar that was told where it begins has no rate yet, and a right one later.
      if count.secondsEach != nil { anchor = (count.done, elapsed) }
      if let formerEach, Double(count.done) * formerEach > 2 * (elapsed + 1) { isResumed = true }
      return
    }
    guard let anchor, count.done > anchor.done, elapsed - anchor.elapsed >= 3 else { return }
    measured = (elapsed - anchor.elapsed) / Double(count.done &- anchor.done)
  }

  /// Notices a step that took far longer, such as one with an evaluation behind it: the moving mean of
  /// a bar leaps, and tells no step's time until it has come down.
  private mutating func hearPause(_ each: Double?, _ before: Double?) {
    guard let each else { return }
    if let high = afterPause {
      afterPause = each < 0.99 * high ? each : nil
    } else if let before, each > Self.leap * before {
      afterPause = each
    }
  }

  /// Notices a bar that goes on from a checkpoint of another log: it jumps over what was done there, and goes
  /// on far slower than it jumped.
  ///
  /// It shows whole seconds.
  private mutating func hearJump(_ done: Int64, _ elapsed: Double) {
    if isBeginning {
      guard formerEach == nil, done > 20, elapsed <= 10,
        elapsed + 1 <= Self.tooFast * Double(done)
      else { return }
      jump = (done, elapsed)
    } else if let from = jump, done > from.done {
      let before = sinceJump ?? from
      let least = (elapsed - from.elapsed - 1) / Double(done - from.done)
      let most = (elapsed - before.elapsed + 1) / Double(max(1, done - before.done))
      let bound = Self.slower * (from.elapsed + 1) / Double(from.done)
      sinceJump = (done, elapsed)
      // A pause behind the first draw is slow once, and what follows is fast again.
      guard least > bound, most > bound else {
        if elapsed - from.elapsed >= 3 { jump = nil }
        slowDraws = 0
        return
      }
      slowDraws += 1
      if slowDraws >= Self.enoughDraws { (hasJumped, isResumed, jump) = (true, true, nil) }
    }
  }

  /// A first draw at such a pace may be a jump, and steps that are so many times slower show it.
  private static let (tooFast, slower) = (0.05, 5.0)
  private static let enoughDraws = 3

  /// How much higher a mean leaps at a pause.
  private static let leap = 1.3

  /// The seconds of one step: what the bar states, unless what was seen tells another.
  func each(_ stated: Double?) -> Double? {
    guard afterPause == nil else { return nil }
    guard anchor != nil else { return stated }
    guard let measured else { return nil }
    guard let stated, stated > measured / 1.1, stated < measured * 1.1 else { return measured }
    return stated
  }
}
