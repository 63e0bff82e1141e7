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

  /// The rows from top to bottom.
  func rows(_ job: Device, _ c: FrameContext) -> [WeighedRow] {
    guard c.moment.known(.step, of: job.id) != nil else { return servingRows(job, c) }
    let cost = c.ledger.cost(of: job.id, at: c.time)
    let outlook = c.ledger.outlook(of: job.id, at: c.time)
    var rows: [WeighedRow] = []
    if let outlook {
      let of = outlook.stepTotal.map { " / " + SI.count($0) } ?? ""
      var more = outlook.share.map { SI.percent($0) + " %" } ?? ""
      if let redone = outlook.redone, redone > 0 { more += ", \(SI.count(redone)) redone" }
      rows.append(
        WeighedRow(0, FactRow("step", SI.count(outlook.step) + of, more, bar: outlook.share)))
    }
    rows += rates(job, cost, c)
    rows += steps(job, cost, c)
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
    let stated = c.moment.known(.tokenRate, of: job.id)?.value
    let tokens = cost?.tokensPerSecond ?? stated
    let span = cost?.span ?? TimeSpan(c.time, c.time)
    let mfu = c.ledger.mfu(
      of: job.id, tokensPerSecond: cost?.tokensPerSecond, over: span, withoutPauses: true)
    let seen = cost?.seenShare ?? 1
    var each = mfu.devices > 1 ? tokens.map { plain($0 / mfu.devices) + " per GPU" } ?? "" : ""
    if seen < 1 {
      each +=
        ", \(SI.count((seen * mfu.devices).rounded())) of \(SI.count(mfu.devices)) seen here"
    }
    if let tokens {
      let isOfOne =
        cost?.tokensPerSecond == nil && c.timeline.facts(of: job.id).rateScope == .device
      rows.append(
        WeighedRow(1, FactRow("tokens/s", plain(tokens), isOfOne ? "of one device" : each)))
    } else if let samples = cost?.samplesPerSecond {
      rows.append(WeighedRow(1, FactRow("samples/s", plain(samples), "")))
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

  /// The time and the joules of a step, and the pauses.
  private func steps(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
    var rows: [WeighedRow] = []
    // Over the same stretch as the joules beside it.
    let seconds =
      cost?.medianStep ?? cost?.secondsPerStep ?? c.moment.known(.stepTime, of: job.id)?.value
    if let seconds {
      let mark = cost?.energy?.isModelled ?? false ? "≈ " : ""
      var joules = cost?.joulesPerStep.map { mark + SI.string($0, "J") } ?? ""
      if !joules.isEmpty, let part = cost?.uncertainty, part >= 0.005 {
        joules += " ± \(SI.percent(part)) %"
      }
      rows.append(WeighedRow(2, FactRow("per step", SI.duration(seconds), joules)))
    }
    if let pauses = c.ledger.pauses(of: job.id, at: c.time) {
      let energy = pauses.joules.map { ", ≈ " + SI.energy($0).joined } ?? ""
      let word = pauses.count == 1 ? "1 pause" : "\(pauses.count) pauses"
      rows.append(
        WeighedRow(7, FactRow("apart", word, SI.duration(pauses.seconds) + energy)))
    }
    return rows
  }

  private func toGo(_ outlook: JobOutlook, _ c: FrameContext) -> FactRow? {
    guard let left = outlook.left, left > 0, let seconds = outlook.seconds else { return nil }
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
      let measure = [RunProfile.Measure.token, .outputToken, .sample, .step].first(where: {
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
    let measure: RunProfile.Measure =
      own.measure == .outputToken ? .outputToken : own.joulesPerToken == nil ? .step : .token
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
