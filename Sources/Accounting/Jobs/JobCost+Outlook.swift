import Quantities
import Telemetry

/// How far a job is, and what the rest of it will take if it goes on as it has.
public struct JobOutlook: Hashable, Sendable {
  /// The step the job is at.
  public var step: Double
  /// The step it will end at; `nil` when it does not say.
  public var stepTotal: Double?
  /// Steps that are left; `nil` when the job does not say how many there will be.
  public var left: Double? { stepTotal.map { max(0, $0 - step) } }
  /// The part that is done, 0...1.
  public var share: Double? { stepTotal.flatMap { $0 > 0 ? min(1, step / $0) : nil } }
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

  /// The price of the rest, at a price for a kilowatt-hour.
  public func price(perKilowattHour price: Double) -> Double? {
    joules.map { $0 / 3.6e6 * price }
  }
}

/// What a job spent on pauses between steps: evaluations, checkpoints and the like.
public struct PauseAccount: Hashable, Sendable {
  /// How many pauses there were.
  public var count: Int
  /// Seconds the pauses took beyond the time of their steps.
  public var seconds: Double
  /// Joules drawn in those seconds: of each pause's energy the share that is its extra time.
  public var joules: Double?
  /// The time of the first report that was looked at.
  public var since: Timestamp
}

extension Ledger {
  /// How far a job is at a time, and what is left; `nil` before its first report.
  public func outlook(of job: DeviceID, at time: Timestamp) -> JobOutlook? {
    let moment = timeline.moment(at: time)
    guard let step = moment.known(.step, of: job)?.value else { return nil }
    var outlook = JobOutlook(step: step)
    outlook.stepTotal = moment.known(.stepTotal, of: job)?.value
    outlook.redone = moment.known(.redoneSteps, of: job)?.value
    let shape = timeline.facts(of: job).shape
    if let tokens = moment.known(.tokens, of: job)?.value, let parameters = shape.parameters {
      outlook.chinchilla = tokens / (20 * parameters)
    }
    guard let left = outlook.left, left > 0 else { return outlook }
    let statistics = stepStatistics(of: job, at: time)
    let recent = cost(of: job, at: time)
    let seconds = statistics?.meanWithPauses ?? recent?.secondsPerStep
    outlook.seconds = seconds.map { $0 * left }
    var joules = recent?.joulesPerStep
    if let statistics, let span = statistics.span {
      joules = cost(of: job, over: span, steps: statistics.steps).joulesPerStep ?? joules
    }
    outlook.joules = joules.map { $0 * left }
    if let joules = outlook.joules, let grid = inventory.grid,
      let intensity = moment.known(.carbonIntensity, of: grid.id)?.value
    {
      outlook.grams = joules / 3.6e6 * intensity
    }
    return outlook
  }

  /// What the pauses among a job's last reports took; `nil` when there was none.
  public func pauses(of job: DeviceID, at time: Timestamp, limit: Int = 300) -> PauseAccount? {
    guard let statistics = stepStatistics(of: job, at: time, limit: limit),
      !statistics.pauses.isEmpty
    else {
      return nil
    }
    var joules: Double? = 0
    for pause in statistics.pauses {
      let own = pause.span.seconds - pause.steps * statistics.median
      let energy = jobEnergy(of: job, over: pause.span).map { $0.joules * own / pause.span.seconds }
      joules = energy.flatMap { energy in joules.map { $0 + energy } }
    }
    return PauseAccount(
      count: statistics.pauses.count, seconds: statistics.excess, joules: joules,
      since: statistics.span?.start ?? time)
  }
}
