import Telemetry

/// What is to be known of all rows of a device before the first of them is told.
struct PowerLogSurvey {
  /// How many rows there are.
  private(set) var count = 0
  /// Whether each row is later than the one before it.
  private(set) var isOrdered = true
  /// Whether a row has a number.
  private(set) var isReadable = false
  /// Whether a row has a number for power that is a mean, or for energy.
  private(set) var tellsMean = false
  /// Whether its numbers differ, so that another file would not have the same by chance.
  private(set) var isVaried = false
  /// What its rows are, in a word; of equal rows it is equal.
  private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
  /// How often in a row a power was lacking, at most three times.
  private(set) var lacking = (power: 0, instant: 0)

  private let isCompared: Bool
  private var first: Timestamp?
  private var last: Timestamp?
  private var period = PowerLogPeriod()
  private var run = (power: 0, instant: 0)
  private var firstNumber: (metric: Metric, bits: UInt64)?
  private var plans: [Plan?] = []
  private var digests: [UInt64] = []

  /// What stands where in rows of a shape.
  private struct Plan {
    var powers: [Int]
    var instants: [Int]
    var energies: [Int]
  }

  /// - Parameter isCompared: whether the rows are to be compared with those of other files.
  init(isCompared: Bool) { self.isCompared = isCompared }

  /// The first and the last time.
  var span: TimeSpan? { first.flatMap { first in last.map { TimeSpan(first, $0) } } }

  /// The usual time between rows, in seconds.
  var usualPeriod: Double { period.value }

  /// Takes in all rows.
  ///
  /// - Parameter endsUnordered: whether no more is to be known once rows are out of order.
  mutating func take(_ rows: PowerLogRows, endsUnordered: Bool) {
    while rows.next() {
      if let last, rows.time <= last {
        isOrdered = false
        if endsUnordered { return }
      }
      take(rows)
    }
  }

  private mutating func take(_ row: PowerLogRows) {
    if first == nil { first = row.time }
    last = row.time
    count += 1
    period.add(row.time)
    while plans.count <= row.shape { plans.append(nil) }
    if plans[row.shape] == nil {
      let metrics = row.store.shapes[row.shape].metrics
      plans[row.shape] = Self.plan(metrics)
      digests += Array(repeating: 0, count: plans.count - digests.count)
      digests[row.shape] = metrics.reduce(7) { $0 &* 31 &+ UInt64($1.handle) }
    }
    guard let plan = plans[row.shape] else { return }
    let values = row.values
    func tells(_ places: [Int]) -> Bool {
      places.contains { PowerLogBits.isNumber(values[$0]) }
    }
    let (hasPower, hasInstant) = (tells(plan.powers), tells(plan.instants))
    if hasPower || !tellsMean && tells(plan.energies) { tellsMean = true }
    if !plan.powers.isEmpty, !hasPower {
      run.power += 1
      if run.power <= 3 { lacking.power = max(lacking.power, run.power) }
    } else {
      run.power = 0
    }
    if !plan.instants.isEmpty, !hasInstant {
      run.instant += 1
      if run.instant <= 3 { lacking.instant = max(lacking.instant, run.instant) }
    } else {
      run.instant = 0
    }
    if isReadable, !isCompared { return }
    compare(row)
  }

  private mutating func compare(_ row: PowerLogRows) {
    let count = row.count
    let number = (0..<count).first { PowerLogBits.isNumber(row.values[$0]) }
    if let number {
      isReadable = true
      let metric = row.store.shapes[row.shape].metrics[number]
      if let firstNumber {
        if firstNumber.bits != row.values[number] || firstNumber.metric != metric {
          isVaried = true
        }
      } else {
        firstNumber = (metric, row.values[number])
      }
    }
    guard isCompared else { return }
    mix(UInt64(bitPattern: row.time.nanoseconds))
    mix(digests[row.shape])
    for place in 0..<count { mix(row.store.digest(row.values[place])) }
  }

  private mutating func mix(_ word: UInt64) {
    digest = (digest ^ word) &* 0x9E37_79B9_7F4A_7C15
    digest ^= digest >> 29
  }

  private static func plan(_ metrics: [Metric]) -> Plan {
    func places(_ metric: Metric) -> [Int] { metrics.indices.filter { metrics[$0] == metric } }
    return Plan(
      powers: places(.power), instants: places(.powerInstant), energies: places(.energy))
  }
}
