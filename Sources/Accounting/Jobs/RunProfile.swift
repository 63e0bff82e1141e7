import Quantities
import Telemetry

/// The energy, time and progress of a run of a job, to be compared with another run's.
public struct RunProfile: Hashable, Sendable {
  /// A stretch of the run; differences between runs are compared with those between stretches.
  public struct Block: Hashable, Sendable {
    /// The energy of the stretch in joules.
    public var joules: Double
    /// How many of the measure were done in it.
    public var count: Double

    /// A stretch with its energy and its progress.
    public init(joules: Double, count: Double) {
      self.joules = joules
      self.count = count
    }
  }

  /// What the cost is divided by.
  public enum Measure: String, Sendable, Hashable {
    case token, outputToken = "output token", sample, step
  }

  /// A loss after so many tokens, or steps where tokens are not known.
  public struct LossPoint: Hashable, Sendable {
    /// Tokens or steps before the report, as `progressUnit` says.
    public var progress: Double
    /// The loss that was reported.
    public var loss: Double
    /// The energy from the first report of progress until then, in joules, if it is known.
    public var joules: Double?
  }

  /// What people call the run: its file's name, or "this run".
  public var name: String
  /// The name of the job.
  public var job = ""
  /// The framework or server; empty when it is not known.
  public var framework = ""
  /// The precision of its matrix products, if the job says.
  public var precision: Precision?
  /// The number of parameters of its model, if the job says.
  public var parameters: Double?
  /// The product name of its accelerators.
  public var accelerator = ""
  /// How many accelerators it ran on.
  public var devices = 0
  /// The length of the measured part in seconds, pauses included.
  public var seconds = 0.0
  /// Optimizer steps in the measured part.
  public var steps = 0.0
  /// Tokens in the measured part, if the job counts them.
  public var tokens: Double?
  /// Samples in the measured part, if the job counts them.
  public var samples: Double?
  /// The energy of the measured part in joules, if anything measured it.
  public var joules: Double?
  /// Whether any of the energy is modelled and not measured.
  public var isModelled = false
  /// Whether the run was made up for demonstration.
  public var isSimulated = false
  /// What is doubtful about its energy, in words.
  public var caveats: [String] = []
  /// Whether the times of the run's reports are known.
  public var isTimed = true
  /// The losses that were reported, in order of progress.
  public var losses: [LossPoint] = []
  /// The losses on data that was kept apart, in order of progress.
  public var evaluations: [LossPoint] = []
  /// What the progress of `losses` counts: tokens, samples or steps.
  public var progressUnit = "steps"
  /// The most bytes in use on all accelerators together.
  public var peakMemory: Double?
  /// What `blocks` count.
  public var measure = Measure.step
  /// At most sixty stretches of the run that noise is judged by.
  public var blocks: [Block] = []

  /// A profile of which only the name is known.
  public init(name: String) { self.name = name }

  /// Joules for one step; `nil` without energy or steps.
  public var joulesPerStep: Double? { ratio(joules, steps) }
  /// Joules for one token; `nil` without energy or tokens.
  public var joulesPerToken: Double? { ratio(joules, tokens) }
  /// Joules for one sample; `nil` without energy or samples.
  public var joulesPerSample: Double? { ratio(joules, samples) }
  /// Tokens a second, pauses included.
  public var tokensPerSecond: Double? { ratio(tokens, seconds) }
  /// Seconds for one step, pauses included.
  public var secondsPerStep: Double? { ratio(seconds, steps) }
  /// The mean power in watts.
  public var meanPower: Double? { ratio(joules, seconds) }

  /// Joules for one token, sample or step.
  public func joules(per measure: Measure) -> Double? {
    switch measure {
    // A server's token is never set against one of training.
    case .token: self.measure == .outputToken ? nil : joulesPerToken
    case .outputToken: self.measure == .outputToken ? joulesPerToken : nil
    case .sample: joulesPerSample
    case .step: joulesPerStep
    }
  }

  private func ratio(_ amount: Double?, _ count: Double?) -> Double? {
    guard let amount, let count, count > 0, amount > 0 else { return nil }
    return amount / count
  }

