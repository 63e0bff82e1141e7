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
  private func useful(_ job: Device, _ c: FrameContext) -> JobTotals? {
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
      var more = outlook.share.map { SI.percent($0) + " %" } ?? ""
      // Where steps that were done again have a row of their own, they are counted there.
      if let redone = outlook.redone, redone > 0, useful(job, c) == nil {
        more += ", \(SI.count(redone)) redone"
      }
      rows.append(
        WeighedRow(0, FactRow("step", SI.count(step) + of, more, bar: outlook.share)))
    }
    if let outlook, let epoch = outlook.epoch, outlook.step == nil || outlook.epochTotal != nil {
      let of = outlook.epochTotal.map { " of " + Self.epochs($0) } ?? ""
      let share = outlook.step == nil ? outlook.share : nil
      rows.append(
        WeighedRow(
          outlook.step == nil ? 0 : 9,
          FactRow(
            "epoch", Self.epochs(epoch) + of, share.map { SI.percent($0) + " %" } ?? "",
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
          FactRow("data", SI.significant(share * 20, digits: 2) + " tokens/N", "20 is compute-best")
        ))
    }
    if let target = c.input.targetLoss {
      let row = goal(target, job, c)
      rows.append(WeighedRow(row.value == "–" ? 5 : 3, row))
    }
    if !c.input.baselines.isEmpty { rows.append(WeighedRow(6, .diet)) }
    return rows
  }

  /// Tokens or samples, and the arithmetic they stand for.
  private func rates(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    var rows: [WeighedRow] = []
    let stated = c.ledger.known(.tokenRate, of: job.id, at: c.time)?.value
    let tokens = cost?.tokensPerSecond ?? stated
    let span = cost?.tokenWork?.span ?? cost?.span ?? TimeSpan(c.time, c.time)
    let mfu = c.ledger.mfu(
      of: job.id, tokensPerSecond: cost?.tokensPerSecond, over: span, withoutPauses: true)
    let seen = cost?.seenShare ?? 1
    var each = mfu.devices > 1 ? tokens.map { plain($0 / mfu.devices) + " per GPU" } ?? "" : ""
    if seen < 1 {
      each +=
        ", \(SI.count((seen * mfu.devices).rounded())) of \(SI.count(mfu.devices)) seen here"
    }
    if let tokens {
      let stated = cost?.tokensPerSecond == nil ? c.timeline.facts(of: job.id).rateScope : .job
      let more =
        switch stated {
        case .device: "of one device"
        case .unknown: "of one device or of all"
        case .job:
          cost?.tokensPerSecond == nil
            ? "as the job states it" : Self.stretch(cost?.tokenWork, cost)
        }
      let words = [stated == .job ? each : "", more].filter { !$0.isEmpty }.joined(separator: ", ")
      rows.append(WeighedRow(1, FactRow("tokens/s", plain(tokens), words)))
    } else if let samples = cost?.samplesPerSecond {
      rows.append(
        WeighedRow(
          1, FactRow("samples/s", plain(samples), Self.stretch(cost?.sampleWork, cost))))
    }
    if let rate = mfu.flopRatePerDevice {
      let unit = mfu.devices > 1 ? " per GPU" : ""
      let more =
        mfu.share.map { share in
          "MFU \(SI.percent(share)) %" + (mfu.count.map { " by " + $0.short } ?? "")
        } ?? "no MFU: " + mfu.reason
      rows.append(WeighedRow(5, FactRow("FLOP/s", plain(rate) + unit, more, bar: mfu.share)))
      if let count = mfu.count, mfu.share != nil {
        rows.append(WeighedRow(10, FactRow("", "", "by " + count.convention)))
      }
    }
    if let reported = mfu.reported {
      let framework = c.timeline.facts(of: job.id).framework
      let by = framework.isEmpty ? "as the job states it" : "as \(framework) states it"
      rows.append(
        WeighedRow(
          mfu.share == nil ? 5 : 8, FactRow("MFU", SI.percent(reported) + " %", by, bar: reported)))
    }
    if let hardware = mfu.hardware {
      rows.append(
        WeighedRow(
          7,
          FactRow(
            "tensor", SI.percent(hardware) + " %",
            mfu.verdict.isEmpty ? "hardware estimate" : "hardware estimate: " + mfu.verdict)))
    }
    return rows
  }

  /// Over which stretch an amount is known, where that is not the one of the steps beside it, and how.
  private static func stretch(_ work: JobWork?, _ cost: JobCost?) -> String {
    guard let work, let cost else { return "" }
    let how =
      switch work.basis {
      case .counted, .batches: ""
      case .stated, .statedTime: "as stated"
      case .scaled: "by the steps"
      }
    let isOther =
      cost.steps > 0
      && abs(work.span.start - cost.span.start) + abs(work.span.end - cost.span.end)
        > 0.1 * cost.span.seconds
    let over = isOther ? "over " + SI.duration(work.span.seconds) : ""
    return [over, how].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The time and the joules of a pass over the data and of a request, of a job without steps.
  private func passes(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    guard let cost, cost.steps == 0 else { return [] }
    let mark = cost.energy?.isModelled ?? false ? "≈ " : ""
    var rows: [WeighedRow] = []
    let stated = c.ledger.known(.epochTime, of: job.id, at: c.time)?.value
    if let seconds = cost.secondsPerEpoch ?? stated {
      let joules = cost.joulesPerEpoch.map { mark + SI.string($0, "J") } ?? ""
      rows.append(WeighedRow(2, FactRow("per epoch", SI.duration(seconds), joules)))
    }
    return rows
  }

  /// The time and the joules of a step, and the pauses.
  private func steps(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    var rows: [WeighedRow] = []
    // Over the same stretch as the joules beside it.
    let seconds =
      cost?.medianStep ?? cost?.secondsPerStep
      ?? c.ledger.known(.stepTime, of: job.id, at: c.time)?.value
    if let seconds {
      let mark = cost?.energy?.isModelled ?? false ? "≈ " : ""
      var joules = cost?.joulesPerStep.map { mark + SI.string($0, "J") } ?? ""
      if !joules.isEmpty, let part = cost?.uncertainty, part >= 0.005 {
        joules += " ± \(SI.percent(part)) %"
      }
      rows.append(WeighedRow(2, FactRow("per step", SI.duration(seconds), joules)))
    }
    if let totals = useful(job, c), let joules = totals.joulesPerUsefulStep {
      let words = "\(SI.count(totals.redone))/\(SI.count(totals.steps)) redone"
      rows.append(WeighedRow(7, FactRow("useful", SI.string(joules, "J/step"), words)))
    }
    let pauses = c.ledger.pauses(of: job.id, at: c.time)
    for item in pauses?.items ?? [] {
      let energy = item.joules.map { ", ≈ " + SI.energy($0).joined } ?? ""
      let name = item.kind == .unnamed ? "apart" : "paused"
      let word =
        item.kind == .unnamed
        ? item.count == 1 ? "1 pause" : "\(item.count) pauses"
        : (pauses?.isPart == true ? "last " : "") + item.words
      rows.append(WeighedRow(7, FactRow(name, word, SI.duration(item.seconds) + energy)))
    }
    return rows
  }

  private func toGo(_ outlook: JobOutlook, _ c: FrameContext) -> FactRow? {
    guard let seconds = outlook.seconds, seconds > 0 else { return nil }
    var more = outlook.joules.map { "≈ " + SI.energy($0).joined } ?? ""
    if let grams = outlook.grams { more += ", " + SI.carbon(grams).joined }
    if let price = c.price, let joules = outlook.joules { more += ", " + price.text(joules) }
    return FactRow("to go", "≈ " + SI.duration(seconds), more)
  }

  /// How far the run is from its target loss.
  private func goal(_ loss: Double, _ job: Device, _ c: FrameContext) -> FactRow {
    let name = "loss " + SI.significant(loss)
    guard let target = c.ledger.target(loss, of: job.id, at: c.time) else {
      return FactRow(name, "–", "the job reports no loss")
    }
    switch target.outcome {
    case .reached(let step, let joules):
      let energy = joules.map { "after " + SI.energy($0.upperBound).joined } ?? ""
      return FactRow(name, "step " + SI.count(step.upperBound), energy + ", \(target.basis.words)")
    case .projected(let steps, let joules, let fit):
      let energy =
        joules.map {
          "≈ \(SI.energy($0.lowerBound).joined) to \(SI.energy($0.upperBound).joined), "
        } ?? ""
      return FactRow(
        name, "≈ +\(TargetLoss.words(steps))",
        energy + fit)
    case .refused(let reason): return FactRow(name, "–", reason)
    }
  }

  // MARK: Diet

  /// The saving against the first baseline, over the whole run so far.
  func besideBaseline(_ job: Device, _ c: FrameContext) -> [Run] {
    guard let baseline = c.input.baselines.first, let own = wholeRun(job, c),
      let measure = RunProfile.Measure.allCases.first(where: {
        own.joules(per: $0) != nil && baseline.joules(per: $0) != nil
      }), let joules = own.joules(per: measure), let other = baseline.joules(per: measure)
    else { return [] }
    // Quality first: a cheaper token is no saving where the same loss takes more of them.
    if let equal = c.profile.flatMap({ Comparison($0, against: baseline).equalLoss }) {
      return [
        Run(equal.sign, equal.saves == true ? c.style(.good) : c.style(.warning)),
        Run(
          " joules to loss \(SI.significant(equal.loss)) vs "
            + clipped(sanitized(baseline.name), to: 20),
          c.muted),
      ]
    }
    let change = joules / other - 1
    let text = (change < 0 ? "−" : "+") + SI.percent(abs(change)) + " % "
    return [
      Run(text, change < 0 ? c.style(.good) : c.style(.warning)),
      Run("vs " + clipped(sanitized(baseline.name), to: 20), c.muted),
    ]
  }

  /// The profile of the whole run so far, measured as its baselines are.
  private func wholeRun(_ job: Device, _ c: FrameContext) -> RunProfile? {
    guard !c.input.baselines.isEmpty else { return nil }
    return c.ledger.profile(of: job, over: c.session, name: "this run", isBrief: true)
  }

  /// Each baseline and this run as a bar of its joules.
  func drawDiet(_ canvas: inout Canvas, _ job: Device, in rect: Rect, _ c: FrameContext) {
    guard let own = wholeRun(job, c), rect.width >= 30 else { return }
    canvas.textClipped("diet", x: rect.x, y: rect.y, maxWidth: 10, c.muted)
    let runs = Array(c.input.baselines.prefix(2)) + [own]
    let measure = RunProfile.Measure.allCases.first { own.joules(per: $0) != nil } ?? .step
    let top = runs.compactMap { $0.joules(per: measure) }.max() ?? 0
    guard top > 0 else { return }
    let areas = rect.splitColumns(11).right.columns(runs.count, gap: 2)
    for (run, area) in zip(runs, areas) {
      let name = clipped(sanitized(run.name), to: max(4, area.width / 2 - 1))
      let used = canvas.text(name, x: area.x, y: area.y, maxWidth: area.width, c.text) + 1
      guard let joules = run.joules(per: measure), area.width - used >= 3 else { continue }
      let ramp: Theme.Ramp = run == own ? .algorithm : .power
      canvas.bar(
        joules / top,
        in: Rect(x: area.x + used, y: area.y, width: area.width - used, height: 1),
        gradient: c.theme[ramp], track: c.theme[.track], glyphs: c.glyphs)
    }
  }

  private func plain(_ value: Double) -> String {
    SI.text(value, "", smallest: 0).joined.trimmedEnd
  }
}
