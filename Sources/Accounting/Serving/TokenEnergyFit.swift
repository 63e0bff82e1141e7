import Quantities
import Telemetry

/// The energy of a prompt token and of an output token, fitted to power and the two token rates.
///
/// The model is `P = base + a * prompt tokens/s + b * output tokens/s`. Ordinary least squares over
/// windows, with no coefficient below zero, and for each coefficient its 95 % confidence interval.
public struct TokenEnergyFit: Hashable, Sendable {
  /// A fitted value with its 95 % interval.
  public struct Estimate: Hashable, Sendable {
    /// The least-squares value.
    public var value: Double
    /// The lower end of the interval, never below zero.
    public var low: Double
    /// The upper end of the interval.
    public var high: Double
  }

  /// Watts while no token is computed.
  public var base: Estimate
  /// Joules for a computed prompt token.
  public var prompt: Estimate
  /// Joules for an output token.
  public var output: Estimate
  /// The share of the power's variance that the model explains, 0...1 (R²).
  public var explained: Double
  /// How many windows were fitted.
  public var windows: Int

  /// Why there is no fit.
  public enum Failure: Error, Hashable, Sendable {
    /// Too few windows; how many there are.
    case windows(Int)
    /// The server counts no computed prompt tokens.
    case noPromptTokens
    /// The server counts tokens only when a request ends.
    case late
    /// The server hands its requests on.
    case elsewhere
    /// The rate of prompt tokens does not vary.
    case unchangingPrompt
    /// The rate of output tokens does not vary.
    case unchangingOutput
    /// The two rates are too strongly correlated; their correlation.
    case together(Double)
    /// The model explains too little; the share that it explains.
    case unexplained(Double)

    /// In words, for people.
    public var words: String {
      switch self {
      case .windows(let count):
        "not enough yet: \(count) of \(TokenEnergyFit.enoughWindows) stretches with tokens and"
          + " power"
      case .noPromptTokens: "the server does not tell computed prompt tokens"
      case .late: "the server counts tokens when a request ends, too late for their power"
      case .elsewhere: ServingCost.elsewhere
      case .unchangingPrompt: "prompt tokens come at an even rate: nothing to tell their price by"
      case .unchangingOutput: "output tokens come at an even rate: nothing to tell their price by"
      case .together(let correlation):
        "prompt and output tokens rise and fall together "
          + "(correlation \(Self.hundredths(correlation))): their prices cannot be told apart"
      case .unexplained(let share):
        "tokens explain \(Int(saturating: min(1, max(0, share)) * 100)) % of the power's ups "
          + "and downs only"
      }
    }

    private static func hundredths(_ value: Double) -> String {
      let whole = Int(saturating: min(1, abs(value)) * 100)
      return (value < 0 ? "-" : "") + "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
    }
  }

  /// The fewest windows that a fit is made from.
  public static let enoughWindows = 30
  static let leastExplained = 0.8
  static let mostCorrelated = 0.98

  /// One window: mean watts, and tokens per second.
  public struct Window: Hashable, Sendable {
    /// Mean power in watts.
    public var watts: Double
    /// Computed prompt tokens a second.
    public var prompt: Double
    /// Output tokens a second.
    public var output: Double

    /// A window with its mean power and token rates.
    public init(watts: Double, prompt: Double, output: Double) {
      self.watts = watts
      self.prompt = prompt
      self.output = output
    }
  }