  /// The loss after so much progress, between reports by straight line; `nil` outside of them.
  public func loss(at progress: Double) -> Double? {
    guard let after = losses.firstIndex(where: { $0.progress >= progress }) else { return nil }
    let right = losses[after]
    guard after > 0 else { return right.progress == progress ? right.loss : nil }
    let left = losses[after - 1]
    let share = (progress - left.progress) / (right.progress - left.progress)
    return left.loss + share * (right.loss - left.loss)
  }
}

extension Ledger {
  /// The profile of a job over a span; `nil` while it has not reported twice.
  ///
  /// A job that reports steps is measured between its first and its last report in the span, with
  /// all its pauses; one that only counts what it serves, between those counts. A brief one leaves
  /// out what only a comparison needs: stretches, losses, memory.
  public func profile(
    of job: Device, over span: TimeSpan, name: String, isBrief: Bool = false
  ) -> RunProfile? {
    let serving = timeline.id(.outputTokens, of: job.id)
    guard let clock = timeline.id(.step, of: job.id) ?? serving else { return nil }
    let isServing = timeline.id(.step, of: job.id) == nil
    let times = reportTimes(clock, in: span)
    guard let first = times.first, let last = times.last, first < last else { return nil }
    let stretch = TimeSpan(first, last)
    func progress(_ span: TimeSpan) -> Double {
      isServing
        ? timeline.total(clock, over: span).amount
        : max(
          0,
          (timeline.value(clock, at: span.end) ?? 0) - (timeline.value(clock, at: span.start) ?? 0))
    }
    let cost = cost(of: job.id, over: stretch, steps: isServing ? 0 : progress(stretch))
    let facts = timeline.facts(of: job.id)
    var profile = RunProfile(name: name)
    profile.job = job.label
    profile.framework = facts.framework
    profile.precision = facts.precision
    profile.parameters = facts.shape.parameters
    profile.isTimed = cost.isTimed
    // Rows in their order and no more: how far apart they lie means nothing.
    profile.seconds = cost.isTimed ? stretch.seconds : 0
    profile.steps = cost.steps
    profile.tokens = isServing ? progress(stretch) : cost.tokens
    profile.samples = cost.samples
    if let energy = cost.energy, energy.coverage >= 0.9 {
      profile.joules = energy.joules / cost.seenShare
    }
    profile.isModelled = cost.energy?.isModelled ?? false
    profile.isSimulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    profile.measure =
      isServing
      ? .outputToken
      : profile.tokens ?? 0 > 0 ? .token : profile.samples ?? 0 > 0 ? .sample : .step
    guard !isBrief else { return profile }
    profile.caveats =
      caveats(of: job.id, over: stretch).map(\.words) + warnings(over: stretch).map(\.words)
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
      ?? "steps"
    profile.blocks = blocks(times).compactMap { block in
      guard let energy = jobEnergy(of: job.id, over: block), energy.coverage >= 0.9 else {
        return nil
      }
      let count: Double?
      switch profile.measure {
      case .outputToken, .step: count = progress(block)
      case .sample: count = self.cost(of: job.id, over: block, steps: progress(block)).samples
      default: count = self.cost(of: job.id, over: block, steps: progress(block)).tokens
      }
      guard let count, count > 0 else { return nil }
      return RunProfile.Block(joules: energy.joules / cost.seenShare, count: count)
    }
    return profile
  }

  /// When a series reported something new, its first report included.
  private func reportTimes(_ id: Timeline.SeriesID, in span: TimeSpan) -> [Timestamp] {
    guard let first = timeline.firstReading(id), first.time <= span.end else { return [] }
    let from = max(first.time, span.start)
    let changes = timeline.changes(id, in: TimeSpan(from, span.end))
    // When a value that is repeated until it changes began is not known.
    let isLog = timeline.descriptor(id).provenance.method == .log
    return (isLog && from == first.time ? [from] : []) + changes.filter { $0 > from }
  }

  /// At most sixty stretches between reports, none shorter than two seconds.
  private func blocks(_ times: [Timestamp]) -> [TimeSpan] {
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

  private func describeHardware(_ profile: inout RunProfile, _ job: Device, _ span: TimeSpan) {
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
