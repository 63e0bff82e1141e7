import Accounting
import Telemetry

/// One of the things that a job makes.
enum ThingWords: ScreenWords {
  case token, outputToken, inputToken, sample, step, epoch, request

  /// Behind what one of them takes: `64.3 mJ a token`.
  var texts: Texts {
    switch self {
    case .token: Texts("{1} a token", "{1} par jeton")
    case .outputToken: Texts("{1} an output token", "{1} par jeton produit")
    case .inputToken: Texts("{1} an input token", "{1} par jeton lu")
    case .sample: Texts("{1} a sample", "{1} par échantillon")
    case .step: Texts("{1} a step", "{1} par pas")
    case .epoch: Texts("{1} an epoch", "{1} par époque")
    case .request: Texts("{1} a request", "{1} par requête")
    }
  }

  /// At the beginning of a sentence.
  var subject: Texts {
    switch self {
    case .token: Texts("A token", "Un jeton")
    case .outputToken: Texts("An output token", "Un jeton produit")
    case .inputToken: Texts("An input token", "Un jeton lu")
    case .sample: Texts("A sample", "Un échantillon")
    case .step: Texts("A step", "Un pas")
    case .epoch: Texts("An epoch", "Une époque")
    case .request: Texts("A request", "Une requête")
    }
  }

  /// Whether one of them costs too little to be priced alone.
  var isToken: Bool { [.token, .outputToken, .inputToken].contains(self) }
}

/// Whose joules a job is charged, in a word or two.
enum ChargeWords: ScreenWords {
  case accelerators, allAccelerators, processors, machine

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .accelerators: Texts("GPUs", "GPU")
    case .allAccelerators: Texts("all {1} GPUs", "les {1} GPU")
    case .processors: Texts("processors", "processeurs")
    case .machine: Texts("whole machine", "toute la machine")
    }
  }
}

extension FrameContext {
  /// Whose joules a job is charged over a span, such as `GPUs` or, where its own are not known,
  /// `all 8 GPUs`; `nil` where it counts them itself or is charged nothing.
  func charged(_ job: Device, over span: TimeSpan) -> String? {
    for caveat in ledger.caveats(of: job.id, over: span) {
      if case .allAccelerators(let count) = caveat {
        return say(ChargeWords.allAccelerators, "\(count)")
      }
    }
    return switch ledger.charge(of: job.id, over: span) {
    case .accelerators: say(ChargeWords.accelerators)
    case .processors: say(ChargeWords.processors)
    case .machines: say(ChargeWords.machine)
    case .ownCount, .unknown: nil
    }
  }
}
