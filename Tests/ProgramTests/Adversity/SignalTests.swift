import Glibc
import Terminals
import Testing

/// Stops, ends and a terminal that goes away, as they happen to a session on the screen.
@Suite struct SignalTests {
  private let folder: Folder
  private static let watch = ["watch", "--source", "simulated", "--every", "100ms"]

  init() throws { folder = try Folder() }

  private func start(_ arguments: [String] = SignalTests.watch) throws -> Session {
    let session = try Session(arguments, in: folder)
    try #require(session.wait(for: "● LIVE"), "\(session.screen)")
    #expect(!session.pty.isCooked)
    return session
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func `a signal leaves the terminal clean and is what ended it`(signal: Int32) throws {
    let session = try start()
    session.pty.send(signal)
    let status = try #require(session.end())
    #expect(status & 0x7F == signal)
    session.expectClean()
  }

  /// Also those that nobody sends on purpose, and the first and last of the real-time signals.
  @Test(arguments: [SIGIO, SIGPWR, SIGSTKFLT, SIGUSR1, SIGXFSZ, SIGALRM, SIGQUIT, SIGSEGV, 34, 64])
  func `any other signal that ends a process leaves the terminal clean too`(signal: Int32) throws {
    let session = try start()
    session.pty.send(signal)
    let status = try #require(session.end())
    #expect(status & 0x7F == signal)
    session.expectClean()
  }

  @Test func `a recording beside the screen opens after a signal`() throws {
    let session = try start(Self.watch + ["--record", "f.hippo"])
    #expect(session.wait(for: "● REC"))
    #expect(
      try eventually {
        session.pty.drain()
        return try Program.run(["snapshot", "f.hippo"], in: folder).output
          .contains("W at the plug")
      })
    session.pty.send(SIGTERM)
    #expect(try #require(session.end()) & 0x7F == SIGTERM)
    #expect(folder.names == ["f.hippo"])
    let shown = try Program.run(["snapshot", "f.hippo"], in: folder)
    #expect(shown.status == 0 && shown.output.contains("W at the plug"), "\(shown.errors)")
  }

  @Test func `what a source has started ends with the program, by signal too`() throws {
    let script = "echo $$ > pid; exec sleep 1000"
    let session = try start(Self.watch + ["--source", "exec:" + script])
    #expect(eventually { (self.folder.text("pid") ?? "").contains { $0.isNewline } })
    let child = try #require(pid_t((folder.text("pid") ?? "").filter(\.isNumber)))
    session.pty.send(SIGTERM)
    #expect(try #require(session.end()) & 0x7F == SIGTERM)
    #expect(eventually { kill(child, 0) != 0 && errno == ESRCH })
  }

  @Test func `quitting closes the recording to one file`() throws {
    let session = try start(Self.watch + ["--record", "f.hippo"])
    #expect(session.wait(for: "W at the plug"))
    #expect(try session.quit() == 0)
    #expect(folder.names == ["f.hippo"])
    session.expectClean()
  }

  @Test func `Ctrl-C is a key that quits in order, also after a stop`() throws {
    let session = try start(Self.watch + ["--record", "f.hippo"])
    let before = session.pty.output.count
    session.pty.send(SIGSTOP)
    session.pty.send(SIGCONT)
    #expect(session.pty.wait(for: "GPU DRAW", after: before))
    session.type("\u{3}")
    #expect(session.end() == 0)
    #expect(folder.names == ["f.hippo"])
    session.expectClean()
  }

  @Test func `Ctrl-Z gives the terminal back and fg draws the screen anew`() throws {
    // A shell with job control: without one there is nobody to come back to.
    let script = "set -m; \"$0\" \"$@\"; echo STOPPED; read line; echo GOING ON; fg; echo END $?"
    let session = try Session(
      ["-c", script, Program.path] + Self.watch, in: folder, program: "/bin/sh")
    #expect(session.wait(for: "● LIVE"), "\(session.screen)")
    session.type("\u{1A}")
    #expect(session.wait(for: "STOPPED"), "\(session.screen)")
    #expect(session.terminal.modes.isSuperset(of: [-1049, 25, -1006]))
    #expect(session.pty.isCooked)
    session.type("\r")
    #expect(session.wait { session.shows("● LIVE") && session.shows("4 RENEWABLE SHARE") })
    #expect(session.terminal.modes.isSuperset(of: [1049, -25]))
    session.type("?")
    #expect(session.wait(for: "hippowatt: keys"))
    #expect(try session.quit() == 0)
    #expect(session.shows("END 0"), "\(session.screen)")
    session.expectClean()
  }

  @Test func `a stop that cannot be caught is recovered from at SIGCONT`() throws {
    let session = try start()
    session.pty.send(SIGSTOP)
    session.pty.drain(wait: 20)
    let before = session.pty.output.count
    session.pty.send(SIGCONT)
    #expect(session.pty.wait(for: "GPU DRAW", after: before), "everything is drawn again")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a terminal that goes away ends the program`() throws {
    let session = try start(Self.watch + ["--record", "f.hippo"])
    session.pty.closeSlave()
    session.pty.closeMaster()
    let status = try #require(session.end())
    #expect(status & 0x7F == SIGHUP || status == 0)
  }
}
