import Accounting
import ArgumentParser
import Glibc
import Linux
import Quantities
import Sensors
import Telemetry

/// Says when the electricity is greenest, and waits for it if it is told to.
struct When: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say when to run so that the electricity is greenest, by a forecast.",
    discussion: """
      Exit status 0: now is as good as it gets. 1: a greener time is ahead, or nothing is known.
      Nothing is started, except with --wait, which sleeps until then and runs the command:

        hippowatt when --hours 6 --file forecast.csv --wait -- python train.py

      A CSV has a line of titles, such as time,renewable %,intensity; times have dates and their zone,
      intensities are lifecycle g/kWh.
      """)

  @Option(help: ArgumentHelp("How long the work takes.", valueName: "hours"))
  var hours: Double?

  @Option(
    help: ArgumentHelp(
      "A run: how long it still takes, unless --hours says it, and how its power goes.",
      valueName: "file.hippo"))
  var recording: String?

  @Option(help: ArgumentHelp("By when it must be done, such as 08:00.", valueName: "time"))
  var before: String?

  @Option(help: ArgumentHelp("Before this it cannot begin, such as 22:00.", valueName: "time"))
  var after: String?

  @Option(
    name: [.customLong("zone"), .customLong("country")],
    help: ArgumentHelp("The zone of the grid, such as FR.", valueName: "code"))
  var zone: String?

  @Option(help: ArgumentHelp("What the work draws on average.", valueName: "watts"))
  var watts: Double?

  @Option(help: "What is sought: intensity (the least grams) or share (the most renewables).")
  var by: String?

  @Option(
    help: ArgumentHelp(
      "A forecast: a CSV, or a recording that tells one.", valueName: "file.csv|file.hippo"))
  var file: String?

  @Flag(
    name: .customLong("live-grid"),
    help: "Ask a public service for the forecast; it learns address and zone.")
  var liveGrid = false

  @Flag(help: "Sleep until then, and run the command if there is one.")
  var wait = false

  @Flag(help: "Write JSON.")
  var json = false

  @Option(help: ArgumentHelp("The settings to use instead of the user's own.", valueName: "file"))
  var config: String?

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("A command to run when it is time.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    if let hours, !(hours > 0 && hours <= Self.mostHours) {
      throw ValidationError("--hours \(hours): write hours from a little over 0 to 336, such as 6")
    }
    guard hours != nil || recording != nil else {
      throw ValidationError(
        "how long does the work take? write --hours 6, or name a run with --recording run.hippo")
    }
    for (name, text) in [("before", before), ("after", after)] {
      guard let text else { continue }
      guard GridTable.timeOfDay(text) != nil || GridTable.date(text) != nil else {
        throw ValidationError(
          "--\(name) \(text): write a time of day such as 08:00, or 2026-11-29T08:00Z")
      }
    }
    if let watts, !(watts > 0 && watts < 1e9) {
      throw ValidationError("--watts \(watts): write what the work draws, such as 700")
    }
    if let by, GreenWindow.Objective(rawValue: by) == nil {
      throw ValidationError("--by \(by): write intensity or share")
    }
    guard command.isEmpty || wait else {
      throw ValidationError("\(command[0]): nothing is started without --wait")
    }
    guard !json || !wait else { throw ValidationError("--json and --wait: choose one of them") }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try Settings.load(named: config, host)
    let source: (any GridForecastSource)? =
      try file.map { FileForecast(path: $0, zone: zone) }
      ?? LiveGrid.forecasts(zone: zone, isWanted: liveGrid, settings: settings, host: host)
    guard let source else { throw unknown(LiveGrid.absence) }
    let work = try recording.map { try RecordedWork(path: $0) }
    // What can be said without a forecast is said before anybody is asked.
    var now = SystemClock.wall
    _ = try question(now, work)
    let forecast = try source.forecast(now)
    // The present is when the answer came: it may have taken a while, and begin then.
    now = SystemClock.wall
    let question = try question(now, work)
    let found = try answer(question, forecast, settings, work)
    if json {
      try File.put(found.json + "\n", to: nil)
    } else {
      try File.put(found.lines.joined(separator: "\n") + "\n", to: nil)
    }
    guard wait else {
      if !found.window.isNow { throw ExitStatus(code: 1) }
      return
    }
    try GreenWait(command: command).run(found.window.isNow ? now : found.window.best.span.start) {
      // Asked for the same hours and the same ends; only the present has gone on.
      guard source.isLive else { return nil }
      return GreenWait.start(question, source, at: SystemClock.wall)
    }
  }

  private func answer(
    _ question: GreenWindow.Question, _ forecast: GridForecast, _ settings: Settings,
    _ work: RecordedWork?
  ) throws -> WhenAnswer {
    do throws(GreenWindow.Unknown) {
      let window = try GreenWindow(question, in: forecast.statements)
      return WhenAnswer(
        window: window, forecast: forecast, watts: watts ?? work?.watts,
        tariff: settings.tariff, offset: HostEnvironment.utcOffset,
        work: work?.line(isOwnLength: hours == nil))
    } catch {
      let words = error.words { WhenAnswer.time($0, HostEnvironment.utcOffset) }
      if case .noTime = error { throw end("impossible", words) }
      // Why there is none the source knows, or the table.
      let reasons = [forecast.state?.message ?? forecast.remark, forecast.state?.remedy ?? ""]
      let why = reasons.filter { !$0.isEmpty }.map { "; " + $0 }.joined()
      throw unknown("\(words) (\(forecast.source))\(why)")
    }
  }

  /// Ends with one line that says what is missing.
  private func unknown(_ reason: String) -> any Error { end("unknown", reason) }

  /// Ends with one line, or one member of JSON.
  private func end(_ kind: String, _ reason: String) -> any Error {
    if json {
      let text = JSONText.object([(kind, .text(reason))]).written
      do { try File.put(text + "\n", to: nil) } catch { return error }
      return ExitStatus(code: 1)
    }
    return Failure("\(kind): \(reason)")
  }

  /// The longest work that can be placed, in hours.
  private static let mostHours = 14.0 * 24

  private func question(_ now: Timestamp, _ work: RecordedWork?) throws -> GreenWindow.Question {
    let zone = TimeZones.local(HostEnvironment.current())
    guard let seconds = hours.map({ $0 * 3600 }) ?? work?.seconds else {
      throw unknown("\(work?.name ?? ""): \(work?.silence ?? ""); pass --hours")
    }
    guard seconds <= Self.mostHours * 3600 else {
      throw unknown("it still takes \(SI.duration(seconds)), and no forecast reaches that far")
    }
    var question = GreenWindow.Question(now: now, seconds: seconds)
    if let work { question.power = work.power }
    question.objective = by.flatMap(GreenWindow.Objective.init(rawValue:))
    question.earliest = after.flatMap { WhenAnswer.next($0, after: now, zone) }
    // The morning that is meant is the one after the work may begin.
    let first = question.first
    question.latestEnd = before.flatMap { WhenAnswer.next($0, after: first, zone) }
    return question
  }
}
