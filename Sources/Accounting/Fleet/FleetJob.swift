import Telemetry

/// One job of a fleet, with what it took over an account.
public struct FleetJob: Sendable, Hashable {
  /// Why a job's accelerators drew joules that bought nothing.
  public enum Cause: String, Sendable, Hashable, CaseIterable {
    /// It waited for data.
    case data
    /// It waited for other ranks.
    case peers
    /// It waited for its own main thread.
    case program
    /// It held the accelerator, there was no work, and why is not known.
    case unknown
    /// Nobody wanted anything of the accelerator.
    case idle
  }

  /// Why its joules are not known.
  public enum Doubt: Sendable, Hashable {
    /// Nothing that tells of it counts joules.
    case noCounter
    /// It was seen only once, and a difference takes two values.
    case seenOnce
  }

  /// The scheduler's number or name of it.
  public var id: String
  /// The same without the cluster that stands before it where a store tells of several.
  public var number: String
  /// What people call it; the number where nothing else is told.
  public var name: String
  /// Who it belongs to.
  public var user = ""
  /// Which account it is charged to.
  public var account = ""
  /// Which partition or namespace it runs in.
  public var partition = ""
  /// `slurm`, `kubernetes` or `none`.
  public var scheduler = ""
  /// `training`, `serving` or `unknown`.
  public var kind = ""
  /// The machines it was seen on, in their order.
  public var hosts: [String] = []
  /// How many accelerators it holds at the time, or held last.
  public var gpus: Int?
  /// Whether it still holds them at the time.
  public var isRunning = true
  /// When it was last heard of.
  public var lastSeen: Timestamp?
  /// Its joules over the account.
  public var joules: Double?
  /// Why they are not known.
  public var doubt: Doubt?
  /// What must be said with its joules, in the words of whoever counted them, such as `shared_accelerators`.
  public var reservations: [String] = []
  /// The share of its accelerators' time for which its joules are known, 0...1.
  public var coverage: Double?
  /// Joules of which it was judged whether they bought anything; `nil` where that is not told.
  public var judged: Double?
  /// Joules that bought nothing, by cause; `nil` where nothing judges.
  public var wasted: [Cause: Double]?
  /// Accelerator-seconds that it held.
  public var gpuSeconds: Double?
  /// Tokens, steps and samples that it counted.
  public var tokens: Double?
  /// Its steps.
  public var steps: Double?
  /// Grams of CO₂ equivalent, each joule at the intensity of its own time and place.
  public var grams: Double?
  /// What its joules cost, each at the price of its own time.
  public var cost: FleetCost?
  /// Processes on its accelerators; 0 where it holds them without any.
  public var processes: Int?
  /// How many of its accelerators did not run a kernel in the last minutes, where only that is told.
  public var idleGPUs: Int?

  /// A job of which only the number is known.
  public init(id: String) {
    self.id = id
    (number, name) = (id, id)
  }

  /// Joules that bought nothing, of all causes.
  public var wastedJoules: Double? { wasted.map { $0.values.reduce(0, +) } }

  /// The share of its judged joules that bought nothing; of all of them where it is not told which were judged.
  public var wastedShare: Double? {
    guard let wasted = wastedJoules, let all = judged ?? joules, all > 0 else { return nil }
    return min(1, wasted / all)
  }

  /// The cause of most of what was wasted.
  public var mainCause: Cause? {
    guard let wasted, let most = wasted.values.max(), most > 0 else { return nil }
    return Cause.allCases.first { wasted[$0] == most }
  }

  /// Of how much of its time joules must be known to be set against what it counted.
  private static let leastCoverage = 0.95

  /// The joules that its tokens took; `nil` unless they are known, but for a twentieth, and its own.
  public var tokenJoules: Double? {
    guard let tokens, tokens > 0, let joules, !reservations.contains("shared_accelerators") else {
      return nil
    }
    // What uses no accelerator has no time in which it held any.
    guard let coverage else { return gpuSeconds == nil ? joules : nil }
    return coverage >= Self.leastCoverage ? joules / coverage : nil
  }

  /// Joules for each token.
  public var joulesPerToken: Double? {
    guard let tokens, let joules = tokenJoules else { return nil }
    return joules / tokens
  }

  /// Whether it holds accelerators now and no process of it is on them.
  public var isHeldWithoutProcess: Bool { isRunning && processes == 0 }
}
