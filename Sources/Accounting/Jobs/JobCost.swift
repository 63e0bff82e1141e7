import Quantities
import Telemetry

/// What a job's progress cost over its last stretch.
public struct JobCost: Hashable, Sendable {
  /// The stretch between two progress readings the cost is taken over.
  public var span: TimeSpan
  /// Optimizer steps in the stretch.
  public var steps: Double
  /// Tokens in the stretch, if the job counts them.
  public var tokens: Double?
  /// Samples in the stretch, if the job counts them.
  public var samples: Double?
  /// Energy in the stretch, if anything measures it.
  public var energy: EnergyAmount?
  /// Why there is no energy, as the rest of a sentence.
  public var energyAbsence: String?
  /// The share of the job's devices that are on this machine; less than 1 for a job on several.
  public var seenShare = 1.0
  /// Evaluations, checkpoints and the like inside the stretch: their time and energy are not in the
  /// figures above.
  public var pauses = 0
  /// Seconds of the stretch that the pauses took.
  public var pausedSeconds = 0.0
  /// The median time of the steps in the stretch, in seconds.
  public var medianStep: Double?
  /// How far the energy may be from the truth, in joules; `nil` where that is not known.
  public var energyDoubt: Double?
  /// Whether the times of the job's reports are known; without them nothing per time is, and no
  /// energy.
  public var isTimed = true

  /// The cost of a stretch without pauses.
  public init(
    span: TimeSpan, steps: Double, tokens: Double? = nil, samples: Double? = nil,
    energy: EnergyAmount? = nil
  ) {
    self.span = span
    self.steps = steps
    self.tokens = tokens
    self.samples = samples
    self.energy = energy
  }

  /// Seconds of the stretch without its pauses.
  public var seconds: Double { max(0, span.seconds - pausedSeconds) }

  /// Joules for one step; `nil` without energy or steps.
  public var joulesPerStep: Double? { joules(per: steps) }
  /// Joules for one token; `nil` without energy or tokens.
  public var joulesPerToken: Double? { joules(per: tokens) }
  /// Joules for one sample; `nil` without energy or samples.
  public var joulesPerSample: Double? { joules(per: samples) }
  /// Tokens that a kilowatt-hour buys.
  public var tokensPerKilowattHour: Double? { joulesPerToken.map { 3.6e6 / $0 } }

  private func joules(per count: Double?) -> Double? {
    guard let energy, let count, count > 0, energy.joules > 0, isEnough else { return nil }
    // The devices seen here did their share of the work, and what was done while their energy was
    // not known took as much as the rest.
    return energy.joules / (count * seenShare * energy.coverage)
  }

  /// Tokens a second, pauses left out.
  public var tokensPerSecond: Double? { tokens.flatMap { perSecond($0) } }
  /// Samples a second, pauses left out.
  public var samplesPerSecond: Double? { samples.flatMap { perSecond($0) } }
  /// The mean seconds of a step, pauses left out.
  public var secondsPerStep: Double? { steps > 0 && isTimed ? seconds / steps : nil }

  private func perSecond(_ count: Double) -> Double? {
    seconds > 0 && isTimed ? count / seconds : nil
  }

  /// The relative error of the joules of a step: one step of the stretch, and that of the energy;
  /// `nil` where that is not known.
  public var uncertainty: Double? {
    guard steps > 0, let energyDoubt, let joules = energy?.joules, joules > 0 else { return nil }
    return 1 / steps + energyDoubt / joules
  }

  /// Whether the stretch is long enough for a cost to be stated.
  public var isEnough: Bool { shortfall == nil }

  /// A counter moves every 20 to 100 ms, so less than this is mostly its jitter.
  static let leastSeconds = 2.0
  /// Steps shorter than this are taken at least fifty at a time.
  static let shortStep = 0.1
  static let leastShortSteps = 50.0

  /// Why nothing per time is known of a job, in words.
  public static let untimed = "the log has no times"

  /// Why no cost is stated, in words; `nil` when the stretch is long enough.
  public var shortfall: String? {
    if !isTimed { return Self.untimed }
    if seconds < Self.leastSeconds {
      return "not enough yet: \(SI.significant(seconds, digits: 2)) s of progress, 2 s are needed"
    }
    if steps > 0, seconds / steps < Self.shortStep, steps < Self.leastShortSteps {
      return "not enough yet: \(SI.count(steps)) short steps, 50 are needed"
    }
    guard let energy else { return energyAbsence ?? "nothing here tells its power" }
    if energy.coverage < 0.9 {
      return "energy is known for only \(SI.percent(energy.coverage)) % of the stretch"
    }
    return nil
  }
}

