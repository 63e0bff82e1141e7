import Telemetry

extension ServingCost {
  /// Why joules for a token cannot be stated yet.
  public enum Shortfall: Hashable, Sendable {
    /// Too few tokens: how many, and over how many seconds.
    case tokens(Double, seconds: Double)
    /// Too few tokens were read by a server that writes none: how many, over how many seconds.
    case inputTokens(Double, seconds: Double)
    /// No request was being served; for how many seconds.
    case quiet(Double)
    /// The server does not count tokens.
    case untold
    /// The server has not answered; for how many seconds.
    case silent(Double)
    /// Tokens are counted when a request ends, so the stretch must be this many seconds long.
    case late(Double)
    /// The server's own counts are known for only this share of the stretch.
    case counts(coverage: Double)
    /// What was drawn is not charged to the server; why, as the rest of a sentence.
    case uncharged(String)
    /// Energy is known for only this share of the stretch, or not at all.
    case energy(coverage: Double)

    /// In words, for people.
    public var words: String {
      switch self {
      case .tokens(let count, let seconds):
        "not enough yet: \(Self.whole(count)) of \(Self.whole(ServingCost.enoughTokens)) "
          + "output tokens in \(Self.whole(seconds)) s"
      case .inputTokens(let count, let seconds):
        "not enough yet: \(Self.whole(count)) of \(Self.whole(ServingCost.enoughTokens)) "
          + "input tokens in \(Self.whole(seconds)) s"
      case .counts(let coverage):
        "what the server counts is known for \(Self.whole(coverage * 100)) % of the time only"
      case .uncharged(let reason): "no joules: \(reason)"
      case .quiet(let seconds): "no request in the last \(Self.whole(seconds)) s"
      case .untold: "the server does not tell tokens"
      case .silent(let seconds): "the server has said nothing for \(Self.whole(seconds)) s"
      case .late(let seconds):
        "not enough yet: tokens are counted when a request ends, which takes "
          + "\(Self.whole(seconds)) s to even out"
      case .energy(let coverage) where coverage > 0:
        "energy is known for \(Self.whole(coverage * 100)) % of the time only"
      case .energy: "nothing tells energy"
      }
    }

    private static func whole(_ value: Double) -> Int {
      Int(exactly: value.rounded(.down)) ?? 0
    }
  }

  /// Nothing, of a server that told its counts at most once; why, as the rest of a sentence.
  public init(silent reason: String, over span: TimeSpan) {
    self.init(span: span, outputTokens: 0, isLate: false)
    measure = .request
    shortfall = .uncharged(reason)
  }

  /// What is missing for joules per token; `nil` when nothing is.
  var missing: Shortfall? {
    let isIdle = outputTokens == 0 && (measure != .inputToken || promptTokens ?? 0 == 0)
    if isIdle, meanRunning == 0, requests ?? 0 == 0 { return .quiet(span.seconds) }
    if let absence { return .uncharged(absence) }
    switch measure {
    case .outputToken where outputTokens < Self.enoughTokens:
      return .tokens(outputTokens, seconds: span.seconds)
    case .inputToken where promptTokens ?? 0 < Self.enoughTokens:
      return .inputTokens(promptTokens ?? 0, seconds: span.seconds)
    case .request: return .untold
    default: break
    }
    if countCoverage < 0.9 { return .counts(coverage: countCoverage) }
    if isLate {
      let enough = requestSeconds.map { Self.enoughRequests * $0 } ?? Self.enoughSeconds
      if span.seconds < enough { return .late(enough) }
    }
    guard let energy, energy.coverage >= 0.9 else {
      return .energy(coverage: energy?.coverage ?? 0)
    }
    return nil
  }
}
