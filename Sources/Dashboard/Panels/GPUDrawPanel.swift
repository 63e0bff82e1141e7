import Accounting
import Canvas
import Quantities
import Telemetry

/// What the accelerators draw: power now, energy so far, every card in its row.
struct GPUDrawPanel: Panel {
  let title = "GPU DRAW"
  let word = "GPU"
  let ramp = Theme.Ramp.power
  let kinds: [DeviceKind] = [.gpu, .cpu, .meter, .host]

  func headline(_ c: FrameContext) -> Headline {
    let gpus = c.inventory.gpus
    guard !gpus.isEmpty else { return hostHeadline(c) }
    guard let watts = c.moment.power(of: gpus) else {
      return Headline(missing: silent(gpus, c))
    }
    var headline = Headline(value: SI.text(watts, "W"))
    let energy = energyPhrases(of: gpus, watts, c)
    headline.phrases += energy.prefix(1)
    let limits = gpus.compactMap { c.moment.value(.powerLimit, of: $0.id) }
    if limits.count == gpus.count, case let cap = limits.reduce(0, +), cap > 0 {
      headline.phrases.append([Run("\(SI.percent(watts / cap)) % of cap", c.muted)])
      headline.note = "cap " + SI.string(cap, "W")
    }
    headline.phrases += energy.dropFirst()
    return headline
  }

  private func energyPhrases(of devices: [Device], _ watts: Double, _ c: FrameContext) -> [[Run]] {
    var phrases: [[Run]] = []
    if let energy = c.timeline.energy(of: devices, over: c.session), energy.covered > 0 {
      let mark = energy.isModelled ? "≈ " : ""
      phrases.append([
        Run(mark + SI.energy(energy.joules).joined, c.text), Run(" since start", c.muted),
      ])
      if let since = c.timeline.events.last(where: { $0.kind == .mark && $0.time < c.time }),
        let part = c.timeline.energy(of: devices, over: TimeSpan(since.time, c.time))
      {
        phrases.append([
          Run(mark + SI.energy(part.joules).joined, c.text), Run(" since mark", c.muted),
        ])
      }
      if energy.coverage < 0.995, c.session.seconds > 10 {
        phrases.append([Run("\(SI.percent(energy.coverage)) % covered", c.style(.warning))])
      }
    }
    let peak = c.ledger.powerCurve(of: devices, over: c.window, columns: 120).compactMap { $0 }
      .max()
    if let peak { phrases.append([Run("peak " + SI.string(max(peak, watts), "W"), c.muted)]) }
    return phrases
  }

  /// The sources that accelerators come from, in the order they are looked for.
  private static let gpuSources = ["nvml", "amdgpu", "intel-gpu"]

  /// What was looked for in vain, and what to do about it.
  private func absence(_ c: FrameContext) -> (reason: String, remedy: String?) {
    let looked = Self.gpuSources.compactMap { c.state(of: $0) }
      .filter { $0.health != .ok && !$0.message.isEmpty }
    let reason = looked.map { $0.message }.first ?? "no accelerator is being read"
    return ("No GPU: " + reason, looked.map(\.remedy).first { !$0.isEmpty })
  }

  private func hostHeadline(_ c: FrameContext) -> Headline {
    let (reason, remedy) = absence(c)
    guard let watts = c.ledger.power(at: c.time) else {
      let power = ["rapl", "hwmon"].compactMap { c.state(of: $0) }
        .filter { $0.health != .ok }
        .map { "\($0.source): \($0.message)" + ($0.remedy.isEmpty ? "" : " – " + $0.remedy) }
      let model = "Watts can be worked out from the load: --source model:IDLE-BUSY"
      return Headline(
        missing: [reason] + [remedy].compactMap { $0 } + power + (power.isEmpty ? [] : [model]))
    }
    let devices = c.ledger.powerDevices
    let isModelled = c.timeline.energy(of: devices, over: c.window)?.isModelled ?? false
    var value = SI.text(watts, "W")
    if isModelled { value.number = "≈ " + value.number }
    var headline = Headline(value: value)
    if isModelled {
      headline.phrases.append([Run("modelled, no sensor", c.style(.warning))])
    } else {
      headline.phrases.append([Run("processor and memory", c.muted)])
    }
    headline.phrases += energyPhrases(of: devices, watts, c)
    return headline
  }

  private func silent(_ gpus: [Device], _ c: FrameContext) -> [String] {
    let lines = Self.gpuSources.compactMap { c.state(of: $0) }.filter { $0.health != .ok }
      .flatMap { [$0.message, $0.remedy].filter { !$0.isEmpty } }
    let count = gpus.count == 1 ? "The GPU says" : "\(gpus.count) GPUs say"
    return ["\(count) nothing at this time."] + lines
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    let gpus = c.inventory.gpus
    guard !gpus.isEmpty else {
      // Without a headline the reason stands there already.
      let footer = c.inventory.knowsPower && rect.height >= 3 ? 1 : 0
      HostRows.draw(&canvas, in: rect.splitRows(rect.height - footer).top, c)
      if footer > 0 {
        canvas.textClipped(
          absence(c).reason, x: rect.x, y: rect.bottom - 1, maxWidth: rect.width, c.muted)
      }
      return
    }
    let footer = rect.height >= 8 ? 1 : 0
    let isGrid = GPURows.needsGrid(
      gpus.count, width: rect.width, height: rect.height - footer)
    let chartShare = max(1, min(rect.height / 2, rect.height - footer - min(gpus.count, 32)))
    let rows =
      isGrid
      ? rect.height - footer - max(2, rect.height / 3)
      : GPURows.height(gpus.count, width: rect.width, available: rect.height - footer - 2)
    let chartHeight = max(chartShare, rect.height - footer - rows)
    let (chart, below) = rect.splitRows(min(chartHeight, rect.height - footer))
    let columns = c.samples(chart.width)
    let values = c.ledger.powerCurve(
      of: gpus, over: c.chartWindow(columns), columns: columns, until: c.time)
    let limits = gpus.compactMap { c.timeline.id(.powerLimit, of: $0.id) }
      .compactMap { c.timeline.value($0, at: c.time) }
    let peak = values.compactMap { $0 }.max() ?? 1
    let cap = limits.reduce(0, +)
    canvas.areaChart(
      values, in: chart, top: cap > 0 ? max(cap, peak) : peak * 1.15, gradient: c.theme[.power],
      background: c.background, glyphs: c.glyphs)
    let list = below.splitRows(below.height - footer).top
    if isGrid {
      GPURows.drawGrid(&canvas, gpus, in: list, c)
    } else {
      GPURows.draw(&canvas, gpus, in: list, c)
    }
    if footer > 0 { drawFooter(&canvas, gpus, in: rect.row(rect.height - 1), c) }
  }

  private func drawFooter(
    _ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext
  ) {
    var phrases: [[Run]] = []
    if let energy = c.timeline.energy(of: gpus, over: c.session) {
      let method = energy.isCounted ? "by hardware counter" : "by integrating power"
      phrases.append([Run(method, c.muted)])
      if let mean = energy.meanPower {
        phrases.append([Run("mean " + SI.string(mean, "W"), c.muted)])
      }
    }
    let split = c.ledger.split(over: c.window)
    if let split, split.share(.waiting) > 0.005 {
      let waiting = split.share(.waiting) * (split.total.meanPower ?? 0)
      phrases.append([Run("≈ \(SI.string(waiting, "W")) spent waiting", c.muted)])
    }
    canvas.phrases(phrases, x: rect.x, y: rect.y, maxWidth: rect.width)
  }
}
