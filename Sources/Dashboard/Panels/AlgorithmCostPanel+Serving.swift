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
    headline.tell(job, age: c.time - cost.span.end)
    headline.isEstimate = cost.energy?.isModelled ?? false
    let rate = SI.text(cost.outputRate, "tokens/s", smallest: 0)
    if let joules = cost.joulesPerOutputToken {
      headline.value = SI.text(joules, "J/output token")
      headline.phrases.append(besideBaseline(job, c))
      if let joules = cost.joulesPerTotalToken {
        headline.phrases.append([Run(SI.string(joules, "J/total token"), c.muted)])
      }
      headline.phrases.append([Run(rate.joined, c.muted)])
      if let busy = cost.busyJoulesPerOutputToken {
        headline.phrases.append([
          Run(SI.string(busy, "J") + " of it for the work", c.muted)
        ])
      }
    } else if let joules = cost.joulesPerInputToken {
      headline.value = SI.text(joules, "J/input token")
      headline.phrases.append([Run("it writes none", c.muted)])
    } else if let joules = cost.joulesPerRequest {
      headline.value = SI.text(joules, "J/request")
      headline.phrases.append([Run(cost.shortfall?.words ?? "", c.muted)])
    } else {
      headline.value =
        switch cost.measure {
        case .outputToken: rate
        case .inputToken: SI.text(cost.promptRate ?? 0, "input tokens/s", smallest: 0)
        case .request: SI.text(cost.requestRate ?? 0, "requests/s", smallest: 0)
        }
      headline.isEstimate = false
      headline.phrases.append([Run(cost.shortfall?.words ?? "", c.muted)])
    }
    return headline
  }

  /// Joules for a request of a job that is no server and counts nothing else, over as many as are
  /// enough.
  private func requestHeadline(_ job: Device, _ c: FrameContext) -> Headline? {
    guard let known = c.ledger.known(.requests, of: job.id, at: c.time) else { return nil }
    var headline = Headline()
    headline.tell(job, age: known.age)
    guard let cost = c.ledger.cost(of: job.id, at: c.time), let work = cost.requestWork else {
      headline.value = SI.text(known.value, "requests", smallest: 0)
      headline.phrases.append([Run("not enough yet for a cost", c.muted)])
      return headline
    }
    let over = "over \(SI.count(work.count)) in \(SI.duration(work.seconds))"
    headline.isEstimate = work.energy?.isModelled ?? false
    if let joules = cost.joulesPerRequest {
      headline.value = SI.text(joules, "J/request")
      headline.phrases.append(besideBaseline(job, c))
    } else {
      headline.isEstimate = false
      headline.value = work.perSecond.map { SI.text($0, "requests/s", smallest: 0) }
      headline.phrases.append([Run(cost.shortfall ?? "", c.muted)])
    }
    headline.phrases.append([Run(over, c.muted)])
    return headline
  }

  /// What a server does, and what each kind of token costs.
  func servingRows(_ job: Device, _ c: FrameContext) -> [WeighedRow] {
    guard let cost = c.ledger.servingCost(of: job.id, at: c.time) else { return [] }
    var rows: [WeighedRow] = []
    func add(_ weight: Int, _ name: String, _ value: String, _ more: String, bar: Double? = nil) {
      rows.append(WeighedRow(weight, FactRow(name, value, more, bar: bar)))
    }
    func now(_ metric: Metric) -> Double? { c.moment.known(metric, of: job.id)?.value }
    func rate(_ value: Double) -> String { SI.text(value, "tok/s", smallest: 0).joined }
    if let running = now(.requestsRunning) {
      let waiting = now(.requestsWaiting).map { SI.count($0) + " waiting" } ?? ""
      add(0, "requests", SI.count(running) + " running", waiting)
    }
    let total = now(.outputTokens).map { SI.text($0, "", smallest: 0).joined + " in all" } ?? ""
    if cost.measure == .outputToken { add(1, "written", rate(cost.outputRate), total) }
    if let prompt = cost.promptRate {
      let cached =
        cost.promptsMayHoldCached
        ? "cached ones among them"
        : cost.cachedShare.map { "\(SI.percent($0)) % more from cache" } ?? ""
      add(2, "read", rate(prompt), cached, bar: cost.cachedShare)
    }
    // As in the headline above.
    let perRequest =
      c.ledger.isServer(job.id)
      ? cost.joulesPerRequest : c.ledger.cost(of: job.id, at: c.time)?.joulesPerRequest
    if let joules = perRequest {
      let took = cost.requestSeconds.map { "in " + SI.duration($0) } ?? ""
      add(3, "a request", SI.string(joules, "J"), took)
    }
    if let aborted = cost.abortedRequests, aborted > 0 {
      add(4, "aborted", SI.count(aborted), "in \(SI.duration(cost.span.seconds)), not served")
    }
    if let joules = cost.joulesPerTotalToken {
      add(3, "prompt+out", SI.string(joules, "J/total tok"), "computed prompt and output tokens")
    }
    switch c.ledger.tokenEnergyFit(of: job.id, at: c.time) {
    case .success(let fit)?:
      add(4, "a prompt", SI.string(fit.prompt.value, "J/prompt tok"), range(fit.prompt))
      add(5, "an output", SI.string(fit.output.value, "J/output tok"), range(fit.output))
      add(
        6, "standing", SI.string(fit.base.value, "W"), range(fit.base) + ", no token moving")
    default:
      if let phases = cost.joulesByPhase {
        add(4, "a prompt", SI.string(phases.prefill, "J/prompt tok"), "by the time spent on it")
        add(5, "an output", SI.string(phases.decode, "J/output tok"), "by the time spent on it")
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
      " peak " + SI.text(peak, "tokens/s", smallest: 0).joined, right: rect.right, y: rect.y,
      c.muted)
  }

  /// The interval of a fitted energy.
  private func range(_ estimate: TokenEnergyFit.Estimate) -> String {
    let low = SI.significant(estimate.low, digits: 2)
    return "\(low) to \(SI.significant(estimate.high, digits: 2)), fitted"
  }
}
