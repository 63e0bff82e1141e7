import Glibc
import Recordings
import Telemetry
import Testing

/// What the program says to a wrong command line, and to files that are not what they should be.
@Suite struct UsageTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  @Test(arguments: [
    (["watch", "--bogus"], "--bogus"), (["watch", "surplus"], "surplus"),
    (["snapshot", "--size", "12"], "--size 12"), (["snapshot", "--size", "0x5"], "--size 0x5"),
    (["snapshot", "--size", "5x99999"], "--size 5x99999"),
    (["watch", "--source", "nonsense"], "--source nonsense"),
    (["watch", "--every", "never"], "--every never"), (["watch", "--every", "1ms"], "--every 1ms"),
    (["watch", "--window", "wide"], "--window wide"), (["watch", "--marks", "ink"], "--marks ink"),
    (["watch", "--color", "pink"], "--color pink"), (["record", "--for", "ever"], "--for ever"),
    (["snapshot", "--format", "png"], "--format png"), (["snapshot", "--at", "x"], "--at x"),
    (["snapshot", "--panel", "99"], "--panel 99"), (["replay", "f", "--speed", "0"], "--speed 0"),
    (["replay"], "file.hippo"), (["replay", "f", "--speed", "fast"], "fast"),
  ])
  func `wrong usage is one clear line and status 2`(arguments: [String], named: String) throws {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    let errors = result.errorLines.filter { $0.hasPrefix("Error: ") }
    #expect(errors.count == 1 && errors[0].contains(named), "\(result.errors)")
    // Besides it only how to do it right.
    #expect(result.errorLines.count <= 4, "\(result.errors)")
    #expect(folder.names.isEmpty)
  }

  @Test func `a source argument that is wrong is one line`() throws {
    for (source, word) in [("simulated:x", "“x”"), ("log", "log:PATH"), ("exec", "exec:COMMAND")] {
      let result = try Program.run(["snapshot", "--source", source], in: folder)
      #expect(result.status == 1, "\(source)")
      #expect(result.errorLines.count == 1 && result.errors.contains(word), "\(result.errors)")
    }
  }

  @Test(arguments: ["replay", "snapshot"])
  func `what is no recording is refused in one line`(command: String) throws {
    folder.write("just a text\n", to: "text.hippo")
    folder.write("", to: "empty.hippo")
    foreign("foreign.hippo")
    let cases = [
      ("missing.hippo", "does not exist"), ("text.hippo", "it is no SQLite file"),
      ("empty.hippo", "it is empty"), ("foreign.hippo", "SQLite file of another program"),
      (".", "it is a directory"), ("/dev/null", "it is no plain file"),
    ]
    for (file, words) in cases {
      let result = try Program.run([command, file], in: folder)
      #expect(result.status == 1, "\(file)")
      #expect(result.output.isEmpty)
      #expect(result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.hasPrefix("hippowatt: \(file) ") && result.errors.contains(words))
    }
    #expect(folder.names == ["empty.hippo", "foreign.hippo", "text.hippo"])
  }

  /// The first page of an SQLite file that carries somebody else's number.
  private func foreign(_ name: String) {
    var page = Array("SQLite format 3\0".utf8)
    page += [0x10, 0, 1, 1, 0, 64, 32, 32, 0, 0, 0, 1, 0, 0, 0, 1]
    page += [UInt8](repeating: 0, count: 4096 - page.count)
    page[47] = 4
    page[59] = 1
    page[100] = 13
    page[105] = 0x10
    guard let file = fopen(folder.file(name), "wb") else { return }
    fwrite(page, 1, page.count, file)
    fclose(file)
  }

  @Test func `a recording without a reading says so`() throws {
    let header = RecordingHeader(
      machine: "box", programVersion: "0", startedAt: .init(nanoseconds: 1), monotonicStart: 0)
    try RecordingWriter(path: folder.file("f.hippo"), header: header).close()
    let result = try Program.run(["snapshot", "f.hippo"], in: folder)
    #expect(result.status == 1)
    #expect(result.errors == "hippowatt: f.hippo: the recording holds no readings\n")
  }

  @Test func `without a terminal it says what to do`() throws {
    let result = try Program.run(["watch", "--source", "simulated"], in: folder)
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(
      result.errors == """
        hippowatt: the output is not a terminal; run it in one, or print a frame as text instead

        """)
  }
}
