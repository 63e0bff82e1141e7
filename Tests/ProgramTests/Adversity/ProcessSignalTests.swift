import Glibc
import Terminals
import Testing

/// A process on an accelerator is ended from the list, after a question.
@Suite struct ProcessSignalTests {
  /// A child that waits to be ended.
  private final class Victim {
    private(set) var pid: pid_t = 0

    init() throws {
      var words = [strdup("/bin/sleep"), strdup("600"), nil]
      defer { for word in words { free(word) } }
      // Whatever this process has blocked or ignores, the child hears.
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var none = sigset_t()
      sigemptyset(&none)
      var all = sigset_t()
      sigfillset(&all)
      posix_spawnattr_setsigmask(&attributes, &none)
      posix_spawnattr_setsigdefault(&attributes, &all)
      posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
      try #require(posix_spawn(&pid, "/bin/sleep", nil, &attributes, &words, environ) == 0)
    }

    /// The signal it died of, once it has.
    var death: Int32? {
      var status: Int32 = 0
      guard pid > 0, waitpid(pid, &status, WNOHANG) == pid else { return nil }
      pid = 0
      return status & 0x7F
    }

    var started: String {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let file = open("/proc/\(pid)/stat", O_RDONLY)
      defer { close(file) }
      let count = max(0, read(file, &bytes, bytes.count))
      let text = String(decoding: bytes[..<count], as: UTF8.self)
      let fields = text.drop { $0 != ")" }.split(separator: " ")
      return fields.count > 20 ? String(fields[20]) : ""
    }

    deinit {
      if pid > 0 {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
      }
    }
  }

  /// A sensor that lists a process on an accelerator.
  private func sensor(_ pid: pid_t, _ started: String, in folder: Folder) -> String {
    folder.write(
      """
      #!/bin/sh
      echo '{"device":{"kind":"gpu","name":"A","label":"0"}}'
      echo '{"device":{"kind":"process","name":"\(pid).\(started)@A","label":"victim","attributes":{"pid":"\(pid)","gpu":"A"}}}'
      while :; do
        echo '{"reading":{"kind":"gpu","device":"A","power_w":100}}'
        echo '{"reading":{"kind":"process","device":"\(pid).\(started)@A","memory_used_gib":1}}'
        /bin/sleep 0.1
      done

      """, to: "sensor")
  }

  private func session(_ path: String, _ folder: Folder) throws -> Session {
    try Session(
      ["watch", "--source", "exec:sh \(path)", "--every", "100ms"], in: folder, width: 100,
      height: 30)
  }

  @Test func `a yes ends the process`() throws {
    let folder = try Folder()
    let victim = try Victim()
    let session = try session(sensor(victim.pid, victim.started, in: folder), folder)
    try #require(session.wait(for: "100 W"), "\(session.screen)")
    session.type("p")
    try #require(session.wait(for: "victim"), "\(session.screen)")
    session.type("k")
    try #require(session.wait(for: "y: SIGTERM"), "\(session.screen)")
    session.type("y")
    #expect(session.wait(for: "sent SIGTERM"), "\(session.screen)")
    var death: Int32?
    #expect(
      session.wait {
        death = death ?? victim.death
        return death != nil
      })
    #expect(death == SIGTERM)
  }

  /// On the list of processes, with a victim on it.
  private func list(_ victim: Victim, in folder: Folder) throws -> Session {
    let session = try session(sensor(victim.pid, victim.started, in: folder), folder)
    try #require(session.wait(for: "100 W"), "\(session.screen)")
    return session
  }

  @Test func `a paste answers no question, even where it comes as keys`() throws {
    let folder = try Folder()
    let victim = try Victim()
    let session = try list(victim, in: folder)
    // `p` opens the list, `k` asks, and `i` would be SIGINT.
    session.type("pkill -f train.py\n")
    #expect(session.wait(for: "End process \(victim.pid)?"), "\(session.screen)")
    // What comes in bursts is no answer either.
    for _ in 0..<4 {
      session.type("i9y")
      _ = session.wait { session.shows("End process") }
    }
    #expect(session.wait(for: "y: SIGTERM"), "\(session.screen)")
    #expect(victim.death == nil)
    session.type("n")
    #expect(session.wait { !session.shows("End process") }, "\(session.screen)")
    #expect(victim.death == nil)
    #expect(try session.quit() == 0)
  }

  @Test func `a question that is still on its way takes no answer`() throws {
    let folder = try Folder()
    let victim = try Victim()
    let session = try Session(
      [
        "watch", "--source", "exec:sh \(sensor(victim.pid, victim.started, in: folder))", "--every",
        "100ms",
      ],
      in: folder, width: 100, height: 30, replies: ["\u{1B}[5n": ["\u{1B}[0n"]])
    try #require(session.wait(for: "100 W"), "\(session.screen)")
    session.type("p")
    try #require(session.wait(for: "victim"), "\(session.screen)")
    // From now on the terminal does not say what it has shown.
    session.pty.replies["\u{1B}[5n"] = nil
    session.type("k")
    #expect(session.wait(for: "End process \(victim.pid)?"), "\(session.screen)")
    for _ in 0..<8 { session.pty.drain(wait: 100) }
    session.type("y")
    for _ in 0..<3 { session.pty.drain(wait: 100) }
    #expect(session.wait(for: "End process"))
    #expect(!session.shows("y: SIGTERM") && victim.death == nil, "\(session.screen)")
    // It has shown them all.
    session.pty.replies["\u{1B}[5n"] = ["\u{1B}[0n"]
    session.type(String(repeating: "\u{1B}[0n", count: 30))
    #expect(session.wait(for: "y: SIGTERM"), "\(session.screen)")
    session.type("n")
    #expect(try session.quit() == 0)
    #expect(victim.death == nil)
  }

  @Test func `a paste that the terminal marks is passed over and spoken of`() throws {
    let folder = try Folder()
    let victim = try Victim()
    let session = try list(victim, in: folder)
    session.type("\u{1B}[200~pkill -f train.py\u{1B}[201~")
    #expect(session.wait(for: "a paste was passed over"), "\(session.screen)")
    #expect(!session.shows("Whose joules"), "\(session.screen)")
    #expect(victim.death == nil)
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a number that belongs to another process now is left alone`() throws {
    let folder = try Folder()
    let victim = try Victim()
    let session = try session(sensor(victim.pid, "1", in: folder), folder)
    try #require(session.wait(for: "100 W"), "\(session.screen)")
    session.type("p")
    try #require(session.wait(for: "victim"), "\(session.screen)")
    session.type("k")
    try #require(session.wait(for: "y: SIGTERM"), "\(session.screen)")
    session.type("y")
    #expect(session.wait(for: "has ended"), "\(session.screen)")
    #expect(victim.death == nil)
  }
}
