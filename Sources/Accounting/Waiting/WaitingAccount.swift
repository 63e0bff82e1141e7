import Telemetry

/// What a job's accelerators waited for over a span, by what it was decided, why, and what it cost.
public struct WaitingAccount: Hashable, Sendable {
  /// By what the share was found; the best that there is.
  public enum Evidence: String, Sendable, Hashable, CaseIterable {
    /// The time for data that the job's own framework states.
    case dataTime = "data_time"
    /// The activity of the multiprocessors.
    case activity
    /// Power between its idle and busy levels.
    case power
    /// The sleep of the trainer's main thread on its queue.
    case trainer
  }

  /// What the accelerators' time was for, beside work.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Waiting for data.
    case data
    /// Waiting for the job's own main thread.
    case host
    /// Waiting for another rank of the job.
    case peer
    /// No work, for a reason not known.
    case gap
    /// Nobody wanted anything.
    case idle
  }

  /// Time and energy of one kind.
  public struct Part: Hashable, Sendable {
    /// Seconds, added up over the accelerators.
    public var seconds = 0.0
    /// Joules drawn in them.
    public var joules = 0.0
  }

  /// What the account is of.
  public var span: TimeSpan
  /// How many accelerators it is of.
  public var accelerators: Int
  /// Seconds that were judged, added up over the accelerators, and their joules.
  public var judged: Part
  /// Seconds that were asked about, added up over all of the job's accelerators, judged or not.
  public var asked = 0.0
  /// Time and energy by kind.
  public var parts: [Kind: Part]
  /// By what the share was found; `nil` where nothing was lost.
  public var evidence: Evidence?
  /// The kind that weighs most, where it is worth a word.
  public var kind: Kind?
  /// Why, where one cause covers four fifths of it.
  public var cause: WaitingCause?
  /// How much of the wait the cause covers, 0...1.
  public var cover: Double?
  /// Why no cause is named, as a sentence without its end.
  public var doubt: String?
  /// What would have to be read for a full answer; empty where nothing is missing.
  public var missing: [String] = []
  /// What trainers and workers did; `nil` where nobody saw.
  public var loader: LoaderAccount?
  /// The accelerator that the others waited for.
  public var culprit: Device?
  /// Joules of the wait above what an empty accelerator draws; `nil` where that was never seen.
  public var avoidable: Double?
  /// Steps that were done in the span, if the job tells any.
  public var steps: Double?
  /// Processors of the machine.
  public var processors: Double?
  /// The processors that the job's control group may use at most, where it was held back by that limit.
  public var processorLimit: Double?
  /// The least share of the time judged that was without a kernel by the driver's utilization, and of which
  /// nothing else says that there was no work; `nil` where that is little.
  public var unconfirmed: Double?
  /// Whether the job answers requests.
  public var isServing = false
  /// Seconds of the span in which the job told that it evaluated or wrote a checkpoint: not judged.
  public var pausedSeconds = 0.0

  /// The share of the judged time that a kind took, 0...1.
  public func share(_ kind: Kind) -> Double {
    judged.seconds > 0 ? min(1, (parts[kind]?.seconds ?? 0) / judged.seconds) : 0
  }

  /// The share that the verdict is about, 0...1: of the kind that weighs most, else of data.
  public var share: Double { share(kind ?? .data) }
  /// Seconds of it on each accelerator.
  public var seconds: Double { (parts[kind ?? .data]?.seconds ?? 0) / Double(max(1, accelerators)) }
  /// Joules of it.
  public var joules: Double? { isPriced ? parts[kind ?? .data]?.joules ?? 0 : nil }
  /// Whether it is known what was drawn in the waits; what is not known of less than half of them is taken
  /// to be as in the rest.
  public var isPriced = true

  /// Whether at least half of the time asked about was judged; less says little of the rest.
  public var isEnough: Bool { asked > 0 && judged.seconds >= 0.5 * asked }

  /// Whether the accelerators are known to have waited for data for a part of the time that matters.
  public var isWaitingForData: Bool { isEnough && WaitingBand(share: share(.data)) > .fed }

  /// How bad it is; `nil` before twenty steps or two minutes.
  public var band: WaitingBand? {
    let watched = judged.seconds / Double(max(1, accelerators))
    let enough = watched >= WaitingBand.enough.seconds || (steps ?? 0) >= WaitingBand.enough.steps
    return enough && !isServing ? WaitingBand(share: share) : nil
  }

  /// Whether nothing was waited for that is worth a word, by a job that computes.
  public var isFed: Bool { kind == nil && !isServing }

  /// The one accelerator of several that did four fifths of it or more, with its own share of the time.
  public var only: Only?

  /// One accelerator that waited while the others did not.
  public struct Only: Hashable, Sendable {
    /// Which one.
    public var device: Device
    /// The share of its own time, 0...1.
    public var share: Double
  }

  /// Whether all accelerators waited about alike, so that the job as a whole did.
  public var isEven = true

  /// How many times faster the job could be without the wait; `nil` where its accelerators waited
  /// differently, since the mean of them is nobody's time then.
  public var speedUp: Double? {
    let share = share
    return isEven && share > 0.02 && share < 0.99 && kind != .idle ? 1 / (1 - share) : nil
  }

  /// The loader workers that would do: their processor time over the time of computing.
  ///
  /// Seconds of processor a step over the seconds of a step without its wait; both times of a step
  /// cancel.
  public var workersNeeded: Double? {
    guard let cores = loader?.cores, cores > 0, kind == .data, share < 0.98 else { return nil }
    return (cores / (1 - share)).rounded(.up)
  }
}
