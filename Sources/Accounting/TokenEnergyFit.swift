import Quantities
import Telemetry

/// What a prompt token and an output token cost, each for itself, found from how power follows
/// the two rates: `P = base + a * prompt tokens/s + b * output tokens/s`.
///
/// Ordinary least squares over windows, none of the three below zero, each with the interval that
/// holds it in 95 of 100 cases if the model is right.
public struct TokenEnergyFit: Hashable, Sendable {
  public struct Estimate: Hashable, Sendable {
    public var value: Double
    public var low: Double
    public var high: Double
  }

  /// Watts with no token moving.
  public var base: Estimate
  /// Joules for a computed prompt token.
  public var prompt: Estimate
  /// Joules for an output token.
  public var output: Estimate
  /// The share of the power's ups and downs that the model explains, 0...1.
  public var explained: Double
  /// How many windows it was found from.
  public var windows: Int

  /// Why there are no prices.
  public enum Failure: Error, Hashable, Sendable {
    case windows(Int)
    case noPromptTokens
    case late
    case unchangingPrompt
    case unchangingOutput
    /// The correlation of the two rates.
    case together(Double)
    /// The share that is explained.
    case unexplained(Double)

    /// In words, for people.
    public var words: String {
      switch self {
      case .windows(let count):
        "not enough yet: \(count) of \(TokenEnergyFit.enoughWindows) stretches with tokens and power"
      case .noPromptTokens: "the server does not tell computed prompt tokens"
      case .late: "the server counts tokens when a request ends, too late for their power"
      case .unchangingPrompt: "prompt tokens come at an even rate: nothing to tell their price by"
      case .unchangingOutput: "output tokens come at an even rate: nothing to tell their price by"
      case .together(let correlation):
        "prompt and output tokens rise and fall together "
          + "(correlation \(Self.hundredths(correlation))): their prices cannot be told apart"
      case .unexplained(let share):
        "tokens explain \(Int((min(1, max(0, share)) * 100).rounded(.down))) % of the power's ups and "
          + "downs only"
      }
    }

    private static func hundredths(_ value: Double) -> String {
      let whole = Int((min(1, abs(value)) * 100).rounded(.down))
      return (value < 0 ? "-" : "") + "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
    }
  }

  public static let enoughWindows = 30
  static let leastExplained = 0.8
  static let mostCorrelated = 0.98

  /// One window: mean watts, and tokens per second.
  public struct Window: Hashable, Sendable {
    public var watts: Double
    public var prompt: Double
    public var output: Double

    public init(watts: Double, prompt: Double, output: Double) {
      self.watts = watts
      self.prompt = prompt
      self.output = output
    }
  }

  /// Finds the prices from windows.
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
      // Held at zero: how far up it could be is what the free fit says.
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
  /// The prices of a server's tokens, from the last half hour in windows of ten seconds.
  ///
  /// `nil` for a job that tells no output tokens.
  public func tokenEnergyFit(
    of job: DeviceID, at time: Timestamp, over seconds: Double = 1800, window: Double = 10
  ) -> Result<TokenEnergyFit, TokenEnergyFit.Failure>? {
    guard let output = timeline.id(.outputTokens, of: job),
      let last = timeline.moment(at: time).known(.outputTokens, of: job),
      let first = timeline.firstReading(output)
    else { return nil }
    if timeline.facts(of: job).countsTokensAtEnd { return .failure(.late) }
    guard let prompt = timeline.id(.promptTokens, of: job) else {
      return .failure(.noPromptTokens)
    }
    let known = min(seconds, last.time - first.time)
    let count = window > 0 ? Int(max(0, (known / window).rounded(.down))) : 0
    var windows: [TokenEnergyFit.Window] = []
    for index in 0..<count {
      let end = last.time - Double(index) * window
      let span = TimeSpan(end - window, end)
      let outputs = timeline.total(output, over: span)
      let prompts = timeline.total(prompt, over: span)
      guard let energy = servingEnergy(of: job, over: span), energy.coverage >= 0.9,
        outputs.coverage >= 0.9, prompts.coverage >= 0.9, let watts = energy.meanPower
      else { continue }
      windows.append(
        TokenEnergyFit.Window(
          watts: watts, prompt: prompts.amount / window, output: outputs.amount / window))
    }
    return TokenEnergyFit.fit(windows)
  }
}
