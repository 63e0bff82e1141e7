import CSystem
import Formats
import Glibc

/// A command that runs beside us in a process group of its own, and its two outputs.
///
/// When the last owner lets go, the whole group is ended: first asked, then made to. It is ended too
/// when this process dies of anything whatever.
package final class ChildProcess {
  private let pid: pid_t
  private let output: FileDescriptor
  private let errors: FileDescriptor
  private var isReaped = false
  /// Whether it has ended with status 0, as `ending` found.
  package private(set) var hasSucceeded = false
  /// The end of what the command wrote to its standard error.
  private var errorTail: [UInt8] = []

  /// Starts `/bin/sh -c command` with nothing on its standard input.
  /// - Throws: `Errno` when there is no pipe or no process to be had.
  package init(command: String, environment: [String: String]) throws(Errno) {
    let output = try Self.pipe()
    let errors = try Self.pipe()
    let gate = try Self.pipe(blocking: true)
    self.output = output.reading
    self.errors = errors.reading
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing.number, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.writing.number, 2)
    posix_spawn_file_actions_adddup2(&actions, gate.reading.number, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))
    posix_spawnattr_setpgroup(&attributes, 0)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD, SIGTSTP] {
      sigaddset(&signals, signal)
    }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // The command begins once its end is taken care of; if we die before that, it never does.
    let start = "read -r go <&3 && exec 3<&- && exec /bin/sh -c \"$1\""
    let words = ["/bin/sh", "-c", start, "sh", command]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    cs_guard_ready()
    var pid: pid_t = 0
    let error = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &arguments, &variables)
    guard error == 0 else { throw Errno(number: error) }
    self.pid = pid
    cs_guard_group(pid)
    var line = UInt8(ascii: "\n")
    _ = write(gate.writing.number, &line, 1)
  }

  deinit {
    guard !isReaped else { return }
    kill(-pid, SIGTERM)
    for _ in 0..<40 where !hasEnded() { poll(nil, 0, 5) }
    // Not reaped yet, so the group's number is still ours; what ignores the request ends here.
    kill(-pid, SIGKILL)
    cs_leave_group(pid)
    waitpid(pid, nil, 0)
  }

  /// Reads what the command wrote since the last call, at most `budget` bytes.
  package func read(budget: Int = 8 << 20, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    drain(errors, budget: 1 << 20) { bytes in
      errorTail += bytes.suffix(4096)
      errorTail.removeFirst(max(0, errorTail.count - 4096))
    }
    drain(output, budget: budget, body)
  }

  private func drain(
    _ descriptor: FileDescriptor, budget: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var left = budget
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 * 1024) { buffer in
      while left > 0 {
        let count = Glibc.read(descriptor.number, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        left -= count
        body(UnsafeBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// The last line on the command's standard error; empty when there was none.
  package var lastError: String {
    let line = errorTail.split { $0 == 0x0A || $0 == 0x0D }.last ?? []
    var text: [UInt8] = []
    Array(line).withUnsafeBufferPointer { ControlFilter.append($0, to: &text) }
    return String(decoding: text.prefix(300), as: UTF8.self)
  }

  /// How the command ended, in words; `nil` while it runs.
  package func ending() -> String? {
    guard hasEnded() else { return nil }
    // What it left behind in its group has no reader any more.
    kill(-pid, SIGKILL)
    cs_leave_group(pid)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    isReaped = true
    hasSucceeded = status == 0
    // WTERMSIG and WEXITSTATUS of wait(2).
    let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
    return signal == 0 ? "ended with status \(code)" : "ended by signal \(signal)"
  }

  /// Looks whether the command has ended, without reaping it.
  private func hasEnded() -> Bool {
    var info = siginfo_t()
    let result = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
    return result != 0 || info.si_signo == SIGCHLD
  }

  /// Waits until there is something to read or the command has closed its outputs.
  package func wait(milliseconds: Int32) {
    var waiting = [output, errors].map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
    poll(&waiting, 2, milliseconds)
  }

  private static func pipe(
    blocking: Bool = false
  ) throws(Errno) -> (reading: FileDescriptor, writing: FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    guard cs_pipe(&ends) == 0 else { throw Errno(number: errno) }
    // Only our end: the command must find a pipe like any other.
    if !blocking { _ = fcntl(ends[0], F_SETFL, O_NONBLOCK) }
    return (FileDescriptor(ends[0]), FileDescriptor(ends[1]))
  }
}

/// An error number of the operating system.
package struct Errno: Error {
  /// The value of `errno`.
  package var number: Int32
  /// The text of strerror(3).
  package var words: String { String(cString: strerror(number)) }
}
