import CSystem
import Glibc
import JobLogs
import Linux

/// A command that runs while it is recorded: its output passes through, its status is kept.
final class WrappedCommand {
  private(set) var process: pid_t = 0
  /// Its standard output and its standard error, as far as they are read.
  let streams: [CommandStream]

  /// Starts a command with this process's own standard input.
  ///
  /// Its standard output becomes a pipe and is passed on to `target`; its standard error is passed
  /// on to this process's own and stays a terminal where that is one. Python is told not to hold its
  /// lines back, since it does when its output is no terminal.
  /// - Throws: `Failure` when it cannot be started.
  init(_ arguments: [String], target: Int32) throws {
    var streams = [try CommandStream(.output, target: target, keepsTerminal: false)]
    // A standard error that is closed stays so.
    if fcntl(2, F_GETFD) >= 0 {
      streams.append(try CommandStream(.error, target: 2, keepsTerminal: true))
    }
    self.streams = streams
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    for stream in streams {
      let number: Int32 = stream.stream == .output ? 1 : 2
      posix_spawn_file_actions_adddup2(&actions, stream.entrance, number)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    sigemptyset(&none)
    var defaults = sigset_t()
    sigfillset(&defaults)
    // What whoever started us ignores, as nohup does, the command ignores as well.
    for number in ignoredEndings() { sigdelset(&defaults, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    setenv("PYTHONUNBUFFERED", "1", 0)
    // As they came, byte for byte: a name need not be UTF-8.
    let first = Int(CommandLine.argc) - arguments.count
    var words = (first..<Int(CommandLine.argc)).map { CommandLine.unsafeArgv[$0] } + [nil]
    guard let name = words[0] else { throw Failure("there is no command to run") }
    let status = posix_spawnp(&process, name, &actions, &attributes, &words, environ)
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    for stream in streams { stream.closeEntrance() }
    guard status == 0 else {
      throw CommandNotFound(
        text: "\(arguments[0]): \(String(cString: strerror(status)))", isMissing: status == ENOENT)
    }
  }

  /// The command's exit status as a shell gives it, once it has ended.
  func reap() -> Int32? {
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    // The macros WTERMSIG and WEXITSTATUS of wait(2), which do not import.
    let terminationSignal = status & 0x7F
    let exitStatus = status >> 8 & 0xFF
    return terminationSignal == 0 ? exitStatus : 128 + terminationSignal
  }

  func send(_ signal: Int32) { kill(process, signal) }
}

/// A command that could not be started; exit status 127 or 126, as of a shell.
struct CommandNotFound: Error {
  var text: String
  var isMissing: Bool
}

/// The signals that ask a program to end and that this one was started to ignore.
func ignoredEndings() -> [Int32] {
  [SIGINT, SIGTERM, SIGHUP, SIGQUIT].filter { cs_is_ignored($0) }
}
