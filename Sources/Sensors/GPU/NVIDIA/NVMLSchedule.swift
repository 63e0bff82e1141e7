import Telemetry

/// What of one GPU is due at a tick: little at every one, the rest as seldom as it changes.
///
/// At one tick a second a GPU costs, with everything it can have, just over seven driver calls a
/// second: one for all field values, one for the utilisation and two for the activity inside the
/// chip each second; clock, reasons, heat, memory and the processes every two; the rest every ten.
struct NVMLSchedule {
  /// What is asked for at one tick.
  struct Due: Equatable {
    /// What changes from second to second.
    var second = false
    /// What is looked at every two seconds.
    var pair = false
    /// What hardly changes; every ten seconds.
    var slow = false
  }

  static let oneSecondPeriod = 1.0
  static let twoSecondPeriod = 2.0
  static let tenSecondPeriod = 10.0

  private let interval: Double
  /// Whether the two-second round falls on the ticks between the others', so that the work of many
  /// GPUs is spread.
  private let isOdd: Bool
  private var second: Timestamp?
  private var pair: Timestamp?
  private var slow: Timestamp?

  init(interval: Double, isOdd: Bool) {
    self.interval = interval
    self.isOdd = isOdd
  }

  /// Says what is due now, and counts it as done; everything is at first.
  mutating func next(_ now: Timestamp) -> Due {
    // Each round is part of the next quicker one, whatever the ticks fall on.
    var due = Due()
    due.second = isDue(second, Self.oneSecondPeriod, now)
    due.pair = due.second && isDue(pair, Self.twoSecondPeriod, now)
    due.slow = due.pair && isDue(slow, Self.tenSecondPeriod, now)
    if due.second { second = now }
    if due.pair { pair = pair == nil && isOdd ? now - Self.twoSecondPeriod / 2 : now }
    if due.slow { slow = now }
    return due
  }

  /// Ticks are seldom exact, so half of one early is in time.
  private func isDue(_ last: Timestamp?, _ period: Double, _ now: Timestamp) -> Bool {
    guard let last else { return true }
    return now - last >= period - min(interval, period) / 2
  }
}
