import Quantities
import Telemetry

/// What an inference server's work cost over its last stretch.
public struct ServingCost: Hashable, Sendable {
  /// The stretch the cost is taken over; it ends at the last reading.
  public var span: TimeSpan
  /// Tokens written for users; zero for a server that does not count them.
  public var outputTokens: Double
  /// Tokens of prompts that were computed, if the server counts them.
  public var promptTokens: Double?
  /// Tokens of prompts that were found in a cache, if the server counts them.
  public var cachedPromptTokens: Double?
  /// Whether prompt tokens found in a cache may be among `promptTokens`.
  public var promptsMayHoldCached = false
  /// Requests that were served to their end or their limit, if the server counts them.
  public var requests: Double?
  /// Requests that were aborted, failed or cut off, if the server counts them.
  public var abortedRequests: Double?
  /// Seconds that those requests took, added up, if the server counts them.
  public var requestTime: Double?
  /// How many requests were being served, on average, if the server reports it.
  public var meanRunning: Double?
  /// Seconds the accelerators worked on prompts and on output, if the server reports both.
  public var phaseSeconds: Phases?
  /// Energy in the stretch, if anything measures it.
  public var energy: EnergyAmount?
  /// Joules as the server itself states them, to compare.
  public var reportedJoules: Double?
  /// FLOP of one accelerator as the server itself estimates them.
  public var reportedFLOP: Double?
  /// The power without requests, in watts, if that has been seen.
  public var idleWatts: Double?
  /// Whether tokens are counted when a request ends.
  public var isLate: Bool
  /// What the joules are stated for.
  public var measure = Measure.outputToken
  /// The share of the stretch in which the server's counts are known, 0...1.
  public var countCoverage = 1.0
  /// Why the energy is not charged to the server, as the rest of a sentence.
  public var absence: String?
  /// Why joules for a token cannot be stated; `nil` when they can.
  public var shortfall: Shortfall?

  /// What a server's joules are stated for.
  public enum Measure: String, Hashable, Sendable {
    /// A token written for a user.
    case outputToken = "output token"
    /// A token read, of a server that writes none, such as one of embeddings.
    case inputToken = "input token"
    /// A request, of a server that counts no tokens.
    case request
  }

  /// A quantity of prefill and one of decode.
  public struct Phases: Hashable, Sendable {
    /// The part of prompts, which are computed at once.
    public var prefill: Double
    /// The part of output, which is written token by token.
    public var decode: Double

    /// A quantity in its two parts.
    public init(prefill: Double, decode: Double) {
      self.prefill = prefill
      self.decode = decode
    }
  }

  /// The fewest output tokens that joules for a token are stated for.
  public static let enoughTokens = 200.0
  /// The shortest stretch in seconds where tokens are counted when a request ends and the length of
  /// a request is not known.
  public static let enoughSeconds = 60.0
  /// How many mean request times a stretch must hold where tokens are counted when requests end.
  public static let enoughRequests = 5.0

  /// Why a server is charged nothing whose requests are served elsewhere, as the rest of a sentence.
  public static let elsewhere =
    "it hands requests on, maybe to a remote API: follow who serves them, or name its GPUs"

  /// Why a server is charged nothing that shares its accelerators, as the rest of a sentence.
  static func shared(by servers: Int) -> String {
    "\(servers) servers share these GPUs, and nothing tells whose joules are whose; "
      + "name the GPUs of each"
  }

  // MARK: Joules

  /// Joules for an output token, with everything drawn meanwhile, prompts and idling too.
  public var joulesPerOutputToken: Double? {
    guard shortfall == nil, measure == .outputToken, let energy, outputTokens > 0 else {
      return nil
    }
    return Self.whole(energy) / outputTokens
  }

  /// Joules for a token of either kind, computed prompt or output: what is drawn over all of them.
  ///
  /// `nil` where tokens that were not computed may be among those counted.
  public var joulesPerTotalToken: Double? {
    guard shortfall == nil, measure == .outputToken, let energy, let totalTokens, totalTokens > 0
    else { return nil }
    return Self.whole(energy) / totalTokens
  }

