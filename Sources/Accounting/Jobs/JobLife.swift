import Quantities
import Telemetry

/// A run of a job from its beginning, or from a restart, to the next restart.
public struct JobLife: Hashable, Sendable {
  /// When it began anew or went on; `nil` for the first.
  public var restart: Timestamp?
  /// Whether it began anew (`.restarted`) or went on from an earlier step (`.resumed`).
  public var cause: Event.Cause?
  /// From its first step to the last one that it told, or else from the first report of what it counts
  /// to the last that told something new.
  public var span: TimeSpan
  /// From its first report of any progress to the last, and to the end of an evaluation or a checkpoint
  /// after it, where the job tells its seconds.
  public var whole: TimeSpan
  /// The step of its first report; `nil` where it tells none.
  public var firstStep: Double?
  /// The step of its last report; `nil` where it tells none.
  public var lastStep: Double?
  /// Steps done between those two, whether or not an earlier life did them too.
  public var steps: Double
  /// How many of these an earlier life had done already.
  public var redone: Double
}

/// A run that is over, or was over before anyone looked: nothing of it is of the present.
public struct EarlierRun: Hashable, Sendable {
  /// The last step it told.
  public var step: Double?
  /// The step it was to end at.
  public var stepTotal: Double?
  /// The last epoch it told.
  public var epoch: Double?
  /// The time of its last report.
  public var time: Timestamp

  /// What is said of it wherever something of the present is missed.
  public static let words = "an earlier run's history"

  /// How far it had come, in words: `last step 700 of 2000`.
  public var progress: String {
    if let step {
      return "last step \(SI.count(step))" + (stepTotal.map { " of \(SI.count($0))" } ?? "")
    }
    return epoch.map { "last epoch \(SI.significant($0))" } ?? ""
  }
}

extension Ledger {
  /// What tells that a job makes progress, in the order it is preferred.
  public static let progressMetrics: [Metric] = [
    .step, .tokens, .samples, .epoch, .outputTokens, .requests, .loss,
  ]

  /// When a job began anew or went on from an earlier step, in order of time.
  func restarts(of job: DeviceID) -> [Event] {
    memos.restarts.answer(job) {
      var restarts: [Event] = []
      for event in timeline.events
      where event.device == job && (event.cause == .restarted || event.cause == .resumed) {
        var restart = event
        restart.time = fall(of: job, before: event.time, after: restarts.last?.time) ?? event.time
        // That a program began is known before the step at which it goes on.
        if event.cause == .resumed, let last = restarts.last, last.cause == .restarted,
          !hasSteps(job, from: last.time, until: restart.time)
        {
          restarts[restarts.count - 1].cause = .resumed
        }
        restarts.append(restart)
      }
      return restarts
    }
  }

  /// Whether a job told steps from a time on, before another.
  private func hasSteps(_ job: DeviceID, from: Timestamp, until: Timestamp) -> Bool {
    guard let id = timeline.id(.step, of: job), let first = timeline.reading(id, from: from) else {
      return false
    }
    return first.time < until
  }

  /// How far before the word of a restart its first rows may lie, in seconds.
  private static let burst = 60.0

  /// When a job's step went back shortly before a restart was told of: many rows that were read at once
  /// lie before the time at which they were.
  private func fall(
    of job: DeviceID, before time: Timestamp, after last: Timestamp?
  ) -> Timestamp? {
    guard let id = timeline.id(.step, of: job) else { return nil }
    let rows = timeline.readings(
      id, in: TimeSpan(max(time - Self.burst, last ?? time - Self.burst), time))
    return rows.indices.dropFirst().last { rows[$0].value < rows[$0 - 1].value }.map {
      rows[$0].time
    }
  }

  /// When the present life of a job began; `nil` for a job that was never restarted.
  public func lifeStart(of job: DeviceID, at time: Timestamp) -> Timestamp? {
    restarts(of: job).last { $0.time <= time }?.time
  }

  /// When a job last began anew; resuming goes on with the same work.
  public func workStart(of job: DeviceID, at time: Timestamp) -> Timestamp? {
    restarts(of: job).last { $0.time <= time && $0.cause == .restarted }?.time
  }

  /// What a job's present life last said of a metric; `nil` where only an earlier one did.
  public func known(_ metric: Metric, of job: DeviceID, at time: Timestamp) -> Known? {
    guard let known = timeline.moment(at: time).known(metric, of: job) else { return nil }
    if let start = lifeStart(of: job, at: time), known.time < start { return nil }
    return known
  }