  /// Fits the model to windows.
  public static func fit(_ windows: [Window]) -> Result<TokenEnergyFit, Failure> {
    guard windows.count >= enoughWindows else { return .failure(.windows(windows.count)) }
    let prompt = Spread(windows.map(\.prompt))
    let output = Spread(windows.map(\.output))
    let watts = Spread(windows.map(\.watts))
    guard prompt.isWide else { return .failure(.unchangingPrompt) }
    guard output.isWide else { return .failure(.unchangingOutput) }
    let correlation = prompt.correlation(output)
    guard abs(correlation) <= mostCorrelated else { return .failure(.together(correlation)) }
    guard watts.isWide else { return .failure(.unexplained(0)) }
    // In units of their own spread, so that the equations are well conditioned.
    let rows = windows.map { [1, $0.prompt / prompt.deviation, $0.output / output.deviation] }
    let scales = [1, prompt.deviation, output.deviation]
    let values = windows.map(\.watts)
    guard let free = LeastSquares([0, 1, 2], rows, values),
      let best = LeastSquares.nonNegative(rows, values)
    else { return .failure(.together(correlation)) }
    let explained = 1 - best.residual / watts.squares
    guard explained >= leastExplained else { return .failure(.unexplained(explained)) }
    func estimate(_ column: Int) -> Estimate {
      let value = best.coefficient(column) / scales[column]
      let margin = best.margin(column) / scales[column]
      if best.columns.contains(column) {
        return Estimate(value: value, low: max(0, value - margin), high: value + margin)
      }
      // The coefficient is held at zero; its upper bound is that of the unconstrained fit.
      let high = (free.coefficient(column) + free.margin(column)) / scales[column]
      return Estimate(value: 0, low: 0, high: max(0, high))
    }
    return .success(
      TokenEnergyFit(
        base: estimate(0), prompt: estimate(1), output: estimate(2), explained: explained,
        windows: windows.count))
  }

  /// Mean and spread of some values.
  private struct Spread {
    let values: [Double]
    let mean: Double
    /// The sum of squares about the mean.
    let squares: Double

    init(_ values: [Double]) {
      self.values = values
      let mean = values.reduce(0, +) / Double(max(1, values.count))
      self.mean = mean
      squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    var deviation: Double { (squares / Double(max(1, values.count))).squareRoot() }
    /// Whether they differ by more than rounding.
    var isWide: Bool { deviation > 1e-6 * max(1e-3, abs(mean)) }

    func correlation(_ other: Spread) -> Double {
      var sum = 0.0
      for (a, b) in zip(values, other.values) { sum += (a - mean) * (b - other.mean) }
      return sum / (squares * other.squares).squareRoot()
    }
  }
}

extension Ledger {
  /// The fit of a server's power to its tokens, from the last half hour in windows of ten seconds.
  ///
  /// `nil` for a job that counts no output tokens.
  public func tokenEnergyFit(
    of job: DeviceID, at time: Timestamp, over seconds: Double = 1800, window: Double = 10
  ) -> Result<TokenEnergyFit, TokenEnergyFit.Failure>? {
    guard let output = timeline.id(.outputTokens, of: job),
      let last = timeline.moment(at: time).known(.outputTokens, of: job),
      let first = timeline.firstReading(output)
    else { return nil }
    if timeline.facts(of: job).isFront, timeline.facts(of: job).gpus.isEmpty {
      return .failure(.elsewhere)
    }
    if timeline.facts(of: job).countsTokensAtEnd { return .failure(.late) }
    guard let prompt = timeline.id(.promptTokens, of: job),
      !timeline.facts(of: job).promptsMayHoldCached
    else {
      return .failure(.noPromptTokens)
    }
    let known = min(seconds, last.time - first.time)
    let count = window > 0 ? Int(saturating: min(100_000, max(0, known / window))) : 0
    var windows: [TokenEnergyFit.Window] = []
    for index in 0..<count {
      let end = last.time - Double(index) * window
      let span = TimeSpan(end - window, end)
      let outputs = timeline.total(output, over: span)
      let prompts = timeline.total(prompt, over: span)
      guard let energy = jobEnergy(of: job, over: span), energy.coverage >= 0.9,
        outputs.coverage >= 0.9, prompts.coverage >= 0.9, let watts = energy.meanPower
      else { continue }
      windows.append(
        TokenEnergyFit.Window(
          watts: watts, prompt: prompts.amount / window, output: outputs.amount / window))
    }
    return TokenEnergyFit.fit(windows)
  }
}
