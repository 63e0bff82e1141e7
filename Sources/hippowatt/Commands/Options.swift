import ArgumentParser
import Canvas
import Dashboard
import Glibc
import Linux
import Quantities
import Sensors
import Telemetry
import Terminal

/// Which sources are read, and how often.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .customLong("source"),
    help: ArgumentHelp(
      "A source to read, such as nvml or log:train.log; may be given again. Default: every sensor.",
      valueName: "kind[:argument]"))
  var sources: [String] = []

  @Option(
    name: .customLong("log"),
    help: ArgumentHelp("Follow a training log beside the other sources.", valueName: "file"))
  var logs: [String] = []

  @Option(
    name: .customLong("serve-url"),
    help: ArgumentHelp("Ask an inference server for its metrics.", valueName: "url"))
  var servers: [String] = []

  @Option(
    name: .customLong("wall"),
    help: ArgumentHelp(
      "Ask a meter of the whole machine, such as a plug, beside the other sources.",
      valueName: "url"))
  var meters: [String] = []

  @Option(help: ArgumentHelp("Follow TensorBoard's event files too.", valueName: "folder"))
  var tensorboard: [String] = []

  @Option(help: ArgumentHelp("The country whose grid feeds the machine.", valueName: "code"))
  var country: String?

  @Flag(
    name: .customLong("live-grid"),
    help: "Ask a public service for the electricity of each hour; it learns address and zone.")
  var liveGrid = false

  @Option(help: ArgumentHelp("Time between two readings, such as 1s or 100ms.", valueName: "time"))
  var every: String?

  @Option(help: ArgumentHelp("The settings to use instead of the user's own.", valueName: "file"))
  var config: String?

  func validate() throws {
    if let every, !(0.01...Settings.longest ~= Duration(text: every)?.inSeconds ?? 0) {
      throw ValidationError(
        "--every \(every): write a time from 10ms to 366d, such as 1s or 100ms")
    }
    if let country, !GridSource.knows(country) {
      throw ValidationError(
        "--country \(country): write the code of a country that is known, such as FR")
    }
    for source in sources where SourceCatalogue.all.entry(SourceRequest(text: source).kind) == nil {
      let names = SourceCatalogue.all.entries.map(\.usage).joined(separator: ", ")
      throw ValidationError("--source \(Secrets.masked(source)): there are \(names)")
    }
  }

  /// The user's settings, overridden by the command line.
  func settings(_ host: HostEnvironment) throws -> Settings {
    var settings = try Settings.load(named: config, host)
    if let every { settings.interval = Duration(text: every)?.inSeconds }
    if let country { settings.country = country }
    if !sources.isEmpty { settings.sources = sources.map(SourceRequest.init(text:)) }
    if liveGrid { settings.liveGrid.isOn = true }
    for (place, source) in sources.enumerated() {
      settings.sources[place] = settings.liveGrid.completed(
        SourceRequest(text: source), country: settings.country)
    }
    if !settings.sources.contains(where: LiveGridChoice.isFootprint),
      let live = try settings.liveGrid.request(country: settings.country, timeZone: host.timeZone)
    {
      if settings.sources.isEmpty { settings.sources = SourceCatalogue.all.defaults }
      settings.sources.append(live)
    }
    if !logs.isEmpty || !servers.isEmpty || !tensorboard.isEmpty || !meters.isEmpty {
      if settings.sources.isEmpty {
        settings.sources = SourceCatalogue.all.defaults
      }
      settings.sources += logs.map { SourceRequest(kind: "log", argument: $0) }
      settings.sources += servers.map { SourceRequest(kind: "serve", argument: $0) }
      settings.sources += meters.map { SourceRequest(kind: "wall", argument: $0) }
      settings.sources += tensorboard.map { SourceRequest(kind: "tensorboard", argument: $0) }
    }
    return settings
  }

  /// What the sources may know of the machine and its user.
  func context(_ settings: Settings, _ host: HostEnvironment) -> SourceContext {
    var context = SourceContext(
      machine: host.machine, interval: settings.interval ?? 1, timeZone: host.timeZone,
      country: settings.country, environment: host.environment)
    context.user = host.user
    context.localTime = LocalTime(TimeZones.local(host))
    context.mayAskServers = settings.mayAskServers
    context.unaskedGrid = settings.liveGrid.unasked(
      country: settings.country, timeZone: host.timeZone)
    context.followed = settings.sources.map(\.argument).filter { !$0.isEmpty }
    return context
  }
}

