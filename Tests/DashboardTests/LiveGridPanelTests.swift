import Canvas
import Quantities
import Snapshots
import Telemetry
import Testing

@testable import Dashboard

/// Panel 4 with a source that says the hours, and without one.
@Suite struct LiveGridPanelTests {
  private let grid = DeviceID(machine: "", kind: .grid, name: "energy-charts:DE")

  /// Half a day that was measured and a day that is forecast, greenest six hours ahead.
  private func timeline(saidAgain: Bool = false, host: String? = nil) -> Timeline {
    var timeline = Timeline()
    for row in Stage.rows.prefix(601) { timeline.apply(row) }
    let facts = GridFacts(
      provider: "Energy-Charts", zone: "DE", basis: .production, licence: "CC BY 4.0", cadence: 900)
    var attributes = facts.attributes
    attributes["host"] = host
    timeline.apply(.device(Device(id: grid, label: "Germany", attributes: attributes)))
    let start = Timestamp(nanoseconds: Stage.start.nanoseconds / 900_000_000_000 * 900_000_000_000)
    for quarter in -48..<96 {
      let from = start + Double(quarter) * 900
      let isForecast = quarter > 1
      var statement = GridStatement(
        device: grid, span: TimeSpan(from, from + 900), said: Stage.start,
        quality: isForecast ? .forecast : .measured)
      let share = 24..<40 ~= quarter ? 0.8 : 0.4
      if isForecast {
        statement.set(.renewableShareOfLoad, share)
      } else {
        statement.set(.renewableShare, share)
        statement.set(.renewableShareOfLoad, share)
        statement.set(.lowCarbonShare, share)
        statement.set(.carbonIntensity, 300)
        statement.set(.windShare, share)
        statement.set(.coalShare, 1 - share)
      }
      timeline.apply(.grid(statement))
      guard saidAgain, isForecast else { continue }
      // What came of it, long after the time that is looked at.
      statement.quality = .measured
      statement.said = Stage.start + 90_000
      statement.set(.renewableShare, 0.05)
      timeline.apply(.grid(statement))
    }
    return timeline
  }

  private func frame(_ timeline: Timeline, _ width: Int, _ height: Int) -> Canvas {
    Stage.frame(timeline, width, height) { view, bounds in
      view.cursor.seek(to: Stage.start + 600, in: bounds)
      view.press(.panel(3), bounds)
    }
  }

  /// Many services tell grams, and of the mix only wind and sun.
  @Test(arguments: [Metric.carbonIntensity, .directIntensity], [nil, 0.6])
  func `grams without a share are told, and how much is renewable at least`(
    metric: Metric, wind: Double?
  ) throws {
    var timeline = Timeline()
    for observation in Stage.rows.prefix(601).joined() {
      switch observation {
      case .reading(let reading) where reading.device.kind == .grid: continue
      case .device(let device) where device.id.kind == .grid: continue
      case .series(let series) where series.device.kind == .grid: continue
      default: timeline.apply(observation)
      }
    }
    let facts = GridFacts(
      provider: "Energi Data Service", zone: "DK1", basis: .production, licence: "", cadence: 300)
    timeline.apply(.device(Device(id: grid, label: "DK1", attributes: facts.attributes)))
    var statement = GridStatement(
      device: grid, span: TimeSpan(Stage.start - 900, Stage.start + 900), said: Stage.start,
      quality: .measured)
    statement.set(metric, 123)
    statement.set(.windShare, wind)
    timeline.apply(.grid(statement))
    for (width, height) in [(132, 40), (96, 27)] {
      let frame = frame(timeline, width, height)
      #expect(frame.shows("gCO₂e/kWh") && frame.shows("DK1 · measured"), "\(frame)")
      #expect(frame.shows("by combustion") == (metric == .directIntensity))
      #expect(frame.shows(wind == nil ? "share unknown" : "at least 60 % renewable"))
      #expect(frame.shows(wind == nil ? "the grid tells grams, no share" : "wind 60"))
    }
  }

  @Test(arguments: [(132, 40), (80, 24)])
  func `it tells the hours, what is forecast and when it is greenest`(width: Int, height: Int) {
    let frame = frame(timeline(), width, height)
    let text = TextWriter.plain(frame)
    #expect(text.contains("now ┆ forecast"), "\(text)")
    #expect(text.contains("≈ 80 % of load (from now 40 %)"), "\(text)")
    #expect(text.contains("Germany · measured"), "\(text)")
    if let difference = Snapshot.difference(text, named: "live-grid-\(width)x\(height)") {
      Issue.record("\(difference)")
    }
  }

