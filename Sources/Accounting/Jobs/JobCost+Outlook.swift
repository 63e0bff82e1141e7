import Quantities
import Telemetry

/// How far a job is, and what the rest of it will take if it goes on as it has.
public struct JobOutlook: Hashable, Sendable {
  /// The step the job is at; `nil` for one that tells none.
  public var step: Double?
  /// The step it will end at; `nil` when it does not say.
  public var stepTotal: Double?
  /// Passes over the data so far; `nil` for a job that tells none.
  public var epoch: Double?
  /// The passes over the data it will make; `nil` when it does not say.
  public var epochTotal: Double?
  /// Steps that are left; `nil` when the job does not say how many there will be.
  public var left: Double? { step.flatMap { step in stepTotal.map { max(0, $0 - step) } } }
  /// Passes over the data that are left; `nil` when the job does not say how many there will be.
  public var epochsLeft: Double? {
    epoch.flatMap { epoch in epochTotal.map { max(0, $0 - epoch) } }
  }
  /// The part that is done, 0...1: of the steps, or else of the epochs.
  public var share: Double? {
    func part(_ done: Double?, _ all: Double?) -> Double? {
      guard let done, let all, all > 0 else { return nil }
      return min(1, done / all)
    }
    return part(step, stepTotal) ?? (step == nil ? part(epoch, epochTotal) : nil)
  }
  /// Seconds to go, evaluations and checkpoints included.
  public var seconds: Double?
  /// Joules to go, evaluations and checkpoints included.
  public var joules: Double?
  /// Grams of CO2 equivalent to go, at the grid's present intensity.
  public var grams: Double?
  /// Tokens so far over twenty times the parameters; at 1 a given number of FLOPs is spent best.
  ///
  /// Hoffmann et al., arXiv:2203.15556.
  public var chinchilla: Double?
  /// Steps done again after a restart.
  public var redone: Double?

  /// An outlook of which nothing is known yet.
  init() {}

  /// The price of the rest, at a price for a kilowatt-hour.
  public func price(perKilowattHour price: Double) -> Double? {
    joules.map { $0 / 3.6e6 * price }
  }
}

extension Ledger {
  /// How far a job's present life is at a time, and what is left; `nil` before its first report.
  public func outlook(of job: DeviceID, at time: Timestamp) -> JobOutlook? {
    guard earlierRun(of: job, at: time) == nil else { return nil }
    let moment = timeline.moment(at: time)
    func now(_ metric: Metric) -> Double? { known(metric, of: job, at: time)?.value }
    /// What holds for all that a job goes on with after it was resumed.
    func lasting(_ metric: Metric) -> Double? {
      guard let known = moment.known(metric, of: job) else { return nil }
      return workStart(of: job, at: time).map { known.time < $0 } ?? false ? nil : known.value
    }
    var outlook = JobOutlook()
    outlook.step = now(.step)
    outlook.epoch = now(.epoch)
    guard outlook.step != nil || outlook.epoch != nil else { return nil }
    // A total that is passed was that of something else, such as of one pass.
    outlook.stepTotal = lasting(.stepTotal).flatMap { $0 >= outlook.step ?? 0 ? $0 : nil }
    outlook.epochTotal = lasting(.epochTotal)
    outlook.redone = lasting(.redoneSteps)
    let shape = timeline.facts(of: job).shape
    if let tokens = now(.tokens), let parameters = shape.parameters {
      outlook.chinchilla = tokens / (20 * parameters)
    }
    let ending = timeline.ending(of: job, at: time)?.cause
    if let ending, ending != .stalled {
      // What has ended has nothing to go.
    } else if outlook.step != nil, let left = outlook.left, left > 0 {
      project(&outlook, left, of: job, at: time)
    } else if outlook.left == nil, let left = outlook.epochsLeft, left > 0 {
      projectEpochs(&outlook, left, of: job, at: time)
    }
    if let joules = outlook.joules, let intensity = gridCourse.state(at: time).intensity {
      outlook.grams = joules / 3.6e6 * intensity
    }
    return outlook
  }

  /// What so many steps take if they go on as the last reports, pauses included.
  private func project(
    _ outlook: inout JobOutlook, _ left: Double, of job: DeviceID, at time: Timestamp
  ) {
    let statistics = stepStatistics(of: job, at: time)
    let recent = cost(of: job, at: time)
    let seconds = statistics?.meanWithPauses ?? recent?.secondsPerStep
    outlook.seconds = seconds.map { $0 * left }
    var joules = recent?.joulesPerStep
    if let statistics, let span = statistics.span {
      joules = cost(of: job, over: span, steps: statistics.steps).joulesPerStep ?? joules
    }
    outlook.joules = joules.map { $0 * left }
  }

  /// What so many epochs take if they go on as those of the present life, pauses included.
  private func projectEpochs(
    _ outlook: inout JobOutlook, _ left: Double, of job: DeviceID, at time: Timestamp
  ) {
    guard timeline.facts(of: job).timing != .none, let id = timeline.id(.epoch, of: job),
      let first = timeline.firstReading(id)
    else { return }
    let since = lifeStart(of: job, at: time)
    let query = WorkQuery(
      job: job, facts: timeline.facts(of: job),
      span: TimeSpan(max(first.time, since ?? first.time), time),
      steps: 0, time: time, since: since, isWithoutPauses: false)
    guard let work = epochWork(query) else {
      outlook.seconds = known(.epochTime, of: job, at: time).map { $0.value * left }
      return
    }
    outlook.seconds = work.perSecond.map { left / $0 }
    let seen = cost(of: job, at: time)?.seenShare ?? 1
    outlook.joules = work.joules(seenShare: seen).map { $0 * left }
  }

  /// What the pauses among a job's last reports took; `nil` when there was none.
  ///
  /// Those that the job tells, since its present life began, up to so many; those that it does not tell,
  /// among so many of its last reports.
  public func pauses(of job: DeviceID, at time: Timestamp, limit: Int = 300) -> PauseAccount? {
    let statistics = stepStatistics(of: job, at: time, limit: limit)
    let since = lifeStart(of: job, at: time)
    let first = Self.progressMetrics.lazy.compactMap { timeline.id($0, of: job) }.compactMap {
      timeline.firstReading($0)?.time
    }.min()
    guard let first else { return nil }
    let begin = max(first, since ?? first)
    guard begin < time else { return nil }
    let stated = statedPauses(of: job, in: TimeSpan(begin, time))
    var account = account(
      of: job, stated.suffix(limit), unnamed: statistics?.pauses ?? [],
      median: statistics?.median ?? 0, since: statistics?.span?.start ?? begin)
    account?.isPart = stated.count > limit
    return account
  }
}
