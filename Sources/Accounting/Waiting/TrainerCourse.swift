/// What a trainer did over the last seconds, since a second has but ten looks at it.
///
/// Seconds in which its accelerator did something else altogether, such as those before the first step,
/// are none to take a mean with.
struct TrainerCourse: Sendable {
  private var seconds: [(doing: AcceleratorTick.Trainer, work: Double?)] = []

  /// How many seconds what it does is a mean of, and how many its share of the time without a kernel.
  private static let means = 5
  private static let covers = 20
  /// Shares of time with a kernel that lie further apart belong to different things.
  private static let alike = 0.2
  /// The looks at a trainer that a second has, at uneven times.
  private static let looks = 10.0

  /// Takes in what a trainer did in a second with that share of time with a kernel.
  mutating func note(_ trainer: AcceleratorTick.Trainer?, work: Double?) {
    guard let trainer else {
      seconds = []
      return
    }
    seconds.append((trainer, work))
    if seconds.count > Self.covers { seconds.removeFirst() }
  }

  /// The last of the seconds that are like the latest one.
  private func alike(_ count: Int) -> [(doing: AcceleratorTick.Trainer, work: Double?)] {
    guard let last = seconds.last else { return [] }
    return seconds.suffix(count).filter { other in
      guard other.doing.hasWorkers == last.doing.hasWorkers else { return false }
      guard let now = last.work, let before = other.work else {
        return last.work == nil && other.work == nil
      }
      return abs(now - before) <= Self.alike
    }
  }

  /// What it does: the mean of the last seconds, or the last alone where that is something else.
  var smoothed: AcceleratorTick.Trainer? {
    guard let last = seconds.last?.doing else { return nil }
    let known = alike(Self.means)
    let count = Double(known.count)
    var mean = last
    mean.onQueue = known.reduce(0) { $0 + $1.doing.onQueue } / count
    mean.running = known.reduce(0) { $0 + $1.doing.running } / count
    mean.onStore = known.reduce(0) { $0 + $1.doing.onStore } / count
    return abs(mean.onQueue - last.onQueue) <= 0.35 ? mean : last
  }

  /// How much of the time without a kernel its sleep on its queue explains, over the last twenty seconds:
  /// one second has too few looks to tell four fifths from three; `nil` where it never slept there.
  ///
  /// As few looks may err by their standard error, it is added to what they say.
  var cover: Double? {
    guard let means, means.queue >= AcceleratorTick.least else { return nil }
    let share = means.withError(means.queue)
    // It runs hardly but to take over what it waited for: then that is a part of the wait. Where it gets
    // no processor for it, neither do the workers that took them.
    let isTaking = abs(means.room - means.queue - means.running) <= 0.1
    let taking = max(0, means.running - means.queued)
    return max(share / means.room, isTaking ? share / (share + taking) : 0)
  }

  /// How much of the time without a kernel its own running explains, in the same way.
  var busy: Double? { means.map { $0.withError($0.running) / $0.room } }

  private var means: Means? {
    let known = alike(Self.covers).filter { $0.work != nil }
    guard !known.isEmpty else { return nil }
    let count = Double(known.count)
    let means = Means(
      queue: known.reduce(0) { $0 + $1.doing.onQueue } / count,
      running: known.reduce(0) { $0 + $1.doing.running } / count,
      queued: known.reduce(0) { $0 + $1.doing.queued } / count,
      room: known.reduce(0) { $0 + 1 - ($1.work ?? 1) } / count, looks: count * Self.looks)
    return means.room > 0 ? means : nil
  }

  private struct Means {
    var queue: Double
    var running: Double
    var queued: Double
    /// The share of time without a kernel.
    var room: Double
    var looks: Double

    func withError(_ share: Double) -> Double {
      min(1, share + (share * (1 - share) / looks).squareRoot())
    }
  }
}