  /// The same with sun on the roof: 3.2 kW of it at noon, of which the site draws a third.
  private func sunny(isSilent: Bool = false) -> Timeline {
    var timeline = timeline()
    let site = DeviceID(machine: "", kind: .site, name: "roof")
    timeline.apply(.device(Device(id: site, label: "own sun", model: "Fronius")))
    let values: [(Metric, Double)] = [
      (.sunPower, 3200), (.siteLoad, 4000), (.gridImport, 800), (.gridExport, 0),
      (.ownSunShare, 0.8), (.batteryCharge, 0), (.batteryDischarge, 0), (.otherStoredShare, 0),
    ]
    for (metric, _) in values {
      let provenance = Provenance(source: "site", method: .instant, period: 5)
      timeline.apply(
        .series(SeriesDescriptor(device: site, metric: metric, provenance: provenance)))
    }
    for second in stride(from: 0.0, through: isSilent ? 300 : 600, by: 5) {
      var reading = Reading(device: site, time: Stage.start + second)
      for (metric, value) in values { reading.set(metric, value) }
      timeline.apply(.reading(reading))
    }
    return timeline
  }

  @Test(arguments: [(132, 40), (80, 24), (200, 60)])
  func `own sun stands beside the grid`(width: Int, height: Int) {
    let frame = frame(sunny(), width, height)
    let text = TextWriter.plain(frame)
    // 0.8 + 0.2 · 0.4
    #expect(text.contains("88"), "\(text)")
    #expect(text.contains("own sun 3.20 kW"), "\(text)")
    if let difference = Snapshot.difference(text, named: "own-sun-\(width)x\(height)") {
      Issue.record("\(difference)")
    }
  }

  @Test func `in French the hours and the own sun are told`() {
    for timeline in [timeline(), sunny(), sunny(isSilent: true)] {
      var input = Stage.input(timeline, 132, 40) { view, bounds in
        view.cursor.seek(to: Stage.start + 600, in: bounds)
        view.press(.panel(3), bounds)
      }
      input.language = .fr
      let text = TextWriter.plain(Frame.render(input))
      for word in ["renewable", "own sun", "greenest", "forecast", "now ", "site draws", " of "] {
        #expect(!text.contains(word), "“\(word)”")
      }
    }
  }

  @Test func `a silent inverter makes the share unknown and not the grid's`() {
    let text = TextWriter.plain(frame(sunny(isSilent: true), 132, 40))
    #expect(text.contains("own sun: unknown"), "\(text)")
    #expect(!text.contains("40 % renewable"), "\(text)")
  }

  @Test func `a replay shows what was forecast then, and not what came`() {
    let then = TextWriter.plain(frame(timeline(), 132, 40))
    #expect(then == TextWriter.plain(frame(timeline(saidAgain: true), 132, 40)))
  }

  @Test func `the panel's own page names who is asked and what they learn`() {
    let frame = Stage.frame(timeline(host: "api.energy-charts.info"), 132, 40) { view, bounds in
      view.cursor.seek(to: Stage.start + 600, in: bounds)
      view.press(.panel(3), bounds)
      view.press(.provenance, bounds)
    }
    let text = TextWriter.plain(frame)
    #expect(
      text.contains(
        "asked: Energy-Charts at api.energy-charts.info, which learns your address and zone DE"),
      "\(text)")
  }

  @Test func `a yearly mean names who would be asked and what they would learn`() {
    for (attributes, words) in [
      ([:], "--live-grid asks a public service, which learns your address and the zone."),
      (
        [
          "would_ask": "RTE éCO2mix", "would_ask_host": "odre.opendatasoft.com",
          "would_ask_zone": "FR",
        ],
        "--live-grid would ask RTE éCO2mix: odre.opendatasoft.com learns your address and zone FR."
      ),
      (["would_ask_zone": "US"], "--live-grid: no service covers US without a key;"),
      (
        ["would_ask": "CSV", "would_ask_host": "", "would_ask_zone": "FR"],
        "--live-grid would read CSV, a file of this machine; nobody is asked."
      ),
    ] as [([String: String], String)] {
      let text = TextWriter.plain(
        Stage.frame(annual(attributes), 132, 40) { view, bounds in view.press(.panel(3), bounds) })
      let joined = text.split(separator: "\n").map {
        $0.filter { !"│┃|".contains($0) }.split(separator: " ").joined(separator: " ")
      }.joined(separator: " ")
      #expect(joined.contains(words), "\(text)")
    }
  }

  @Test func `a yearly mean has words and no curve`() {
    let text = TextWriter.plain(frame(annual([:]), 132, 40))
    #expect(text.contains("A yearly mean: this hour may be far from it."), "\(text)")
    #expect(!text.contains("⣿"), "\(text)")
  }

  private func annual(_ attributes: [String: String]) -> Timeline {
    var timeline = Timeline()
    let annual = DeviceID(machine: "", kind: .grid, name: "FR")
    timeline.apply(
      .device(
        Device(id: annual, label: "France", model: "annual mean 2025", attributes: attributes)))
    for (metric, value) in [(Metric.renewableShare, 0.26), (.lowCarbonShare, 0.95)] {
      timeline.apply(
        .series(
          SeriesDescriptor(
            device: annual, metric: metric,
            provenance: Provenance(source: "grid", method: .annual, period: 300))))
      for second in [0.0, 600] {
        var reading = Reading(device: annual, time: Stage.start + second)
        reading.set(metric, value)
        timeline.apply(.reading(reading))
      }
    }
    return timeline
  }
}
