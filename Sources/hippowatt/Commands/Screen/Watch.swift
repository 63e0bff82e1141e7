import ArgumentParser
import Glibc
import Sensors
import Telemetry
import Terminal

/// Watches this machine live.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch this machine live.",
    discussion: """
      Reads every sensor it finds, or only the sources named. With - as input it shows what another
      hippowatt sends:

        ssh box hippowatt record -o - | hippowatt watch -

      Where a recorder runs as a service (hippowatt record --service), its last hours are shown too.
      """)

  @Argument(help: ArgumentHelp("- to read JSON lines from standard input.", valueName: "input"))
  var input: String?

  @Option(help: ArgumentHelp("Record the session to a file as well.", valueName: "file"))
  var record: String?

  @Flag(help: "Do not show what a recorder that runs as a service has seen before.")
  var noPast = false

  @OptionGroup var privacyOptions: PrivacyOptions
  @OptionGroup var sourceOptions: SourceOptions
  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if let input, input != "-" {
      throw ValidationError(
        "watch takes - or nothing; to see a recording, use: hippowatt replay \(input)")
    }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try sourceOptions.settings(host)
    let clock = SystemClock()
    let context = sourceOptions.context(settings, host)
    let feed = LiveFeed(
      clock: clock, machine: host.machine, interval: context.interval,
      privacy: privacyOptions.filter(host))
    feed.alerts = AlertDesk(settings, environment: host.environment)
    var keyboard: Int32 = 0
    var toast = ""
    if input == "-" {
      guard isatty(0) == 0 else {
        throw Failure(
          "standard input is a terminal; pipe into it what `hippowatt record -o -` prints")
      }
      guard let terminal = TerminalScreen.openControllingTerminal() else {
        throw Failure("there is no terminal to take keys from beside standard input")
      }
      keyboard = terminal
      feed.isRemote = true
      feed.collector.add(
        JSONStreamSource(descriptor: 0, machine: context.machine), interval: context.interval)
    } else {
      if !noPast, sourceOptions.sources.isEmpty,
        let recorder = RunningRecorder.find(host, now: clock.now)
      {
        feed.recall(recorder.past())
        toast = "what was before is from \(recorder.path)"
      }
      do {
        try feed.start(settings.sources, in: context)
      } catch {
        throw Failure("\(error)")
      }
    }
    defer { feed.close() }
    if let record {
      let isSimulated = settings.sources.contains { $0.kind == "simulated" }
      do { try feed.record(to: record, isSimulated: isSimulated) } catch {
        throw Failure("\(error)")
      }
    }
    try display.run(
      feed, cursor: .live, settings: settings, host: host, keyboard: keyboard, toast: toast)
  }
}
