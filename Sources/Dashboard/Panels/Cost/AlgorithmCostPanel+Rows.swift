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

  /// Tokens or samples, and the arithmetic they stand for.
  private func rates(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    var rows: [WeighedRow] = []
    let stated = c.ledger.known(.tokenRate, of: job.id, at: c.time)?.value
    let tokens = cost?.tokensPerSecond ?? stated
    let span = cost?.tokenWork?.span ?? cost?.span ?? TimeSpan(c.time, c.time)
    let mfu = c.ledger.mfu(
      of: job.id, tokensPerSecond: cost?.tokensPerSecond, over: span, withoutPauses: true)
    let seen = cost?.seenShare ?? 1
    var each =
      mfu.devices > 1
      ? tokens.map { c.say(CostRowWords.perGPU, plain($0 / mfu.devices, c)) } ?? "" : ""
    if seen < 1 {
      each +=
        ", "
        + c.say(
          CostRowWords.seenHere, SI.count((seen * mfu.devices).rounded()), SI.count(mfu.devices))
    }
    if let tokens {
      let stated = cost?.tokensPerSecond == nil ? c.timeline.facts(of: job.id).rateScope : .job
      let more =
        switch stated {
        case .device: c.say(CostRowWords.ofOneDevice)
        case .unknown: c.say(CostRowWords.ofOneOrAll)
        case .job:
          cost?.tokensPerSecond == nil
            ? c.say(CostRowWords.stated) : Self.stretch(cost?.tokenWork, cost, c)
        }
      let words = [stated == .job ? each : "", more].filter { !$0.isEmpty }.joined(separator: ", ")
      rows.append(WeighedRow(1, FactRow(c.say(UnitWords.tokensPerSecond), plain(tokens, c), words)))
    } else if let samples = cost?.samplesPerSecond {
      rows.append(
        WeighedRow(
          1,
          FactRow(
            c.say(UnitWords.samplesPerSecond), plain(samples, c),
            Self.stretch(cost?.sampleWork, cost, c))))
    }
    if let rate = mfu.flopRatePerDevice {
      let number = plain(rate, c)
      let more =
        mfu.share.map { share in
          mfu.count.map { c.say(CostRowWords.mfuBy, c.percent(share), $0.short) }
            ?? c.say(CostRowWords.mfuIs, c.percent(share))
        } ?? mfu.absence.map {
          c.say(CostRowWords.noMFU, MFUWords.text($0, in: c.language))
        } ?? ""
      rows.append(
        WeighedRow(
          5,
          FactRow(
            "FLOP/s", mfu.devices > 1 ? c.say(CostRowWords.perGPU, number) : number, more,
            bar: mfu.share)))
      if let count = mfu.count, mfu.share != nil {
        rows.append(WeighedRow(10, FactRow("", "", c.say(CostRowWords.by, count.convention))))
      }
    }
    if let reported = mfu.reported {
      let framework = c.timeline.facts(of: job.id).framework
      let by =
        framework.isEmpty
        ? c.say(CostRowWords.stated) : c.say(CostRowWords.statedBy, framework)
      rows.append(
        WeighedRow(
          mfu.share == nil ? 5 : 8, FactRow("MFU", c.percent(reported) + " %", by, bar: reported)))
    }
    if let hardware = mfu.hardware {
      rows.append(
        WeighedRow(
          7,
          FactRow(
            c.say(CostRowWords.tensor), c.percent(hardware) + " %",
            mfu.contradiction.map {
              c.say(CostRowWords.hardwareVerdict, MFUWords.text($0, in: c.language))
            } ?? c.say(CostRowWords.hardwareEstimate))))
    }
    return rows
  }

  /// Over which stretch an amount is known, where that is not the one of the steps beside it, and how.
  private static func stretch(
    _ work: JobWork?, _ cost: JobCost?, _ c: FrameContext
  ) -> String {
    guard let work, let cost else { return "" }
    let how =
      switch work.basis {
      case .counted, .batches: ""
      case .stated, .statedTime: c.say(CostRowWords.asStated)
      case .scaled: c.say(CostRowWords.byTheSteps)
      }
    let isOther =
      cost.steps > 0
      && abs(work.span.start - cost.span.start) + abs(work.span.end - cost.span.end)
        > 0.1 * cost.span.seconds
    let over = isOther ? c.say(CostRowWords.over, c.duration(work.span.seconds)) : ""
    return [over, how].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The time and the joules of a pass over the data and of a request, of a job without steps.
  private func passes(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
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
  private func steps(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
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

  private func toGo(_ outlook: JobOutlook, _ c: FrameContext) -> FactRow? {
    guard let seconds = outlook.seconds, seconds > 0 else { return nil }
    var more = outlook.joules.map { "≈ " + c.string(SI.energy($0)) } ?? ""
    if let grams = outlook.grams { more += ", " + c.string(SI.carbon(grams)) }
    if let price = c.price, let joules = outlook.joules {
      more += ", " + c.number(price.text(joules))
    }
    return FactRow(c.say(CostRowWords.toGo), "≈ " + c.duration(seconds), more)
  }

  /// How far the run is from its target loss.
  private func goal(_ loss: Double, _ job: Device, _ c: FrameContext) -> FactRow {
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
        Run(c.number(equal.sign), equal.saves == true ? c.style(.good) : c.style(.warning)),
        Run(
          " "
            + c.say(
              CostWords.joulesToLoss, c.significant(equal.loss),
              clipped(sanitized(baseline.name), to: 20)), c.muted),
      ]
    }
    let change = joules / other - 1
    let text = (change < 0 ? "−" : "+") + c.percent(abs(change)) + " % "
    return [
      Run(text, change < 0 ? c.style(.good) : c.style(.warning)),
      Run(c.say(CostWords.versus, clipped(sanitized(baseline.name), to: 20)), c.muted),
    ]
  }

  /// The profile of the whole run so far, measured as its baselines are.
  private func wholeRun(_ job: Device, _ c: FrameContext) -> RunProfile? {
    guard !c.input.baselines.isEmpty else { return nil }
    return c.ledger.profile(
      of: job, over: c.session, name: c.say(FrameWords.thisRun), isBrief: true)
  }

  /// Each baseline and this run as a bar of its joules.
  func drawDiet(_ canvas: inout Canvas, _ job: Device, in rect: Rect, _ c: FrameContext) {
    guard let own = wholeRun(job, c), rect.width >= 30 else { return }
    canvas.textClipped(c.say(CostRowWords.diet), x: rect.x, y: rect.y, maxWidth: 10, c.muted)
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

  private func plain(_ value: Double, _ c: FrameContext) -> String {
    c.string(value, "", smallest: 0).trimmedEnd
  }
}
