import Accounting
import Canvas
import Quantities
import Telemetry

extension AlgorithmCostPanel {
  /// Tokens or samples, and the arithmetic they stand for.
  func rates(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> [WeighedRow] {
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

  private func plain(_ value: Double, _ c: FrameContext) -> String {
    c.string(value, "", smallest: 0).trimmedEnd
  }
}