  /// The run that all of a job's reports are of, where none of them is of the present.
  ///
  /// So it is after a restart until the first report, and of a log that had ended before anyone
  /// looked. A server's counts go on over its restarts.
  public func earlierRun(of job: DeviceID, at time: Timestamp) -> EarlierRun? {
    guard !isServer(job) else { return nil }
    let moment = timeline.moment(at: time)
    let reports = Self.progressMetrics.compactMap { moment.known($0, of: job) }
    guard let last = reports.map(\.time).max() else { return nil }
    if !timeline.facts(of: job).isHistory {
      guard let start = lifeStart(of: job, at: time), last < start else { return nil }
    }
    let step = moment.known(.step, of: job)?.value
    return EarlierRun(
      step: step,
      stepTotal: moment.known(.stepTotal, of: job).flatMap {
        $0.value >= step ?? 0 ? $0.value : nil
      },
      epoch: moment.known(.epoch, of: job)?.value, time: last)
  }

  /// The lives of a job that told progress in a span, oldest first.
  public func lives(of job: DeviceID, over span: TimeSpan) -> [JobLife] {
    let starts = restarts(of: job).filter { $0.time <= span.end }
    var lives: [JobLife] = []
    var highest: Double?
    for place in -1..<starts.count {
      let event = place >= 0 ? starts[place] : nil
      let from = max(span.start, event?.time ?? span.start)
      let next = place + 1 < starts.count ? starts[place + 1].time : nil
      // A report at the very time of the next restart is that one's.
      let to = next.map { min(span.end, Timestamp(nanoseconds: $0.nanoseconds &- 1)) } ?? span.end
      if event?.cause == .restarted { highest = nil }
      guard from <= to, var life = life(of: job, in: TimeSpan(from, to)) else { continue }
      life.restart = event?.time
      life.cause = event?.cause
      life.redone = redone(of: job, in: life, highest)
      highest = [highest, life.lastStep].compactMap { $0 }.max()
      lives.append(life)
    }
    return lives
  }

  private func life(of job: DeviceID, in room: TimeSpan) -> JobLife? {
    var span: TimeSpan?
    var steps: (from: Double, to: Double)?
    var all: TimeSpan?
    for metric in Self.progressMetrics {
      guard let id = timeline.id(metric, of: job),
        let first = timeline.reading(id, from: room.start), first.time <= room.end
      else { continue }
      var reports = timeline.changeReports(id, in: room, since: room.start)
      // In a log the first report is one even where it is repeated.
      if timeline.descriptor(id).provenance.method == .log, reports.first?.time != first.time {
        reports.insert(first, at: 0)
      }
      guard let from = reports.first, let to = reports.last else { continue }
      let own = TimeSpan(from.time, to.time)
      all = all.map { TimeSpan(min($0.start, own.start), max($0.end, own.end)) } ?? own
      if metric == .step {
        steps = (from.value, to.value)
        span = own
      }
    }
    guard let all else { return nil }
    let pauses = statedPauses(of: job, in: TimeSpan(all.start, room.end))
    let end = max(all.end, pauses.last?.span.end ?? all.end)
    return JobLife(
      span: span ?? all, whole: TimeSpan(all.start, end), firstStep: steps?.from,
      lastStep: steps?.to,
      steps: steps.map { max(0, $0.to - $0.from) } ?? 0, redone: 0)
  }

  /// How many steps of a life were done before: those up to the highest step of the lives it goes on
  /// from, and no fewer than the job tells.
  ///
  /// What the job tells grows late where many rows are read at once.
  private func redone(of job: DeviceID, in life: JobLife, _ highest: Double?) -> Double {
    var redone = redone(of: job, over: life.span)
    if let highest, let first = life.firstStep, let last = life.lastStep {
      redone = max(redone, min(highest, last) - first)
    }
    return min(life.steps, max(0, redone))
  }

  /// Steps that a job did once more in a span, as it counts them; before the first word of them there
  /// were none.
  func redone(of job: DeviceID, over span: TimeSpan) -> Double {
    guard let id = timeline.id(.redoneSteps, of: job) else { return 0 }
    let until = timeline.reading(id, at: span.end)?.value ?? 0
    let before = timeline.reading(id, at: span.start)?.value ?? 0
    // Counted anew since the job began anew.
    return max(0, until >= before ? until - before : until)
  }
}
