import Accounting
import Canvas
import Quantities
import Telemetry

/// What the algorithm's progress costs: joules per token and per step, beside its loss.
struct AlgorithmCostPanel: Panel {
  let title = Texts("ALGORITHM COST", "COÛT DU CALCUL")
  let name = Texts("Algorithm cost", "Coût du calcul")
  let word = "cost"
  let brief = Texts("cost", "coût")
  let ramp = Theme.Ramp.algorithm
  let kinds: [DeviceKind] = [.job]
  let tells =
    "joules per token, step, sample, epoch or request; FLOP/s and MFU with their convention; "
    + "time, energy and grams to go"
  let origin =
    "the job's own log, tracker files or the server's metrics, joined with the energy of "
    + "the same seconds"

  func certificate(_ c: FrameContext) -> [CertificateLine] {
    c.job.map { Certificate.cost(of: $0, c) } ?? []
  }

  func headline(_ c: FrameContext) -> Headline {
    guard let job = c.job else { return Headline(missing: missing(c)) }
    if let earlier = c.ledger.earlierRun(of: job.id, at: c.time) {
      return earlierHeadline(earlier, job, c)
    }
    guard let progress = progress(job, c) else {
      return servingHeadline(job, c) ?? Headline(missing: missing(c))
    }
    var headline = Headline()
    headline.tell(job, age: progress.age, c)
    let lastSaid = c.timeline.facts(of: job.id).lastSaid
    if let lastSaid { headline.tell(job, age: c.time - lastSaid, c) }
    let cost = c.ledger.cost(of: job.id, at: c.time)
    if let joules = cost?.joulesPerToken {
      headline.value = c.text(joules, .joulesPerToken)
      headline.phrases.append(besideBaseline(job, c))
      headline.phrases.append([
        Run(c.string(3.6e6 / joules, .tokensPerKilowattHour, smallest: 0), c.muted)
      ])
      if let joules = cost?.joulesPerStep {
        headline.phrases.append([Run(c.string(joules, .joulesPerStep), c.muted)])
      }
    } else if let joules = cost?.joulesPerSample {
      headline.value = c.text(joules, .joulesPerSample)
      headline.phrases.append(besideBaseline(job, c))
      headline.phrases.append([Run(c.say(CostWords.tokensUnknown), c.muted)])
    } else if let joules = cost?.joulesPerStep {
      headline.value = c.text(joules, .joulesPerStep)
      headline.phrases.append(besideBaseline(job, c))
      headline.phrases.append([Run(c.say(CostWords.tokensUnknown), c.muted)])
    } else if c.ledger.known(.step, of: job.id, at: c.time) == nil,
      let joules = cost?.joulesPerEpoch
    {
      headline.value = c.text(joules, .joulesPerEpoch)
      headline.phrases.append(besideBaseline(job, c))
    } else if let rate = cost?.tokensPerSecond {
      headline.value = c.text(rate, .tokensPerSecond, smallest: 0)
      headline.phrases.append([Run(noEnergy(cost, c), c.muted)])
    } else if let seconds = c.ledger.known(.stepTime, of: job.id, at: c.time)?.value {
      headline.value = c.text(seconds, .secondsPerStep)
      headline.phrases.append([Run(noEnergy(cost, c), c.muted)])
    } else if let step = c.ledger.known(.step, of: job.id, at: c.time) {
      headline.value = SI.Text(number: SI.count(step.value), unit: c.say(UnitWords.steps))
      let isTimed = cost?.isTimed ?? true
      headline.phrases.append([
        Run(
          isTimed
            ? uncharged(job, cost, c) ?? c.say(CostWords.notEnoughForCost)
            : ShortfallWords.text(JobCost.Shortfall.untimed, in: c.language), c.muted)
      ])
    } else {
      headline.value = told(job, c)
      headline.phrases.append([Run(noEnergy(cost, c), c.muted)])
    }
    if let words = epochWords(job, c) { headline.phrases.append([Run(words, c.muted)]) }
    for caveat in cost.map({ c.ledger.caveats(of: job.id, over: $0.span) }) ?? [] {
      switch caveat {
      case .allAccelerators(let count):
        headline.phrases.insert(
          [Run(c.say(CostWords.chargedForAll, "\(count)"), c.style(.warning))], at: 0)
      case .sharedProcessors(let jobs):
        headline.phrases.insert(
          [Run(c.say(CostWords.jobsShareCPUs, "\(jobs)"), c.style(.warning))], at: 0)
      case .sharedAccelerators(let jobs):
        headline.phrases.insert(
          [Run(c.say(CostWords.jobsShareGPUs, "\(jobs)"), c.style(.warning))], at: 0)
      case .named(let origin):
        headline.phrases.append([Run(c.say(CostWords.gpusBy, sanitized(origin)), c.muted)])
      case .partlySeen, .unknown: break
      }
    }
    if let ending = c.timeline.ending(of: job.id, at: c.time) {
      let style = ending.cause == .finished ? c.style(.good) : c.style(.warning)
      headline.phrases.insert([Run(sanitized(ending.text), style)], at: 0)
      if lastSaid == nil, c.time > ending.time {
        headline.tell(job, age: c.time - ending.time, c)
      }
    }
    headline.isEstimate = cost?.energy?.isModelled ?? false
    return headline
  }

