import Accounting
import ArgumentParser
import Canvas
import Linux
import Quantities
import Sensors
import Telemetry

/// Shows what the electricity is made of.
struct Grid: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the electricity is made of: by fuel, renewable, low-carbon, grams.",
    discussion: """
      Without a live source it is the mean of a year, from a table within the program: nobody is asked.
      """)

  @Option(
    name: [.customLong("zone"), .customLong("country")],
    help: ArgumentHelp("The zone of the grid, such as FR.", valueName: "code"))
  var zone: String?

  @Flag(
    name: .customLong("live-grid"),
    help: "Ask a public service for the electricity of now; it learns address and zone.")
  var liveGrid = false

  @Flag(help: "Write JSON.")
  var json = false

  @Option(help: ArgumentHelp("The settings to use instead of the user's own.", valueName: "file"))
  var config: String?

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try Settings.load(named: config, host)
    if try showLive(settings, host) { return }
    if let zone, !GridSource.knows(zone) {
      throw WrongUsage("--zone \(zone): write the code of a country that is known, such as FR")
    }
    var source = GridSource(country: zone ?? settings.country, timeZone: host.timeZone)
    var device: Device?
    var reading: Reading?
    var note = ""
    do throws(SourceFailure) {
      for observation in try source.sample(FixedClock(SystemClock.wall)) {
        switch observation {
        case .device(let told): device = told
        case .reading(let told): reading = told
        case .series(let descriptor): note = descriptor.provenance.note
        default: break
        }
      }
    } catch {
      throw Failure("unknown: \(error.message); \(error.remedy)")
    }
    guard let device, let reading else { return }
    var mix = GridMix(
      device: device, note: note,
      reason: zone.map { "--zone \($0)" }
        ?? settings.country.map { "country \($0) of the settings" } ?? "",
      values: reading.values.map { ($0.metric, $0.value) })
    var wish = settings.liveGrid
    if let zone { wish.zone = zone }
    mix.tries = wish.unasked(country: settings.country, timeZone: host.timeZone).map {
      GridTries(choice: LiveGrid.choice($0, host), account: nil)
    }
    let text = json ? mix.json : mix.lines.joined(separator: "\n")
    try show(text)
  }

  /// Asks the live grid and shows what it says, and in any case who was tried.
  /// - Returns: whether somebody was to be asked.
  private func showLive(_ settings: Settings, _ host: HostEnvironment) throws -> Bool {
    var wish = settings.liveGrid
    if liveGrid { wish.isOn = true }
    if let zone { wish.zone = zone }
    guard let request = try wish.request(country: settings.country, timeZone: host.timeZone) else {
      return false
    }
    var tries = GridTries(choice: LiveGrid.choice(request, host), account: nil, isWanted: true)
    var now = SystemClock.wall
    do {
      guard
        let live = try LiveGrid.forecasts(
          zone: zone, isWanted: liveGrid, settings: settings, host: host)
      else { return false }
      defer { tries.account = live.account(now) }
      try live.ask(now)
      // An answer is of when it came, not of when it was asked for.
      now = SystemClock.wall
      tries.account = live.account(now)
      let mix = LiveMix(live.timeline, tries, at: now)
      try show(json ? mix.json : mix.lines.joined(separator: "\n"))
    } catch {
      // Who was tried is told also where nobody answered.
      try show(
        json
          ? JSONText.object([("unknown", .text("\(error)"))] + tries.json).written
          : tries.lines.joined(separator: "\n"))
      throw error
    }
    return true
  }

  private func show(_ text: String) throws { try File.put(text + "\n", to: nil) }
}

/// The mix of a grid, in words and as JSON.
struct GridMix {
  var device: Device
  var note: String
  /// Who chose the zone, where the source does not say it itself.
  var reason: String
  var values: [(metric: Metric, value: Double)]
  /// Who would be asked for the hours.
  var tries: GridTries?

  private func value(_ metric: Metric) -> Double? {
    values.first { $0.metric == metric }?.value
  }

  private static let headlines: [Metric] = [.renewableShare, .lowCarbonShare, .carbonIntensity]

  var lines: [String] {
    func percent(_ metric: Metric) -> String {
      value(metric).map { SI.percent($0) + " %" } ?? "unknown"
    }
    let why = reason.isEmpty ? "" : ", by \(reason)"
    var lines = [
      sanitized("\(device.label): \(device.model)\(why)"),
      "renewable \(percent(.renewableShare)), low-carbon \(percent(.lowCarbonShare))",
      "intensity "
        + (value(.carbonIntensity).map { "\(SI.significant($0)) gCO2e/kWh, lifecycle" }
          ?? "unknown"),
    ]
    let fuels = values.filter { !Self.headlines.contains($0.metric) && $0.value > 0 }
      .sorted { $0.value > $1.value }
    lines += fuels.map { fuel in "  \(SI.fixed(fuel.value * 100, 1)) % \(fuel.metric.title)" }
    lines.append("basis: \(sanitized(note))")
    lines.append(
      "source: the table within the program; no live source is set, and nobody was asked")
    return lines + (tries?.lines ?? [])
  }

  var json: String {
    JSONText.object(
      [
        ("zone", .text(device.id.name)), ("name", .text(device.label)),
        ("period", .text(device.model)), ("chosen_by", reason.isEmpty ? nil : .text(reason)),
        ("source", .text("annual")), ("basis", .text(note)),
        ("renewable_share", value(.renewableShare).map(JSONText.number) ?? .null),
        ("low_carbon_share", value(.lowCarbonShare).map(JSONText.number) ?? .null),
        ("intensity", value(.carbonIntensity).map(JSONText.number) ?? .null),
        (
          "fuels",
          .members(
            values.filter { !Self.headlines.contains($0.metric) }
              .map { ($0.metric.stem, .number($0.value)) })
        ),
      ] + (tries?.json ?? [])
    ).written
  }
}
