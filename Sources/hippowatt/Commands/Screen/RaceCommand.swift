import Accounting
import ArgumentParser
import Dashboard
import Telemetry

/// Shows two recorded runs side by side.
struct RaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "race",
    abstract: "Show two recorded runs side by side, and what both took to the same loss.",
    discussion: """
      The first recording is the baseline, as in `compare`, and the numbers are the same. The two are
      laid beside each other from the start, or where both had come to the same step, as many tokens,
      or the same loss.

        hippowatt race fp32.hippo bf16.hippo --align tokens
        hippowatt snapshot bf16.hippo --baseline fp32.hippo --overlay race
      """)

  @Argument(help: ArgumentHelp("The recording to race against.", valueName: "base.hippo"))
  var base: String

  @Argument(help: ArgumentHelp("The recording of the run.", valueName: "run.hippo"))
  var file: String

  @Option(
    help: "How many times faster than it happened, 0.1 to 10000; by default about 40 s in all.")
  var speed: Double?

  @Flag(help: "Stand still at the beginning.")
  var paused = false

  @Option(help: .hidden)
  var config: String?

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if let speed, !(0.1...10_000 ~= speed) {
      throw ValidationError("--speed \(speed): write a number from 0.1 to 10000")
    }
  }

  /// How long a race lasts that nobody sets the speed of, in seconds.
  private static let length = 40.0

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try Settings.load(named: config, host)
    var display = display
    display.accounts.baselines.insert(base, at: 0)
    let accounts = try display.accounts.load(beside: file)
    guard let race = accounts.races.first, let begin = race.run.course?.start?.time else {
      // The same reason that a comparison gives.
      _ = try Accounts.run(file)
      throw Failure("\(file): its job did not tell its progress twice")
    }
    let feed = try Replay.open(file)
    feed.keepsMarks = true
    feed.goOn(until: accounts.end)
    var cursor = Cursor.replay(from: begin, paused: paused)
    let end = accounts.end ?? feed.bounds.end
    cursor.setSpeed(speed ?? max(1, (end - begin) / Self.length))
    try display.run(
      feed, cursor: cursor, settings: settings, host: host, accounts: accounts, overlay: .race)
  }
}
