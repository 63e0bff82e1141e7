import Glibc
import Terminals
import Testing

/// Whole sessions written down as keys to press and screens to keep.
@Suite struct KeyScriptTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Runs a session on a terminal by a script; the exit status.
  private func play(
    _ script: [String], _ arguments: [String] = ["watch", "--source", "simulated"],
    width: Int = 132, height: Int = 40
  ) throws -> (status: Int32, session: Session) {
    let path = folder.write(script.joined(separator: "\n") + "\n", to: "keys")
    let session = try Session(
      arguments + ["--every", "100ms", "--keys", path], in: folder, width: width, height: height)
    let status = try #require(session.end(), "\(session.screen)")
    #expect(status & 0x7F == 0)
    return (status >> 8, session)
  }

  @Test func `a mark is set, named and shown on the track`() throws {
    let (status, session) = try play([
      "# marks", "until ● LIVE", "until W at the plug", "key m", "until mark 1 set", "key m",
      "until mark 2 set", "key escape", "until ▾ mark 1", "dump marked", "key N",
      "until ‖ PAUSED", "dump back", "key q",
    ])
    #expect(status == 0)
    session.expectClean()
    let marked = try #require(folder.text("marked"))
    #expect(marked.contains("▾ mark 1") && marked.contains("● LIVE"))
    #expect(marked.split(separator: "\n", omittingEmptySubsequences: false).count >= 40)
    #expect(try #require(folder.text("back")).contains("‖ PAUSED"))
  }

  @Test func `a screenshot is a picture and a text of what was shown`() throws {
    let (status, _) = try play([
      "until W at the plug", "key space", "until ‖ PAUSED", "dump seen", "key S",
      "until saved hippowatt-1.svg and hippowatt-1.txt", "key S",
      "until saved hippowatt-2.svg and hippowatt-2.txt", "key q",
    ])
    #expect(status == 0)
    let pictures = folder.names.filter { $0.hasPrefix("hippowatt-") }
    #expect(
      pictures == ["hippowatt-1.svg", "hippowatt-1.txt", "hippowatt-2.svg", "hippowatt-2.txt"])
    let text = try #require(folder.text("hippowatt-1.txt"))
    #expect(text.contains("GPU DRAW") && text.contains("‖ PAUSED"))
    // What stands still is the same in both; the head of the session moves on.
    let seen = try #require(folder.text("seen")).split(separator: "\n")
    #expect(zip(seen, text.split(separator: "\n")).filter { $0 != $1 }.count < 20)
    let svg = try #require(folder.text("hippowatt-1.svg"))
    #expect(svg.contains("<svg") && svg.contains("GPU DRAW") && svg.contains("</svg>"))
    #expect(!svg.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  @Test func `a screenshot that cannot be saved says so and nothing else happens`() throws {
    let path = folder.write("until ● LIVE\nkey S\nuntil could not be saved here\nkey q\n", to: "k")
    let dump = folder.file("last")
    // Nobody can make a file there, not even root.
    let inside = try Session(
      ["-c", "cd /proc && exec \"$0\" \"$@\"", Program.path, "watch", "--source", "simulated"]
        + ["--every", "100ms", "--keys", path, "--dump", dump], in: folder, program: "/bin/sh")
    #expect(inside.end() == 0)
    #expect(try #require(folder.text("last")).contains("screenshot could not be saved here: No "))
    inside.expectClean()
  }

  @Test func `a recording can be walked through by its keys`() throws {
    let made = try Program.run(
      ["record", "-o", "a.hippo", "--source", "simulated", "--every", "50ms", "--for", "600ms"],
      in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let keys = folder.write(
      """
      until ‖ PAUSED
      key home
      until ‖ PAUSED 00:00:00
      dump first
      key space
      until ▶ REPLAY
      key ]
      until 0.25x
      key end
      until ‖ PAUSED
      key m
      until mark 1 set
      key left
      key M
      until what it is
      key b
      key a
      key d
      key space
      key 7
      key enter
      until mark “bad 7” set
      key q

      """, to: "keys")
    let session = try Session(
      ["replay", "a.hippo", "--paused", "--speed", "0.1", "--keys", keys], in: folder)
    #expect(session.end() == 0, "\(session.screen)")
    let first = try #require(folder.text("first"))
    #expect(first.contains("SIMULATED") && first.contains("GPU DRAW"))
    session.expectClean()
    let later = try Program.run(["snapshot", "a.hippo", "--overlay", "events"], in: folder)
    #expect(later.output.contains("▾ mark 1") && later.output.contains("▾ bad 7"))
  }

  @Test(arguments: ["press m", "key nonsense", "until", "dump"])
  func `a step that makes no sense is named with its line`(step: String) throws {
    let path = folder.write("# first\nkey q\n\(step)\n", to: "keys")
    let session = try Session(["watch", "--source", "simulated", "--keys", path], in: folder)
    let status = try #require(session.end())
    #expect(status >> 8 == 1)
    #expect(session.pty.text == "hippowatt: \(path):3: not a step: \(step)\r\n")
  }
}
