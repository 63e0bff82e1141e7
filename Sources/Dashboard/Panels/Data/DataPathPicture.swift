import Accounting
import Canvas
import Quantities
import Telemetry

/// The path of the bytes as a picture: vessels side by side, the full one in red, and below it why.
enum DataPathPicture {
  /// The least room it is drawn in.
  static let leastRows = 9
  static let leastColumns = 50

  static func draw(_ canvas: inout Canvas, _ path: DataPath, in rect: Rect, _ c: FrameContext) {
    let verdict = DataVerdict.of(path, c)
    let facts = facts(path, verdict, c)
    let layout = DataPathLayout(in: rect, lines: verdict.lines.count, facts: facts.count)
    for (index, whole) in verdict.lines.prefix(layout.verdict.height).enumerated() {
      let width = whole.reduce(0) { $0 + displayWidth($1.text) }
      let line = index == 0 && width > rect.width && !verdict.short.isEmpty ? verdict.short : whole
      canvas.phrases(
        [line], x: rect.x, y: layout.verdict.y + index, maxWidth: rect.width, inOrder: true)
    }
    DataPathVessels(path: path, layout: layout, context: c).draw(&canvas)
    let indent = 12
    for (index, fact) in facts.prefix(layout.facts.height).enumerated() {
      let y = layout.facts.y + index
      canvas.text(fact.name, x: rect.x, y: y, c.muted)
      canvas.phrases(
        fact.phrases, x: rect.x + indent, y: y, maxWidth: rect.width - indent, inOrder: true)
    }
    WaitingStrip.draw(&canvas, in: layout.strip, legend: layout.legend, c)
    if layout.flows.height > 0 {
      let (chart, legend) = layout.flows.splitRows(-1)
      DataThroughputPanel().drawChart(&canvas, in: chart.splitRows(1).bottom, c)
      canvas.runs(
        [
          Run(c.say(DataWords.bytes) + " ", c.muted),
          Run(c.say(DataWords.bytesIn), c.style(.dataIn)),
          Run(" \(c.say(DataWords.and)) ", c.muted),
          Run(c.say(DataWords.bytesOut), c.style(.dataOut)),
          Run(" " + c.say(DataWords.ofAll), c.muted),
        ], x: legend.x, y: legend.y, maxWidth: legend.width)
    }
  }

  /// What the verdict rests on, what a sample costs, and what flows beside the path, as far as known.
  private static func facts(
    _ path: DataPath, _ verdict: DataVerdict, _ c: FrameContext
  ) -> [(name: String, phrases: [[Run]])] {
    let sample = SampleCost.of(path, c)
    return [
      (c.say(DataWords.evidence), verdict.evidence), (sample?.title ?? "", sample?.phrases ?? []),
      (c.say(DataWords.beside), beside(path, c)),
    ].filter { !$0.1.isEmpty }
  }

  private static func beside(_ path: DataPath, _ c: FrameContext) -> [[Run]] {
    path.beside.map { link in
      var runs = [
        Run(sanitized(link.name) + " ", c.muted), Run(c.string(SI.dataRate(link.rate)), c.text),
      ]
      if let ceiling = link.ceiling {
        runs.append(Run(" " + c.say(DataWords.of, c.string(SI.dataRate(ceiling))), c.muted))
      }
      return runs
    }
  }
}

/// What a sample or a token costs, with and without the waiting.
struct SampleCost {
  /// `per token` or `per sample`.
  var title: String
  var phrases: [[Run]]

  /// The cost over the stretch of a path; `nil` where the job tells no work or its energy is not known.
  static func of(_ path: DataPath, _ c: FrameContext) -> SampleCost? {
    guard let job = c.pathJob,
      let cost = c.ledger.cost(of: job, at: c.time, over: path.span.seconds)
    else { return nil }
    let isSampled = cost.joulesPerSample != nil && cost.sampleWork?.basis != .batches
    guard let work = isSampled ? cost.sampleWork : cost.tokenWork,
      let joules = isSampled ? cost.joulesPerSample : cost.joulesPerToken
    else { return nil }
    let unit = c.say(isSampled ? UnitWords.samplesPerSecond : .tokensPerSecond)
    var sample = SampleCost(
      title: c.say(isSampled ? DataWords.perSample : .perToken),
      phrases: [[Run(c.string(joules, "J"), c.style(.algorithm).bold)]])
    let wait = c.ledger.waiting(of: job, over: work.span).flatMap {
      $0.isWaitingForData ? $0 : nil
    }
    if let wait, wait.isPriced, let lost = wait.parts[.data]?.joules, let energy = work.energy,
      energy.joules > lost
    {
      let without = joules * (1 - lost / energy.joules)
      sample.phrases.append([
        Run(c.string(without, "J"), c.text), Run(" " + c.say(DataWords.withoutWaiting), c.muted),
      ])
    }
    if let rate = work.perSecond {
      sample.phrases.append([Run(c.string(rate, unit, smallest: 0), c.text)])
      if let wait, wait.kind == .data, let speedUp = wait.speedUp {
        let fed = c.string(SI.text(rate * speedUp, unit, smallest: 0))
        sample.phrases.append([Run(c.say(DataWords.ifFed, fed), c.muted)])
      }
    }
    return sample
  }
}
