import Quantities
import Telemetry

extension Ledger {
  /// The profile of a job over a span; `nil` while it has not reported twice.
  ///
  /// A job that trains is measured between the first and the last report of its present life in the
  /// span, without the evaluations and checkpoints that it tells; a server, between its counts. A brief
  /// one leaves out what only a comparison needs: stretches, losses, memory. Only one `withCourse` tells
  /// what had been spent and done at each moment.
  public func profile(
    of job: Device, over span: TimeSpan, name: String, isBrief: Bool = false,
    withCourse: Bool = false
  ) -> RunProfile? {
    if isServer(job.id) {
      return servingProfile(
        of: job, over: span, name: name, isBrief: isBrief, withCourse: withCourse)
    }
    let lives = lives(of: job.id, over: span)
    guard let life = lives.last(where: { $0.span.seconds > 0 }) else { return nil }
    let clock = Self.progressMetrics.lazy.compactMap { timeline.id($0, of: job.id) }.first {
      timeline.reading($0, from: life.span.start).map { $0.time <= life.span.end } ?? false
    }
    guard let clock else { return nil }
    let isStep = timeline.descriptor(clock).metric == .step
    let times = reportTimes(clock, in: life.span, since: life.restart)
    guard let first = times.first, let last = times.last, first < last else { return nil }
    let stretch = TimeSpan(first, last)
    let steps = isStep ? grown(clock, over: stretch) : 0
    let cost = cost(of: job.id, over: stretch, steps: steps, withoutPauses: true, room: life.whole)
    var profile = profile(named: name, of: job)
    profile.isTimed = cost.isTimed
    // Rows in their order and no more: how far apart they lie means nothing.
    profile.seconds = cost.isTimed ? stretch.seconds : 0
    profile.works = works(cost)
    profile.redone = cost.redone
    profile.joules = cost.wholeEnergy.flatMap { $0.isKnown ? $0.joules / cost.seenShare : nil }
    if profile.joules != nil, let energy = cost.wholeEnergy { profile.coverage = energy.coverage }
    profile.isModelled = cost.wholeEnergy?.isModelled ?? false
    profile.measure = profile.preferredMeasure
    guard !isBrief else { return profile }
    profile.pauses = account(
      of: job.id, statedPauses(of: job.id, in: stretch), unnamed: [], median: 0, since: first)
    profile.waiting = waiting(of: job.id, over: stretch)
    profile.caveats =
      caveats(of: job.id, over: stretch).map(\.words) + warnings(over: stretch).map(\.words)
    if earlierRun(of: job.id, at: span.end) != nil {
      profile.caveats.insert(EarlierRun.words, at: 0)
    }
    if let caveat = profile.partCaveat { profile.caveats.append(caveat) }
    if lives.count > 1 {
      let began = life.cause == .resumed ? "resumed" : "restarted"
      profile.caveats.append("the last of \(lives.count) runs: it was \(began)")
    }
    describeHardware(&profile, job, stretch)
    let counter: Metric? =
      profile.measure == .token ? .tokens : profile.measure == .sample ? .samples : nil
    profile.losses = losses(.loss, of: job.id, over: stretch, counter, cost, points: 50)
    profile.evaluations = losses(
      .validationLoss, of: job.id, over: stretch, counter, cost, points: 400)
    profile.progressUnit =
      counter.map {
        timeline.id($0, of: job.id) == nil ? "steps" : $0 == .tokens ? "tokens" : "samples"
      }
      ?? (timeline.id(.step, of: job.id) == nil ? "epochs" : "steps")
    profile.blocks = blocks(profile.measure, job.id, times, cost, isStep ? clock : nil)
    if withCourse {
      profile.course = course(
        along: RunWay(of: job.id, to: stretch, in: self, seenShare: cost.seenShare))
    }
    profile.ending = timeline.ending(of: job.id, at: span.end)?.cause
    return profile
  }

  /// All that was done in a stretch, each with the joules of its own part of it.
  private func works(_ cost: JobCost) -> [RunProfile.Measure: RunProfile.Work] {
    func joules(_ energy: EnergyAmount?) -> Double? {
      energy.flatMap { $0.isKnown ? $0.joules / $0.coverage / cost.seenShare : nil }
    }
    func work(_ work: JobWork?) -> RunProfile.Work? {
      work.map {
        .init(count: $0.count, joules: joules($0.energy), seconds: cost.isTimed ? $0.seconds : 0)
      }
    }
    var works: [RunProfile.Measure: RunProfile.Work] = [:]
    if cost.steps > 0 {
      works[.step] = .init(
        count: cost.steps, joules: joules(cost.energy), seconds: cost.isTimed ? cost.seconds : 0)
    }
    works[.token] = work(cost.tokenWork)
    works[.sample] = work(cost.sampleWork)
    works[.epoch] = work(cost.epochWork)
    works[.request] = work(cost.requestWork)
    return works
  }

