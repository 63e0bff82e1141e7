import Accounting
import Canvas
import Quantities
import Telemetry

/// Savings: this run compared with recorded ones, and published measurements.
struct DietOverlay: ScrollingOverlay {
  let name = OverlayName.diet
  let keys = ["d"]
  let text = Texts("what a diet saved", "ce qu’un régime économise")
  let hint: Texts? = Texts("diet", "régime")

  func title(_ c: FrameContext) -> String { c.say(DietWords.title) }

  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let ink = OverlayInk(c: c)
    return own(c, ink, width: width) + [[]] + published(c, ink, width: width, limit: 40)
  }

  // MARK: This run

  private func own(_ c: FrameContext, _ ink: OverlayInk, width: Int) -> [[Run]] {
    let profile = c.profile
    let runs = (profile.map { [$0] } ?? []) + c.input.baselines
    guard let measure = runs.first?.measure else {
      return OverlayBox.paragraph(
        c.say(DietWords.noRun), width: width,
        ink.muted)
    }
    let top = runs.compactMap { $0.joules(per: measure) }.max() ?? 0
    var table = TextTable([
      .init(c.say(DietWords.run), limit: 24),
      .init("J/" + c.say(DietWords.measure(measure)), right: true),
      .init("", whole: true, rank: 4), .init(c.say(DietWords.speed), right: true, rank: 2),
      .init(c.say(DietWords.power), right: true, rank: 3),
      .init(c.say(DietWords.loss), right: true, rank: 3),
      .init(c.say(DietWords.memory), right: true, rank: 5),
      .init(c.say(DietWords.on), rank: 6, limit: 40),
    ])
    for run in runs {
      let mark = run.isModelled ? "≈ " : ""
      let joules = run.joules(per: measure)
      table.rows.append([
        Run(run.name, ink.text.bold),
        Run(joules.map { mark + c.string($0, "J") } ?? "–", ink.ramp(.algorithm).bold),
        Run(Self.bar(joules ?? 0, of: top, 14), run == profile ? ink.ramp(.algorithm) : ink.muted),
        Run(speed(run, c), ink.text), Run(run.meanPower.map { c.string($0, "W") } ?? "–", ink.text),
        Run(run.losses.last.map { c.significant($0.loss, digits: 4) } ?? "–", ink.text),
        Run(run.peakMemory.map { c.string(SI.memory($0)) } ?? "–", ink.muted),
        Run(ground(run), ink.muted),
      ])
    }
    var lines = table.lines(width: width, title: ink.muted)
    if c.input.baselines.isEmpty {
      lines += OverlayBox.paragraph(
        c.say(DietWords.layBeside),
        width: width, ink.muted)
    }
    guard let profile else { return lines }
    for baseline in c.input.baselines {
      lines += verdict(Comparison(profile, against: baseline), ink, width: width)
    }
    if !c.input.baselines.isEmpty {
      lines.append([Run("r", ink.title), Run(" " + c.say(DietWords.race), ink.muted)])
    }
    return lines
  }

  private func verdict(
    _ comparison: Comparison, _ ink: OverlayInk, width: Int
  ) -> [[Run]] {
    let c = ink.c
    let name = clipped(sanitized(comparison.baseline.name), to: 24)
    var lines: [[Run]] = []
    if let equal = comparison.equalLoss {
      let role: Theme.Role = equal.saves.map { $0 ? .good : .critical } ?? .text
      lines += fitted(
        [
          Run(c.say(DietWords.beside, name), ink.muted),
          Run(ComparisonWords.equalLoss(equal, in: c.language).amount, ink.role(role).bold),
          Run(" " + ComparisonWords.equalLoss(equal, in: c.language).of, ink.text),
        ], width: width)
    }
    guard let saving = comparison.saving,
      let words = ComparisonWords.saving(comparison, in: c.language)
    else {
      return lines + [[Run(c.say(DietWords.cannotCompare, name), ink.muted)]]
    }
    // Where the same quality costs more, a cheaper token is no success.
    let isGood = saving > 0 && comparison.equalLoss.map { $0.saves == true } ?? true
    let role: Theme.Role =
      comparison.isLargerThanNoise != true || saving > 0 && !isGood
      ? .text : saving > 0 ? .good : .critical
    let line = [
      Run(c.say(DietWords.beside, name), ink.muted), Run(words.amount, ink.role(role).bold),
      Run(
        " \(words.of) "
          + c.say(DietWords.perMeasure, c.say(DietWords.measure(comparison.measure))) + ", ",
        ink.text),
      Run(ComparisonWords.verdict(comparison, in: c.language), ink.role(role)),
    ]
    var rest: [String] = comparison.cautions
    if let losses = comparison.lossAtEqualProgress {
      let unit = ComparisonWords.unit(comparison.run.progressUnit, in: c.language)
      rest.insert(
        c.say(
          DietWords.lossAgainst, c.significant(losses.run, digits: 4),
          c.significant(losses.baseline, digits: 4),
          c.string(losses.progress, unit, smallest: 0)), at: 0)
    }
    lines += fitted(line, width: width)
    if !rest.isEmpty {
      lines += OverlayBox.paragraph(rest.joined(separator: " · "), width: width, ink.muted)
    }
    return lines
  }

  /// A line as it is, or broken between its runs where it is too long.
  private func fitted(_ line: [Run], width: Int) -> [[Run]] {
    var lines: [[Run]] = [[]]
    var used = 0
    for var run in line {
      if used > 0, used + displayWidth(run.text) > width {
        lines.append([])
        used = 0
        while run.text.first == " " { run.text.removeFirst() }
      }
      let size = displayWidth(run.text)
      lines[lines.count - 1].append(run)
      used += size
    }
    return lines
  }

  private func speed(_ run: RunProfile, _ c: FrameContext) -> String {
    if let rate = run.tokensPerSecond {
      return c.string(rate, .shortTokensPerSecond, smallest: 0)
    }
    return run.secondsPerStep.map { c.duration($0) + c.say(UnitWords.perStep) } ?? "–"
  }

  private func ground(_ run: RunProfile) -> String {
    let hardware =
      run.devices > 1 ? "\(run.devices) × \(run.accelerator)" : run.accelerator
    return [hardware, run.precision?.rawValue ?? "", run.framework].filter { !$0.isEmpty }
      .joined(separator: " · ")
  }

  // MARK: What others measured

  private func published(
    _ c: FrameContext, _ ink: OverlayInk, width: Int, limit: Int
  ) -> [[Run]] {
    let gpu = c.inventory.gpus.first
    let name = gpu.map { Accelerator.find($0.model)?.name ?? $0.model } ?? ""
    let isServing = c.job.map { job in
      c.timeline.facts(of: job.id).isServing
        || [Metric.step, .tokens, .samples, .epoch].allSatisfy { metric in
          c.timeline.id(metric, of: job.id) == nil
        }
    }
    let rows = Diet.selection(hardware: name, isServing: isServing, limit: limit)
    var table = TextTable([
      .init(c.say(DietWords.others), limit: 22), .init(c.say(DietWords.model), rank: 2, limit: 16),
      .init(c.say(DietWords.on), rank: 1, limit: 14), .init("", right: true), .init(""),
      .init("", whole: true, rank: 4),
      .init(c.say(DietWords.condition), limit: 26),
      .init(c.say(DietWords.source), rank: 3, limit: 18),
    ])
    for row in rows {
      let style = ink.role(row.saves ? .good : .critical)
      table.rows.append([
        Run(row.technique, ink.text), Run(row.model, ink.muted), Run(row.hardware, ink.muted),
        Run("×" + c.significant(row.ratio), style.bold),
        Run(c.say(DietWords.published(row.measure)), row.measure == .energy ? style : ink.muted),
        Run(Self.balance(row.ratio), style),
        Run(row.condition, ink.text),
        Run(row.source, ink.muted),
      ])
    }
    var lines = table.lines(width: width, title: ink.title)
    lines += OverlayBox.paragraph(
      c.say(DietWords.ratio), width: width,
      ink.muted)
    return lines
  }

  // MARK: Bars

  /// A bar of whole and half cells.
  static func bar(_ value: Double, of top: Double, _ width: Int) -> String {
    guard top > 0, value > 0, value.isFinite else { return "" }
    let halves = Int(saturating: (min(1, value / top) * Double(width * 2)).rounded())
    return String(repeating: "█", count: halves / 2) + (halves % 2 == 1 ? "▌" : "")
  }

  /// A bar left or right of a ratio of one; each of the five cells to a side stands for a fifth.
  static func balance(_ ratio: Double) -> String {
    let side = 5
    let size = ratio < 1 ? 1 - ratio : min(1, ratio - 1)
    let cells = min(side, max(1, Int(saturating: (size * Double(side)).rounded())))
    let bar = String(repeating: "━", count: cells)
    let blank = String(repeating: " ", count: side - cells)
    let empty = String(repeating: " ", count: side)
    return ratio < 1 ? blank + bar + "│" + empty : empty + "│" + bar + blank
  }
}
