import Telemetry

/// What a scheduler's job held over a span, what its accelerators drew meanwhile, and what for.
public struct AllocationUse: Hashable, Sendable {
  /// What joules of held accelerators were lost to; the words of the exporter's label `cause`.
  public enum Cause: String, Sendable, Hashable, CaseIterable {
    /// Its job waited for data.
    case data
    /// Its job waited for other ranks.
    case peers
    /// Its job waited for its own main thread.
    case program
    /// Held by a job without work, for a reason that is not known.
    case unknown
    /// Nobody wanted anything of it.
    case idle
    /// Heat or its board held its clocks down while it worked; no fault of the job's.
    case heldBack = "held_back"
  }

  /// A found training or serving job that ran in it.
  public struct Work: Hashable, Sendable {
    /// The job's device.
    public var job: Device
    /// Tokens it trained on, or wrote for users; `nil` where it tells none.
    public var tokens: Double?
    /// Steps it did, those that were done twice counted twice.
    public var steps: Double?
    /// Samples it trained on.
    public var samples: Double?
    /// Whether it answers requests.
    public var isServing = false

    /// A job of which nothing is known yet.
    public init(job: Device) { self.job = job }
  }

  /// The device of the scheduler's job.
  public var device: DeviceID
  /// What the scheduler says of it.
  public var facts: AllocationFacts
  /// The accelerators it holds, as far as they are measured.
  public var gpus: [Device] = []
  /// From when it was first seen in the span to when last.
  public var span: TimeSpan
  /// The parts of that in which it was seen.
  public var stretches: [TimeSpan] = []
  /// What its accelerators drew while it held them; `nil` where nothing of that is known.
  public var energy: EnergyAmount?
  /// How far that may be from the truth, in joules; `nil` where that is not known.
  public var uncertainty: Double?
  /// Why energy is not known, or not all of it, as the rest of a sentence.
  public var absence: String?
  /// Whether some of the energy is a share of an accelerator that other jobs held at the same time.
  public var isShared = false
  /// Joules of which it was judged what they were for.
  public var judged = 0.0
  /// Judged joules by what they were lost to; causes of none are left out.
  public var wasted: [Cause: Double] = [:]
  /// Seconds in which it held accelerators, added up over these; `nil` where these are not known.
  public var gpuSeconds: Double?
  /// Seconds in which accelerators that it held had no process of it; `nil` where that is not known.
  public var unusedGPUSeconds: Double?
  /// Of how many accelerators' seconds that is known.
  public var watchedGPUSeconds = 0.0
  /// How many processes it has on its accelerators at the end of the span; `nil` where that is not known.
  public var processes: Int?
  /// Whether it exists at the end of the span.
  public var isPresent = false
  /// The found jobs in it.
  public var works: [Work] = []

  /// Joules that were lost by the job itself, whose clocks held back are not.
  public var lost: Double {
    wasted.reduce(0) { $0 + ($1.key == .heldBack ? 0 : $1.value) }
  }
  /// The part of its judged joules that was lost, 0...1; `nil` where nothing was judged.
  public var lostShare: Double? { judged > 0 ? min(1, lost / judged) : nil }
  /// Tokens of all found jobs in it; `nil` where none tells any.
  public var tokens: Double? { sum(\.tokens) }
  /// Steps of all found jobs in it; `nil` where none tells any.
  public var steps: Double? { sum(\.steps) }
  /// Samples of all found jobs in it; `nil` where none tells any.
  public var samples: Double? { sum(\.samples) }
  /// Joules for a token, of all that its accelerators drew from its beginning to its end; `nil` unless all
  /// of that is known, but for a twentieth.
  public var joulesPerToken: Double? {
    guard let tokens, tokens > 0, let energy, energy.coverage >= 0.95, !isShared else { return nil }
    return energy.joules / energy.coverage / tokens
  }

  private func sum(_ value: (Work) -> Double?) -> Double? {
    let known = works.compactMap(value)
    return known.isEmpty ? nil : known.reduce(0, +)
  }
}

extension AllocationUse {
  /// A job of which only who it is is known, and when it was there.
  public init(device: DeviceID, facts: AllocationFacts, span: TimeSpan) {
    self.init(device: device, facts: facts, gpus: [], span: span, stretches: [span])
  }
}
