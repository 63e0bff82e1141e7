import Accounting
import Canvas
import Quantities
import Telemetry

/// The energy so far as familiar things: kettles, kilometres, grass for a hippo.
struct EquivalentsOverlay: ScrollingOverlay {
  let name = OverlayName.equivalents
  let keys = ["e"]
  let text = Texts("energy in familiar things", "l’énergie en choses connues")
  let hint: Texts? = Texts("equivalents", "équivalents")

  func title(_ c: FrameContext) -> String { c.say(EquivalentWords.title) }

  func lines(width: Int, _ c: FrameContext) -> [[Run]] {
    let ink = OverlayInk(c: c)
    guard let energy = c.sessionEnergy, energy.joules > 0 else {
      return [[Run(c.say(EquivalentWords.nothing), ink.text)]]
    }
    let mark = c.timeline.events.last { $0.kind == .mark && $0.time < c.time }
    let sinceMark = mark.flatMap { c.ledger.energy(over: TimeSpan($0.time, c.time)) }
    let account = c.ledger.grid(over: c.session)
    let grams = account.flatMap { $0.gramsMatched > 0 && $0.grams > 0 ? $0.grams : nil }
    var head = [
      Run(
        (energy.isModelled ? "≈ " : "") + c.string(SI.energy(energy.joules)), ink.ramp(.power).bold),
      Run(" " + c.say(EquivalentWords.sinceStart), ink.muted),
    ]
    if let grams {
      head += [
        Run("   " + c.string(SI.carbon(grams)), ink.ramp(.renewable).bold),
        Run(
          " "
            + c.say(c.input.session.supposed == nil ? EquivalentWords.byMix : .byOtherMix),
          ink.muted),
      ]
    }
    if let sinceMark, sinceMark.joules > 0 {
      head += [
        Run("   " + c.string(SI.energy(sinceMark.joules)), ink.ramp(.power)),
        Run(" " + c.say(EquivalentWords.sinceMark), ink.muted),
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
      Run("≈ " + c.string(SI.energy(left)), ink.ramp(.algorithm).bold),
      Run(" " + c.say(EquivalentWords.toGo), ink.muted),
    ]
    if kilometres >= 1 {
      line.append(
        Run(
          "   ≈ " + c.say(EquivalentWords.kilometres, Self.grouped(kilometres, c.language)),
          ink.text)
      )
    }
    return [line]
  }

  private func table(
    _ counts: [EquivalentCount], _ sinceMark: Double?, _ ink: OverlayInk, width: Int
  ) -> [[Run]] {
    let hasMark = (sinceMark ?? 0) > 0
    let c = ink.c
    var table = TextTable([
      .init("≈", right: true), .init(""),
      .init(hasMark ? c.say(EquivalentWords.sinceMark) : "", right: true, rank: 2),
      .init(c.say(EquivalentWords.source), rank: 1, limit: 64),
    ])
    for count in counts {
      let mark =
        hasMark && count.thing.basis == .joules
        ? sinceMark.map { Self.amount($0 / count.thing.amount, count.thing, c.language) } ?? "" : ""
      table.rows.append([
        Run(Self.amount(count.count, count.thing, c.language), ink.text.bold),
        Run(c.say(EquivalentWords.name(count.thing)), ink.text),
        Run(mark, ink.text), Run(count.thing.source, ink.muted),
      ])
    }
    return table.lines(width: width, title: ink.muted)
  }

  /// Two significant digits, as a share in per cent for the large things.
  static func amount(
    _ count: Double, _ thing: Equivalent, _ language: Language = .fallback
  ) -> String {
    guard thing.isCountedInParts else { return grouped(count, language) }
    return count >= 10
      ? grouped(count, language) + " ×" : language.number(SI.twoDigits(count * 100)) + " %"
  }

  private static func grouped(_ count: Double, _ language: Language) -> String {
    count >= 999.5 ? SI.count(rounded(count)) : language.number(SI.twoDigits(count))
  }

  private static func rounded(_ value: Double) -> Double {
    var unit = 1.0
    while value / unit >= 99.5 { unit *= 10 }
    return (value / unit).rounded() * unit
  }

  private func story(width: Int, _ ink: OverlayInk) -> [[Run]] {
    EquivalentWords.fiveCars.flatMap {
      OverlayBox.paragraph(ink.c.say($0), width: width, ink.muted)
    }
  }
}