/// What others may learn of the session.
struct PrivacyOptions: ParsableArguments {
  @Flag(
    help: "Leave the names of machine, user and commands out, so that others may see the session.")
  var anonymous = false

  /// What observations go through before they are kept: secrets are masked in any case.
  ///
  /// `keepsSerials` leaves the unique numbers of boards, by which others know what is exported.
  func filter(_ host: HostEnvironment, keepsSerials: Bool = false) -> PrivacyFilter {
    PrivacyFilter(
      anonymous
        ? NeutralNames(machine: host.machine, user: host.userName, keepsSerials: keepsSerials) : nil
    )
  }
}

/// How the screen looks.
struct DisplayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A theme by name, or auto: by the terminal's background; `t` shows the next one.",
      valueName: "name"))
  var theme: String?

  @Option(help: "How charts are drawn: auto, braille (a desk), blocks (a talk) or ascii.")
  var marks: String?

  @Option(help: ArgumentHelp("The time the curves show, such as 5min or 2h.", valueName: "time"))
  var window: String?

  @Option(help: "Colours: auto, truecolor, 256, 16, 8 or none.")
  var color: String = "auto"

  @Option(
    help: ArgumentHelp(
      "The language: \(Self.languages). By default that of LC_ALL, LC_MESSAGES or LANG.",
      valueName: "code"))
  var lang: String?

  /// The languages that there are, for people.
  static let languages = Language.allCases.map(\.rawValue).joined(separator: " or ")

  @Flag(exclusivity: .exclusive)
  var encoding: Encoding?

  @OptionGroup var accounts: AccountOptions

  @Option(help: .hidden)
  var keys: String?

  @Option(help: .hidden)
  var dump: String?

  /// Which characters are sent, where that is not left to be found out.
  enum Encoding: String, EnumerableFlag {
    case utf8, ascii

    static func help(for value: Encoding) -> ArgumentHelp? {
      switch value {
      case .utf8: "Send UTF-8, whatever the locale says."
      case .ascii: "Send seven-bit characters only."
      }
    }
  }

  static let depths: [String: ColorDepth] = [
    "truecolor": .truecolor, "256": .indexed256, "16": .ansi16, "8": .ansi8, "none": .none,
  ]

  func validate() throws {
    if let window, !(1...Settings.longest ~= Duration(text: window)?.inSeconds ?? 0) {
      throw ValidationError("--window \(window): write a time from 1s to 366d, such as 5min")
    }
    if let marks, marks != "auto", GlyphSet(rawValue: marks) == nil {
      throw ValidationError("--marks \(marks): write auto, braille, blocks or ascii")
    }
    if let lang, Language(locale: lang) == nil {
      throw ValidationError("--lang \(lang): write \(Self.languages)")
    }
    if color != "auto", Self.depths[color] == nil {
      throw ValidationError("--color \(color): write auto, truecolor, 256, 16, 8 or none")
    }
  }

  /// The marks asked for; `nil` to decide by what the terminal can show.
  func glyphs(_ settings: Settings) -> GlyphSet? {
    let asked = (marks ?? settings.marks).flatMap(GlyphSet.init(rawValue:))
    return encoding == .ascii ? .ascii : asked
  }

  /// The theme asked for, for a background where it is to fit that.
  func theme(
    _ settings: Settings, in store: inout ThemeStore, isLight: Bool?
  ) -> Int {
    let name = theme ?? settings.theme
    guard name == ThemeStore.automatic else { return store.index(of: name) }
    return store.index(isLight: isLight ?? false)
  }

  /// The language asked for, else that of the user's locale.
  func language(_ host: HostEnvironment) -> Language {
    lang.flatMap { Language(locale: $0) } ?? Language.preferred { host.environment[$0] }
  }

  func windowSeconds(_ settings: Settings) -> Double {
    window.flatMap { Duration(text: $0)?.inSeconds } ?? settings.window ?? 300
  }
}