  /// What a profile says of its job alone.
  func profile(named name: String, of job: Device) -> RunProfile {
    let facts = timeline.facts(of: job.id)
    var profile = RunProfile(name: name)
    profile.job = job.label
    profile.framework = facts.framework
    profile.precision = facts.precision
    profile.parameters = facts.shape.parameters
    profile.vocabulary = facts.shape.vocabulary
    profile.isSimulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    return profile
  }

  private func grown(_ id: Timeline.SeriesID, over span: TimeSpan) -> Double {
    max(0, (timeline.value(id, at: span.end) ?? 0) - (timeline.value(id, at: span.start) ?? 0))
  }

  /// When a series reported something new, its first report included.
  func reportTimes(
    _ id: Timeline.SeriesID, in span: TimeSpan, since: Timestamp?
  ) -> [Timestamp] {
    guard let first = timeline.reading(id, from: span.start), first.time <= span.end else {
      return []
    }
    var times = timeline.changeReports(id, in: span, since: since).map(\.time)
    // When a value that is repeated until it changes began is not known.
    let isLog = timeline.descriptor(id).provenance.method == .log
    if isLog, times.first != first.time { times.insert(first.time, at: 0) }
    return times
  }

  /// Stretches of a run that its noise is judged by, each between two reports of what is measured.
  private func blocks(
    _ measure: RunProfile.Measure, _ job: DeviceID, _ times: [Timestamp], _ cost: JobCost,
    _ steps: Timeline.SeriesID?
  ) -> [RunProfile.Block] {
    let counters: [RunProfile.Measure: Metric] = [
      .token: .tokens, .sample: .samples, .request: .requests,
    ]
    let works: [RunProfile.Measure: JobWork?] = [
      .token: cost.tokenWork, .sample: cost.sampleWork, .epoch: cost.epochWork,
      .request: cost.requestWork,
    ]
    let work = works[measure] ?? nil
    let isCounted = work.map { $0.basis == .counted } ?? false
    let counter = isCounted ? counters[measure].flatMap { timeline.id($0, of: job) } : nil
    let own = counter.flatMap { id in
      work.map { timeline.changeReports(id, in: $0.span).map(\.time) }
    }
    return Self.blocks(own ?? times).compactMap { block in
      let holes = statedPauses(of: job, in: block).map(\.span)
      func energy(_ energy: EnergyAmount?) -> Double? {
        energy.flatMap { $0.isKnown ? $0.joules / $0.coverage / cost.seenShare : nil }
      }
      var count: Double?
      var joules = energy(jobEnergy(of: job, over: block, without: holes))
      if let counter {
        count = timeline.total(counter, over: block).amount
      } else if let steps {
        let done = grown(steps, over: block)
        switch measure {
        case .step: count = done
        case .token, .sample:
          let part = self.cost(of: job, over: block, steps: done, withoutPauses: true)
          let own = measure == .token ? part.tokenWork : part.sampleWork
          count = own?.count
          joules = energy(own?.energy)
        default: count = nil
        }
      }
      guard let count, count > 0, let joules else { return nil }
      return RunProfile.Block(joules: joules, count: count)
    }
  }

  /// At most sixty stretches between reports, none shorter than two seconds.
  static func blocks(_ times: [Timestamp]) -> [TimeSpan] {
    guard let first = times.first, let last = times.last else { return [] }
    let least = max(JobCost.leastSeconds, (last - first) / 60)
    var result: [TimeSpan] = []
    var start = first
    for time in times where time - start >= least {
      result.append(TimeSpan(start, time))
      start = time
    }
    return result
  }

  func describeHardware(_ profile: inout RunProfile, _ job: Device, _ span: TimeSpan) {
    let own = accelerators(of: job.id)
    profile.devices = own.count
    profile.accelerator =
      own.first.map { Accelerator.find($0.model)?.name ?? $0.model } ?? ""
    if let id = timeline.id(.peakMemory, of: job.id), let peak = timeline.value(id, at: span.end) {
      profile.peakMemory = peak * Double(max(1, own.count))
    } else {
      let peaks = own.compactMap { gpu in
        timeline.id(.memoryUsed, of: gpu.id).flatMap { id in
          timeline.curve(id, over: span, columns: 400).compactMap { $0?.high }.max()
        }
      }
      profile.peakMemory = peaks.isEmpty ? nil : peaks.reduce(0, +)
    }
  }
}
