import Telemetry

/// How long a job's steps took, with pauses told apart from ordinary steps.
///
/// An evaluation or a checkpoint hides in the time between two progress lines. What took more than
/// three times the median is counted as a pause, so that it does not raise the mean.
public struct StepStatistics: Hashable, Sendable {
  /// The time between two reports of progress.
  public struct Interval: Hashable, Sendable {
    /// From one report to the next.
    public var span: TimeSpan
    /// How many steps were done in between.
    public var steps: Double
    /// Seconds of it that evaluations and checkpoints took, where the job tells them.
    public var paused = 0.0

    /// Seconds from one report to the next, without the pauses that the job tells.
    public var seconds: Double { max(0, span.seconds - paused) }
    /// The mean seconds of one of these steps.
    public var secondsPerStep: Double { seconds / steps }
  }

  /// Intervals of ordinary steps, oldest first.
  public var ordinary: [Interval] = []
  /// Intervals that took more than three times the median, oldest first.
  public var pauses: [Interval] = []
  /// The median time of a step, in seconds.
  public var median: Double

  /// The median time of a step among some intervals, each of which counts for its steps; 0 when there are
  /// none.
  static func median(_ intervals: [Interval]) -> Double {
    let sorted = intervals.map { ($0.secondsPerStep, $0.steps) }.sorted { $0.0 < $1.0 }
    let half = sorted.reduce(0) { $0 + $1.1 } / 2
    var steps = 0.0
    for (index, (seconds, count)) in sorted.enumerated() {
      steps += count
      if steps > half { return seconds }
      // Exactly in the middle between two.
      if steps == half, index + 1 < sorted.count { return (seconds + sorted[index + 1].0) / 2 }
    }
    return sorted.last?.0 ?? 0
  }

  /// How many intervals to each side an interval is compared with.
  static let reach = 10

  /// How many times the median an interval must take to count as a pause.
  static let pauseFactor = 3.0

  /// Sorts the intervals between reports; `nil` without two different reports.
  ///
  /// A repeated step is skipped; a step number that falls starts the statistics again. Pauses that the
  /// job tells are no time of its steps.
  public init?(
    _ reports: [(time: Timestamp, value: Double)], without stated: [TimeSpan] = []
  ) {
    var intervals: [Interval] = []
    guard var last = reports.first else { return nil }
    var place = 0
    for report in reports.dropFirst() where report.value != last.value {
      if report.value > last.value, report.time > last.time {
        var interval = Interval(
          span: TimeSpan(last.time, report.time), steps: report.value - last.value)
        while place < stated.count, stated[place].end <= interval.span.start { place += 1 }
        let holes = stated[place...].prefix { $0.start < interval.span.end }
        if !holes.isEmpty { interval.paused = interval.span.seconds(of: Array(holes)) }
        intervals.append(interval)
      }
      last = report
    }
    guard !intervals.isEmpty else { return nil }
    median = Self.median(intervals)
    for (index, interval) in intervals.enumerated() {
      // Compared with its neighbours only, so that a machine that slows down does not seem to
      // pause.
      let near = intervals[
        max(0, index - Self.reach)...min(intervals.count - 1, index + Self.reach)]
      // Among two or three intervals, none can be called ordinary.
      if near.count >= 4, interval.secondsPerStep > Self.median(Array(near)) * Self.pauseFactor {
        pauses.append(interval)
      } else {
        ordinary.append(interval)
      }
    }
  }

  /// The stretch from the first report to the last.
  public var span: TimeSpan? {
    let all = [ordinary.first, ordinary.last, pauses.first, pauses.last].compactMap { $0?.span }
    guard let start = all.map(\.start).min(), let end = all.map(\.end).max() else { return nil }
    return TimeSpan(start, end)
  }

  /// Steps of the whole stretch.
  public var steps: Double { (ordinary + pauses).reduce(0) { $0 + $1.steps } }

  /// Seconds by which the pauses were longer than their steps.
  public var excess: Double {
    pauses.reduce(0) { $0 + max(0, $1.seconds - $1.steps * median) }
  }

  /// Seconds of a step that a share of the steps took no longer than, such as 0.5 for the median.
  public func quantile(_ share: Double) -> Double? {
    let sorted = (ordinary + pauses).sorted { $0.secondsPerStep < $1.secondsPerStep }
    let all = sorted.reduce(0) { $0 + $1.steps }
    var steps = 0.0
    for interval in sorted {
      steps += interval.steps
      if steps >= share * all { return interval.secondsPerStep }
    }
    return sorted.last?.secondsPerStep
  }

  /// Mean seconds of a step, pauses included.
  public var meanWithPauses: Double {
    let seconds = (ordinary + pauses).reduce(0) { $0 + $1.span.seconds }
    return steps > 0 ? seconds / steps : median
  }
}

extension Ledger {
  /// Whether a job's steps carry the times they ended at, and not those of a sampler.
  public func reportsSteps(_ job: DeviceID) -> Bool {
    timeline.id(.step, of: job).map { timeline.descriptor($0).provenance.method == .log } ?? false
  }

  /// The statistics of a job's last reports before a time, at most `limit` stretches between them.
  public func stepStatistics(of job: DeviceID, at time: Timestamp, limit: Int = 300)
    -> StepStatistics?
  {
    memos.statistics.answer(.init(job: job, time: time, extent: Double(limit))) {
      statistics(of: job, at: time, limit: limit)
    }
  }

  private func statistics(of job: DeviceID, at time: Timestamp, limit: Int) -> StepStatistics? {
    guard timeline.facts(of: job).timing != .none, let id = timeline.id(.step, of: job) else {
      return nil
    }
    // Repeated between steps: a report is the reading at which the step became another one.
    var reports = timeline.recent(
      id, until: time, limit: limit + 1, changesOnly: !reportsSteps(job))
    if let start = lifeStart(of: job, at: time) { reports.removeAll { $0.time < start } }
    guard let first = reports.first, let last = reports.last else { return nil }
    let stated = statedPauses(of: job, in: TimeSpan(first.time, last.time))
    return StepStatistics(reports, without: stated.map(\.span))
  }
}
