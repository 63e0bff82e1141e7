import ArgumentParser
import CSystem
import Dashboard
import Glibc
import Quantities
import Recordings
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

      With --keep 30d or --keep 10GB it forgets what is older, or more; the file stays as large as it is.

      With --service it records into $STATE_DIRECTORY, as systemd sets it, else into /var/lib/hippowatt
      for root and ~/.local/state/hippowatt for others: a file for each start, of which --keep removes
      the oldest. `make install` installs units for systemd, for the machine and for a user:

        systemctl enable --now hippowatt
        systemctl --user enable --now hippowatt

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

  @Option(
    help: ArgumentHelp(
      "How much of the past to keep, such as 30d or 10GB; may be given again.", valueName: "limit"))
  var keep: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Run as a service: record into the folder for that (see the manual), quietly, and tidy it up."
    ))
  var service = false

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
    _ = try retention()
    if let output, output == "-", !keep.isEmpty {
      throw ValidationError("--keep is for files: what is printed is kept by whoever reads it")
    }
    if service, output != nil {
      throw ValidationError("--service names its files itself: leave --output out")
    }
  }

  /// What is to be kept; `nil` for everything.
  private func retention() throws -> Retention? {
    var retention = Retention()
    for text in keep {
      if let bytes = ByteSize.bytes(text) {
        guard bytes >= Self.least.bytes else {
          throw ValidationError("--keep \(text): that is too little, write 10MB or more")
        }
        retention.bytes = min(bytes, retention.bytes ?? .max)
      } else if let seconds = Duration(text: text)?.inSeconds {
        guard seconds >= Self.least.seconds else {
          throw ValidationError("--keep \(text): that is too little, write 1h or more")
        }
        retention.seconds = min(seconds, retention.seconds ?? .infinity)
      } else {
        throw ValidationError("--keep \(text): write a time such as 30d or a size such as 10GB")
      }
    }
    return keep.isEmpty ? nil : retention
  }

  /// The least that can be kept: it goes by quarters of an hour.
  private static let least = (bytes: Int64(10_000_000), seconds: 3600.0)

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
    let folder = try service ? serviceFolder(host) : nil
    let name = Self.defaultName(feed.machine, clock.start)
    let path = folder.map { $0.path + "/" + name } ?? output ?? name
    let isSimulated = settings.sources.contains { $0.kind == "simulated" }
    do {
      try feed.prepare(settings.sources, in: context)
      if path != "-" {
        try feed.record(
          to: path, note: note, isSimulated: isSimulated, retention: try retention())
      }
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
      }, clock: clock, signals: signals, path: path, isQuiet: quiet || service,
      limit: duration.flatMap { Duration(text: $0)?.inSeconds })
    session.folder = folder
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

  /// The folder of the service, made and tidied up.
  private func serviceFolder(_ host: HostEnvironment) throws -> ServiceFolder {
    guard let path = ServiceFolder.path(host) else {
      throw Failure("--service: there is no $STATE_DIRECTORY and no $HOME to record into")
    }
    let folder = ServiceFolder(path: path, retention: try retention() ?? Retention())
    try folder.make()
    return folder
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
