import Accounting
import Canvas
import Glibc
import Quantities
import Telemetry

/// Bounds on the time and energy of this workload on other accelerators.
struct ChipsOverlay: ScrollingOverlay {
  let name = OverlayName.chips
  let keys = ["c"]
  let text = Texts("this work on other chips", "ce travail sur d’autres puces")
  let hint: Texts? = Texts("chips", "puces")

  func title(_ c: FrameContext) -> String { c.say(ChipWords.title) }

  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let ink = OverlayInk(c: c)
    let span = TimeSpan(max(c.session.start, c.window.start), c.time)
    switch c.ledger.workload(of: c.job, over: span) {
    case .failure(let problem):
      return OverlayBox.paragraph(
        c.say(ChipWords.noEstimate, problem.reason), width: width, ink.text)
        + OverlayBox.paragraph(
          c.say(ChipWords.placedBy),
          width: width, ink.muted)
    case .success(let work):
      return here(work, c, ink, width: width)
        + OverlayBox.paragraph(
          c.say(ChipWords.bounds), width: width, ink.muted)
        + [[]] + table(ChipEstimate.all(work), work, c, ink, width: width)
        + [[]] + assumptions(work, width: width, ink)
    }
  }

  // MARK: Here

  private func here(
    _ work: Workload, _ c: FrameContext, _ ink: OverlayInk, width: Int
  ) -> [[Run]] {
    let number =
      work.devices > 1 ? "\(SI.count(work.devices)) × \(work.chip.name)" : work.chip.name
    let precision =
      work.precision.rawValue + (work.isPrecisionKnown ? "" : " " + c.say(ChipWords.assumed))
    var line = [
      Run(Self.padded(.here, c), ink.muted), Run(number, ink.text.bold),
      Run("  \(precision)", ink.text),
    ]
    if let power = work.power {
      line.append(
        Run("  " + c.say(ChipWords.each, c.string(power, "W")), ink.text)
      )
    }
    var lines = [line]
    var parts: [Run] = [Run(Self.padded(.each2, c), ink.muted)]
    if let rate = work.flopRate, let share = work.flopUtilization {
      parts.append(Run(c.string(rate, "FLOP/s"), ink.ramp(.algorithm).bold))
      parts.append(
        Run(
          " " + c.say(work.isFLOPRateModel ? ChipWords.mfu : .hardware, c.percent(share)), ink.text)
      )
    } else {
      parts.append(Run(c.say(ChipWords.flopUnknown), ink.muted))
    }
    if let rate = work.byteRate, let share = work.bandwidthUtilization {
      parts.append(Run("   " + c.string(SI.dataRate(rate)), ink.ramp(.dataIn).bold))
      parts.append(Run(" " + c.say(ChipWords.ofMemoryRate, c.percent(share)), ink.text))
    } else {
      parts.append(Run("   " + c.say(ChipWords.trafficUnknown), ink.muted))
    }
    lines.append(parts)
    if let intensity = work.arithmeticIntensity, let ridge = work.ridgePoint {
      let side = c.say(intensity < ridge ? ChipWords.memoryBounds : .arithmeticBounds)
      lines.append([
        Run("      ", ink.muted),
        Run(
          c.say(
            ChipWords.balance, c.number(Self.two(intensity)), c.number(Self.two(ridge)), side),
          ink.text),
      ])
    }
    return lines
  }

  /// What a line is of, in a column of its own.
  private static func padded(_ words: ChipWords, _ c: FrameContext) -> String {
    let text = c.say(words)
    return text + String(repeating: " ", count: max(0, 6 - text.count))
  }

  // MARK: Elsewhere

  private func table(
    _ estimates: [ChipEstimate], _ work: Workload, _ c: FrameContext, _ ink: OverlayInk, width: Int
  ) -> [[Run]] {
    let outlook = c.outlook
    var table = TextTable([
      .init(c.say(ChipWords.onAsMany), limit: 20), .init(c.say(ChipWords.time), right: true),
      .init(c.say(ChipWords.scale), whole: true, rank: 3),
      .init(c.say(ChipWords.energy), right: true),
      .init(c.say(ChipWords.toGoThere), right: true, rank: 4),
      .init(c.say(ChipWords.board), right: true, rank: 5),
      .init("", rank: 1, limit: 20),
    ])
    for estimate in estimates {
      let saves = estimate.energy.map { $0.upperBound < 1 } ?? false
      let costs = estimate.energy.map { $0.lowerBound > 1 } ?? false
      let style = saves ? ink.role(.good) : costs ? ink.role(.critical) : ink.text
      let left = outlook?.joules.flatMap { joules in
        estimate.energy.map { range(($0.lowerBound * joules)...($0.upperBound * joules), c) }
      }
      let note =
        estimate.fits == false
        ? c.say(ChipWords.tooSmall, c.significant(estimate.chip.memory / 1e9, digits: 2)) : ""
      table.rows.append([
        Run(estimate.chip.name, ink.text.bold), Run("×" + range(estimate.time, "", c), ink.text),
        Run(estimate.energy.map { Self.whisker($0, c.glyphs) } ?? "", style),
        Run(estimate.energy.map { "×" + range($0, "", c) } ?? "–", style.bold),
        Run(left ?? "–", ink.text),
        Run(estimate.chip.power.map { c.fixed($0, 0) + " W" } ?? "–", ink.muted),
        Run(note, ink.role(.warning)),
      ])
    }
    return table.lines(width: width, title: ink.muted)
  }

  private func assumptions(_ work: Workload, width: Int, _ ink: OverlayInk) -> [[Run]] {
    var text = ink.c.say(ChipWords.assumptions)
    if !work.isPrecisionKnown { text += ink.c.say(ChipWords.precisionUntold) }
    return OverlayBox.paragraph(text, width: width, ink.muted)
  }

  // MARK: Ranges

  /// Two significant digits.
  static func two(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value >= 99.5 {
      var unit = 1.0
      while value / unit >= 99.5 { unit *= 10 }
      return SI.fixed((value / unit).rounded() * unit, 0)
    }
    return SI.fixed(value, value < 0.0995 ? 3 : value < 0.995 ? 2 : value < 9.95 ? 1 : 0)
  }

  private func range(
    _ bounds: ClosedRange<Double>, _ unit: String, _ c: FrameContext
  ) -> String {
    let low = c.number(Self.two(bounds.lowerBound))
    let high = c.number(Self.two(bounds.upperBound))
    return low == high ? low : "\(low)–\(high)"
  }

  /// A range of joules in watt-hours, both ends under one prefix.
  private func range(_ joules: ClosedRange<Double>, _ c: FrameContext) -> String {
    let hours = joules.upperBound / 3600
    let (factor, unit): (Double, String) =
      hours >= 1e6 ? (1e6, "MWh") : hours >= 1e3 ? (1e3, "kWh") : (1, "Wh")
    return range(
      (joules.lowerBound / 3600 / factor)...(joules.upperBound / 3600 / factor), "", c)
      + " " + unit
  }

  /// A range on a logarithmic scale from a quarter to four times, with one in the middle.
  static func whisker(_ bounds: ClosedRange<Double>, _ glyphs: GlyphSet) -> String {
    let cells = 25
    func place(_ ratio: Double) -> Int {
      guard ratio.isFinite else { return cells - 1 }
      let share = (log2(max(ratio, 1e-6)) + 2) / 4
      return min(cells - 1, max(0, Int(saturating: (share * Double(cells - 1)).rounded())))
    }
    let (low, high) = (place(bounds.lowerBound), place(bounds.upperBound))
    return String(
      (0..<cells).map { cell -> Character in
        if low...high ~= cell { return cell == cells / 2 ? "┿" : "━" }
        return cell == cells / 2 ? "│" : glyphs == .ascii ? "." : "·"
      })
  }
}
