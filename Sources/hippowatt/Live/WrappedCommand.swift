import CSystem
import Glibc
import Linux

/// A command that runs while it is recorded: its output passes through, its status is kept.
final class WrappedCommand {
  private(set) var process: pid_t = 0
  /// The read end of the command's standard output; -1 once it is closed.
  private(set) var output: Int32 = -1
  private let target: Int32

  /// Starts a command with this process's own standard input and error.
  ///
  /// Its standard output becomes a pipe that `relay` copies to `target`. Python is told not to
  /// hold its lines back, since it does when its output is no terminal.
  /// - Throws: `Failure` when it cannot be started.
  init(_ arguments: [String], target: Int32) throws {
    self.target = target
    var ends: [Int32] = [-1, -1]
    guard cs_pipe(&ends) == 0 else {
      throw Failure("no pipe for the command: \(String(cString: strerror(errno)))")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
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
    close(ends[1])
    guard status == 0 else {
      close(ends[0])
      throw CommandNotFound(
        text: "\(arguments[0]): \(String(cString: strerror(status)))", isMissing: status == ENOENT)
    }
    output = ends[0]
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
  }

  /// Passes on what the command has printed and returns it.
  func relay() -> [UInt8] {
    guard output >= 0 else { return [] }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while result.count < 1 << 20 {
      let count = read(output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count == 0 {
        close(output)
        output = -1
      }
      guard count > 0 else { break }
      result += buffer.prefix(count)
    }
    if !result.isEmpty, !File.writeAll(result, to: target), output >= 0 {
      // Nobody reads any more: the command hears of it by its own broken pipe.
      close(output)
      output = -1
    }
    return result
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
