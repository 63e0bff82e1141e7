import Accounting
import Canvas
import Quantities
import Telemetry

/// What is said of the path: whether the accelerators wait, for what, why, and what that cost; the same
/// words as in reports.
struct DataVerdict {
  /// The sentence, and the one behind it, the more important one first.
  var lines: [[Run]] = []
  /// The sentence where there is no room for the whole one.
  var short: [Run] = []
  /// What the sentence rests on, phrase by phrase.
  var evidence: [[Run]] = []

  /// The verdict on the path of a frame.
  static func of(_ path: DataPath, _ c: FrameContext) -> DataVerdict {
    var verdict = DataVerdict()
    guard let account = path.wait, account.isEnough else {
      verdict.lines.append([
        Run(c.say(DataWords.notKnown), c.text)
      ])
      return verdict
    }
    let words = sanitized(WaitingWords.verdict(account, in: c.language))
    switch account.kind {
    case .data?, .peer?, .host?:
      let style = c.style(.critical).bold
      verdict.lines.append([Run(words, style)])
      verdict.short = [Run(sanitized(WaitingWords.brief(account, in: c.language)), style)]
    case nil where account.isFed:
      let first = words.prefix { $0 != ":" }
      verdict.lines.append([
        Run(String(first), c.style(.good).bold), Run(String(words.dropFirst(first.count)), c.text),
      ])
      if account.unconfirmed != nil {
        verdict.short = [Run(WaitingWords.brief(account, in: c.language), c.text)]
      }
    default: verdict.lines.append([Run(words, c.text)])
    }
    let rest = WaitingWords.reservation(account, in: c.language)
    if account.kind == nil, !rest.isEmpty { verdict.lines.append([Run(rest, c.text)]) }
    if let next = next(account, c) { verdict.lines.append(next) }
    if account.kind != nil, !rest.isEmpty { verdict.lines.append([Run(rest, c.text)]) }
    verdict.evidence = WaitingWords.evidence(account, in: c.language).map {
      [Run(sanitized($0), c.text)]
    }
    return verdict
  }

  /// What the job of a frame, or else all accelerators, waited for over a span.
  private static func account(over span: TimeSpan, _ c: FrameContext) -> WaitingAccount? {
    guard let job = c.pathJob else { return c.ledger.waiting(over: span) }
    return c.ledger.waiting(of: job, over: span)
  }

  /// What the wait drew so far, what that cost, what its end would gain, and the next step.
  private static func next(_ account: WaitingAccount, _ c: FrameContext) -> [Run]? {
    var words: [String] = []
    if let so = Self.account(over: c.account, c),
      let joules = so.parts[account.kind ?? .data]?.joules,
      so.isPriced, joules > 0, joules >= 0.001 * so.judged.joules, account.kind != .idle
    {
      var text = c.say(DataWords.boughtNothing, c.string(SI.energy(joules)), c.accountWords)
      if let price = c.price {
        text += ", " + c.language.money(joules / 3.6e6 * price.perKilowattHour, price.currency)
      }
      words.append(text + ".")
    }
    let advice = WaitingWords.advice(account, in: c.language)
    if !advice.isEmpty { words.append(sanitized(advice)) }
    if let speedUp = account.speedUp, account.kind != nil, speedUp >= 1.05 {
      words.append(c.say(DataWords.faster, c.number(SI.twoDigits(speedUp))))
    }
    return words.isEmpty ? nil : [Run(words.joined(separator: " "), c.text)]
  }
}
