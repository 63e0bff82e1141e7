import Canvas
import Dashboard
import Glibc
import Terminal

/// What the key w of a fleet's screen does: another program has the terminal until it ends.
struct HostVisit {
  /// A command for a shell, in which `{}` stands for the machine's name.
  let command: String

  /// What is run if the user says nothing else.
  static let usual = "ssh -t {} hippowatt watch"

  /// A name that ssh takes for a machine, and for nothing else.
  static func isName(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.count <= 255 && !text.hasPrefix("-")
      && text.utf8.allSatisfy { byte in
        0x61...0x7A ~= byte | 0x20 || 0x30...0x39 ~= byte || ".-_@:[]%".utf8.contains(byte)
      }
  }

  /// Lends the screen to the command and says what came of it; `meanwhile` is called again and again, so that
  /// what is recorded goes on.
  func run(
    _ host: String, on screen: TerminalScreen, in language: Language, meanwhile: () -> Void
  ) -> String {
    // The name is a label that somebody else's program told a store.
    guard Self.isName(host) else { return ToastWords.noName.text(in: language, sanitized(host)) }
    var failure: Int32 = 0
    screen.lend { terminal in
      failure = spawn(host, terminal) {
        meanwhile()
        return !screen.isAskedToEnd
      }
    }
    return failure == 0
      ? ToastWords.cameBack.text(in: language, host)
      : ToastWords.notStarted.text(in: language, String(cString: strerror(failure)))
  }

  /// The shell's script: what ssh says of a machine it cannot reach stays to be read.
  private var script: String {
    let own = command.split(separator: "{}", omittingEmptySubsequences: false)
      .joined(separator: "\"$1\"")
    // Lines of their own: the command may end in a remark.
    return """
      read -r go <&3 && exec 3<&-
      (
      \(own)
      )
      status=$?
      [ $status -eq 0 ] || {
      printf '\\n%s ended with %s; press Enter to go back. ' "$1" $status
      stty sane 2>/dev/null
      read -r line
      }
      exit $status
      """
  }

  /// Runs it to its end, or until `goesOn` says no; the number of the error where it cannot be started.
  private func spawn(_ host: String, _ terminal: Int32, while goesOn: () -> Bool) -> Int32 {
    var gate: [Int32] = [-1, -1]
    guard pipe(&gate) == 0 else { return errno }
    defer { gate.forEach { close($0) } }
    for end in gate { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, gate[0], 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, defaults) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&defaults)
    // One that stops would leave the terminal to nobody.
    for number in [SIGTSTP, SIGTTOU] { sigdelset(&defaults, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let texts = ["sh", "-c", script, "sh", host]
    var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, environ)
    guard error == 0 else { return error }
    // It begins once the terminal is its own.
    tcsetpgrp(terminal, process)
    var line = UInt8(ascii: "\n")
    _ = write(gate[1], &line, 1)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      guard goesOn() else {
        end(process)
        break
      }
      poll(nil, 0, 50)
    }
    return 0
  }

  /// Ends all that it started: what is asked first has a second for it.
  private func end(_ process: pid_t) {
    kill(-process, SIGHUP)
    var status: Int32 = 0
    for _ in 0..<20 {
      if waitpid(process, &status, WNOHANG) != 0 { return }
      poll(nil, 0, 50)
    }
    kill(-process, SIGKILL)
    waitpid(process, &status, 0)
  }
}
