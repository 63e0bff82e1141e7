import CSystem
import Glibc
import Serving
import Terminals

/// The real program with pipes for its outputs: started, fed, waited for.
final class Program {
  /// As it is shipped, where the one that runs the tests says which that is; else the one built with them.
  static let path =
    getenv("HIPPOWATT_PROGRAM").map { String(cString: $0) } ?? builtProgram("hippowatt")

  private(set) var process: pid_t = 0
  private var ends: [Int32] = []
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  /// The raw wait status, once it has ended.
  private var ending: Int32?

  /// The environment of a user who has set nothing, with a home in `folder`.
  static func environment(_ folder: Folder, _ changes: [String: String] = [:]) -> [String] {
    var variables = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8", "TZ": "UTC",
      "TERM": "xterm-256color", "COLORTERM": "truecolor", "SWIFT_BACKTRACE": "enable=no",
    ]
    variables.merge(coverageEnvironment) { _, new in new }
    variables.merge(changes) { _, new in new }
    return variables.map { "\($0.key)=\($0.value)" }
  }

  /// What the shell is told to become a program that runs in `folder`.
  static func shellArguments(_ words: [String], in folder: Folder) -> [String] {
    ["-c", "cd \"$0\" && exec \"$@\"", folder.path] + words
  }

  /// Starts it in `folder`, with nothing on its standard input.
  init(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:],
    target: Int32? = nil
  ) throws {
    var out: [Int32] = [-1, -1]
    var err: [Int32] = [-1, -1]
    guard cs_pipe(&out) == 0, cs_pipe(&err) == 0 else { throw NotStarted() }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, target ?? out[1], 1)
    posix_spawn_file_actions_adddup2(&actions, err[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let words = ["sh"] + Self.shellArguments([Self.path] + arguments, in: folder)
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] =
      Self.environment(folder, environment).map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    let status = posix_spawn(&process, "/bin/sh", &actions, &attributes, &argv, &envp)
    close(out[1])
    close(err[1])
    ends = [out[0], err[0]]
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    guard status == 0 else { throw NotStarted() }
  }

  struct NotStarted: Error {}
  struct GoesOn: Error {}

  deinit {
    if ending == nil, process > 0 {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    for end in ends { close(end) }
  }

  /// What a finished run left behind.
  struct Result {
    /// As a shell gives it: 128 and more for a signal.
    var status: Int32
    var output: String
    var errors: String
    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:]
  ) throws -> Result {
    try Program(arguments, in: folder, environment: environment).finish()
  }

  func send(_ signal: Int32) { kill(process, signal) }

  /// Waits until it has ended; at most a minute.
  func finish() throws -> Result {
    guard wait(until: { ended }) else { throw GoesOn() }
    read(milliseconds: 0)
    let status = ending ?? 0
    let signal = status & 0x7F
    return Result(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
      output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  /// Whether it has ended by now.
  var ended: Bool {
    if ending != nil { return true }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return false }
    ending = status
    return true
  }

  var text: String { String(decoding: output, as: UTF8.self) }

  var errorText: String { String(decoding: errors, as: UTF8.self) }

  /// Reads its outputs until a condition holds; false after a minute.
  func wait(until condition: () -> Bool) -> Bool {
    let start = seconds()
    while !condition() {
      guard seconds() - start < 60 else { return false }
      read(milliseconds: 10)
    }
    return true
  }

  /// Takes what there is to read, and waits at most so long for it.
  private func read(milliseconds: Int32) {
    var waits = ends.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&waits, 2, milliseconds) > 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    for (index, end) in ends.enumerated() {
      while case let count = Glibc.read(end, &buffer, buffer.count), count > 0 {
        if index == 0 { output += buffer[..<count] } else { errors += buffer[..<count] }
      }
    }
    // Closed outputs are always readable: do not spin until the process has been reaped.
    if waits.allSatisfy({ $0.revents & Int16(POLLIN) == 0 }) { poll(nil, 0, milliseconds) }
  }
}

/// Seconds of a clock that nobody sets.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Looks again and again until a condition holds; false after a minute.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let start = seconds()
  while try !condition() {
    guard seconds() - start < 60 else { return false }
    poll(nil, 0, 10)
  }
  return true
}
