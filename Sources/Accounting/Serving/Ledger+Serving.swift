import Quantities
import Telemetry

extension Ledger {
  /// The stretches tried for a server's cost, in seconds; the shortest with enough tokens is taken.
  static let servingWindows: [Double] = [10, 15, 20, 30, 45, 60]
  /// Longer stretches, tried where tokens are counted only when requests end, in seconds.
  static let lateServingWindows: [Double] = [90, 120, 180, 300]

  /// Whether a job answers requests and trains nothing: it says so, or counts tokens that it writes or
  /// reads for others.
  ///
  /// One that only counts requests, and does not say that it serves, is no server.
  public func isServer(_ job: DeviceID) -> Bool {
    func tells(_ metric: Metric) -> Bool { timeline.id(metric, of: job) != nil }
    guard ![Metric.step, .tokens, .samples, .epoch].contains(where: tells) else { return false }
    return timeline.facts(of: job).isServing || tells(.outputTokens) || tells(.promptTokens)
  }

  /// The cost of a server's work over the last stretch before a time that is long enough.
  ///
  /// Between 10 and 60 seconds, until 200 output tokens are in it; where they are counted at the
  /// ends of requests up to 300, until it holds five mean requests. `nil` for a job that counts
  /// neither output tokens nor requests.
  public func servingCost(of job: DeviceID, at time: Timestamp) -> ServingCost? {
    memos.servings.answer(.init(device: job, time: time)) { newestServingCost(of: job, at: time) }
  }

  private func newestServingCost(of job: DeviceID, at time: Timestamp) -> ServingCost? {
    guard let metric = servingCounter(of: job, at: time),
      let counter = timeline.id(metric, of: job),
      let last = timeline.moment(at: time).known(metric, of: job),
      let first = timeline.firstReading(counter), first.time < last.time
    else { return nil }
    let isLate = timeline.facts(of: job).countsTokensAtEnd
    var cost: ServingCost?
    for window in Self.servingWindows + (isLate ? Self.lateServingWindows : []) {
      let span = TimeSpan(max(first.time, last.time - window), last.time)
      if let cost, cost.span == span { break }
      let next = servingCost(of: job, over: span, isLate: isLate)
      cost = next
      switch next.shortfall {
      case .tokens, .inputTokens, .late, .quiet: continue
      // Requests are long beside a short stretch.
      case .untold where next.joulesPerRequest == nil: continue
      default: break
      }
      break
    }
    if last.isStale { cost?.shortfall = .silent(last.age) }
    return cost
  }

  /// What a server's work is counted in.
  ///
  /// The tokens it writes; those it reads, if it never wrote one; or requests. `nil` for a job that
  /// counts none of them.
  func servingCounter(of job: DeviceID, at time: Timestamp) -> Metric? {
    let moment = timeline.moment(at: time)
    func value(_ metric: Metric) -> Double? { moment.known(metric, of: job)?.value }
    let writes = value(.outputTokens)
    if writes ?? 0 > 0 { return .outputTokens }
    let isServing =
      timeline.facts(of: job).isServing || timeline.id(.outputTokens, of: job) != nil
      || timeline.id(.requests, of: job) != nil
    if isServing, value(.promptTokens) ?? 0 > 0 { return .promptTokens }
    if writes != nil { return .outputTokens }
    return value(.requests) == nil ? nil : .requests
  }

  /// The cost of a server's work over a span of a recording, from its first count in it to its last.
  ///
  /// `nil` where it counted nothing twice.
  public func servingCost(of job: DeviceID, within span: TimeSpan) -> ServingCost? {
    guard let metric = servingCounter(of: job, at: span.end), let id = timeline.id(metric, of: job),
      let first = timeline.firstReading(id),
      let last = timeline.moment(at: span.end).known(metric, of: job)
    else { return nil }
    let stretch = TimeSpan(max(first.time, span.start), last.time)
    guard stretch.seconds > 0 else { return nil }
    return servingCost(
      of: job, over: stretch, isLate: timeline.facts(of: job).countsTokensAtEnd)
  }

