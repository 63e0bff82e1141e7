import Quantities
import Telemetry

extension Ledger {
  /// The cost of a job's progress over about the last `seconds` before a time.
  ///
  /// The stretch grows until the number is worth showing: to the time between two reports, and to
  /// fifty steps where steps are short. Energy is taken between the job's own times, each kind of work
  /// over the stretch between its own reports. It is that of the job's accelerators, or of the whole
  /// machine where there are none. `nil` until the job's present life has reported progress twice.
  public func cost(of job: DeviceID, at time: Timestamp, over seconds: Double = 30) -> JobCost? {
    memos.costs.answer(.init(job: job, time: time, extent: seconds)) {
      recentCost(of: job, at: time, over: seconds)
    }
  }

  private func recentCost(
    of job: DeviceID, at time: Timestamp, over seconds: Double
  ) -> JobCost? {
    guard earlierRun(of: job, at: time) == nil else { return nil }
    let statistics = stepStatistics(of: job, at: time)
    let since = lifeStart(of: job, at: time)
    var window = max(seconds, JobCost.leastSeconds)
    if let median = statistics?.median, median < JobCost.shortStep {
      window = max(window, JobCost.leastShortSteps * median)
    }
    func progress(_ metric: Metric) -> (from: Timeline.Report, to: Timeline.Report)? {
      timeline.id(metric, of: job).flatMap {
        timeline.progress($0, at: time, over: window, since: since)
      }
    }
    let steps = progress(.step)
    // What requests of a server cost, `ServingCost` tells.
    let counters: [Metric] = [.tokens, .samples, .epoch] + (isServer(job) ? [] : [.requests])
    let other = counters.lazy.compactMap { progress($0) }
    guard let ends = steps ?? other.first ?? statedEpoch(of: job, at: time) else { return nil }
    var query = WorkQuery(
      job: job, facts: timeline.facts(of: job), span: TimeSpan(ends.from.time, ends.to.time),
      steps: steps.map { max(0, $0.to.value - $0.from.value) } ?? 0, time: time, since: since,
      isWithoutPauses: true)
    let inside = (statistics?.ordinary ?? []).filter { query.span.holds($0.span) }
    query.unnamed = statistics?.pauses ?? []
    var cost = cost(query)
    if cost.seconds < JobCost.leastSeconds || steps != nil && cost.steps <= 0 {
      query.unnamed = []
      cost = self.cost(query)
    }
    if !inside.isEmpty, reportsSteps(job) { cost.medianStep = StepStatistics.median(inside) }
    return cost
  }

  /// The time of the last pass over the data, where it is the only one and the job tells its seconds.
  private func statedEpoch(
    of job: DeviceID, at time: Timestamp
  ) -> (from: Timeline.Report, to: Timeline.Report)? {
    guard let last = known(.epoch, of: job, at: time),
      let took = known(.epochTime, of: job, at: time), took.time == last.time
    else { return nil }
    return ((last.time - took.value, last.value - 1), (last.time, last.value))
  }

  /// The cost of a job over a span between two of its progress readings.
  ///
  /// Pauses are in it, or those that the job tells are left out. What else it counts is taken between
  /// its counts in `room`, which is the span where none is named.
  public func cost(
    of job: DeviceID, over span: TimeSpan, steps: Double, withoutPauses: Bool = false,
    room: TimeSpan? = nil
  ) -> JobCost {
    cost(
      WorkQuery(
        job: job, facts: timeline.facts(of: job), span: span, room: room,
        steps: max(0, steps),
        since: lifeStart(of: job, at: span.start), isWithoutPauses: withoutPauses))
  }

  private func cost(_ whole: WorkQuery) -> JobCost {
    var query = whole
    let (job, span, facts) = (query.job, query.span, query.facts)
    let unnamed = query.unnamedInside
    query.steps = max(0, query.steps - unnamed.reduce(0) { $0 + $1.steps })
    var cost = JobCost(span: span, steps: query.steps)
    cost.isTimed = facts.timing != .none
    let stated = query.isWithoutPauses ? statedPauses(of: job, in: span) : []
    let holes = stated.map(\.span) + unnamed.map(\.span)
    cost.pauses = stated.count + unnamed.count
    cost.pausedSeconds = holes.isEmpty ? 0 : span.seconds(of: holes)
    cost.energy = jobEnergy(of: job, over: span, without: holes)
    cost.wholeEnergy = holes.isEmpty ? cost.energy : jobEnergy(of: job, over: span)
    cost.redone = min(cost.steps, redone(of: job, over: span))
    cost.sampleWork = work(.samples, .sampleRate, query)
    cost.tokenWork = work(.tokens, .tokenRate, query)
    cost.epochWork = epochWork(query)
    if !isServer(job) { cost.requestWork = requestWork(query) }
    if cost.sampleWork == nil, let batch = facts.globalBatch, query.steps > 0 {
      cost.sampleWork = JobWork(
        count: batch * query.steps, span: span, pausedSeconds: cost.pausedSeconds,
        energy: cost.energy, basis: .batches)
    }
    if cost.tokenWork == nil, let length = facts.shape.sequenceLength {
      cost.tokenWork = cost.sampleWork
      cost.tokenWork?.count *= length
    }
    if case .unknown(let reason) = charge(of: job, over: span) { cost.energyAbsence = reason }
    cost.energyDoubt = energyDoubt(of: job, over: span)
    cost.seenShare = seenShare(of: job, facts)
    return cost
  }

  /// Requests that ended between two reports: of the last twenty at least, where so many are known.
  private func requestWork(_ query: WorkQuery) -> JobWork? {
    guard query.time != nil else { return work(.requests, nil, query) }
    var query = query
    var found = work(.requests, nil, query)
    var seconds = query.span.seconds
    for _ in 0..<8 where (found?.count ?? 0) < JobCost.enoughRequests {
      seconds = max(2 * seconds, 60)
      query.span = TimeSpan(last: seconds, endingAt: query.span.end)
      found = work(.requests, nil, query) ?? found
    }
    return found
  }

  /// The share of a job's devices that are on this machine, by the world size it states.
  func seenShare(of job: DeviceID, _ facts: JobFacts) -> Double {
    let own = Double(accelerators(of: job).count)
    guard own > 0, let world = facts.worldSize, world > own else { return 1 }
    return own / world
  }
}

extension TimeSpan {
  /// Whether another stretch lies in it wholly.
  func holds(_ other: TimeSpan) -> Bool { other.start >= start && other.end <= end }
}