  /// Joules for an input token, of a server that writes none.
  public var joulesPerInputToken: Double? {
    guard shortfall == nil, measure == .inputToken, !promptsMayHoldCached, let energy,
      let promptTokens, promptTokens > 0
    else { return nil }
    return Self.whole(energy) / promptTokens
  }

  /// Computed prompt tokens and output tokens; `nil` where cached ones may be among them.
  public var totalTokens: Double? {
    promptsMayHoldCached ? nil : promptTokens.map { $0 + outputTokens }
  }

  /// Joules for an output token, less the idle power that would have been drawn anyway.
  public var busyJoulesPerOutputToken: Double? {
    guard shortfall == nil, measure == .outputToken, let energy, let idleWatts, outputTokens > 0
    else { return nil }
    return max(0, energy.joules - idleWatts * energy.covered) / outputTokens
  }

  /// Joules for a request that was served; only where the stretch holds several requests' length.
  ///
  /// What aborted ones drew is among them.
  public var joulesPerRequest: Double? {
    // Of a server that has gone silent nothing is known of now.
    if case .silent = shortfall { return nil }
    guard countCoverage >= 0.9, let energy, energy.coverage >= 0.9, let requests, requests > 0,
      let requestSeconds,
      span.seconds >= Self.enoughRequests * requestSeconds
    else { return nil }
    return Self.whole(energy) / requests
  }

  /// Joules for a computed prompt token and for an output token, by the time spent on each.
  ///
  /// Both are taken to draw the same power, though prefill draws somewhat more.
  public var joulesByPhase: Phases? {
    guard shortfall == nil, !promptsMayHoldCached, let energy, let seconds = phaseSeconds,
      let promptTokens, promptTokens > 0, outputTokens > 0, seconds.prefill + seconds.decode > 0
    else { return nil }
    let share = seconds.prefill / (seconds.prefill + seconds.decode)
    return Phases(
      prefill: Self.whole(energy) * share / promptTokens,
      decode: Self.whole(energy) * (1 - share) / outputTokens)
  }

  /// The joules of the whole stretch: what was done while they were not known took as much.
  private static func whole(_ energy: EnergyAmount) -> Double {
    energy.coverage > 0 ? energy.joules / energy.coverage : energy.joules
  }

  // MARK: Rates

  /// Output tokens a second; zero where none are counted.
  public var outputRate: Double { rate(outputTokens) ?? 0 }
  /// Computed prompt tokens a second.
  public var promptRate: Double? { rate(promptTokens) }
  /// Prompt tokens found in a cache, a second.
  public var cachedPromptRate: Double? { rate(cachedPromptTokens) }
  /// Requests that were served, a second.
  public var requestRate: Double? { rate(requests) }

  /// Computed prompt tokens for each output token; the higher it is, the more of the joules are
  /// prefill.
  public var promptPerOutput: Double? {
    promptsMayHoldCached ? nil : promptTokens.flatMap { outputTokens > 0 ? $0 / outputTokens : nil }
  }

  /// The share of prompt tokens that a cache saved computing, 0...1.
  public var cachedShare: Double? {
    guard !promptsMayHoldCached, let promptTokens, let cachedPromptTokens,
      promptTokens + cachedPromptTokens > 0
    else { return nil }
    return cachedPromptTokens / (promptTokens + cachedPromptTokens)
  }

  /// The mean time of a request in seconds: as the server counts it, or by Little's law, requests
  /// running over requests ended a second.
  public var requestSeconds: Double? {
    // Aborted ones take time as well.
    guard let requests else { return nil }
    let ended = requests + (abortedRequests ?? 0)
    guard ended > 0 else { return nil }
    if let requestTime { return requestTime / ended }
    guard let meanRunning, meanRunning > 0, span.seconds > 0 else { return nil }
    return meanRunning * span.seconds / ended
  }

  private func rate(_ count: Double?) -> Double? {
    count.flatMap { span.seconds > 0 ? $0 / span.seconds : nil }
  }
}
