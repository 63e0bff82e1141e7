import Accounting
import Canvas
import Quantities
import Telemetry

/// What is said of the path: whether the accelerators wait for data, why, and what that cost.
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
    guard let wait = path.wait, wait.isEnough else {
      verdict.lines.append([
        Run("Whether the accelerators wait for data is not known here.", c.text)
      ])
      return verdict
    }
    if wait.isWaiting {
      let share = "Waits for data \(SI.percent(wait.share)) % of the time"
      let (cause, details) = cause(path)
      let style = c.style(.critical).bold
      verdict.lines.append([
        Run(
          share + (cause.map { ": \($0)\(details)." } ?? ". No stage that is read is full."), style)
      ])
      verdict.short = [Run((cause ?? share) + ".", style)]
    } else if wait.unexplainedShare >= DataWait.least {
      let share = SI.percent(wait.unexplainedShare)
      verdict.lines.append([
        Run(
          "Without work \(share) % of the time, and nothing tells that it waits for data.", c.text)
      ])
    } else {
      verdict.lines.append([
        Run("Fed", c.style(.good).bold),
        Run(
          ": waits for data \(wait.share < 0.01 ? "less than 1" : SI.percent(wait.share)) % of the time.",
          c.text),
      ])
    }
    if let price = price(wait, c) { verdict.lines.append(price) }
    verdict.evidence = evidence(wait, path, c)
    return verdict
  }

  /// Why it waits, where a narrow place is named, and the figures behind that.
  private static func cause(_ path: DataPath) -> (cause: String?, details: String) {
    guard let kind = path.narrow, let stage = path[kind] else { return (nil, "") }
    let name = sanitized(stage.name)
    let verb = stage.count > 1 ? "are" : "is"
    switch kind {
    case .workers where stage.isOutOfProcessors:
      return (
        "\(name) \(verb) out of processors",
        " (\(SI.percent(stage.queued ?? 0)) % of their time in the run queue)"
      )
    case .workers: return ("\(name) \(verb) busy all the time", "")
    case .hostLink: return ("the link from host to GPU is full", "")
    case .store where stage.basis == .busy: return ("\(name) \(verb) busy all the time", "")
    default: return ("\(name) \(verb) full", "")
    }
  }

  /// What the waiting drew so far, what that cost, and what its end would gain.
  private static func price(_ wait: DataWait, _ c: FrameContext) -> [Run]? {
    guard let so = c.ledger.dataWait(of: c.pathJob, over: c.account), so.energy > 0,
      so.energyShare >= 0.001
    else { return nil }
    var text = "\(SI.energy(so.energy).joined) bought nothing \(c.accountWords)"
    if let price = c.price {
      let amount = so.energy / 3.6e6 * price.perKilowattHour
      text += ", \(amount < 0.01 ? "< 0.01" : SI.fixed(amount, 2)) \(price.currency)"
    }
    text += "."
    if wait.isWaiting, wait.isEven, wait.share < 0.98 {
      text += " Fed, it would be up to \(SI.twoDigits(1 / (1 - wait.share))) times faster."
    }
    return [Run(text, c.text)]
  }

  private static func evidence(
    _ wait: DataWait, _ path: DataPath, _ c: FrameContext
  ) -> [[Run]] {
    var texts: [String] = []
    let ways = [
      (wait.byActivity, "SM activity"), (wait.byPower, "power"),
      (wait.byTrainer, "what the trainer does"),
    ].filter { $0.0 >= 0.5 * wait.judged }
    if let way = ways.first { texts.append("judged by " + way.1) }
    if let job = c.pathJob, let use = c.ledger.loaderUse(of: job, over: path.span) {
      if let asleep = use.trainerAsleep {
        texts.append("trainer asleep on its queue \(SI.percent(asleep)) %")
      }
      if wait.isWaiting, let running = use.running {
        var meanwhile = "workers meanwhile \(SI.percent(running)) % running or ready"
        if let disk = use.onDisk { meanwhile += ", \(SI.percent(disk)) % on disk" }
        if let server = use.onNetwork { meanwhile += ", \(SI.percent(server)) % on a server" }
        texts.append(meanwhile)
      }
    }
    return texts.map { [Run($0, c.text)] }
  }
}