  /// The job's newest word that its training goes on; `nil` for a job that only serves, or has said
  /// nothing yet.
  func progress(_ job: Device, _ c: FrameContext) -> Known? {
    [Metric.step, .tokens, .samples, .epoch].lazy
      .compactMap { c.ledger.known($0, of: job.id, at: c.time) }.first
  }

  /// What a job without steps has told, where nothing better is known.
  private func told(_ job: Device, _ c: FrameContext) -> SI.Text? {
    for (metric, unit) in [(Metric.tokens, UnitWords.tokens), (.samples, .samples)] {
      if let known = c.ledger.known(metric, of: job.id, at: c.time) {
        return c.text(known.value, unit, smallest: 0)
      }
    }
    return c.ledger.known(.epoch, of: job.id, at: c.time).map {
      SI.Text(number: Self.epochs($0.value), unit: c.say(UnitWords.epochs))
    }
  }

  /// `epoch 2 of 3`, for a job that tells no steps.
  private func epochWords(_ job: Device, _ c: FrameContext) -> String? {
    guard let outlook = c.outlook(of: job), outlook.step == nil, let epoch = outlook.epoch else {
      return nil
    }
    let number = c.number(Self.epochs(epoch))
    return outlook.epochTotal.map {
      c.say(CostWords.epochOf, number, c.number(Self.epochs($0)))
    } ?? c.say(CostWords.epoch, number)
  }

  /// A number of epochs, whole or with two decimals.
  static func epochs(_ count: Double) -> String {
    count == count.rounded() ? SI.count(count) : SI.fixed(count, 2)
  }

  /// What is said where nothing of the present run is known: an earlier one and how far it came.
  private func earlierHeadline(
    _ earlier: EarlierRun, _ job: Device, _ c: FrameContext
  ) -> Headline {
    let progress = Self.progress(earlier, c)
    let isHistory = c.timeline.facts(of: job.id).isHistory
    var headline = Headline(missing: [
      progress.map { c.say(CostWords.historyWith, $0) } ?? c.say(CostWords.history),
      c.say(isHistory ? CostWords.writtenBefore : .restarted),
    ])
    headline.tell(job, age: c.time - earlier.time, c)
    return headline
  }

  /// How far an earlier run had come.
  static func progress(_ earlier: EarlierRun, _ c: FrameContext) -> String? {
    if let step = earlier.step {
      return earlier.stepTotal.map { c.say(CostWords.lastStepOf, SI.count(step), SI.count($0)) }
        ?? c.say(CostWords.lastStep, SI.count(step))
    }
    return earlier.epoch.map { c.say(CostWords.lastEpoch, c.significant($0)) }
  }

  /// Why a job is charged nothing, however long it goes on; `nil` while that is not so.
  private func uncharged(_ job: Device, _ cost: JobCost?, _ c: FrameContext) -> String? {
    guard c.inventory.knowsPower, let cost,
      case .unknown(let reason) = c.ledger.charge(of: job.id, over: cost.span)
    else { return nil }
    return ShortfallWords.text(.unknown(reason), in: c.language)
  }

  private func noEnergy(_ cost: JobCost?, _ c: FrameContext) -> String {
    guard c.inventory.knowsPower else { return c.say(CostWords.powerUntold) }
    return cost?.lack.map { ShortfallWords.text($0, in: c.language) }
      ?? c.say(CostWords.notEnoughForJoules)
  }

