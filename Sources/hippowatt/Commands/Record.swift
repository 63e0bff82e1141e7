import ArgumentParser
import CSystem
import Dashboard
import Glibc
import Quantities
import Telemetry

/// Records without a screen, perhaps around a command.
struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record without a screen, perhaps around a command.",
    discussion: """
      With a command behind -- it records as long as that runs, reads training progress from its
      output, and ends with its exit status:

        hippowatt record -o run.hippo -- python train.py

      With -o - it prints JSON lines for another hippowatt, or for any program.

      The file is readable by its owner alone. Passwords, keys and tokens are masked in it; with
      --anonymous the names of machine, user and commands are left out too.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write; - prints JSON lines.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("A sentence that is kept in the recording.", valueName: "text"))
  var note: String = ""

  @Option(
    name: .customLong("for"), help: ArgumentHelp("Stop by itself after a while.", valueName: "time")
  )
  var duration: String?

  @Flag(help: "No status line and no summary.")
  var quiet = false

  @OptionGroup var privacyOptions: PrivacyOptions
  @OptionGroup var sourceOptions: SourceOptions

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("A command to run and record.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    if let duration, (Duration(text: duration)?.inSeconds ?? 0) <= 0 {
      throw ValidationError("--for \(duration): write a time such as 90s or 5min")
    }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try sourceOptions.settings(host)
    // Taken from a descriptor, so that every thread started below inherits the mask.
    let signals = SignalDescriptor([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD])
    let clock = SystemClock()
    let context = sourceOptions.context(settings, host)
    let feed = LiveFeed(
      clock: clock, machine: host.machine, interval: context.interval,
      privacy: privacyOptions.filter(host), budget: .account)
    feed.alerts = AlertDesk(settings, environment: host.environment)
    let path = output ?? Self.defaultName(feed.machine, clock.start)
    let isSimulated = settings.sources.contains { $0.kind == "simulated" }
    do {
      try feed.prepare(settings.sources, in: context)
      if path != "-" { try feed.record(to: path, note: note, isSimulated: isSimulated) }
      try feed.start(settings.sources, in: context)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(error)")
    }
    let session = RecordSession(
      feed: feed,
      named: settings.sources.map(\.kind).filter { kind in
        sourceOptions.sources.contains { SourceRequest(text: $0).kind == kind }
          || SourceCatalogue.all.entry(kind)?.isDefault == false
      }, clock: clock, signals: signals, path: path, isQuiet: quiet,
      limit: duration.flatMap { Duration(text: $0)?.inSeconds })
    var status: Int32 = 0
    do {
      status = try session.run(command, host: host, context: context)
    } catch let missing as CommandNotFound {
      feed.close()
      // Nothing was recorded, so the file is removed and the command can be corrected and run
      // again.
      if path != "-" { unlink(path) }
      printError("hippowatt: \(missing.text)")
      throw ExitStatus(code: missing.isMissing ? 127 : 126)
    }
    if status != 0 { throw ExitStatus(code: status) }
  }

  private static func defaultName(_ machine: String, _ time: Timestamp) -> String {
    let safe = machine.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" }
    let civil = CivilTime(time, offset: HostEnvironment.utcOffset(time))
    let stamp = civil.isoDate + "-" + civil.clock.filter { $0 != ":" }
    return "hippowatt-\(String(safe))-\(stamp).hippo"
  }
}

/// Signals as something that can be waited for beside other input.
final class SignalDescriptor {
  let descriptor: Int32

  /// Takes over some signals for this thread and all that are started after.
  init(_ signals: [Int32]) {
    let ignored = ignoredEndings()
    let signals = signals.filter { !ignored.contains($0) }
    descriptor = cs_signal_descriptor(signals, Int32(signals.count))
  }

  /// The next signal that arrived, if any.
  func next() -> Int32? {
    let signal = cs_next_signal(descriptor)
    return signal > 0 ? signal : nil
  }
}
