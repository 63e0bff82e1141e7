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
  ///
  /// In the order in which they are preferred.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    case token, outputToken = "output token", sample, step, epoch, request
  }

  /// How much of a measure was done, and the joules and seconds of the very stretch it was done in,
  /// without the pauses that the job tells.
  public struct Work: Hashable, Sendable {
    /// How many.
    public var count: Double
    /// Their joules, if anything measured them.
    public var joules: Double?
    /// Their seconds.
    public var seconds: Double

    /// An amount with its joules and seconds.
    public init(count: Double, joules: Double?, seconds: Double) {
      self.count = count
      self.joules = joules
      self.seconds = seconds
    }

    /// Joules for one; `nil` where they are not known.
    public var joulesEach: Double? { joules.flatMap { $0 > 0 && count > 0 ? $0 / count : nil } }
  }

  /// A loss after so many tokens, or steps where tokens are not known.
  public struct LossPoint: Hashable, Sendable {
    /// Tokens or steps before the report, as `progressUnit` says.
    public var progress: Double
    /// The loss that was reported.
    public var loss: Double
    /// The energy from the first report of progress until then, in joules, if it is known.
    public var joules: Double?
    /// How long the run had run until then, in seconds since its first report of progress.
    public var seconds: Double?
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
  /// What was done, each with the joules of its own stretch.
  public var works: [Measure: Work] = [:]
  /// The energy of the measured part with all its pauses, in joules, if anything measured it.
  public var joules: Double?
  /// The share of the time of which those joules are known, 0...1.
  public var coverage = 1.0
  /// Evaluations and checkpoints that the job tells: their joules are not in those of a step or a
  /// token.
  public var pauses: PauseAccount?
  /// What its accelerators waited for; `nil` where that was not judged.
  public var waiting: WaitingAccount?
  /// Steps that had been done before the job was resumed.
  public var redone = 0.0
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
  /// How many tokens its model tells apart, if the job says.
  public var vocabulary: Double?
  /// What it had spent and done at each of some moments, where that was asked for.
  public var course: RunCourse?
  /// How the job ended, if that is known.
  public var ending: Event.Cause?
  /// The most bytes in use on all accelerators together.
  public var peakMemory: Double?
  /// What `blocks` count.
  public var measure = Measure.step
  /// At most sixty stretches of the run that noise is judged by.
  public var blocks: [Block] = []

  /// A profile of which only the name is known.
  public init(name: String) { self.name = name }

  /// The first measure of which something was done.
  var preferredMeasure: Measure {
    Measure.allCases.first { works[$0]?.count ?? 0 > 0 } ?? .step
  }
  /// Optimizer steps in the measured part.
  public var steps: Double { works[.step]?.count ?? 0 }
  /// Tokens in the measured part, if the job counts them; those that it wrote, of a server.
  public var tokens: Double? { (works[.token] ?? works[.outputToken])?.count }
  /// Samples in the measured part, if the job counts them.
  public var samples: Double? { works[.sample]?.count }
  /// Joules for one step; `nil` without energy or steps.
  public var joulesPerStep: Double? { joules(per: .step) }
  /// Joules for one sample; `nil` without energy or samples.
  public var joulesPerSample: Double? { joules(per: .sample) }
  /// Joules for one token of training; `nil` without energy or tokens.
  public var joulesPerToken: Double? { joules(per: .token) }
  /// Joules for a step that had not been done before; `nil` where none was done twice.
  public var joulesPerUsefulStep: Double? {
    guard redone > 0, let work = works[.step], let joules = work.joules, work.count > redone else {
      return nil
    }
    return joules / (work.count - redone)
  }
  /// Tokens a second, without the pauses that the job tells; those that it writes, of a server.
  public var tokensPerSecond: Double? {
    (works[.token] ?? works[.outputToken]).flatMap { ratio($0.count, $0.seconds) }
  }
  /// Seconds for one step, without the pauses that the job tells.
  public var secondsPerStep: Double? { works[.step].flatMap { ratio($0.seconds, $0.count) } }
  /// What is said of joules that are known for a part of the time only, and stand for all of it in the cost of
  /// a step or a token.
  var partCaveat: String? {
    guard joules != nil, coverage < 0.995 else { return nil }
    return
      "its energy is known for \(SI.percent(coverage)) % of the time, and taken to be alike in the rest"
  }

  /// The mean power in watts, over the time of which the joules are known.
  public var meanPower: Double? { ratio(joules, seconds * coverage) }

  /// Joules for one of a measure; `nil` where either is not known.
  ///
  /// A server's token is a measure of its own, and never set against one of training.
  public func joules(per measure: Measure) -> Double? { works[measure]?.joulesEach }

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
