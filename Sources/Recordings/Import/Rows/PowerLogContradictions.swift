import Quantities
import Telemetry

/// What rows of one device and one time tell against each other.
///
/// A logger that is faster than its clock's whole seconds writes such rows side by side; their mean is what it
/// measured. Two devices under one name, or two runs in one file, write them too, and nobody can say then what
/// each drew. Which of both it is shows over all rows.
struct PowerLogContradictions {
  /// The powers of one time.
  struct Time {
    fileprivate let time: Timestamp
    fileprivate private(set) var first: Double?
    fileprivate private(set) var lines: (first: Int, last: Int)
    fileprivate private(set) var count = 0
    fileprivate private(set) var distances = (sum: 0.0, count: 0)
    private var last: Double?
    private var sum = 0.0

    init(_ row: PowerLogRows) {
      time = row.time
      lines = (row.line, row.line)
      guard let power = row.power else { return }
      (first, last, sum, count) = (power, power, power, 1)
    }

    /// Takes in another row of the same time.
    mutating func add(_ row: PowerLogRows, _ all: inout PowerLogContradictions) {
      lines = (min(lines.first, row.line), max(lines.last, row.line))
      guard let power = row.power else { return }
      if let last, last != power {
        distances.sum += abs(power - last)
        distances.count += 1
        all.rows.add(
          line: row.line, "\(PowerLogGate.text(power)) W beside \(PowerLogGate.text(last)) W")
      }
      if first == nil { first = power }
      last = power
      sum += power
      count += 1
    }

    /// Their mean, where they differ.
    var mean: Double? { distances.count > 0 ? sum / Double(count) : nil }
  }

  /// The rows that tell another power than one before them of the same time.
  private(set) var rows = PowerLogCount()
  private var times = 0
  /// Times at which powers differ; those of them that are no whole second, and those whose rows lie
  /// apart in the file.
  private var contradicting = (all: 0, fine: 0, apart: 0)
  /// How often a time had one row, two, three, …, and more than fifteen.
  private var counts = [Int](repeating: 0, count: 17)
  private var within = (sum: 0.0, count: 0)
  private var between = (sum: 0.0, count: 0)
  private var level = 0.0
  private var former: Time?

  /// Ends a time.
  mutating func end(_ time: Time) {
    guard let power = time.first else { return }
    times += 1
    level += power
    counts[min(time.count, 16)] += 1
    if let former, let old = former.first {
      between.sum += abs(power - old)
      between.count += 1
      // Rows of this time stand before some of the time before it.
      if former.distances.count > 0, time.lines.first < former.lines.last {
        contradicting.apart += 1
      }
    }
    former = time
    guard time.distances.count > 0 else { return }
    contradicting.all += 1
    if time.time.nanoseconds % 1_000_000_000 != 0 { contradicting.fine += 1 }
    within.sum += time.distances.sum
    within.count += time.distances.count
  }

  /// Whether the rows are of several devices or runs, or nobody can say.
  ///
  /// A few contradictions, as of a clock that was set back, are none.
  var areSeveral: Bool {
    guard contradicting.all * 5 > times, within.count > 0 else { return false }
    // A fast logger writes the rows of a second one after the other, and knows no finer times.
    if contradicting.apart * 2 > contradicting.all || contradicting.fine * 2 > contradicting.all {
      return true
    }
    let apart = within.sum / Double(within.count)
    guard apart > 0.1 * level / Double(times) else { return false }
    let step = between.count > 0 ? between.sum / Double(between.count) : 0
    // Two devices differ from each other at a time, and each little from itself a second later.
    if apart > 2 * step { return true }
    // Two rows every second may be two devices that both go up and down.
    return counts[2] * 10 >= times * 9 && apart > 0.8 * step
  }
}
