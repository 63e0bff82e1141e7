import Quantities

/// Units that have a word in them.
enum UnitWords: ScreenWords {
  case joulesPerToken, joulesPerOutputToken, joulesPerInputToken, joulesPerTotalToken
  case joulesPerPrompt, joulesPerOutput, joulesPerTotal
  case joulesPerSample, joulesPerStep, joulesPerEpoch, joulesPerRequest
  case tokens, samples, steps, epochs, requests
  case tokensPerSecond, shortTokensPerSecond, inputTokensPerSecond, samplesPerSecond
  case requestsPerSecond, stepsPerSecond, secondsPerStep, tokensPerKilowattHour
  case perStep

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .joulesPerToken: Texts("J/token", "J/jeton")
    case .joulesPerOutputToken: Texts("J/output token", "J/jeton produit")
    case .joulesPerInputToken: Texts("J/input token", "J/jeton lu")
    case .joulesPerTotalToken: Texts("J/total token", "J/jeton en tout")
    case .joulesPerPrompt: Texts("J/prompt tok", "J/jeton lu")
    case .joulesPerOutput: Texts("J/output tok", "J/jet. prod.")
    case .joulesPerTotal: Texts("J/total tok", "J/jeton")
    case .joulesPerSample: Texts("J/sample", "J/échantillon")
    case .joulesPerStep: Texts("J/step", "J/pas")
    case .joulesPerEpoch: Texts("J/epoch", "J/époque")
    case .joulesPerRequest: Texts("J/request", "J/requête")
    case .tokens: Texts("tokens", "jetons")
    case .samples: Texts("samples", "échantillons")
    case .steps: Texts("steps", "pas")
    case .epochs: Texts("epochs", "époques")
    case .requests: Texts("requests", "requêtes")
    case .tokensPerSecond: Texts("tokens/s", "jetons/s")
    case .shortTokensPerSecond: Texts("tok/s", "jetons/s")
    case .inputTokensPerSecond: Texts("input tokens/s", "jetons lus/s")
    case .samplesPerSecond: Texts("samples/s", "échant./s")
    case .requestsPerSecond: Texts("requests/s", "requêtes/s")
    case .stepsPerSecond: Texts("steps/s", "pas/s")
    case .secondsPerStep: Texts("s/step", "s/pas")
    case .tokensPerKilowattHour: Texts("tokens/kWh", "jetons/kWh")
    case .perStep: Texts("/step", "/pas")
    }
  }

  /// Behind a number in a column of eighteen.
  var room: Int? {
    switch self {
    case .joulesPerPrompt, .joulesPerOutput, .joulesPerTotal: 12
    case .shortTokensPerSecond: 12
    default: nil
    }
  }
}

extension FrameContext {
  /// A value in a unit that has a word in it.
  func text(_ value: Double, _ unit: UnitWords, smallest: Int = -12) -> SI.Text {
    SI.text(value, say(unit), smallest: smallest)
  }

  /// A value in a unit that has a word in it, as one text.
  func string(_ value: Double, _ unit: UnitWords, smallest: Int = -12) -> String {
    string(text(value, unit, smallest: smallest))
  }
}
