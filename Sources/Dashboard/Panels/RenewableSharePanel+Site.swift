import Accounting
import Canvas
import Quantities
import Telemetry

extension RenewableSharePanel {
  /// What the site's own sun gives now and where it goes: `own sun 3.2 kW · site draws 1.1 kW · 2.1 kW sent
  /// out`; empty where no site is measured.
  static func sitePhrases(_ c: FrameContext) -> [[Run]] {
    guard let site = c.ledger.gridCourse.site else {
      return c.ledger.gridCourse.isInSite
        ? [[Run(c.say(GridWords.neverAnswered), warning(c))]] : []
    }
    let moment = c.timeline.moment(at: c.time)
    func watts(_ metric: Metric) -> Double? { moment.value(metric, of: site.id) }
    guard let sun = watts(.sunPower) else {
      return [
        [
          Run(
            c.say(GridWords.silent),
            warning(c))
        ]
      ]
    }
    let ink = c.theme[.solar]
    var phrases = [
      [
        Run(c.say(GridWords.ownSun) + " ", c.muted),
        Run(c.string(sun, "W"), Style(ink, on: c.background)),
      ]
    ]
    if let load = watts(.siteLoad) {
      phrases.append([
        Run(c.say(GridWords.siteDraws) + " ", c.muted), Run(c.string(load, "W"), c.text),
      ])
    }
    let flows: [(Metric, GridWords)] = [
      (.batteryDischarge, .outOfBattery), (.batteryCharge, .intoBattery),
      (.gridImport, .fromGrid), (.gridExport, .sentOut),
    ]
    for (metric, words) in flows {
      // Below ten watts a meter at rest tells its own noise.
      guard let power = watts(metric), power >= 10 else { continue }
      phrases.append([Run(c.string(power, "W"), c.text), Run(" " + c.say(words), c.muted)])
    }
    return phrases
  }

  private static func warning(_ c: FrameContext) -> Style {
    Style(c.theme[.warning], on: c.background)
  }

  /// What is wrong with a source of the grid or of the site that the user asked for; `nil` where nothing is.
  static func problem(_ c: FrameContext) -> SourceState? {
    let states = c.timeline.states(at: c.time).filter { $0.health != .ok }
    let asked = c.input.catalogue.entries.filter { entry in
      !entry.isDefault && [.site, .grid].contains { entry.feeds.contains($0) }
    }
    return asked.lazy.compactMap { entry in states.first { $0.kind == entry.name } }.first
  }
}
