import Glibc
import Linux
import Quantities
import Telemetry

/// Sleeps until a time, and then becomes the command.
struct GreenWait {
  var command: [String]

  /// Seconds between two questions whether the forecast was revised.
  private static let patience = 900.0

  /// Waits and runs; never returns where there is a command.
  ///
  /// - Parameter revised: when to begin by what is forecast now; `nil` where nothing new is known.
  /// - Throws: `EndedBySignal` when the user gives up, `ExitStatus` when the command cannot be started.
  func run(_ start: Timestamp, revised: () -> Timestamp?) throws {
    var start = start
    let signals = SignalDescriptor([SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    var asked = SystemClock.wall
    announce(start)
    while true {
      if let number = signals.next() {
        unblock()
        throw EndedBySignal(number: number)
      }
      // The clock on the wall is read anew each time: a machine that slept wakes up at the right hour.
      let now = SystemClock.wall
      guard now < start else { break }
      if now - asked >= Self.patience {
        asked = now
        if let other = revised(), other != start {
          start = other
          announce(start)
          continue
        }
      }
      var entry = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, Int32(min(30, max(0.01, start - now)) * 1000))
    }
    unblock()
    close(signals.descriptor)
    if !command.isEmpty { try become() }
  }

  private func announce(_ start: Timestamp) {
    guard start > SystemClock.wall else { return }
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
