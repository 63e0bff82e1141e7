import Accounting
import Canvas
import Glibc
import Quantities
import Telemetry

/// Bounds on the time and energy of this workload on other accelerators.
struct ChipsOverlay: ScrollingOverlay {
  let name = OverlayName.chips
  let keys = ["c"]
  let text = "this work on other chips"
  let hint = "chips"

  func title(_ c: FrameContext) -> String { "Chips: this workload elsewhere" }

  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let ink = OverlayInk(c: c)
    let span = TimeSpan(max(c.session.start, c.window.start), c.time)
    switch c.ledger.workload(of: c.job, over: span) {
    case .failure(let problem):
      return OverlayBox.paragraph("No estimate: \(problem.reason).", width: width, ink.text)
        + OverlayBox.paragraph(
          "A workload is placed by what it asks of the chip it runs on: operations and bytes a second.",
          width: width, ink.muted)
    case .success(let work):
      return here(work, c, ink, width: width)
        + OverlayBox.paragraph(
          "Bounds from data-sheet peaks, without network and software.", width: width, ink.muted)
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
    let precision = work.precision.rawValue + (work.isPrecisionKnown ? "" : " (assumed)")
    var line = [
      Run("here  ", ink.muted), Run(number, ink.text.bold), Run("  \(precision)", ink.text),
    ]
    if let power = work.power { line.append(Run("  \(SI.string(power, "W")) each", ink.text)) }
    var lines = [line]
    var parts: [Run] = [Run("each  ", ink.muted)]
    if let rate = work.flopRate, let share = work.flopUtilization {
      parts.append(Run(SI.string(rate, "FLOP/s"), ink.ramp(.algorithm).bold))
      parts.append(
        Run(
          " \(work.isFLOPRateModel ? "MFU" : "hardware estimate") \(SI.percent(share)) %", ink.text)
      )
    } else {
      parts.append(Run("FLOP/s unknown", ink.muted))
    }
    if let rate = work.byteRate, let share = work.bandwidthUtilization {
      parts.append(Run("   " + SI.dataRate(rate).joined, ink.ramp(.dataIn).bold))
      parts.append(Run(" \(SI.percent(share)) % of its memory's rate", ink.text))
    } else {
      parts.append(Run("   memory traffic unknown", ink.muted))
    }
    lines.append(parts)
    if let intensity = work.arithmeticIntensity, let ridge = work.ridgePoint {
      let side = intensity < ridge ? "memory bounds it" : "arithmetic bounds it"
      lines.append([
        Run("      ", ink.muted),
        Run(
          "\(Self.two(intensity)) FLOP for each byte, balance is at \(Self.two(ridge)): \(side)",
          ink.text),
      ])
    }
    return lines
  }

  // MARK: Elsewhere

  private func table(
    _ estimates: [ChipEstimate], _ work: Workload, _ c: FrameContext, _ ink: OverlayInk, width: Int
  ) -> [[Run]] {
    let outlook = c.outlook
    var table = TextTable([
      .init("on as many", limit: 20), .init("time", right: true),
      .init("less  ·  as here  ·  more", whole: true, rank: 3), .init("energy", right: true),
      .init("to go there", right: true, rank: 4), .init("board", right: true, rank: 5),
      .init("", rank: 1, limit: 20),
    ])
    for estimate in estimates {
      let saves = estimate.energy.map { $0.upperBound < 1 } ?? false
      let costs = estimate.energy.map { $0.lowerBound > 1 } ?? false
      let style = saves ? ink.role(.good) : costs ? ink.role(.critical) : ink.text
      let left = outlook?.joules.flatMap { joules in
        estimate.energy.map { range(($0.lowerBound * joules)...($0.upperBound * joules)) }
      }
      let note =
        estimate.fits == false
        ? "\(SI.significant(estimate.chip.memory / 1e9, digits: 2)) GB: too small" : ""
      table.rows.append([
        Run(estimate.chip.name, ink.text.bold), Run("×" + range(estimate.time, ""), ink.text),
        Run(estimate.energy.map { Self.whisker($0, c.glyphs) } ?? "", style),
        Run(estimate.energy.map { "×" + range($0, "") } ?? "–", style.bold),
        Run(left ?? "–", ink.text),
        Run(estimate.chip.power.map { SI.fixed($0, 0) + " W" } ?? "–", ink.muted),
        Run(note, ink.role(.warning)),
      ])
    }
    return table.lines(width: width, title: ink.muted)
  }

  private func assumptions(_ work: Workload, width: Int, _ ink: OverlayInk) -> [[Run]] {
    var text =
      "From data-sheet peaks: one end of each range if arithmetic bounds the work, the other if "
      + "memory does, at the efficiency seen here and never below the roofline. Power between the "
      + "share of the board's drawn here and all of it. Network, software and "
      + "memory size are not in it."
    if !work.isPrecisionKnown { text += " The job does not tell its precision." }
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

  private func range(_ bounds: ClosedRange<Double>, _ unit: String) -> String {
    let (low, high) = (Self.two(bounds.lowerBound), Self.two(bounds.upperBound))
    return low == high ? low : "\(low)–\(high)"
  }

  /// A range of joules in watt-hours, both ends under one prefix.
  private func range(_ joules: ClosedRange<Double>) -> String {
    let hours = joules.upperBound / 3600
    let (factor, unit): (Double, String) =
      hours >= 1e6 ? (1e6, "MWh") : hours >= 1e3 ? (1e3, "kWh") : (1, "Wh")
    return range(
      (joules.lowerBound / 3600 / factor)...(joules.upperBound / 3600 / factor), "") + " " + unit
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
