import Accounting
import Canvas
import Quantities
import Telemetry

/// What the accelerators draw: power now, energy so far, every card in its row.
struct GPUDrawPanel: Panel {
  let title = Texts("GPU DRAW", "PUISSANCE GPU")
  let name = Texts("GPU draw", "Puissance GPU")
  let word = "GPU"
  let brief = Texts("GPU", "GPU")
  let ramp = Theme.Ramp.power
  let kinds: [DeviceKind] = [.gpu, .gpuPart, .process, .cpu, .meter, .host]
  let tells =
    "watts now, energy so far by counter and by integral, idle floor, what it went to, "
    + "whose it was, every card from 1 to 1024; without a GPU: the host, and what was "
    + "looked for"
  let origin =
    "the driver (NVIDIA, AMD, Intel, Jetson, Grace), RAPL, hwmon"

  func certificate(_ c: FrameContext) -> [CertificateLine] { Certificate.energy(c) }

  func headline(_ c: FrameContext) -> Headline {
    let gpus = c.inventory.gpus
    guard !gpus.isEmpty else { return hostHeadline(c) }
    guard let watts = c.power(of: gpus) else {
      return Headline(missing: silent(gpus, c))
    }
    var headline = Headline(value: SI.text(watts, "W"))
    let energy = energyPhrases(of: gpus, watts, c)
    // What was drawn, and right behind it what that cost.
    headline.phrases += energy.prefix(c.price == nil ? 1 : 2)
    let limits = gpus.compactMap { c.moment.known(.powerLimit, of: $0.id)?.value }
    if limits.count == gpus.count, case let cap = limits.reduce(0, +), cap > 0 {
      headline.phrases.append([Run(c.say(GPUWords.ofCap, c.percent(watts / cap)), c.muted)])
      headline.note = c.say(GPUWords.cap, c.string(cap, "W"))
    }
    headline.phrases += energy.dropFirst(c.price == nil ? 1 : 2)
    return headline
  }

  /// What was drawn so far, since the last mark, what it cost, and the peak.
  func energyPhrases(of devices: [Device], _ watts: Double, _ c: FrameContext) -> [[Run]] {
    var phrases: [[Run]] = []
    if let energy = c.timeline.energy(of: devices, over: c.account), energy.covered > 0 {
      let mark = energy.isModelled ? "≈ " : ""
      phrases.append([
        Run(mark + c.string(SI.energy(energy.joules)), c.text), Run(" " + c.accountWords, c.muted),
      ])
      if let cost = c.cost(of: devices, over: c.account) {
        phrases.append([Run(mark + cost, c.text)])
      }
      if c.input.view.selection == nil,
        let since = c.timeline.events.last(where: { $0.kind == .mark && $0.time < c.time }),
        let part = c.timeline.energy(of: devices, over: TimeSpan(since.time, c.time))
      {
        phrases.append([
          Run(mark + c.string(SI.energy(part.joules)), c.text),
          Run(" " + c.say(GPUWords.sinceMark), c.muted),
        ])
      }
      if energy.coverage < 0.995, c.account.seconds > 10 {
        phrases.append([
          Run(c.say(GPUWords.covered, c.percent(energy.coverage)), c.style(.warning))
        ])
      }
    }
    let means = c.ledger.powerCurve(
      of: devices, over: c.chartWindow(120), columns: 120, until: c.time)
    if let peak = means.compactMap({ $0 }).max() {
      phrases.append([Run(c.say(GPUWords.peak, c.string(max(peak, watts), "W")), c.muted)])
    }
    return phrases
  }

  private func silent(_ gpus: [Device], _ c: FrameContext) -> [String] {
    let lines = c.states(feeding: [.gpu]).filter { $0.health != .ok }
      .flatMap { [$0.message, $0.remedy].filter { !$0.isEmpty } }
    let words: GPUWords = gpus.count == 1 ? .oneSilent : .manySilent
    return [c.say(words, "\(gpus.count)")] + lines
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    let gpus = c.inventory.gpus
    guard !gpus.isEmpty else { return drawHost(&canvas, in: rect, c) }
    // With the whole screen there is room for the account and for who draws it.
    let isLarge = c.input.view.focused != nil && rect.height >= 20
    let (upper, lower) = rect.splitRows(
      rect.height - (isLarge ? GPUAccount.height + 1 : rect.height >= 8 ? 1 : 0))
    if isLarge {
      GPUAccount.draw(&canvas, gpus, in: lower.splitRows(1).bottom, c)
    } else if lower.height > 0 {
      let isGrid =
        !GPUCards.fit(gpus.count, in: upper)
        && GPURows.needsGrid(gpus.count, width: upper.width, height: upper.height)
      GPUAccount.drawLine(&canvas, gpus, in: lower, namesOutliers: !isGrid, c)
    }
    let people = isLarge ? min(5, upper.height / 5) : 0
    let processes = people > 1 ? c.ledger.processes(over: c.account, by: .process) : []
    let (cards, list) = upper.splitRows(
      upper.height - (processes.isEmpty ? 0 : min(people, processes.count + 1) + 1))
    if !processes.isEmpty {
      ProcessTable.drawShort(&canvas, processes, in: list.splitRows(1).bottom, c)
    }
    drawCards(&canvas, gpus, in: cards, c)
  }

  /// Curves and cards of the accelerators: as cards, as rows under one curve, or as a heat grid.
  private func drawCards(
    _ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext
  ) {
    if GPUCards.fit(gpus.count, in: rect) {
      GPUCards.draw(&canvas, gpus, in: rect, c)
      return
    }
    let isGrid = GPURows.needsGrid(gpus.count, width: rect.width, height: rect.height)
    let title =
      !isGrid && rect.width >= GPURows.titledWidth && rect.height >= gpus.count + 4 ? 1 : 0
    let chartShare = max(1, min(rect.height / 2, rect.height - min(gpus.count, 32) - title))
    let rows =
      isGrid
      ? max(
        rect.height - max(2, rect.height / 3),
        min(rect.height, GPUGrid.leastRows(gpus.count, width: rect.width / 8 * 8)))
      : GPURows.height(gpus.count, width: rect.width, available: rect.height - 2) + title
    let chartHeight = max(isGrid ? 0 : chartShare, rect.height - rows)
    let (chart, below) = rect.splitRows(min(chartHeight, rect.height))
    drawChart(&canvas, gpus, in: chart, c)
    if isGrid {
      GPUGrid.draw(&canvas, gpus, in: below, c)
    } else {
      GPURows.draw(&canvas, gpus, in: below, c)
    }
  }

  private func drawChart(
    _ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext
  ) {
    let columns = c.samples(rect.width)
    let values = c.ledger.powerCurve(
      of: gpus, over: c.chartWindow(columns), columns: columns, until: c.time)
    let limits = gpus.compactMap { c.moment.known(.powerLimit, of: $0.id)?.value }
    let peak = values.compactMap { $0 }.max() ?? 1
    let cap = limits.reduce(0, +)
    canvas.areaChart(
      values, in: rect, top: cap > 0 ? max(cap, peak) : peak * 1.15, gradient: c.theme[.power],
      background: c.background, glyphs: c.glyphs)
  }
}
