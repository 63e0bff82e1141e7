import Glibc
import Recordings
import Serving
import Telemetry
import Terminals
import TestSupport
import Testing

/// `hippowatt record` around a command and on its own.
@Suite struct RecordTests {
  private let folder: Folder
  private static let sources = ["--source", "simulated", "--every", "50ms"]

  init() throws { folder = try Folder() }

  private func record(
    _ arguments: [String] = [], _ command: [String] = [], to file: String = "f.hippo",
    environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program.run(
      ["record", "-o", file] + Self.sources + arguments
        + (command.isEmpty ? [] : ["--"] + command), in: folder, environment: environment)
  }

  /// The one line a snapshot of the file is recognised by.
  private func expectOpens(_ file: String = "f.hippo") throws {
    let shown = try Program.run(["snapshot", file], in: folder)
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
    #expect(shown.output.contains("GPU DRAW") && shown.output.contains("SIMULATED"))
  }

  @Test(arguments: [
    ("printf 'a\\nb'", 0), ("printf 'a\\nb'; exit 3", 3), ("printf 'a\\nb'; kill -TERM $$", 143),
    ("printf 'a\\nb'; kill -KILL $$", 137),
  ])
  func `the command's output passes through and its status is kept`(
    script: String, status: Int32
  ) throws {
    let result = try record([], ["/bin/sh", "-c", script])
    #expect(result.status == status)
    #expect(result.output == "a\nb")
    #expect(folder.names == ["f.hippo"])
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(reader.header.isComplete && reader.header.isSimulated)
  }

  @Test func `large output arrives whole and in order`() throws {
    let result = try record(["--quiet"], ["/bin/sh", "-c", "seq 1 200000; echo oops >&2"])
    #expect(result.status == 0)
    #expect(result.output.utf8.count == 1_288_895)
    #expect(result.output.hasSuffix("199999\n200000\n"))
    #expect(result.errors == "oops\n")
  }

  @Test func `training progress in the output becomes a job with its cost`() throws {
    let script = """
      for i in 1 2 3 4 5 6 7 8; do echo "step $i | loss: 2.$i | dt: 100ms | tok/sec: 1000"; sleep 0.1; done
      """
    let result = try record([], ["/bin/sh", "-c", script])
    #expect(result.status == 0)
    #expect(result.errorLines.contains { $0.hasPrefix("duration") })
    #expect(result.errorLines.contains { $0.hasPrefix("energy") && $0.contains("J") })
    #expect(result.errorLines.contains { $0.hasPrefix("job") && $0.contains("sh -c") })
    #expect(result.errorLines.contains { $0.hasPrefix("  steps") && $0.hasSuffix("7") })
    #expect(result.errorLines.last == "recorded in    f.hippo")
    try expectOpens()
  }

