import Glibc
import Recordings
import Telemetry
import Terminals
import Testing

/// How a recording ends when somebody else ends it.
@Suite struct RecordEndingTests {
  private let folder: Folder
  private static let base = ["record", "-o", "f.hippo", "--source", "simulated", "--every", "50ms"]

  init() throws { folder = try Folder() }

  private func expectComplete() throws {
    #expect(folder.names == ["f.hippo"])
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(reader.header.isComplete)
    #expect(reader.span != nil)
  }

  /// The process number that a script printed on a line of its own.
  private func number(_ text: String) -> pid_t? {
    text.split(whereSeparator: \.isWhitespace).first.flatMap { pid_t($0) }
  }

  private func isGone(_ process: pid_t) -> Bool { kill(process, 0) != 0 && errno == ESRCH }

  @Test(arguments: [SIGTERM, SIGHUP])
  func `a signal ends the command and closes the file`(signal: Int32) throws {
    let program = try Program(
      Self.base + ["--", "/bin/sh", "-c", "echo $$; exec sleep 1000"], in: folder)
    #expect(program.wait { program.text.contains("\n") })
    program.send(signal)
    let result = try program.finish()
    #expect(result.status == 128 + signal)
    let command = try #require(number(result.output))
    #expect(isGone(command))
    try expectComplete()
  }

  @Test func `a command that cleans up first is waited for`() throws {
    let script = "trap 'echo cleaned; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    let program = try Program(Self.base + ["--", "/bin/sh", "-c", script], in: folder)
    #expect(program.wait { program.text.contains("ready") })
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.status == 5)
    #expect(result.output == "ready\ncleaned\n")
    try expectComplete()
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `without a command a signal is a good end`(signal: Int32) throws {
    let program = try Program(Self.base, in: folder)
    #expect(
      eventually { (try? RecordingReader(path: folder.file("f.hippo")))?.span != nil })
    program.send(signal)
    let result = try program.finish()
    #expect(result.status == 0)
    #expect(result.errorLines.last == "recorded in    f.hippo")
    try expectComplete()
  }

  @Test func `an interrupt at the keyboard reaches the command once and ends both`() throws {
    let session = try Session(
      Self.base + [
        "--", "/bin/sh", "-c",
        "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.05; done",
      ],
      in: folder)
    #expect(session.pty.wait(for: "ready\r\n"))
    session.type("\u{3}")
    let status = try #require(session.end())
    #expect(status >> 8 == 9)
    #expect(session.pty.text.contains("caught"))
    #expect(session.pty.isCooked)
    try expectComplete()
  }

  @Test func `a status line shows on a terminal and leaves nothing behind`() throws {
    let session = try Session(Self.base, in: folder, width: 100)
    #expect(session.pty.wait(for: "● REC "))
    #expect(session.pty.wait(for: " kW"))
    session.type("\u{3}")
    #expect(session.end() == 0)
    #expect(session.pty.text.contains("recorded in    f.hippo"))
    #expect(!session.shows("● REC"), "\(session.screen)")
    try expectComplete()
  }

  @Test func `a file whose program was killed opens and misses a second at most`() throws {
    // The least of some, since a machine with other things to do keeps the program from its file as well.
    var missing = Double.infinity
    for attempt in 1...4 where missing >= 1.25 {
      missing = min(missing, try secondsMissing(after: "f\(attempt).hippo"))
    }
    #expect(missing < 1.25, "\(missing) s are missing")
  }

  /// Kills a recording, opens it, and says how many seconds before the kill it ends.
  private func secondsMissing(after name: String) throws -> Double {
    let program = try Program(
      Self.base.map { $0 == "f.hippo" ? name : $0 }, in: folder)
    let path = folder.file(name)
    #expect(eventually { ((try? RecordingReader(path: path))?.span?.seconds ?? 0) > 1.5 })
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    program.send(SIGKILL)
    #expect(try program.finish().status == 137)
    let reader = try RecordingReader(path: path)
    #expect(!reader.header.isComplete)
    let last = try #require(reader.span).end
    let shown = try Program.run(["snapshot", name], in: folder)
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
    #expect(shown.output.contains("W at the plug"), "\(shown.output)")
    let killed = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    return Double(killed - last.nanoseconds) * 1e-9
  }

  @Test func `a reader that goes away ends the stream in silence`() throws {
    let pipe = try Pipe(folder)
    let program = try Program(
      ["record", "-o", "-", "--quiet", "--source", "simulated", "--every", "50ms"], in: folder,
      target: pipe.writing)
    pipe.closeWriting()
    var byte: UInt8 = 0
    #expect(read(pipe.reading, &byte, 1) == 1)
    pipe.closeReading()
    let result = try program.finish()
    #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
  }
}
