import Quantities
import Telemetry

/// What a job's progress cost over its last stretch.
public struct JobCost: Hashable, Sendable {
  /// The stretch between two progress readings the cost is taken over.
  public var span: TimeSpan
  /// Optimizer steps in the stretch.
  public var steps: Double
  /// Tokens with the time and energy they took, if the job tells any.
  public var tokenWork: JobWork?
  /// Samples with the time and energy they took, if the job tells any.
  public var sampleWork: JobWork?
  /// Passes over the data with the time and energy they took, if the job tells any.
  public var epochWork: JobWork?
  /// Requests with the time and energy they took, if the job counts any.
  public var requestWork: JobWork?
  /// Energy of the steps in the stretch, if anything measures it.
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
  /// The energy of the stretch with its pauses, if anything measures it.
  public var wholeEnergy: EnergyAmount?
  /// Steps of the stretch that had been done before the job was resumed.
  public var redone = 0.0
  /// The median time of the steps in the stretch, in seconds.
  public var medianStep: Double?
  /// How far the energy may be from the truth, in joules; `nil` where that is not known.
  public var energyDoubt: Double?
  /// Whether the times of the job's reports are known; without them nothing per time is, and no
  /// energy.
  public var isTimed = true

  /// The cost of a stretch without pauses.
  public init(span: TimeSpan, steps: Double, energy: EnergyAmount? = nil) {
    self.span = span
    self.steps = steps
    self.energy = energy
    wholeEnergy = energy
  }

  /// Tokens, if the job tells any: of the stretch of `tokenWork`.
  public var tokens: Double? { tokenWork?.count }
  /// Samples, if the job tells any: of the stretch of `sampleWork`.
  public var samples: Double? { sampleWork?.count }

  /// Seconds of the stretch without its pauses.
  public var seconds: Double { max(0, span.seconds - pausedSeconds) }

  /// Joules for one step; `nil` without energy or steps.
  public var joulesPerStep: Double? { isEnough ? joules(per: steps) : nil }
  /// Joules for a step that had not been done before; `nil` where none was done twice.
  public var joulesPerUsefulStep: Double? {
    redone > 0 && steps > redone && isEnough ? joules(per: steps - redone) : nil
  }
  /// Joules for one token; `nil` without energy or tokens.
  public var joulesPerToken: Double? { joules(of: tokenWork) }
  /// Joules for one sample; `nil` without energy or samples.
  public var joulesPerSample: Double? { joules(of: sampleWork) }
  /// Joules for one pass over the data; `nil` without energy or epochs.
  public var joulesPerEpoch: Double? { joules(of: epochWork) }
  /// Joules for one request; `nil` without energy or requests.
  public var joulesPerRequest: Double? { joules(of: requestWork) }
  /// Tokens that a kilowatt-hour buys.
  public var tokensPerKilowattHour: Double? { joulesPerToken.map { 3.6e6 / $0 } }

  private func joules(of work: JobWork?) -> Double? {
    isTimed ? work?.joules(seenShare: seenShare) : nil
  }

  private func joules(per count: Double) -> Double? {
    guard let energy, count > 0, energy.joules > 0 else { return nil }
    // The devices seen here did their share of the work, and what was done while their energy was
    // not known took as much as the rest.
    return energy.joules / (count * seenShare * energy.coverage)
  }

  /// Tokens a second, pauses left out.
  public var tokensPerSecond: Double? { isTimed ? tokenWork?.perSecond : nil }
  /// Samples a second, pauses left out.
  public var samplesPerSecond: Double? { isTimed ? sampleWork?.perSecond : nil }
  /// Seconds of a pass over the data, pauses left out.
  public var secondsPerEpoch: Double? { isTimed ? epochWork?.perSecond.map { 1 / $0 } : nil }
  /// The mean seconds of a step, pauses left out.
  public var secondsPerStep: Double? { steps > 0 && isTimed ? seconds / steps : nil }

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
  /// The share of a stretch that its energy must be known of for a cost to be told.
  static let leastCoverage = 0.9
  /// The requests that a stretch is made long enough for.
  public static let enoughRequests = 20.0

  /// Why nothing per time is known of a job, in words.
  public static let untimed = "the log has no times"
  /// Why no energy is known of an earlier run, in words.
  static let history = "it was written before anyone looked"

  /// Why no cost is stated, in words; `nil` when the stretch is long enough.
  public var shortfall: String? { lack?.words }

  /// Why there is no cost.
  public enum Shortfall: Hashable, Sendable {
    /// The log has no times.
    case untimed
    /// So few seconds of progress.
    case short(seconds: Double)
    /// So few short steps.
    case shortSteps(Double)
    /// Nothing tells the energy, for a reason that may be known.
    case noEnergy(String?)
    /// Energy is known for so small a share of the stretch.
    case partly(coverage: Double)

    /// The reason, for people.
    public var words: String {
      switch self {
      case .untimed: JobCost.untimed
      case .short(let seconds):
        "not enough yet: \(SI.significant(seconds, digits: 2)) s of progress, 2 s are needed"
      case .shortSteps(let steps):
        "not enough yet: \(SI.count(steps)) short steps, 50 are needed"
      case .noEnergy(let reason): reason ?? "nothing here tells its power"
      case .partly(let coverage):
        "energy is known for only \(SI.percent(coverage)) % of the stretch"
      }
    }
  }

  /// Why there is no cost; `nil` where there is enough for one.
  public var lack: Shortfall? {
    if !isTimed { return .untimed }
    if seconds < Self.leastSeconds {
      return .short(seconds: seconds)
    }
    if steps > 0, seconds / steps < Self.shortStep, steps < Self.leastShortSteps {
      return .shortSteps(steps)
    }
    guard let energy else { return .noEnergy(energyAbsence) }
    if !energy.isKnown {
      return .partly(coverage: energy.coverage)
    }
    return nil
  }
}