  @Test func `what the command writes to its standard error is heard and passes byte for byte`()
    throws
  {
    // A bar on the one and the losses on the other, as Hugging Face's Trainer and tqdm print.
    let script = #"""
      for i in 1 2 3 4 5 6 7 8 9; do
        printf '\r %d%%|##  | %d/200 [00:0%d<00:19, 10.00it/s]' $i $i $i >&2
        [ $((i % 3)) -ne 0 ] || echo "{'loss': 2.$i, 'num_input_tokens_seen': ${i}000}"
        sleep 0.1
      done
      exit 5
      """#
    let result = try record(["--quiet"], ["/bin/sh", "-c", script])
    #expect(result.status == 5)
    #expect(
      result.output
        == [3, 6, 9].map { "{'loss': 2.\($0), 'num_input_tokens_seen': \($0)000}\n" }.joined())
    #expect(
      result.errors
        == (1...9).map { "\r \($0)%|##  | \($0)/200 [00:0\($0)<00:19, 10.00it/s]" }.joined())
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    var said = (steps: 0.0, loss: 0.0, tokens: 0.0)
    var jobs: Set<DeviceID> = []
    try reader.observations {
      // The simulation has a job of its own.
      guard case .reading(let reading) = $0, reading.device.kind == .job,
        reading.device.name.contains("/bin/sh")
      else { return }
      jobs.insert(reading.device)
      said.steps = max(said.steps, reading[.step] ?? 0)
      said.loss = reading[.loss] ?? said.loss
      said.tokens = max(said.tokens, reading[.tokens] ?? 0)
    }
    #expect(jobs.count == 1, "both streams are one job")
    #expect(said.steps == 9 && said.loss == 2.9 && said.tokens == 9000)
  }

  @Test(arguments: [
    ("exit 0", 0, "job finished"),
    (
      "printf 'Traceback (most recent call last):\\nRuntimeError: made up\\n' >&2; exit 1", 1,
      "job ended by an error: RuntimeError"
    ),
    ("exit 3", 3, "job ended by an error: exit code 3"),
    ("kill -KILL $$", 137, "job ended by an error: SIGKILL"),
  ])
  func `how a command ends is said in the summary, the report and its JSON`(
    end: String, status: Int32, words: String
  ) throws {
    let steps = """
      for i in 1 2 3; do echo "step $i | loss: 2.$i | dt: 100ms | tok/sec: 1000"; sleep 0.1; done
      """
    let result = try record([], ["/bin/sh", "-c", steps + "\n" + end])
    #expect(result.status == status)
    #expect(result.errorLines.contains { $0.hasPrefix("  end") && $0.hasSuffix(words) })
    let report = try Program.run(["report", "f.hippo"], in: folder)
    #expect(report.output.contains(words))
    let json = try Program.run(["report", "f.hippo", "--format", "json"], in: folder)
    #expect(json.output.contains("\"ending_words\":\"\(words)\""))
  }

  @Test func `a terminal stays one for errors, and gets every byte as it was written`() throws {
    let script = """
      test -t 1 && echo out; test -t 2 && echo err
      printf 'a\\tb\\r\\nc\\n' >&2; stty size <&2; exit 3
      """
    let session = try Session(
      ["record", "-o", "f.hippo", "--quiet"] + Self.sources + ["--", "/bin/sh", "-c", script],
      in: folder)
    let status = try #require(session.end())
    #expect(status >> 8 == 3)
    let shown = String(decoding: session.pty.output, as: UTF8.self)
    // The terminal itself makes `\r\n` of each `\n`, once.
    #expect(shown.contains("a\tb\r\r\nc\r\n"), "\(shown.debugDescription)")
    #expect(shown.contains("err\r\n") && !shown.contains("out\r\n"))
    #expect(shown.contains("24 80\r\n"))
  }

  @Test func `a command that does not exist is 127, one that is no program 126`() throws {
    let missing = try record([], ["no-such-command-of-hippo"])
    #expect(missing.status == 127)
    #expect(missing.errors == "hippowatt: no-such-command-of-hippo: No such file or directory\n")
    let text = folder.write("no program", to: "text")
    let denied = try record([], [text], to: "g.hippo")
    #expect(denied.status == 126)
    #expect(denied.errors == "hippowatt: \(text): Permission denied\n")
  }

  @Test func `it stops by itself and the file opens`() throws {
    let start = seconds()
    let result = try record(["--for", "1s", "--note", "a note to keep"])
    #expect(result.status == 0 && result.output.isEmpty)
    #expect(seconds() - start >= 1)
    #expect(result.errorLines.contains { $0.hasPrefix("energy") && $0.contains("kJ") })
    #expect(folder.names == ["f.hippo"])
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(reader.header.note == "a note to keep")
    #expect((0.7...10).contains(try #require(reader.span).seconds))
    try expectOpens()
    let session = try Session(["replay", "f.hippo"], in: folder)
    #expect(session.wait { session.shows("REPLAY") || session.shows("PAUSED") })
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a command that runs too long is ended when the time is up`() throws {
    let result = try record(["--for", "300ms"], ["/bin/sleep", "1000"])
    #expect(result.status == 143)
    try expectOpens()
  }

  @Test func `a file that is there is refused and keeps every byte`() throws {
    folder.write("precious", to: "f.hippo")
    let refused = try record(["--for", "10s"])
    #expect(refused.status == 1)
    #expect(refused.errorLines.count == 1 && refused.errors.contains("f.hippo exists already"))
    #expect(folder.text("f.hippo") == "precious")
    #expect(try record(["--for", "200ms"], to: "g.hippo").status == 0)
    let before = folder.bytes("g.hippo")
    let again = try record([], ["/bin/sh", "-c", "echo ran > witness"], to: "g.hippo")
    #expect(again.status == 1 && again.errorLines.count == 1)
    #expect(folder.bytes("g.hippo") == before)
    #expect(folder.names == ["f.hippo", "g.hippo"], "the command must not run unrecorded")
  }

  @Test(arguments: ["/proc/f.hippo", "nowhere/f.hippo", "."])
  func `a place that cannot be written to is one line`(place: String) throws {
    let result = try record(["--for", "10s"], to: place)
    #expect(result.status == 1)
    #expect(result.errorLines.count == 1 && result.errors.contains(place), "\(result.errors)")
    #expect(result.output.isEmpty)
  }
}
