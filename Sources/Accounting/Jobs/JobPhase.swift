import Quantities
import Telemetry

/// A part of a job's time that is no ordinary training, as its log tells.
public struct JobPhase: Hashable, Sendable {
  /// What the time was for.
  public enum Kind: Hashable, Sendable {
    /// The first step took so many seconds, so many times as long as those after it.
    case warmUp(seconds: Double, times: Double)
    /// The job says that it evaluated, and how long.
    case evaluation
    /// The job says what came of an evaluation, and not how long it took.
    case evaluated(loss: Double)
    /// The job says that it wrote a checkpoint.
    case checkpoint
  }

  /// The job.
  public var job: DeviceID
  /// What the time was for.
  public var kind: Kind
  /// From its beginning to its end.
  public var span: TimeSpan

  /// What it was, in words: `evaluation of 12.0 s`.
  public var words: String {
    let length = SI.duration(span.seconds)
    return switch kind {
    case .warmUp(let seconds, let times):
      "warm-up: a first step of \(SI.duration(seconds)), \(SI.twoDigits(times)) times as long as "
        + "the next ones"
    case .evaluation: "evaluation of \(length)"
    case .evaluated(let loss): "evaluation: validation loss \(SI.significant(loss, digits: 4))"
    case .checkpoint: "checkpoint of \(length)"
    }
  }
}

extension Ledger {
  /// How many times as long as the next ones a first step must be to be a warm-up.
  private static let warmUpTimes = 3.0
  /// How many later steps must be told for that.
  private static let leastLaterSteps = 5

  /// The evaluations, checkpoints and slow first steps that jobs tell the time of, oldest first.
  ///
  /// What a log does not tell the seconds of has no length: they are not guessed.
  public func phases(over span: TimeSpan) -> [JobPhase] {
    inventory.jobs.filter { !isServer($0.id) && !timeline.facts(of: $0.id).isHistory }
      .flatMap { job -> [JobPhase] in
        let pauses = statedPauses(of: job.id, in: span).compactMap { pause -> JobPhase? in
          switch pause.kind {
          case .evaluation: JobPhase(job: job.id, kind: .evaluation, span: pause.span)
          case .checkpoint: JobPhase(job: job.id, kind: .checkpoint, span: pause.span)
          case .unnamed: nil
          }
        }
        return pauses + evaluations(of: job.id, over: span, without: pauses)
          + warmUps(of: job.id, over: span)
      }.sorted { $0.span.start < $1.span.start }
  }

  /// The joules that a phase took; `nil` where they are not known for most of it.
  public func joules(of phase: JobPhase) -> Double? {
    guard phase.span.seconds > 0 else { return nil }
    return jobEnergy(of: phase.job, over: phase.span).flatMap { $0.isKnown ? $0.joules : nil }
  }

  /// The validation losses that a job told, where it does not tell the seconds of its evaluations.
  private func evaluations(
    of job: DeviceID, over span: TimeSpan, without pauses: [JobPhase]
  ) -> [JobPhase] {
    guard let id = timeline.id(.validationLoss, of: job), timeline.facts(of: job).timing != .none
    else { return [] }
    let isLog = timeline.descriptor(id).provenance.method == .log
    let reports = isLog ? timeline.reports(id, in: span) : timeline.changeReports(id, in: span)
    let isTimed = pauses.contains { $0.kind == .evaluation }
    return isTimed
      ? []
      : reports.filter(\.value.isFinite).map { report in
        JobPhase(
          job: job, kind: .evaluated(loss: report.value), span: TimeSpan(report.time, report.time))
      }
  }

  /// The first step of each life that its log tells the time of, where it took far longer than the next
  /// ones.
  private func warmUps(of job: DeviceID, over span: TimeSpan) -> [JobPhase] {
    guard let id = timeline.id(.stepTime, of: job), timeline.id(.step, of: job) != nil,
      timeline.descriptor(id).provenance.method == .log,
      timeline.facts(of: job).timing != .none, let oldest = timeline.firstReading(id)
    else { return [] }
    let begins = restarts(of: job).filter { $0.cause == .restarted }.map(\.time)
    return ([oldest.time] + begins.filter { $0 > oldest.time }).compactMap { start in
      // One that was seen from the middle of its way on has no first step.
      guard let first = timeline.reading(id, from: start), first.value >= 1,
        isFirst(of: job, at: first.time)
      else { return nil }
      let later = timeline.reports(
        id, in: TimeSpan(first.time, first.time + max(60, 10 * first.value))
      ).dropFirst().prefix(400).map(\.value).filter { $0 > 0 }.sorted()
      guard later.count >= Self.leastLaterSteps else { return nil }
      let times = first.value / later[later.count / 2]
      guard times >= Self.warmUpTimes else { return nil }
      let part = TimeSpan(first.time - first.value, first.time)
      // It may have begun before anything was read.
      let inside = part.intersection(span) ?? TimeSpan(first.time, first.time)
      return JobPhase(
        job: job, kind: .warmUp(seconds: first.value, times: times), span: inside)
    }
  }

  /// Whether the report at a time is of the very first step that a life did: the log begins at step 0
  /// or 1, and the time of more steps together is not told.
  private func isFirst(of job: DeviceID, at time: Timestamp) -> Bool {
    guard let id = timeline.id(.step, of: job), let step = timeline.reading(id, at: time) else {
      return false
    }
    return step.value <= 1
  }
}
