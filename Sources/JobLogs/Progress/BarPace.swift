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
  /// The rate while a pause is in its mean, which then falls from draw to draw.
  private var afterPause: Double?
  /// Whether the mean that the bar states has a pause in it.
  var isAfterPause: Bool { afterPause != nil }
  /// Whether the jump was over steps that nobody did, as the former pace shows.
  private(set) var isResumed = false

  /// A bar begins.
  mutating func begin() {
    isBeginning = true
    anchor = nil
    measured = nil
    afterPause = nil
    isResumed = false
  }

  /// Hears what a bar shows.
  mutating func hear(_ count: Count, before: Double?) {
    hearPause(count.secondsEach, before)
    guard count.done > 0, let elapsed = count.elapsed else { return }
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