extension Ledger {
  /// The cost of a job's progress over about the last `seconds` before a time.
  ///
  /// The stretch grows until the number is worth showing: to the time between two reports, and to
  /// fifty steps where steps are short. Energy is taken between the job's own times. It is that of
  /// the job's accelerators, or of the whole machine where there are none. `nil` until the job has
  /// reported progress twice.
  public func cost(of job: DeviceID, at time: Timestamp, over seconds: Double = 30) -> JobCost? {
    memos.costs.answer(.init(job: job, time: time, extent: seconds)) {
      recentCost(of: job, at: time, over: seconds)
    }
  }

  private func recentCost(
    of job: DeviceID, at time: Timestamp, over seconds: Double
  ) -> JobCost? {
    let statistics = stepStatistics(of: job, at: time)
    var window = max(seconds, JobCost.leastSeconds)
    if let median = statistics?.median, median < JobCost.shortStep {
      window = max(window, JobCost.leastShortSteps * median)
    }
    guard let step = timeline.id(.step, of: job),
      let progress = timeline.progress(step, at: time, over: window)
    else { return nil }
    let span = TimeSpan(progress.from.time, progress.to.time)
    var whole = cost(of: job, over: span, steps: progress.to.value - progress.from.value)
    let inside = (statistics?.ordinary ?? []).filter {
      $0.span.start >= span.start && $0.span.end <= span.end
    }
    if !inside.isEmpty, reportsSteps(job) { whole.medianStep = StepStatistics.median(inside) }
    let pauses = (statistics?.pauses ?? []).filter {
      $0.span.start >= span.start && $0.span.end <= span.end
    }
    guard !pauses.isEmpty else { return whole }
    let rest = pauses.reduce(whole) { rest, pause in
      rest.without(cost(of: job, over: pause.span, steps: pause.steps))
    }
    return rest.seconds >= JobCost.leastSeconds && rest.steps > 0 ? rest : whole
  }

  /// The cost of a job over a span between two of its progress readings, pauses included.
  public func cost(of job: DeviceID, over span: TimeSpan, steps: Double) -> JobCost {
    let facts = timeline.facts(of: job)
    var cost = JobCost(span: span, steps: max(0, steps))
    cost.isTimed = facts.timing != .none
    cost.samples = amount(.samples, .sampleRate, of: job, facts, factor: 1, over: span)
    cost.tokens = amount(
      .tokens, .tokenRate, of: job, facts, factor: facts.rateFactor, over: span)
    if cost.samples == nil { cost.samples = facts.globalBatch.map { $0 * cost.steps } }
    if cost.tokens == nil, let samples = cost.samples, let length = facts.shape.sequenceLength {
      cost.tokens = samples * length
    }
    cost.energy = jobEnergy(of: job, over: span)
    if case .unknown(let reason) = charge(of: job, over: span) { cost.energyAbsence = reason }
    cost.energyDoubt = energyDoubt(of: job, over: span)
    cost.seenShare = seenShare(of: job, facts)
    return cost
  }

  /// How many a job counted over a span, or else the integral of its rate, over all its devices.
  ///
  /// `factor` is what the rate must be multiplied by; samples a second are those of all devices.
  private func amount(
    _ counter: Metric, _ rate: Metric, of job: DeviceID, _ facts: JobFacts, factor: Double?,
    over span: TimeSpan
  ) -> Double? {
    if let id = timeline.id(counter, of: job) { return timeline.total(id, over: span).amount }
    guard facts.timing != .none, let id = timeline.id(rate, of: job), let factor
    else { return nil }
    return timeline.total(id, over: span).mean.map { $0 * span.seconds * factor }
  }

  /// The share of a job's devices that are on this machine, by the world size it states.
  private func seenShare(of job: DeviceID, _ facts: JobFacts) -> Double {
    let own = Double(accelerators(of: job).count)
    guard own > 0, let world = facts.worldSize, world > own else { return 1 }
    return own / world
  }
}

extension JobCost {
  /// The cost less that of a pause inside the stretch.
  func without(_ pause: JobCost) -> JobCost {
    var rest = self
    rest.steps -= pause.steps
    rest.tokens = tokens.map { max(0, $0 - (pause.tokens ?? 0)) }
    rest.samples = samples.map { max(0, $0 - (pause.samples ?? 0)) }
    if var energy = rest.energy, let other = pause.energy {
      energy.joules -= other.joules
      energy.covered = max(0, energy.covered - other.covered)
      energy.asked = max(0, energy.asked - other.asked)
      energy.deviceSeconds = (
        max(0, energy.deviceSeconds.covered - other.deviceSeconds.covered),
        max(0, energy.deviceSeconds.asked - other.deviceSeconds.asked)
      )
      rest.energy = energy
    }
    rest.pauses += 1
    rest.pausedSeconds += pause.span.seconds
    return rest
  }
}