  private func missing(_ c: FrameContext) -> [String] {
    let states = c.timeline.states(at: c.time)
    // Where a job's accelerator cannot be read, the remedy is shown.
    let kinds = c.sources(feeding: .job)
    let silent = states.first { state in
      state.health == .absent && kinds.contains { $0.name == state.kind && $0.isDefault }
    }
    let named = states.filter { state in
      kinds.contains { $0.name == state.kind && !$0.isDefault }
    }
    let log = named.first { $0.health != .ok } ?? named.first ?? silent
    guard let log, log.health != .ok else {
      if log != nil { return [c.say(CostWords.noProgress), log?.message ?? ""] }
      return [c.say(CostWords.noJob), c.say(CostWords.follow), c.say(CostWords.record)]
    }
    return [log.message, log.remedy].filter { !$0.isEmpty }
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard let job = c.job, !rect.isEmpty, c.ledger.earlierRun(of: job.id, at: c.time) == nil
    else { return }
    let rows = rows(job, c)
    // A third of the room is the curve's: two rows at least, and five where there are a dozen.
    let least = max(rect.height >= 12 ? 5 : 2, rect.height / 3)
    let shown = min(rows.count, max(0, rect.height - least))
    let (chart, list) = rect.splitRows(rect.height - shown)
    if c.timeline.id(.loss, of: job.id) == nil {
      drawWriting(&canvas, job, in: chart, c)
    } else {
      drawLoss(&canvas, job, in: chart, c)
    }
    let chosen = Set(
      rows.indices.sorted { (rows[$0].weight, $0) < (rows[$1].weight, $1) }.prefix(shown))
    for (place, index) in rows.indices.filter(chosen.contains).enumerated() {
      let row = list.row(place)
      switch rows[index].content {
      case .fact(let fact): fact.draw(&canvas, in: row, gradient: c.theme[.algorithm], c)
      case .diet: drawDiet(&canvas, job, in: row, c)
      }
    }
  }

  /// Loss is read over the whole run, not over the last minutes.
  private func lossSpan(_ id: Timeline.SeriesID, _ job: Device, _ c: FrameContext) -> TimeSpan {
    let begin = c.ledger.workStart(of: job.id, at: c.time) ?? c.session.start
    let from =
      c.timeline.firstReading(id).map { max($0.time, max(begin, c.session.start)) }
      ?? c.session.start
    return TimeSpan(from, max(c.time, from + 1))
  }

  func curves(_ c: FrameContext) -> TimeSpan? {
    guard let job = c.job, c.ledger.earlierRun(of: job.id, at: c.time) == nil else { return nil }
    if let id = c.timeline.id(.loss, of: job.id) { return lossSpan(id, job, c) }
    let isRated = [Metric.promptTokens, .outputTokens].contains {
      c.timeline.id($0, of: job.id) != nil
    }
    return isRated ? c.window : nil
  }

  private func drawLoss(_ canvas: inout Canvas, _ job: Device, in rect: Rect, _ c: FrameContext) {
    guard rect.height > 0, let id = c.timeline.id(.loss, of: job.id) else { return }
    let span = lossSpan(id, job, c)
    // The label has a row of its own where there is one to spare.
    let chart = rect.height >= 4 ? rect.splitRows(1).bottom : rect
    let values = c.timeline.curve(id, over: span, columns: c.samples(rect.width)).map { $0?.mean }
    let known = values.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return }
    let margin = max((high - low) * 0.05, abs(high) * 0.001, 1e-9)
    canvas.lineChart(
      values, in: chart, bottom: low - margin, top: high + margin, gradient: c.theme[.algorithm],
      background: c.background, glyphs: c.glyphs)
    if let loss = c.ledger.known(.loss, of: job.id, at: c.time) {
      let text = " " + c.say(CostWords.loss, c.significant(loss.value, digits: 4))
      let isTimed = c.timeline.facts(of: job.id).timing != .none
      let trend = isTimed ? c.number(LossTrend(values, seconds: span.seconds)?.text ?? "") : ""
      canvas.textRight(trend, right: rect.right, y: rect.y, c.muted)
      canvas.textRight(text, right: rect.right - displayWidth(trend), y: rect.y, c.text)
    }
  }
}
