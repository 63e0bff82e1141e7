import Accounting
import Canvas
import Quantities
import Telemetry

/// The energy so far as familiar things: kettles, kilometres, grass for a hippo.
struct EquivalentsOverlay: ScrollingOverlay {
  let name = OverlayName.equivalents
  let keys = ["e"]
  let text = "energy in familiar things"
  let hint = "equivalents"

  func title(_ c: FrameContext) -> String { "Equivalents: the same energy elsewhere" }

  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let ink = OverlayInk(c: c)
    guard let energy = c.sessionEnergy, energy.joules > 0 else {
      return [[Run("No energy is known here, so there is nothing to compare.", ink.text)]]
    }
    let mark = c.timeline.events.last { $0.kind == .mark && $0.time < c.time }
    let sinceMark = mark.flatMap { c.ledger.energy(over: TimeSpan($0.time, c.time)) }
    let account = c.ledger.grid(over: c.session)
    let grams = account.flatMap { $0.gramsMatched > 0 && $0.grams > 0 ? $0.grams : nil }
    var head = [
      Run((energy.isModelled ? "≈ " : "") + SI.energy(energy.joules).joined, ink.ramp(.power).bold),
      Run(" since start", ink.muted),
    ]
    if let grams {
      head += [
        Run("   " + SI.carbon(grams).joined, ink.ramp(.renewable).bold),
        Run(
          c.input.session.supposed == nil
            ? " by the grid's mix" : " by another grid's mix: what if", ink.muted),
      ]
    }
    if let sinceMark, sinceMark.joules > 0 {
      head += [
        Run("   " + SI.energy(sinceMark.joules).joined, ink.ramp(.power)),
        Run(" since mark", ink.muted),
      ]
    }
    let counts = Equivalent.counts(joules: energy.joules, grams: grams)
      .filter { ($0.thing.isCountedInParts ? 1e-6 : 0.0095)...1e6 ~= $0.count }
    return [head] + whole(c, ink) + [[]] + table(counts, sinceMark?.joules, ink, width: width)
      + [[]] + story(width: width, ink)
  }

  /// What the job still takes until its end, as far as that can be told.
  private func whole(_ c: FrameContext, _ ink: OverlayInk) -> [[Run]] {
    guard let left = c.outlook?.joules, left > 0 else { return [] }
    let kilometres = left / Equivalent.modelThreeKilometre.joules
    var line = [
      Run("≈ " + SI.energy(left).joined, ink.ramp(.algorithm).bold),
      Run(" to go to the end of the run", ink.muted),
    ]
    if kilometres >= 1 {
      line.append(Run("   ≈ \(Self.grouped(kilometres)) km in a Model 3", ink.text))
    }
    return [line]
  }

  private func table(
    _ counts: [EquivalentCount], _ sinceMark: Double?, _ ink: OverlayInk, width: Int
  ) -> [[Run]] {
    let hasMark = (sinceMark ?? 0) > 0
    var table = TextTable([
      .init("≈", right: true), .init(""),
      .init(hasMark ? "since mark" : "", right: true, rank: 2),
      .init("source", rank: 1, limit: 64),
    ])
    for count in counts {
      let mark =
        hasMark && count.thing.basis == .joules
        ? sinceMark.map { Self.amount($0 / count.thing.amount, count.thing) } ?? "" : ""
      table.rows.append([
        Run(Self.amount(count.count, count.thing), ink.text.bold), Run(count.thing.name, ink.text),
        Run(mark, ink.text), Run(count.thing.source, ink.muted),
      ])
    }
    return table.lines(width: width, title: ink.muted)
  }

  /// Two significant digits, as a share in per cent for the large things.
  static func amount(_ count: Double, _ thing: Equivalent) -> String {
    guard thing.isCountedInParts else { return grouped(count) }
    return count >= 10 ? grouped(count) + " ×" : SI.twoDigits(count * 100) + " %"
  }

  private static func grouped(_ count: Double) -> String {
    count >= 999.5 ? SI.count(rounded(count)) : SI.twoDigits(count)
  }

  private static func rounded(_ value: Double) -> Double {
    var unit = 1.0
    while value / unit >= 99.5 { unit *= 10 }
    return (value / unit).rounded() * unit
  }

  private func story(width: Int, _ ink: OverlayInk) -> [[Run]] {
    Equivalent.fiveCars.flatMap { OverlayBox.paragraph($0, width: width, ink.muted) }
  }
}
