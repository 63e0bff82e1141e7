import Telemetry

/// The stretches of time that a run's work took: those of the lives it went on from, and its own.
///
/// A loss that a resumed job reaches took what its earlier lives took, too.
struct RunWay {
  let job: DeviceID
  /// The lives in their order; the last is the measured one.
  let lives: [TimeSpan]
  private let seenShare: Double
  private let isCharged: Bool

  /// The way of a job to a stretch of its last life.
  init(of job: DeviceID, to stretch: TimeSpan, in ledger: Ledger, seenShare: Double) {
    self.job = job
    self.seenShare = seenShare
    isCharged = ledger.charge(of: job, over: stretch).isKnown
    let first = Ledger.progressMetrics.compactMap { metric in
      ledger.timeline.id(metric, of: job).flatMap { ledger.timeline.firstReading($0)?.time }
    }.min()
    let begin = ledger.workStart(of: job, at: stretch.end) ?? first ?? stretch.start
    let earlier =
      begin < stretch.start
      ? ledger.lives(of: job, over: TimeSpan(begin, stretch.end)).map(\.whole)
        .filter { $0.end < stretch.start } : []
    lives = earlier + [stretch]
  }

  /// The seconds that the job had run at a time.
  func seconds(until time: Timestamp) -> Double {
    lives.reduce(0) { $0 + ($1.start < time ? min($1.end, time) - $1.start : 0) }
  }

  /// The joules that the job had taken at a time; `nil` where most of those of a life are not known.
  func joules(until time: Timestamp, in ledger: Ledger) -> Double? {
    guard isCharged else { return nil }
    var joules = 0.0
    for life in lives where life.start < time {
      let part = TimeSpan(life.start, min(life.end, time))
      guard let energy = ledger.jobEnergy(of: job, over: part), energy.isKnown else { return nil }
      joules += energy.joules / seenShare
    }
    return joules
  }
}
