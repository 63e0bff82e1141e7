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
  /// Whether the jump was over steps that nobody did, as the former pace shows.
  private(set) var isResumed = false

  /// A bar begins.
  mutating func begin() {
    isBeginning = true
    anchor = nil
    measured = nil
    isResumed = false
  }

  /// Hears what a bar shows.
  mutating func hear(_ count: Count, before: Double?) {
    guard count.done > 0, let elapsed = count.elapsed else { return }
    if isBeginning {
      isBeginning = false
      guard count.done > 20, elapsed <= 1 else { return }
      // A bar that was told where it begins has no rate yet, and a right one later.
      if count.secondsEach != nil { anchor = (count.done, elapsed) }
      if let formerEach, Double(count.done) * formerEach > 2 * (elapsed + 1) { isResumed = true }
      return
    }
    guard let anchor, count.done > anchor.done, elapsed - anchor.elapsed >= 3 else { return }
    measured = (elapsed - anchor.elapsed) / Double(count.done &- anchor.done)
  }

  /// The seconds of one step: what the bar states, unless what was seen tells another.
  func each(_ stated: Double?) -> Double? {
    guard anchor != nil else { return stated }
    guard let measured else { return nil }
    guard let stated, stated > measured / 1.1, stated < measured * 1.1 else { return measured }
    return stated
  }
}
