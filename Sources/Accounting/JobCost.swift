import Quantities
import Telemetry

/// What a job's progress cost over its last stretch.
public struct JobCost: Hashable, Sendable {
  /// The stretch between two progress readings the cost is taken over.
  public var span: TimeSpan
  public var steps: Double
  /// Tokens in the stretch, if the job tells.
  public var tokens: Double?
  /// Energy in the stretch, if anything tells.
  public var energy: EnergyAmount?

  /// Joules for one step; `nil` without energy or steps.
  public var joulesPerStep: Double? {
    guard let energy, steps > 0, isEnough else { return nil }
    return energy.joules / steps
  }

  /// Joules for one token; `nil` without energy or tokens.
  public var joulesPerToken: Double? {
    guard let energy, let tokens, tokens > 0, isEnough else { return nil }
    return energy.joules / tokens
  }

  public var tokensPerSecond: Double? {
    tokens.flatMap { span.seconds > 0 ? $0 / span.seconds : nil }
  }

  public var secondsPerStep: Double? { steps > 0 ? span.seconds / steps : nil }

  /// Less than a second, or energy known for under nine tenths of it, is not worth a number.
  public var isEnough: Bool { span.seconds >= 1 && (energy?.coverage ?? 0) >= 0.9 }
}

extension Ledger {
  /// The cost of a job's progress over about the last `seconds` before a time.
  ///
  /// Charged is what the accelerators drew, or the whole machine where there are none. `nil`
  /// until the job has said twice how far it is.
  public func cost(of job: DeviceID, at time: Timestamp, over seconds: Double = 30) -> JobCost? {
    guard let step = timeline.id(.step, of: job),
      let progress = timeline.progress(step, at: time, over: seconds)
    else { return nil }
    let span = TimeSpan(progress.from.time, progress.to.time)
    return cost(of: job, over: span, steps: progress.to.value - progress.from.value)
  }

  /// The cost of a job over a span between two of its progress readings.
  public func cost(of job: DeviceID, over span: TimeSpan, steps: Double) -> JobCost {
    var tokens: Double?
    if let counter = timeline.id(.tokens, of: job) {
      tokens = timeline.total(counter, over: span).amount
    } else if let rate = timeline.id(.tokenRate, of: job) {
      let total = timeline.total(rate, over: span)
      tokens = total.mean.map { $0 * span.seconds }
    }
    return JobCost(
      span: span, steps: max(0, steps), tokens: tokens, energy: jobEnergy(over: span))
  }

  /// The energy charged to a job: that of the accelerators, else of all that is known.
  public func jobEnergy(over span: TimeSpan) -> EnergyAmount? {
    timeline.energy(of: inventory.gpus, over: span) ?? energy(over: span)
  }
}