  /// The cost of a server's work over a span, whatever is in it.
  public func servingCost(of job: DeviceID, over span: TimeSpan, isLate: Bool) -> ServingCost {
    func amount(_ metric: Metric) -> Double? {
      timeline.id(metric, of: job).map { timeline.total($0, over: span).amount }
    }
    var cost = ServingCost(
      span: span, outputTokens: amount(.outputTokens) ?? 0, promptTokens: amount(.promptTokens),
      cachedPromptTokens: amount(.cachedPromptTokens), requests: amount(.requests),
      requestTime: amount(.requestTime), energy: jobEnergy(of: job, over: span), isLate: isLate)
    let facts = timeline.facts(of: job)
    cost.abortedRequests = amount(.abortedRequests)
    cost.promptsMayHoldCached = facts.promptsMayHoldCached
    if facts.isFront, facts.gpus.isEmpty {
      cost.absence = ServingCost.elsewhere
    } else if case let others = sharers(of: job, over: span), others > 0 {
      cost.absence = ServingCost.shared(by: others + 1)
      cost.energy = nil
    }
    let counter = servingCounter(of: job, at: span.end) ?? .outputTokens
    cost.measure =
      counter == .promptTokens ? .inputToken : counter == .requests ? .request : .outputToken
    cost.countCoverage =
      timeline.id(counter, of: job).map { timeline.total($0, over: span).coverage } ?? 0
    cost.meanRunning = timeline.id(.requestsRunning, of: job).flatMap {
      timeline.total($0, over: span).mean
    }
    if let prefill = amount(.prefillTime), let decode = amount(.decodeTime) {
      cost.phaseSeconds = ServingCost.Phases(prefill: prefill, decode: decode)
    }
    cost.reportedJoules = amount(.reportedEnergy)
    cost.reportedFLOP = amount(.reportedFLOP)
    cost.idleWatts = servingFloor(of: job, at: span.end)
    cost.shortfall = cost.missing
    return cost
  }

  /// The state of the source that tells of a server, where it is not well; why it says nothing.
  public func servingFault(of job: DeviceID, at time: Timestamp) -> SourceState? {
    let metrics: [Metric] = [.outputTokens, .promptTokens, .requests, .requestsRunning]
    guard let id = metrics.lazy.compactMap({ timeline.id($0, of: job) }).first else { return nil }
    let source = timeline.descriptor(id).provenance.source
    return timeline.states(at: time).first {
      $0.source == source && $0.health != .ok && $0.health != .waiting
    }
  }

  /// How many other servers worked on the same accelerators in a span.
  private func sharers(of job: DeviceID, over span: TimeSpan) -> Int {
    let own = Set(servingAccelerators(of: job).map(\.id))
    return inventory.jobs.count { other in
      let facts = timeline.facts(of: other.id)
      guard other.id != job, facts.isServing, !facts.isFront || !facts.gpus.isEmpty,
        servingAccelerators(of: other.id).contains(where: { own.contains($0.id) })
      else { return false }
      return [Metric.outputTokens, .promptTokens, .requests].contains { metric in
        timeline.id(metric, of: other.id).map { timeline.total($0, over: span).amount > 0 } ?? false
      }
    }
  }

  /// The accelerators of a server: those of its machine, and any it names.
  func servingAccelerators(of job: DeviceID) -> [Device] {
    let names = timeline.facts(of: job).gpus
    return accelerators(of: job).filter {
      $0.id.machine == job.machine || names.contains($0.id.name) || names.contains($0.label)
    }
  }

  /// Seconds without a request from which the power counts as idle power.
  static let quietSeconds = 30.0
  /// Seconds after the last request that are left out, while the accelerators come to rest.
  static let calmSeconds = 5.0

  /// The power while a server has no requests, in watts, as last seen before a time.
  ///
  /// From the last stretch of at least half a minute without a request; where there was none,
  /// the accelerators' own idle floor.
  public func servingFloor(of job: DeviceID, at time: Timestamp) -> Double? {
    if let running = timeline.id(.requestsRunning, of: job),
      let quiet = lastQuiet(running, until: time),
      let energy = jobEnergy(
        of: job, over: TimeSpan(quiet.start + Self.calmSeconds, quiet.end)),
      energy.coverage >= 0.9
    {
      return energy.meanPower
    }
    return idleFloor(of: servingAccelerators(of: job), at: time)
  }

  /// The last stretch of the last hour in which a count stayed zero long enough.
  private func lastQuiet(_ running: Timeline.SeriesID, until time: Timestamp) -> TimeSpan? {
    let gap = timeline.descriptor(running).provenance.patience
    var end: Timestamp?
    var start: Timestamp?
    for reading in timeline.readings(running, in: TimeSpan(time - 3600, time)).reversed() {
      if reading.value == 0, start.map({ $0 - reading.time <= gap }) ?? true {
        start = reading.time
        end = end ?? reading.time
        continue
      }
      if let start, let end, end - start >= Self.quietSeconds { return TimeSpan(start, end) }
      (start, end) = reading.value == 0 ? (reading.time, reading.time) : (nil, nil)
    }
    guard let start, let end, end - start >= Self.quietSeconds else { return nil }
    return TimeSpan(start, end)
  }
}
