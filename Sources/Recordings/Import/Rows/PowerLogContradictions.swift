/// What rows of one device and one time tell against each other.
///
/// Readings that a clock of whole seconds could not part are neighbours: they differ less from each other
/// than from those of the next second. Rows of two devices under one name differ as devices do. Which of
/// both it is shows over all rows; of two devices nobody can say what each drew.
struct PowerLogContradictions {
  /// The powers of one time.
  struct Time {
    private var first: Double?
    private var last: Double?
    private var sum = 0.0
    private var count = 0
    fileprivate var distances = (sum: 0.0, count: 0)
    fileprivate var power: Double? { first }

    init(_ power: Double?) {
      guard let power else { return }
      (first, last, sum, count) = (power, power, power, 1)
    }

    /// Takes in the power of another row of the same time.
    mutating func add(_ power: Double?, line: Int, _ all: inout PowerLogContradictions) {
      guard let power else { return }
      if let last, last != power {
        distances.sum += abs(power - last)
        distances.count += 1
        all.rows.add(
          line: line, "\(PowerLogGate.text(power)) W beside \(PowerLogGate.text(last)) W")
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
  private var contradicting = 0
  private var within = (sum: 0.0, count: 0)
  private var between = (sum: 0.0, count: 0)
  private var level = 0.0
  private var former: Double?

  /// Ends a time.
  mutating func end(_ time: Time) {
    guard let power = time.power else { return }
    times += 1
    level += power
    if let former {
      between.sum += abs(power - former)
      between.count += 1
    }
    former = power
    guard time.distances.count > 0 else { return }
    contradicting += 1
    within.sum += time.distances.sum
    within.count += time.distances.count
  }

  /// Whether the rows are of several devices, as far as can be seen.
  ///
  /// A few contradictions, as of a clock that was set back, are none.
  var areSeveralDevices: Bool {
    guard contradicting * 5 > times, within.count > 0 else { return false }
    let apart = within.sum / Double(within.count)
    let step = between.count > 0 ? between.sum / Double(between.count) : 0
    return apart > 0.1 * level / Double(times) && apart > 0.8 * step
  }
}
