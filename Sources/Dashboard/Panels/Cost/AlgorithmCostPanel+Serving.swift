import Accounting
import Canvas
import Quantities
import Telemetry

/// The panel of a serving job: joules for each output token, each token, or each request.
extension AlgorithmCostPanel {
  /// Joules for an output token, an input token or a request; `nil` for a job that counts none of them.
  func servingHeadline(_ job: Device, _ c: FrameContext) -> Headline? {
    guard c.ledger.isServer(job.id) else { return requestHeadline(job, c) }
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return nil }
    if case .silent = cost.shortfall, let fault = c.ledger.servingFault(of: job.id, at: c.time) {
      return Headline(missing: [fault.message, fault.remedy].filter { !$0.isEmpty })
    }
    var headline = Headline()
    headline.tell(job, age: c.time - cost.span.end, c)
    headline.isEstimate = cost.energy?.isModelled ?? false
    let rate = c.text(cost.outputRate, .tokensPerSecond, smallest: 0)
    if let joules = cost.joulesPerOutputToken {
      headline.value = c.text(joules, .joulesPerOutputToken)
      headline.phrases.append(besideBaseline(job, c))
      if let joules = cost.joulesPerTotalToken {
        headline.phrases.append([Run(c.string(joules, .joulesPerTotalToken), c.muted)])
      }
      headline.phrases.append([Run(c.string(rate), c.muted)])
      if let busy = cost.busyJoulesPerOutputToken {
        headline.phrases.append([
          Run(c.say(CostWords.busyPart, c.string(busy, "J")), c.muted)
        ])
      }
    } else if let joules = cost.joulesPerInputToken {
      headline.value = c.text(joules, .joulesPerInputToken)
      headline.phrases.append([Run(c.say(CostWords.writesNone), c.muted)])
    } else if let joules = cost.joulesPerRequest {
      headline.value = c.text(joules, .joulesPerRequest)
      headline.phrases.append([Run(shortfall(cost, c), c.muted)])
    } else {
      headline.value =
        switch cost.measure {
        case .outputToken: rate
        case .inputToken: c.text(cost.promptRate ?? 0, .inputTokensPerSecond, smallest: 0)
        case .request: c.text(cost.requestRate ?? 0, .requestsPerSecond, smallest: 0)
        }
      headline.isEstimate = false
      headline.phrases.append([Run(shortfall(cost, c), c.muted)])
    }
    return headline
  }

  /// Joules for a request of a job that is no server and counts nothing else, over as many as are
  /// enough.
  private func requestHeadline(_ job: Device, _ c: FrameContext) -> Headline? {
    guard let known = c.ledger.known(.requests, of: job.id, at: c.time) else { return nil }
    var headline = Headline()
    headline.tell(job, age: known.age, c)
    guard let cost = c.ledger.cost(of: job.id, at: c.time), let work = cost.requestWork else {
      headline.value = c.text(known.value, .requests, smallest: 0)
      headline.phrases.append([Run(c.say(CostWords.notEnoughForCost), c.muted)])
      return headline
    }
    let over = c.say(CostWords.over, SI.count(work.count), c.duration(work.seconds))
    headline.isEstimate = work.energy?.isModelled ?? false
    if let joules = cost.joulesPerRequest {
      headline.value = c.text(joules, .joulesPerRequest)
      headline.phrases.append(besideBaseline(job, c))
    } else {
      headline.isEstimate = false
      headline.value = work.perSecond.map { c.text($0, .requestsPerSecond, smallest: 0) }
      headline.phrases.append([
        Run(cost.lack.map { ShortfallWords.text($0, in: c.language) } ?? "", c.muted)
      ])
    }
    headline.phrases.append([Run(over, c.muted)])
    return headline
  }

  /// What a server does, and what each kind of token costs.
  func servingRows(_ job: Device, _ c: FrameContext) -> [WeighedRow] {
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return [] }
    var rows: [WeighedRow] = []
    func add(
      _ weight: Int, _ name: CostRowWords, _ value: String, _ more: String, bar: Double? = nil
    ) {
      rows.append(WeighedRow(weight, FactRow(c.say(name), value, more, bar: bar)))
    }
    func now(_ metric: Metric) -> Double? { c.moment.known(metric, of: job.id)?.value }
    func rate(_ value: Double) -> String {
      c.string(value, .shortTokensPerSecond, smallest: 0)
    }
    if let running = now(.requestsRunning) {
      let waiting = now(.requestsWaiting).map { c.say(CostRowWords.waiting, SI.count($0)) } ?? ""
      add(0, .requests, c.say(CostRowWords.running, SI.count(running)), waiting)
    }
    let total =
      now(.outputTokens).map { c.say(CostRowWords.inAll, c.string($0, "", smallest: 0)) } ?? ""
    if cost.measure == .outputToken { add(1, .written, rate(cost.outputRate), total) }
    if let prompt = cost.promptRate {
      let cached =
        cost.promptsMayHoldCached
        ? c.say(CostRowWords.cachedAmong)
        : cost.cachedShare.map { c.say(CostRowWords.fromCache, c.percent($0)) } ?? ""
      add(2, .read, rate(prompt), cached, bar: cost.cachedShare)
    }
    // As in the headline above.
    let perRequest =
      c.ledger.isServer(job.id)
      ? cost.joulesPerRequest : c.ledger.cost(of: job.id, at: c.time)?.joulesPerRequest
    if let joules = perRequest {
      let took = cost.requestSeconds.map { c.say(CostRowWords.took, c.duration($0)) } ?? ""
      add(3, .request, c.string(joules, "J"), took)
    }
    if let aborted = cost.abortedRequests, aborted > 0 {
      add(
        4, .aborted, SI.count(aborted),
        c.say(CostRowWords.notServed, c.duration(cost.span.seconds)))
    }
    if let joules = cost.joulesPerTotalToken {
      add(3, .both, c.string(joules, .joulesPerTotal), c.say(CostRowWords.computed))
    }
    switch c.ledger.tokenEnergyFit(of: job.id, at: c.time) {
    case .success(let fit)?:
      add(4, .prompt, c.string(fit.prompt.value, .joulesPerPrompt), range(fit.prompt, c))
      add(5, .output, c.string(fit.output.value, .joulesPerOutput), range(fit.output, c))
      add(
        6, .standing, c.string(fit.base.value, "W"),
        c.say(CostRowWords.noTokenMoving, range(fit.base, c)))
    default:
      if let phases = cost.joulesByPhase {
        add(4, .prompt, c.string(phases.prefill, .joulesPerPrompt), c.say(CostRowWords.byTime))
        add(5, .output, c.string(phases.decode, .joulesPerOutput), c.say(CostRowWords.byTime))
      }
    }
    if !c.input.baselines.isEmpty { rows.append(WeighedRow(7, .diet)) }
    return rows
  }

  /// The tokens it writes or, where it writes none, reads in a second, over the window of the other panels.
  func drawWriting(_ canvas: inout Canvas, _ job: Device, in rect: Rect, _ c: FrameContext) {
    let isReader = c.ledger.servingCost(of: job.id, at: c.time)?.measure == .inputToken
    guard rect.height > 0,
      let id = c.timeline.id(isReader ? .promptTokens : .outputTokens, of: job.id)
    else { return }
    let chart = rect.height >= 4 ? rect.splitRows(1).bottom : rect
    let columns = c.samples(chart.width)
    let values = c.timeline.curve(id, over: c.chartWindow(columns), columns: columns, until: c.time)
      .map { $0?.mean }
    guard let peak = values.compactMap({ $0 }).max(), peak > 0 else { return }
    canvas.areaChart(
      values, in: chart, top: peak * 1.1, gradient: c.theme[.algorithm], background: c.background,
      glyphs: c.glyphs)
    canvas.textRight(
      " " + c.say(CostWords.peak, c.string(peak, .tokensPerSecond, smallest: 0)), right: rect.right,
      y: rect.y,
      c.muted)
  }

  /// The interval of a fitted energy.
  private func shortfall(_ cost: ServingCost, _ c: FrameContext) -> String {
    cost.shortfall.map { ShortfallWords.text($0, in: c.language) } ?? ""
  }

  private func range(_ estimate: TokenEnergyFit.Estimate, _ c: FrameContext) -> String {
    let low = c.significant(estimate.low, digits: 2)
    return c.say(CostRowWords.fitted, low, c.significant(estimate.high, digits: 2))
  }
}
