/// Between which watts an accelerator idles and works, learned while it is watched.
///
/// A level must hold for two looks in a row: one high or low value alone is a moment's.
struct PowerLevels: Hashable, Sendable {
  /// Watts at full work: the highest that was held since its jobs began.
  private(set) var busy: Double?
  /// The lowest watts that were held while a job had it and no kernel ran.
  private var held: Double?
  /// The lowest watts that were held while no kernel ran.
  private var empty: Double?
  /// The lowest watts that were held where nothing tells whether kernels ran.
  private var lowest: Double?
  private var last: Look?
  /// How watts went with the share of time in which kernels ran, while jobs had it.
  private var course = WattsByWork()
  /// The same of seconds in which it had worked before and went on: a line through two clusters, idling and
  /// half work, and the second in which one becomes the other is always straight, and says nothing of what
  /// lies beyond them.
  private var mixtures = WattsByWork()

  private struct Look: Hashable, Sendable {
    var watts: Double
    var isKernelFree: Bool?
    var isHeld: Bool
  }

  /// Takes in the mean watts of a tick.
  ///
  /// - Parameter isKernelFree: whether no kernel ran; `nil` where nothing tells.
  mutating func note(
    _ watts: Double, isKernelFree: Bool?, isHeld: Bool, utilization: Double? = nil
  ) {
    defer { last = Look(watts: watts, isKernelFree: isKernelFree, isHeld: isHeld) }
    if isHeld, let utilization {
      course.note(watts, utilization)
      if isKernelFree == false, last?.isKernelFree == false { mixtures.note(watts, utilization) }
    }
    guard let last, last.isHeld == isHeld else { return }
    let low = max(last.watts, watts)
    if isHeld { busy = max(busy ?? 0, min(last.watts, watts)) }
    if isKernelFree == true, last.isKernelFree == true {
      if isHeld { held = min(held ?? .infinity, low) } else { empty = min(empty ?? .infinity, low) }
    }
    if isKernelFree == nil { lowest = min(lowest ?? .infinity, low) }
  }

  /// Forgets what its jobs drew: others work now.
  mutating func forgetJobs() {
    (busy, held, course, mixtures) = (nil, nil, WattsByWork(), WattsByWork())
  }

  /// The watts of a moment without work between moments with it; `nil` where that was never seen, nor
  /// follows from how its watts go with its work.
  ///
  /// What was drawn before the first kernel is measured, and better than what a line leads to; but only where
  /// that says it was no deeper sleep.
  var waiting: Double? {
    if let held { return held }
    guard let course = course.withoutWork else { return nil }
    guard let lowest, abs(lowest - course) <= 0.1 * course else { return course }
    return lowest
  }

  /// The watts of work all the time, as held or as they go with the share of it; `nil` where neither is known.
  var working: Double? { [busy, mixtures.atWork].compactMap { $0 }.max() }

  /// Watts without work: with a model loaded where that was seen.
  var floor: Double? { held ?? empty ?? guessed }

  /// Nothing tells whether kernels ran; so low beside what it can draw is only who idles.
  private var guessed: Double? {
    guard let lowest, let busy, lowest <= 0.35 * busy else { return nil }
    return lowest
  }

  /// Both levels, where they are far enough apart to tell one from the other.
  var pair: (floor: Double, busy: Double)? {
    guard let floor, let busy, busy >= 1.3 * floor, busy - floor >= 10 else { return nil }
    return (floor, busy)
  }

  /// Below this many watts it has no work: idle and a quarter of the way to busy.
  var threshold: Double? { pair.map { $0.floor + 0.25 * ($0.busy - $0.floor) } }
}
