import Accounting
import ArgumentParser
import Canvas
import Dashboard
import Fleet
import Quantities
import Telemetry

/// Shows many machines on one screen, as a store of Prometheus tells them.
struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Show many machines on one screen, as Prometheus or they themselves tell it.",
    discussion: """
      Asks a Prometheus, or a store that speaks its interface, for what the exporters of the machines told
      it: hippowatt exporter, dcgm-exporter, node-exporter, Kepler, CEEMS. Jobs come first, those that
      waste most on top.

        hippowatt fleet --prometheus http://127.0.0.1:9090
        hippowatt fleet --prometheus https://prom.example --token-env TOKEN --query '{cluster="a"}'
        hippowatt fleet --prometheus http://127.0.0.1:9090 --once --json --window 24h

      Without a store, machines that run hippowatt are reached by ssh, as long as the screen is open:

        hippowatt fleet --hosts node1,node2,ada@node3
        hippowatt fleet --hostfile nodes.txt --record night.hippo

      What was recorded of several machines is shown the same way:

        hippowatt fleet night.hippo
      """)

  @Argument(help: ArgumentHelp("A recording of several machines.", valueName: "file.hippo"))
  var file: String?

  @OptionGroup var fleet: FleetOptions
  @OptionGroup var machines: HostsOptions
  @OptionGroup var privacyOptions: PrivacyOptions

  @Flag(help: "Print one frame as text and end.")
  var once = false

  @Flag(help: "Print the numbers as JSON and end.")
  var json = false

  @Flag(help: "Print the queries that a screen asks, one a line, and end.")
  var printQueries = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The moment that is shown first: 14:32, -2h from now, \"2026-11-21 03:12\".",
      valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("Columns and rows of the frame that is printed.", valueName: "132x40"))
  var size: String = "132x40"

  @Option(help: "What the frame is printed as: text, ansi or svg.")
  var format: String = "text"

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write what is printed to a file.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "What w runs to watch a host on it; {} stands for its name.", valueName: "command"))
  var visit: String = HostVisit.usual

  @Option(help: .hidden)
  var config: String?

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    guard [machines.isUsed, fleet.store.prometheus != nil, file != nil].count(where: { $0 }) == 1
    else {
      throw ValidationError(
        "name a store by --prometheus, machines by --hosts or --hostfile, or a recording")
    }
    if let at {
      do throws(Destination.Fault) { _ = try Destination(at) } catch {
        throw ValidationError("--at \(at): \(error.words)")
      }
    }
    if !["text", "ansi", "svg"].contains(format) {
      throw ValidationError("--format \(format): write text, ansi or svg")
    }
    if dimensions == nil {
      throw ValidationError("--size \(size): write columns x rows, such as 132x40")
    }
  }

  private var dimensions: (width: Int, height: Int)? {
    let parts = size.split(separator: "x").compactMap { Int($0) }
    guard parts.count == 2, parts.allSatisfy({ 1...1000 ~= $0 }) else { return nil }
    return (parts[0], parts[1])
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try Settings.load(named: config, host)
    if let file { return try replay(file, host, settings) }
    if machines.isUsed { return try reach(host, settings) }
    let reader = try fleet.reader(host)
    if printQueries { return try writeQueries(reader.queries) }
    let tariff = tariff(settings)
    let assemble: @Sendable (FleetAnswers, FleetView) -> FleetAssembly = { answers, view in
      FleetAssembly(answers, view, tariff: tariff, utcOffset: HostEnvironment.utcOffset)
    }
    guard !once, !json else {
      return try print(FleetOnce(reader, assemble), host, settings)
    }
    let feed = try FleetFeed(
      reader, refresh: fleet.interval, history: fleet.historySeconds, assemble: assemble)
    defer { feed.close() }
    var cursor = Cursor.live
    if let at { cursor.seek(to: try time(at, in: feed.bounds), in: feed.bounds) }
    try display.run(
      feed, cursor: cursor, settings: settings, host: host, accounts: Accounts(),
      fleet: FleetState(), window: windowSeconds(settings),
      visit: HostVisit(command: visit))
  }

  /// Shows machines that are reached by commands.
  private func reach(_ host: HostEnvironment, _ settings: Settings) throws {
    var context = SourceContext(
      machine: host.machine, interval: 1, timeZone: host.timeZone, country: settings.country,
      environment: host.environment)
    context.user = host.user
    let clock = SystemClock()
    let feed = HostsFeed(
      try machines.names().map { ($0, machines.command($0)) }, clock: clock, context: context,
      privacy: privacyOptions.filter(host), tariff: tariff(settings))
    defer { feed.close() }
    if let record = machines.record {
      do { try feed.record(to: record) } catch { throw Failure("\(error)") }
    }
    guard !once, !json else {
      feed.settle(seconds: 15)
      guard let picture = feed.fleet, let moment = picture.moment else { return }
      if json { return try write(FleetJSON.text(moment, FleetReader.Cost())) }
      return try print(
        picture, feed.timeline, bounds: feed.bounds, at: moment.time, host, settings)
    }
    try display.run(
      feed, cursor: .live, settings: settings, host: host, accounts: Accounts(),
      fleet: FleetState(), window: windowSeconds(settings),
      visit: HostVisit(command: visit))
  }

  /// Shows the machines of a recording, from its end.
  private func replay(_ file: String, _ host: HostEnvironment, _ settings: Settings) throws {
    let feed = RecordedFleetFeed(
      try Replay.open(file, privacy: privacyOptions.filter(host)), tariff: tariff(settings))
    let moment = try at.map { try time($0, in: feed.bounds) } ?? feed.bounds.end
    var cursor = Cursor.live
    cursor.seek(to: moment, in: feed.bounds)
    guard !once, !json else {
      let view = ViewState(
        cursor: cursor, window: windowSeconds(settings), theme: 0, themeCount: 1, glyphs: .braille)
      try feed.update(for: view)
      guard let picture = feed.fleet, let told = picture.moment else { return }
      if json { return try write(FleetJSON.text(told, FleetReader.Cost())) }
      return try print(
        picture, feed.timeline, bounds: feed.bounds, at: moment, host, settings,
        from: feed.info.origin)
    }
    try display.run(
      feed, cursor: .replay(from: moment, paused: true), settings: settings, host: host,
      accounts: Accounts(), fleet: FleetState(), window: windowSeconds(settings),
      visit: HostVisit(command: visit))
  }

  /// The price that was named, else that of the settings.
  private func tariff(_ settings: Settings) -> Tariff? {
    display.accounts.price.flatMap { Price(text: $0) }
      .map { Tariff(currency: $0.currency, perKilowattHour: $0.perKilowattHour) }
      ?? settings.tariff
  }

  /// The queries of a screen of the present, each with its times as the interface takes them.
  private func writeQueries(_ queries: FleetQueries) throws {
    let view = FleetView(time: SystemClock.wall, window: FleetOptions.window)
    let lines = queries.all(view).map { query in
      switch query.times {
      case .at(let time): "time=\(Int(time.seconds)) \(query.text)"
      case .columns(let numbers, let step):
        "start=\(numbers.lowerBound * step) end=\(numbers.upperBound * step) step=\(step) \(query.text)"
      }
    }
    try write(lines.joined(separator: "\n"))
  }

  /// The account's length: an hour unless the user says another.
  private func windowSeconds(_ settings: Settings) -> Double {
    display.window == nil ? FleetOptions.window : display.windowSeconds(settings)
  }

  private func time(_ text: String, in bounds: TimeSpan) throws -> Timestamp {
    do throws(Destination.Fault) {
      return try Destination(text).time(
        from: bounds.end, in: bounds, of: Timeline(), offset: HostEnvironment.utcOffset)
    } catch {
      throw Failure("--at \(text): \(error.words)")
    }
  }

  /// Prints one frame, or its numbers.
  private func print(_ once: FleetOnce, _ host: HostEnvironment, _ settings: Settings) throws {
    let now = SystemClock.wall
    let bounds = TimeSpan(now - fleet.historySeconds, now)
    let moment = try at.map { try self.time($0, in: bounds) } ?? now
    var once = once
    try once.read(FleetView(time: moment, window: windowSeconds(settings)), now: now)
    if json { return try write(FleetJSON.text(once.moment, once.cost)) }
    try once.readPast(bounds, now: now)
    try print(once.picture, once.timeline, bounds: bounds, at: moment, host, settings)
  }

  /// Prints a frame of a fleet at a time.
  private func print(
    _ picture: FleetPicture, _ timeline: Timeline, bounds: TimeSpan, at moment: Timestamp,
    _ host: HostEnvironment, _ settings: Settings, from origin: SessionInfo.Origin = .live
  ) throws {
    var store = ThemeStore(host: host, executable: ThemeStore.executable)
    let theme = display.theme(settings, in: &store, isLight: host.hasLightBackground)
    var cursor = Cursor.live
    if case .recording = origin { cursor = .replay(from: moment, paused: true) }
    cursor.seek(to: moment, in: bounds)
    var view = ViewState(
      cursor: cursor, window: windowSeconds(settings), theme: theme,
      themeCount: store.themes.count, glyphs: display.glyphs(settings) ?? .braille)
    view.fleet = FleetState()
    view.language = display.language(host)
    guard let (width, height) = dimensions else { return }
    var input = FrameInput(
      timeline: timeline, bounds: bounds, view: view, theme: store.themes[theme],
      session: SessionInfo(
        origin: origin, machine: picture.store,
        isSimulated: picture.moment?.isSimulated ?? false, utcOffset: HostEnvironment.utcOffset),
      width: width, height: height)
    input.language = view.language
    input.fleet = picture
    input.hasColor = format != "text" && DisplayOptions.depths[display.color] != ColorDepth.none
    let frame = Frame.render(input)
    let plain = display.encoding == .ascii ? frame.asciiOnly() : frame
    let depth = DisplayOptions.depths[display.color] ?? .truecolor
    switch format {
    case "svg": try write(Screenshot.svg(frame, theme: store.themes[theme]))
    case "ansi": try write(ANSIWriter.string(plain, depth: depth))
    default: try write(TextWriter.plain(plain))
    }
  }

  private func write(_ text: String) throws {
    if let output {
      if let problem = File.write(text, to: output) { throw Failure("\(output): \(problem)") }
    } else {
      try File.put(text.hasSuffix("\n") ? text : text + "\n", to: nil)
    }
  }
}
