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

  /// Lends the screen to the command and says what came of it.
  func run(_ host: String, on screen: TerminalScreen, in language: Language) -> String {
    // The name is a label that somebody else's program told a store.
    guard Self.isName(host) else { return ToastWords.noName.text(in: language, sanitized(host)) }
    var failure: Int32 = 0
    screen.lend { failure = spawn(host) }
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
      (
      \(own)
      )
      status=$?
      [ $status -eq 0 ] || {
      printf '\\n%s ended with %s; press Enter to go back. ' "$1" $status
      read -r line
      }
      exit $status
      """
  }

  /// Runs it to its end; the number of the error where it cannot be started.
  private func spawn(_ host: String) -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, defaults) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&defaults)
    // One that stops would leave the terminal to nobody.
    sigdelset(&defaults, SIGTSTP)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let texts = ["sh", "-c", script, "sh", host]
    var words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, "/bin/sh", nil, &attributes, &words, environ)
    guard error == 0 else { return error }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return 0
  }
}
