import Quantities

/// Processes on one accelerator that ended a while ago, of one user, container and batch job: their sum.
public struct FormerProcesses: Sendable {
  /// Who they were; the process numbers are not kept.
  struct Key: Hashable, Sendable {
    var gpu: DeviceID?
    var user: String?
    var container: String?
    var job: String?
  }

  var key: Key
  /// How many they were.
  public internal(set) var count = 0
  /// When the first of them was seen first.
  public internal(set) var first: Timestamp
  /// When the last of them was seen last.
  public internal(set) var last: Timestamp
  /// The energy they were charged for having the accelerator to themselves.
  var energy = Ramp()
  /// The energy they were charged by their shares of it.
  var sharedEnergy = Ramp()
  /// Whether any energy could be charged to them.
  public internal(set) var isCharged = false

  /// The accelerator they were on.
  public var gpu: DeviceID? { key.gpu }
  /// The user they ran as, their container and their batch job.
  public var facts: ProcessFacts {
    var facts = ProcessFacts()
    (facts.user, facts.container, facts.job) = (key.user, key.container, key.job)
    return facts
  }

  /// The joules they took in a span; each of them as if it had drawn as much all its life.
  public func joules(over span: TimeSpan) -> (whole: Double, shared: Double) {
    (energy.amount(over: span), sharedEnergy.amount(over: span))
  }

  /// Takes in another, or others.
  mutating func add(_ other: FormerProcesses) {
    count += other.count
    first = min(first, other.first)
    last = max(last, other.last)
    isCharged = isCharged || other.isCharged
    energy.add(other.energy)
    sharedEnergy.add(other.sharedEnergy)
  }
}

/// A sum that grows in straight lines, with so many corners at most.
struct Ramp: Sendable {
  private static let most = 24
  /// In order of time.
  private var corners: [(time: Timestamp, sum: Double)] = []

  /// The sum up to a time.
  func sum(at time: Timestamp) -> Double {
    let place = corners.partitioningIndex { $0.time > time }
    guard place > 0 else { return 0 }
    let before = corners[place - 1]
    guard place < corners.count else { return before.sum }
    let after = corners[place]
    return before.sum
      + (after.sum - before.sum) * ((time - before.time) / (after.time - before.time))
  }

  func amount(over span: TimeSpan) -> Double { sum(at: span.end) - sum(at: span.start) }

  /// Adds an amount that came evenly from one time to another.
  mutating func add(_ amount: Double, from start: Timestamp, to end: Timestamp) {
    guard amount > 0 else { return }
    // What came all at once has to come between two times.
    let start = start < end ? start : Timestamp(nanoseconds: end.nanoseconds &- 1)
    var other = Ramp()
    other.corners = [(start, 0), (end, amount)]
    add(other)
  }

  /// Adds another sum.
  mutating func add(_ other: Ramp) {
    guard !other.corners.isEmpty else { return }
    let times = Set((corners + other.corners).map(\.time)).sorted()
    corners = times.map { ($0, sum(at: $0) + other.sum(at: $0)) }
    while corners.count > Self.most {
      // The corner goes without which the line is wrong by least; the ends stay.
      let errors = (1..<corners.count - 1).map { index in
        let (before, here, after) = (corners[index - 1], corners[index], corners[index + 1])
        let share = (here.time - before.time) / (after.time - before.time)
        return abs(here.sum - before.sum - share * (after.sum - before.sum))
      }
      guard let least = errors.indices.min(by: { errors[$0] < errors[$1] }) else { return }
      corners.remove(at: least + 1)
    }
  }
}
