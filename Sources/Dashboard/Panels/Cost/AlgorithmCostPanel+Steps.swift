import Accounting
import Canvas
import Quantities
import Telemetry

extension AlgorithmCostPanel {
  /// The time and the joules of a pass over the data and of a request, of a job without steps.
  func passes(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    guard let cost, cost.steps == 0 else { return [] }
    let mark = cost.energy?.isModelled ?? false ? "≈ " : ""
    var rows: [WeighedRow] = []
    let stated = c.ledger.known(.epochTime, of: job.id, at: c.time)?.value
    if let seconds = cost.secondsPerEpoch ?? stated {
      let joules = cost.joulesPerEpoch.map { mark + c.string($0, "J") } ?? ""
      rows.append(WeighedRow(2, FactRow(c.say(CostRowWords.perEpoch), c.duration(seconds), joules)))
    }
    return rows
  }

  /// The time and the joules of a step, and the pauses.
  func steps(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    var rows: [WeighedRow] = []
    // Over the same stretch as the joules beside it.
    let seconds =
      cost?.medianStep ?? cost?.secondsPerStep
      ?? c.ledger.known(.stepTime, of: job.id, at: c.time)?.value
    if let seconds {
      let mark = cost?.energy?.isModelled ?? false ? "≈ " : ""
      var joules = cost?.joulesPerStep.map { mark + c.string($0, "J") } ?? ""
      if !joules.isEmpty, let part = cost?.uncertainty, part >= 0.005 {
        joules += " ± \(c.percent(part)) %"
      }
      rows.append(WeighedRow(2, FactRow(c.say(CostRowWords.perStep), c.duration(seconds), joules)))
    }
    if let totals = useful(job, c), let joules = totals.joulesPerUsefulStep {
      let words = c.say(CostRowWords.redonePart, SI.count(totals.redone), SI.count(totals.steps))
      rows.append(
        WeighedRow(
          7, FactRow(c.say(CostRowWords.useful), c.string(joules, .joulesPerStep), words)))
    }
    let pauses = c.ledger.pauses(of: job.id, at: c.time)
    for item in pauses?.items ?? [] {
      let energy = item.joules.map { ", ≈ " + c.string(SI.energy($0)) } ?? ""
      let name = c.say(item.kind == .unnamed ? CostRowWords.apart : .paused)
      let isPart = item.kind != .unnamed && pauses?.isPart == true
      let words = Self.words(item, c)
      let word = isPart ? c.say(CostRowWords.lastOnes, words) : words
      rows.append(WeighedRow(7, FactRow(name, word, c.duration(item.seconds) + energy)))
    }
    return rows
  }

  /// How many pauses of a kind there were.
  private static func words(_ item: PauseAccount.Item, _ c: FrameContext) -> String {
    let isOne = item.count == 1
    let words: CostRowWords =
      switch item.kind {
      case .unnamed: isOne ? .onePause : .pauses
      case .evaluation: isOne ? .evaluation : .evaluations
      case .checkpoint: isOne ? .checkpoint : .checkpoints
      }
    return c.say(words, "\(item.count)")
  }

  func toGo(_ outlook: JobOutlook, _ c: FrameContext) -> FactRow? {
    guard let seconds = outlook.seconds, seconds > 0 else { return nil }
    var more = outlook.joules.map { "≈ " + c.string(SI.energy($0)) } ?? ""
    if let grams = outlook.grams { more += ", " + c.string(SI.carbon(grams)) }
    if let price = c.price, let joules = outlook.joules {
      more += ", " + c.number(price.text(joules))
    }
    return FactRow(c.say(CostRowWords.toGo), "≈ " + c.duration(seconds), more)
  }

  /// How far the run is from its target loss.
  func goal(_ loss: Double, _ job: Device, _ c: FrameContext) -> FactRow {
    let name = c.say(CostWords.loss, c.significant(loss))
    guard let target = c.ledger.target(loss, of: job.id, at: c.time) else {
      return FactRow(name, "–", c.say(CostRowWords.noLoss))
    }
    switch target.outcome {
    case .reached(let step, let joules):
      let energy =
        joules.map { c.say(CostRowWords.after, c.string(SI.energy($0.upperBound))) } ?? ""
      return FactRow(
        name, c.say(CostRowWords.atStep, SI.count(step.upperBound)),
        energy + ", "
          + c.say(target.basis == .validation ? CostRowWords.basisValidation : .basisTraining))
    case .projected(let steps, let joules, let fit):
      let energy =
        joules.map {
          "≈ "
            + c.say(
              CostRowWords.range, c.string(SI.energy($0.lowerBound)),
              c.string(SI.energy($0.upperBound))) + ", "
        } ?? ""
      return FactRow(
        name, "≈ +" + Self.words(steps, c),
        energy + fit)
    case .refused(let reason): return FactRow(name, "–", reason)
    }
  }

  /// So many steps more.
  private static func words(_ steps: ClosedRange<Double>, _ c: FrameContext) -> String {
    let (low, high) = (
      c.number(SI.oneDigit(steps.lowerBound)), c.number(SI.oneDigit(steps.upperBound))
    )
    return low == high ? low : c.say(CostRowWords.range, low, high)
  }

}
