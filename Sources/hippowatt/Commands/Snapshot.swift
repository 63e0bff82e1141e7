import ArgumentParser
import Canvas
import Dashboard
import Glibc
import Linux
import Quantities
import SwiftOverlayShims
import Telemetry

/// Prints one frame.
struct Snapshot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print one frame, live or of a recording, as text, ANSI or SVG.")

  @Argument(
    help: ArgumentHelp("A recording; without one: this machine, now.", valueName: "file.hippo"))
  var file: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The moment of a recording: 90s from its start, -2h from its end, 14:32, max, end.",
      valueName: "time"))
  var at: String = "end"

  @Option(help: "text, ansi or svg.")
  var format: String = "text"

  @Option(help: ArgumentHelp("Columns and rows.", valueName: "132x40"))
  var size: String = "132x40"

  @Option(help: "Show one panel only: \(Self.panels).")
  var panel: String?

  @Option(help: "Open a view: \(Self.overlays).")
  var overlay: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file.", valueName: "file"))
  var output: String?

  @OptionGroup var privacyOptions: PrivacyOptions
  @OptionGroup var sourceOptions: SourceOptions
  @OptionGroup var display: DisplayOptions

  private static let overlays = OverlayCatalogue.names.map(\.name).joined(separator: ", ")
  private static let panels =
    "1 to \(PanelCatalogue.words.count), or "
    + PanelCatalogue.words.map { $0.lowercased() }.joined(separator: ", ")

  private var dimensions: (width: Int, height: Int)? {
    let parts = size.split(separator: "x").compactMap { Int($0) }
    guard parts.count == 2, parts.allSatisfy({ 1...1000 ~= $0 }) else { return nil }
    return (parts[0], parts[1])
  }

  func validate() throws {
    if dimensions == nil {
      throw ValidationError("--size \(size): write columns x rows, such as 132x40")
    }
    if !["text", "ansi", "svg"].contains(format) {
      throw ValidationError("--format \(format): write text, ansi or svg")
    }
    do throws(Destination.Fault) { _ = try Destination(at) } catch {
      throw ValidationError("--at \(at): \(error.words)")
    }
    if let overlay, !OverlayCatalogue.names.contains(OverlayName(overlay)) {
      throw ValidationError("--overlay \(overlay): there are \(Self.overlays)")
    }
    if let panel, PanelCatalogue.index(of: panel) == nil {
      throw ValidationError("--panel \(panel): write \(Self.panels)")
    }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try sourceOptions.settings(host)
    var store = ThemeStore(host: host, executable: ThemeStore.executable)
    let theme = display.theme(settings, in: &store, isLight: host.hasLightBackground)
    for problem in store.problems { printError("hippowatt: \(problem)") }
    let feed: any Feed
    let accounts = try display.accounts.load(
      beside: file, isAnonymous: privacyOptions.anonymous)
    var cursor = Cursor.live
    if let file {
      let replay = try Replay.open(file, privacy: privacyOptions.filter(host))
      if overlay == OverlayName.race.name { replay.goOn(until: accounts.end) }
      cursor = .replay(from: try Replay.time(at, in: replay), paused: true)
      feed = replay
    } else {
      feed = try live(settings, host)
    }
    defer { feed.close() }
    var view = ViewState(
      cursor: cursor, window: display.windowSeconds(settings), theme: theme,
      themeCount: store.themes.count, glyphs: display.glyphs(settings) ?? .braille)
    view.widensWindow = display.window == nil
    view.focused = panel.flatMap(PanelCatalogue.index)
    view.race = display.accounts.race
    view.language = display.language(host)
    try feed.update(for: view)
    if let overlay {
      let before = view
      repeat {
        view = before
        _ = view.apply(
          .overlay(OverlayName(overlay)), timeline: feed.timeline, bounds: feed.bounds)
      } while try feed.supply()
    }
    guard let (width, height) = dimensions else { return }
    var info = feed.info
    info.tariff = settings.tariff
    info.pue = settings.pue
    var input = FrameInput(
      timeline: feed.timeline, bounds: feed.bounds, view: view, theme: store.themes[theme],
      session: info, width: width, height: height)
    input.catalogue = .all
    input.language = view.language
    // Plain text has no colours to tell areas apart.
    input.hasColor = format != "text" && DisplayOptions.depths[display.color] != ColorDepth.none
    accounts.fill(&input)
    var frame = Frame.render(input)
    while try feed.supply() {
      input.timeline = feed.timeline
      accounts.fill(&input)
      frame = Frame.render(input)
    }
    try write(frame, theme: store.themes[theme])
  }

  /// A live session that has read everything twice, since a rate takes two readings.
  private func live(_ settings: Settings, _ host: HostEnvironment) throws -> LiveFeed {
    let context = sourceOptions.context(settings, host)
    let clock = SystemClock()
    let feed = LiveFeed(
      clock: clock, machine: host.machine, interval: context.interval,
      privacy: privacyOptions.filter(host))
    do { try feed.start(settings.sources, in: context) } catch { throw Failure("\(error)") }
    let start = clock.now
    let patience = 2.1 * context.interval
    while clock.now - start < patience || (!feed.isSettled && clock.now - start < patience + 3) {
      var time = timespec(tv_sec: 0, tv_nsec: 20_000_000)
      nanosleep(&time, nil)
    }
    return feed
  }

  private func write(_ frame: Canvas, theme: Theme) throws {
    let plain = display.encoding == .ascii ? frame.asciiOnly() : frame
    let depth = DisplayOptions.depths[display.color] ?? .truecolor
    let text =
      switch format {
      case "svg": Screenshot.svg(frame, theme: theme)
      case "ansi": ANSIWriter.string(plain, depth: depth)
      default: TextWriter.plain(plain)
      }
    if let output {
      if let problem = File.write(text, to: output) { throw Failure("\(output): \(problem)") }
    } else {
      try File.put(text.hasSuffix("\n") ? text : text + "\n", to: nil)
    }
  }
}
