import Quantities
import Telemetry

/// What an inference server's work cost over its last stretch.
public struct ServingCost: Hashable, Sendable {
  /// The stretch the cost is taken over; it ends at the last reading.
  public var span: TimeSpan
  /// Tokens written for users; zero for a server that does not tell.
  public var outputTokens: Double
  /// Tokens of prompts that were computed, if the server tells.
  public var promptTokens: Double?
  /// Tokens of prompts that were found in a cache, if the server tells.
  public var cachedPromptTokens: Double?
  /// Requests that ended, if the server tells.
  public var requests: Double?
  /// How long those took in all, in seconds, if the server tells.
  public var requestTime: Double?
  /// How many requests were being served, on the mean, if the server tells.
  public var meanRunning: Double?
  /// Seconds the accelerators worked on prompts and on output, if the server tells both.
  public var phaseSeconds: Phases?
  /// Energy in the stretch, if anything tells.
  public var energy: EnergyAmount?
  /// Joules as the server itself states them, to compare.
  public var reportedJoules: Double?
  /// FLOP of one accelerator as the server itself estimates them.
  public var reportedFLOP: Double?
  /// What is drawn while nobody asks anything, in watts, if that has been seen.
  public var idleWatts: Double?
  /// Whether tokens are counted when a request ends.
  public var isLate: Bool
  /// Why joules for a token cannot be told; `nil` when they can.
  public var shortfall: Shortfall?

  /// Something of prompts and something of output.
  public struct Phases: Hashable, Sendable {
    public var prefill: Double
    public var decode: Double

    public init(prefill: Double, decode: Double) {
      self.prefill = prefill
      self.decode = decode
    }
  }

  /// Fewer output tokens than that are not worth a number.
  public static let enoughTokens = 200.0
  /// How long a stretch must be where tokens are counted at the end of a request and nobody tells
  /// how long one takes, in seconds.
  public static let enoughSeconds = 60.0
  /// How many mean requests a stretch must hold where something is counted at their ends.
  public static let enoughRequests = 5.0

  // MARK: Joules

  /// Joules for an output token, with everything drawn meanwhile, prompts and idling too.
  public var joulesPerOutputToken: Double? {
    guard shortfall == nil, let energy, outputTokens > 0 else { return nil }
    return energy.joules / outputTokens
  }

  /// The same without what would have been drawn anyway.
  public var busyJoulesPerOutputToken: Double? {
    guard shortfall == nil, let energy, let idleWatts, outputTokens > 0 else { return nil }
    return max(0, energy.joules - idleWatts * energy.covered) / outputTokens
  }

  /// Joules for a request; only where the stretch holds several requests' length.
  public var joulesPerRequest: Double? {
    guard let energy, energy.coverage >= 0.9, let requests, requests > 0, let requestSeconds,
      span.seconds >= Self.enoughRequests * requestSeconds
    else { return nil }
    return energy.joules / requests
  }

  /// Joules for a computed prompt token and for an output token, by the time spent on each.
  ///
  /// Time is no power: prompts draw somewhat more than output, which this does not see.
  public var joulesByPhase: Phases? {
    guard shortfall == nil, let energy, let seconds = phaseSeconds, let promptTokens,
      promptTokens > 0, outputTokens > 0, seconds.prefill + seconds.decode > 0
    else { return nil }
    let share = seconds.prefill / (seconds.prefill + seconds.decode)
    return Phases(
      prefill: energy.joules * share / promptTokens,
      decode: energy.joules * (1 - share) / outputTokens)
  }

  // MARK: Rates

  public var outputRate: Double { rate(outputTokens) ?? 0 }
  public var promptRate: Double? { rate(promptTokens) }
  public var cachedPromptRate: Double? { rate(cachedPromptTokens) }
  public var requestRate: Double? { rate(requests) }

  /// Computed prompt tokens for each output token: the more, the more of the joules are prefill.
  public var promptPerOutput: Double? {
    promptTokens.flatMap { outputTokens > 0 ? $0 / outputTokens : nil }
  }

  /// The share of prompt tokens that a cache saved computing, 0...1.
  public var cachedShare: Double? {
    guard let promptTokens, let cachedPromptTokens, promptTokens + cachedPromptTokens > 0
    else { return nil }
    return cachedPromptTokens / (promptTokens + cachedPromptTokens)
  }

  /// How long a request takes on the mean: as the server counts it, else after Little, those
  /// present over those that leave.
  public var requestSeconds: Double? {
    if let requestTime, let requests, requests > 0 { return requestTime / requests }
    guard let meanRunning, let rate = requestRate, rate > 0, meanRunning > 0 else { return nil }
    return meanRunning / rate
  }

  private func rate(_ count: Double?) -> Double? {
    count.flatMap { span.seconds > 0 ? $0 / span.seconds : nil }
  }
}
