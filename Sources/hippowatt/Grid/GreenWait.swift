import Accounting
import Glibc
import Linux
import Quantities
import Telemetry

/// Sleeps until a time, and then becomes the command.
struct GreenWait {
  var command: [String]
  /// The clock on the wall, read anew each time: a machine that slept wakes up at the right hour.
  var clock: () -> Timestamp = { SystemClock.wall }
  /// Waits for some seconds, or until the user sends a signal.
  var pause: (SignalDescriptor, Double) -> Void = { signals, seconds in
    var entry = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, Int32(seconds * 1000))
  }

  /// Seconds between two questions whether the forecast was revised.
  static let patience = 900.0

  init(command: [String]) { self.command = command }

  /// When to begin by what is forecast at a time; `nil` where that is not known.
  static func start(
    _ question: GreenWindow.Question, _ source: any GridForecastSource, at now: Timestamp
  ) -> Timestamp? {
    var again = question
    again.now = now
    guard let forecast = try? source.forecast(now),
      let window = try? GreenWindow(again, in: forecast.statements)
    else { return nil }
    return window.isNow ? now : window.best.span.start
  }

  /// Waits and runs; never returns where there is a command.
  ///
  /// - Parameter revised: when to begin by what is forecast now; `nil` where nothing new is known.
  /// - Throws: `EndedBySignal` when the user gives up, `ExitStatus` when the command cannot be started.
  func run(_ start: Timestamp, revised: () -> Timestamp?) throws {
    try wait(start, revised: revised)
    if !command.isEmpty { try become() }
  }

  /// Sleeps until the time, which may be moved meanwhile.
  /// - Throws: `EndedBySignal` when the user gives up.
  func wait(_ start: Timestamp, revised: () -> Timestamp?) throws {
    var start = start
    let signals = SignalDescriptor([SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    var asked = clock()
    announce(start)
    while true {
      if let number = signals.next() {
        unblock()
        throw EndedBySignal(number: number)
      }
      let now = clock()
      guard now < start else { break }
      if now - asked >= Self.patience {
        asked = now
        if let other = revised(), other != start {
          start = other
          announce(start)
          continue
        }
      }
      pause(signals, min(30, max(0.01, start - now)))
    }
    unblock()
    close(signals.descriptor)
  }

  private func announce(_ start: Timestamp) {
    guard start > clock() else { return }
    let what = command.isEmpty ? "" : " to run \(command[0])"
    let time = WhenAnswer.time(start, HostEnvironment.utcOffset)
    printError("hippowatt: waits until \(time)\(what); Ctrl-C gives up")
  }

  private func unblock() {
    var all = sigset_t()
    sigfillset(&all)
    sigprocmask(SIG_UNBLOCK, &all, nil)
  }

  /// Puts the command in this program's place, so that its exit status and signals are its own.
  private func become() throws {
    signal(SIGPIPE, SIG_DFL)
    // As they came, byte for byte: a name need not be UTF-8.
    let first = Int(CommandLine.argc) - command.count
    var words = (first..<Int(CommandLine.argc)).map { CommandLine.unsafeArgv[$0] } + [nil]
    if let name = words[0] { execvp(name, &words) }
    let code = errno
    printError("hippowatt: \(command[0]): \(String(cString: strerror(code)))")
    throw ExitStatus(code: code == ENOENT ? 127 : 126)
  }
}