extension DisplayOptions {
  /// Opens the terminal and runs a session on it until the user quits.
  func run(
    _ feed: any Feed, cursor: Cursor, settings: Settings, host: HostEnvironment,
    keyboard: Int32 = 0, toast: String = "", accounts read: Accounts? = nil,
    overlay: OverlayName? = nil, fleet: FleetState? = nil, window seconds: Double? = nil,
    visit: HostVisit? = nil
  ) throws {
    var store = ThemeStore(host: host, executable: ThemeStore.executable)
    let script = try keys.map { path in
      do throws(File.Problem) {
        return try File.text(path)
      } catch {
        throw Failure("\(path): \(error)")
      }
    }.map { text in
      try KeyScript(text, path: keys ?? "")
    }
    let race = accounts.race
    let accounts = try read ?? accounts.load()
    let isAutomatic = (theme ?? settings.theme) == ThemeStore.automatic
    let screen: TerminalScreen
    do {
      screen = try TerminalScreen(
        terminalOptions(host, keyboard: keyboard, asksBackground: isAutomatic))
    } catch {
      throw Failure("\(error)")
    }
    defer {
      screen.close()
      for problem in store.problems { printError("hippowatt: \(problem)") }
    }
    let fallback: GlyphSet = screen.isUTF8 ? .braille : .ascii
    let isLight = screen.terminalBackground.map(Self.isLight) ?? host.hasLightBackground
    let theme = theme(settings, in: &store, isLight: isLight)
    var view = ViewState(
      cursor: cursor, window: seconds ?? windowSeconds(settings), theme: theme,
      themeCount: store.themes.count, glyphs: glyphs(settings) ?? fallback)
    view.widensWindow = window == nil && fleet == nil
    view.fleet = fleet
    view.race = race
    view.language = language(host)
    if let overlay { view.open(overlay) }
    view.toast = store.problems.first ?? toast
    let session = ScreenSession(
      feed: feed, screen: screen, themes: store.themes, view: view, script: script, dumpPath: dump,
      tariff: settings.tariff)
    session.accounts = accounts
    if isAutomatic {
      session.onBackground = { [store] in store.index(isLight: Self.isLight($0)) }
    }
    session.pue = settings.pue
    session.visit = visit
    session.language = language(host)
    try session.run()
    if let signal = session.endSignal { throw EndedBySignal(number: signal) }
  }

  /// Whether black is better to read on a colour than white.
  private static func isLight(_ color: Color) -> Bool { color.ink == Color(0x000000) }

  private func terminalOptions(
    _ host: HostEnvironment, keyboard: Int32, asksBackground: Bool
  ) -> TerminalOptions {
    var options = TerminalOptions(
      depth: Self.depths[color], term: host.environment["TERM"] ?? "",
      colorTerm: host.environment["COLORTERM"] ?? "",
      noColor: !(host.environment["NO_COLOR"] ?? "").isEmpty, mouse: true,
      inputDescriptor: keyboard, outputDescriptor: 1)
    options.variables = host.environment
    options.terminfoFolders = host.terminfoFolders
    options.encoding = encoding.map { $0 == .utf8 ? .utf8 : .ascii }
    options.asksBackground = asksBackground
    options.endsInOrder = true
    return options
  }
}
