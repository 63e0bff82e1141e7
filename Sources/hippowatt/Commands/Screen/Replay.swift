import ArgumentParser
import Dashboard
import Telemetry

/// Shows a recording again.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a recording again, with pause, seek and speed.")

  @Argument(help: ArgumentHelp("A recording.", valueName: "file.hippo"))
  var file: String

  @Option(help: "How many times faster than it happened, 0.1 to 10000.")
  var speed: Double = 1

  @Flag(help: "Stand still at the beginning.")
  var paused = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Begin at a time: 14:32, 90s from the start, -2h from the end, \"2026-11-21 03:12\", "
        + "\"sat 03:12\", max.",
      valueName: "time"))
  var at: String?

  @Option(help: .hidden)
  var config: String?

  @OptionGroup var supposition: SupposedGridOptions

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    guard speed >= 0.1, speed <= 10_000 else {
      throw ValidationError("--speed \(speed): write a number from 0.1 to 10000")
    }
    if let at {
      do throws(Destination.Fault) { _ = try Destination(at) } catch {
        throw ValidationError("--at \(at): \(error.words)")
      }
    }
  }

  func run() throws {
    try Self.show(
      file, speed: speed, paused: paused, at: at, keepsMarks: true, display: display,
      config: config, toast: "", supposed: try supposition.load())
  }

  /// Opens a recording and shows it from its beginning.
  static func show(
    _ path: String, speed: Double, paused: Bool, at: String? = nil, keepsMarks: Bool = false,
    display: DisplayOptions,
    config: String?, toast: String, supposed: SupposedGrid? = nil
  ) throws {
    let host = HostEnvironment.current()
    let settings = try Settings.load(named: config, host)
    let feed = try Self.open(path, supposed: supposed, now: SystemClock.wall)
    feed.keepsMarks = keepsMarks
    var accounts = try display.accounts.load(beside: path)
    // What is told of the electricity of both is of the grids they were recorded on.
    if supposed != nil { accounts.forgetElectricity() }
    // A little way in, so that the first frame has something to show.
    let start =
      try at.map { try Self.time($0, in: feed) } ?? min(feed.bounds.end, feed.bounds.start + 2)
    // What is being recorded is shown as it comes, unless somebody looks for a time.
    var cursor = feed.isGrowing ? Cursor.live : Cursor.replay(from: start, paused: paused)
    if feed.isGrowing, at != nil { cursor.seek(to: start, in: feed.bounds) }
    cursor.setSpeed(speed)
    try display.run(
      feed, cursor: cursor, settings: settings, host: host, toast: toast, accounts: accounts)
  }

  /// The time of a recording that is named; one that is told from what is looked at counts from the end.
  static func time(_ text: String, in feed: ReplayFeed) throws -> Timestamp {
    func look() throws -> Timestamp {
      do throws(Destination.Fault) {
        return try Destination(text).time(
          from: feed.bounds.end, in: feed.bounds, of: feed.timeline, offset: feed.info.utcOffset)
      } catch {
        throw Failure("--at \(text): \(error.words)")
      }
    }
    // What is looked for may have to be read first.
    try feed.update(for: ViewState(cursor: .replay(from: feed.bounds.end, paused: true)))
    while true {
      let found = Result { try look() }
      if try feed.supply() { continue }
      return try found.get()
    }
  }

  static func open(
    _ path: String, privacy: PrivacyFilter = PrivacyFilter(), supposed: SupposedGrid? = nil,
    now: Timestamp? = nil
  ) throws -> ReplayFeed {
    do {
      return try ReplayFeed(path: path, privacy: privacy, supposed: supposed, now: now)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(error)")
    }
  }
}
