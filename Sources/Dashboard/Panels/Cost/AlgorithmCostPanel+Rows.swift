import Accounting
import Canvas
import Quantities
import Telemetry

extension AlgorithmCostPanel {
  /// A row with its weight: when there is no room, the rows of the largest weight go first.
  struct WeighedRow {
    enum Content {
      case fact(FactRow)
      case diet
    }

    var weight: Int
    var content: Content

    init(_ weight: Int, _ row: FactRow) {
      self.weight = weight
      content = .fact(row)
    }

    init(_ weight: Int, _ content: Content) {
      self.weight = weight
      self.content = content
    }
  }

  /// All runs of a job that did steps again, where that has a cost.
  func useful(_ job: Device, _ c: FrameContext) -> JobTotals? {
    guard c.outlook(of: job)?.redone ?? 0 > 0 || c.ledger.lifeStart(of: job.id, at: c.time) != nil,
      let totals = c.ledger.totals(of: job.id, over: TimeSpan(c.session.start, c.time)),
      totals.joulesPerUsefulStep != nil
    else { return nil }
    return totals
  }

  /// The rows from top to bottom.
  func rows(_ job: Device, _ c: FrameContext) -> [WeighedRow] {
    guard progress(job, c) != nil else { return servingRows(job, c) }
    let cost = c.ledger.cost(of: job.id, at: c.time)
    let outlook = c.outlook(of: job)
    var rows: [WeighedRow] = []
    if let outlook, let step = outlook.step {
      let of = outlook.stepTotal.map { " / " + SI.count($0) } ?? ""
      var more = outlook.share.map { c.percent($0) + " %" } ?? ""
      // Where steps that were done again have a row of their own, they are counted there.
      if let redone = outlook.redone, redone > 0, useful(job, c) == nil {
        more += ", " + c.say(CostRowWords.redone, SI.count(redone))
      }
      rows.append(
        WeighedRow(
          0, FactRow(c.say(CostRowWords.step), SI.count(step) + of, more, bar: outlook.share)))
    }
    if let outlook, let epoch = outlook.epoch, outlook.step == nil || outlook.epochTotal != nil {
      let number = c.number(Self.epochs(epoch))
      let value =
        outlook.epochTotal.map {
          c.say(CostRowWords.of, number, c.number(Self.epochs($0)))
        } ?? number
      let share = outlook.step == nil ? outlook.share : nil
      rows.append(
        WeighedRow(
          outlook.step == nil ? 0 : 9,
          FactRow(
            c.say(CostRowWords.epoch), value, share.map { c.percent($0) + " %" } ?? "",
            bar: share)))
    }
    rows += rates(job, cost, c)
    rows += steps(job, cost, c)
    rows += passes(job, cost, c)
    if let outlook, let row = toGo(outlook, c) { rows.append(WeighedRow(4, row)) }
    if let share = outlook?.chinchilla, share >= 0.005 {
      rows.append(
        WeighedRow(
          9,
          FactRow(
            c.say(CostRowWords.data),
            c.say(CostRowWords.tokensPerParameter, c.significant(share * 20, digits: 2)),
            c.say(CostRowWords.computeBest))))
    }
    if let target = c.input.targetLoss {
      let row = goal(target, job, c)
      rows.append(WeighedRow(row.value == "–" ? 5 : 3, row))
    }
    if !c.input.baselines.isEmpty { rows.append(WeighedRow(6, .diet)) }
    return rows
  }

}
