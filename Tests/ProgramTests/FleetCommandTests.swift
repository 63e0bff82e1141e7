import Glibc
import Loopback
import Synchronization
import Terminals
import Testing

/// `hippowatt fleet` against a store that plays what a test wants.
@Suite struct FleetCommandTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static func vector(_ rows: [(labels: String, value: String)]) -> LoopbackServer.Reply {
    let series = rows.map { "{\"metric\":{\($0.labels)},\"value\":[1,\"\($0.value)\"]}" }
    return .page(
      "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
        + series.joined(separator: ",") + "]}}")
  }

  private static func target(_ host: String, _ name: String, _ more: String = "") -> String {
    "\"__name__\":\"\(name)\",\"instance\":\"\(host):9409\",\"job\":\"hippowatt\",\"rack\":\"r1\"\(more)"
  }

  /// Two machines of one accelerator each, one of which does not answer.
  private static func play(_ path: String) -> LoopbackServer.Reply {
    let matrix =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"
    if path.contains("query_range") { return .page(matrix) }
    if path.hasPrefix("/api/v1/query?query=up&") {
      return vector([(target("n1", "up"), "1"), (target("n2", "up"), "0")])
    }
    guard path.contains("hippowatt_host_power_watts") else { return vector([]) }
    return vector([
      (target("n1", "hippowatt_host_power_watts", ",\"boundary\":\"wall\""), "1234"),
      (target("n1", "hippowatt_gpu_power_watts", ",\"uuid\":\"GPU-1\",\"gpu\":\"0\""), "600"),
    ])
  }

  @Test func `one frame and its numbers are printed`() throws {
    let server = try LoopbackServer(Self.play)
    let frame = try Program.run(["fleet", "--prometheus", server.url(), "--once"], in: folder)
    #expect(frame.status == 0 && frame.errors.isEmpty, "\(frame.errors)")
    #expect(frame.output.contains("1 of 2 hosts"))
    #expect(frame.output.contains("1.23 kW"))
    #expect(frame.output.contains("n2 does not answer"))
    let json = try Program.run(["fleet", "--prometheus", server.url(), "--json"], in: folder)
    #expect(json.output.contains("\"watts\":1234,\"hosts_without_watts\":0"))
    #expect(json.output.contains("\"host\":\"n2\",\"rack\":\"r1\",\"state\":\"does not answer\""))
    #expect(json.output.contains("\"joules\":null"))
  }

  @Test func `a store that lets nobody in is said in one line, and no password is`() throws {
    let server = try LoopbackServer { _ in .status(401) }
    let url = "http://ada:s3cret@" + server.url().dropFirst(7)
    let result = try Program.run(["fleet", "--prometheus", url, "--once"], in: folder)
    #expect(result.status == 1 && result.errorLines.count == 1, "\(result.errors)")
    #expect(result.errors.contains("(401)") && result.errors.contains("--token-env"))
    #expect(!result.errors.contains("s3cret"))
  }

  @Test(arguments: [
    ["fleet"], ["fleet", "--prometheus", "ftp://x"],
    ["fleet", "--prometheus", "http://x", "--query", "{a"],
    ["fleet", "--prometheus", "http://x", "--every", "0s"],
    ["fleet", "--prometheus", "http://x", "--size", "0"],
    ["fleet", "--prometheus", "http://x", "--token-env", "NOT_THERE"],
  ])
  func `wrong usage is refused`(arguments: [String]) throws {
    let result = try Program.run(arguments, in: folder)
    #expect(result.status == 2 && !result.errors.isEmpty, "\(result.errors)")
  }

  @Test func `the screen does not wait for a store that hangs`() throws {
    let server = try LoopbackServer { _ in .silence() }
    let script = ["until asking 127.0.0.1", "key ?", "until Panels", "key escape", "key q"]
    let path = folder.write(script.joined(separator: "\n") + "\n", to: "keys")
    let session = try Session(
      ["fleet", "--prometheus", server.url(), "--keys", path], in: folder, width: 132, height: 40)
    #expect(try #require(session.end(), "\(session.screen)") == 0)
    session.expectClean()
  }

  @Test func `a store whose clock is off is asked in its own time`() throws {
    let asked = Heard()
    let server = try LoopbackServer { path in
      asked.add(path)
      guard case .page(let body, _) = Self.play(path) else { return .silence() }
      return .status(200, ["Date: Fri, 01 Jan 2038 00:00:00 GMT"], body)
    }
    let json = try Program.run(["fleet", "--prometheus", server.url(), "--json"], in: folder)
    #expect(json.status == 0, "\(json.errors)")
    let ahead = try #require(
      json.output.firstMatch(of: #/"store_clock_ahead_seconds":([0-9.e+]+)/#).flatMap {
        Double($0.1)
      })
    #expect(ahead > 1e8)
    // 2038 began at 2145916800; the first question was asked before its clock was known.
    let later = asked.all.dropFirst().filter { $0.contains("&time=") }
    #expect(!later.isEmpty && later.allSatisfy { $0.contains("&time=21459") }, "\(later)")
    let frame = try Program.run(["fleet", "--prometheus", server.url(), "--once"], in: folder)
    #expect(frame.output.contains("its clock is ") && frame.output.contains(" ahead"))
  }

  /// The key w: another program has the terminal until it ends, and its keys are not ours.
  @Test func `a machine is watched on it, and the fleet is there afterwards`() throws {
    let server = try LoopbackServer(Self.play)
    let visit = "echo watching {}; read -r word; echo heard $word; read -r word; exit 3 # {}"
    let session = try Session(
      ["fleet", "--prometheus", server.url(), "--visit", visit], in: folder, width: 132, height: 40)
    try #require(session.wait(for: "1 of 2 hosts"), "\(session.screen)")
    session.type("\tw")
    try #require(session.wait(for: "watching n1"), "\(session.screen)")
    session.type("q\r")
    try #require(session.wait(for: "heard q"), "\(session.screen)")
    session.type("\r")
    try #require(session.wait(for: "n1 ended with 3; press Enter"), "\(session.screen)")
    session.type("\r")
    try #require(session.wait(for: "back from n1"), "\(session.screen)")
    // Ctrl-C ends what is watched, and not the fleet.
    session.type("w")
    try #require(session.wait(for: "watching n1"), "\(session.screen)")
    session.type("\u{3}")
    try #require(session.wait(for: "1 of 2 hosts"), "\(session.screen)")
    // A request to end waits for the terminal, and ends what has it.
    session.type("w")
    try #require(session.wait(for: "watching n1"), "\(session.screen)")
    session.pty.send(SIGTERM)
    #expect(session.end() == SIGTERM)
    session.expectClean()
  }

  @Test func `a label that is no machine's name is not given to a shell`() throws {
    let server = try LoopbackServer { path in
      guard path.hasPrefix("/api/v1/query?query=up&") else { return Self.play(path) }
      return Self.vector([
        (
          "\"__name__\":\"up\",\"instance\":\"-oProxyCommand=x\",\"job\":\"hippowatt\",\"rack\":\"a\"",
          "1"
        )
      ])
    }
    let session = try Session(
      ["fleet", "--prometheus", server.url(), "--visit", "echo watching {}; read -r x"], in: folder,
      width: 132, height: 40)
    try #require(session.wait(for: "of 2 hosts"), "\(session.screen)")
    session.type("\t\u{1B}[Hw")
    try #require(session.wait(for: "is no name that ssh takes"), "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test func `the last picture stays when the store fails, and says why it is old`() throws {
    let server = try LoopbackServer { path in
      // It works for the first picture only: what is asked of later times fails.
      Self.isFirst(path) ? Self.play(path) : .status(500)
    }
    let script = [
      "until 1 of 2 hosts", "until cannot answer now (500)", "until 1 of 2 hosts", "key q",
    ]
    let path = folder.write(script.joined(separator: "\n") + "\n", to: "keys")
    let session = try Session(
      ["fleet", "--prometheus", server.url(), "--every", "1s", "--keys", path], in: folder,
      width: 132, height: 40)
    #expect(try #require(session.end(), "\(session.screen)") == 0)
    session.expectClean()
  }

  /// Whether a path asks for the time that was asked for first; one server in the tests is asked so.
  private static func isFirst(_ path: String) -> Bool {
    guard let time = path.range(of: "&time=") else { return true }
    return first.isFirst(String(path[time.upperBound...]))
  }
  private static let first = FirstTime()
}

/// What a server was asked.
private final class Heard: Sendable {
  private let paths = Mutex<[String]>([])
  func add(_ path: String) { paths.withLock { $0.append(path) } }
  var all: [String] { paths.withLock { $0 } }
}

/// Remembers the first time that was asked for.
private final class FirstTime: @unchecked Sendable {
  private var time: String?
  /// A loopback server asks on one thread.
  func isFirst(_ text: String) -> Bool {
    if time == nil { time = text }
    return time == text
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
  }
}
