import Glibc

/// Both ends of a pseudo terminal, and a program that may run on it.
package final class PseudoTerminal {
  package let master: Int32
  package let slave: Int32
  private let name: String
  package private(set) var output: [UInt8] = []
  package private(set) var child: pid_t = 0
  /// What it answers, by the question: one after the other, and then the last one again.
  ///
  /// Every terminal answers what it is, which ends all questions.
  package var replies = ["\u{1B}[c": ["\u{1B}[?62;22c"]]
  /// Up to where the output was searched for questions.
  private var searched = 0

  package init?(width: Int, height: Int) {
    // The library's own functions for this do not import; these are the requests behind them.
    let unlock: UInt = 0x4004_5431
    let askNumber: UInt = 0x8004_5430
    var (locked, number): (Int32, UInt32) = (0, 0)
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0, ioctl(master, unlock, &locked) == 0,
      ioctl(master, askNumber, &number) == 0
    else { return nil }
    name = "/dev/pts/\(number)"
    slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else { return nil }
    resize(width: width, height: height)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if child > 0 {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    closeMaster()
    close(slave)
  }

  private var isMasterOpen = true

  package func closeMaster() {
    if isMasterOpen { close(master) }
    isMasterOpen = false
  }

  package func closeSlave() {
    // A later close of the same number must not hit somebody else's descriptor.
    dup2(open("/dev/null", O_RDWR | O_CLOEXEC), slave)
  }

  package func resize(width: Int, height: Int) {
    var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    if child > 0 { kill(child, SIGWINCH) }
  }

  /// Starts a program as the leader of a session of its own on this terminal.
  ///
  /// `input` is what it gets as standard input in place of the terminal.
  package func start(
    _ path: String, _ arguments: [String], environment: [String], input: Int32? = nil
  ) -> Bool {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The test runner may have blocked or ignored what the program is to be killed with.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let newSession: Int32 = 0x80
    posix_spawnattr_setflags(
      &attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    argv.append(nil)
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) }
    envp.append(nil)
    defer { for pointer in argv + envp { free(pointer) } }
    return posix_spawn(&child, path, &actions, &attributes, argv, envp) == 0
  }

  package func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  package func send(_ signal: Int32) {
    kill(child, signal)
  }

  /// Makes the program stand still, until a SIGCONT.
  package func hold() {
    kill(child, SIGSTOP)
    waitpid(child, nil, WUNTRACED)
  }

  /// Whether something typed waits to be read, for which it waits at most about a minute.
  package var hasInput: Bool {
    var ready = pollfd(fd: slave, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, 60_000) > 0
  }

  /// Takes what has been written so far, waiting at most so many milliseconds for a first byte.
  @discardableResult
  package func drain(wait: Int32 = 0) -> [UInt8] {
    var all: [UInt8] = []
    var patience = wait
    while true {
      var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, patience) > 0 else { break }
      var chunk = [UInt8](repeating: 0, count: 65536)
      let count = read(master, &chunk, chunk.count)
      guard count > 0 else { break }
      all += chunk[..<count]
      patience = 0
    }
    output += all
    answer()
    return all
  }

  /// Takes so many bytes at most, as a slow line brings them.
  @discardableResult
  package func take(_ most: Int, wait: Int32 = 0) -> [UInt8] {
    var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, wait) > 0 else { return [] }
    var chunk = [UInt8](repeating: 0, count: most)
    let count = read(master, &chunk, most)
    guard count > 0 else { return [] }
    output += chunk[..<count]
    answer()
    return Array(chunk[..<count])
  }

  /// Answers the questions in what came last, in their order.
  private func answer() {
    while let start = output[searched...].firstIndex(of: 0x1B) {
      let rest = output[start...]
      guard let (question, answers) = replies.first(where: { rest.starts(with: $0.key.utf8) })
      else {
        // A question may have come in part.
        if replies.keys.contains(where: { $0.utf8.starts(with: rest) }) { return }
        searched = start + 1
        continue
      }
      searched = start + question.utf8.count
      if let next = answers.first { type(next) }
      if answers.count > 1 { replies[question] = Array(answers.dropFirst()) }
    }
    searched = output.count
  }

  /// Reads until the condition holds on all the output so far; false after about a minute.
  package func wait(until condition: ([UInt8]) -> Bool) -> Bool {
    for _ in 0..<1200 {
      if condition(output) { return true }
      drain(wait: 50)
    }
    return condition(output)
  }

  package func wait(for text: String, after start: Int = 0) -> Bool {
    wait { contains(text, in: $0.dropFirst(start)) }
  }

  /// Reads until the program has ended; its raw wait status, or nil when it goes on.
  package func waitForEnd() -> Int32? {
    var status: Int32 = 0
    for _ in 0..<1200 {
      if isMasterOpen { drain(wait: 50) } else { poll(nil, 0, 50) }
      if waitpid(child, &status, WNOHANG) == child {
        child = 0
        if isMasterOpen { drain() }
        return status
      }
    }
    return nil
  }

  /// True when the terminal echoes and edits lines again.
  package var isCooked: Bool {
    var state = termios()
    guard tcgetattr(slave, &state) == 0 else { return false }
    return state.c_lflag & UInt32(ECHO) != 0 && state.c_lflag & UInt32(ICANON) != 0
  }

  package var text: String { String(decoding: output, as: UTF8.self) }
}

/// True when the bytes of a text occur in others.
package func contains(_ text: String, in bytes: ArraySlice<UInt8>) -> Bool {
  lastIndex(of: text, in: bytes) != nil
}

/// Where a text occurs for the last time.
package func lastIndex(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
  let wanted = Array(text.utf8)
  guard bytes.count >= wanted.count else { return nil }
  for start in stride(from: bytes.endIndex - wanted.count, through: bytes.startIndex, by: -1)
  where bytes[start..<start + wanted.count].elementsEqual(wanted) {
    return start
  }
  return nil
}
