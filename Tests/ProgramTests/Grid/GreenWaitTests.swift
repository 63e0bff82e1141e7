import Accounting
import Glibc
import Loopback
import Quantities
import Telemetry
import Testing

@testable import hippowatt

/// Waiting for the greenest hours while the service goes on to speak, on a clock that the test moves.
@Suite struct GreenWaitTests {
  /// What the service says from its second hour on.
  private enum Later { case sooner, nothing }

  /// A clock and what was asked, shared with the server's thread.
  private final class Scene: @unchecked Sendable {
    private var mutex = pthread_mutex_t()
    private var forecasts = 0
    init() { pthread_mutex_init(&mutex, nil) }

    /// Counts a question for the forecast and returns how many there were before.
    func ask() -> Int {
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      forecasts += 1
      return forecasts - 1
    }
    var asked: Int {
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      return forecasts
    }
  }

  /// Waits by a service that says the hours from the fourth on are greenest, and something else later.
  private func wait(_ later: Later) throws -> (hours: Double, asked: Int) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let quarter = time.tv_sec / 900 * 900
    let scene = Scene()
    let server = try LoopbackServer { path in
      guard path.hasPrefix("/ren_share_forecast?country=de") else {
        return .status(404, [], "no such page")
      }
      let before = scene.ask()
      if before > 0, later == .nothing { return .status(500, [], "{}") }
      let green = before > 0 ? 8..<24 : 16..<32
      let times = (0..<96).map { "\(quarter + $0 * 900)" }.joined(separator: ",")
      let shares = (0..<96).map { green ~= $0 ? "90" : "40" }.joined(separator: ",")
      return .page(
        #"{"unix_seconds":[\#(times)],"ren_share":[\#(shares)],"substitute":false}"#,
        type: "application/json")
    }
    var settings = Settings()
    settings.liveGrid.options = [
      "provider": "energy-charts", "base": server.url(""), "cache": "none",
    ]
    let source = try #require(
      try LiveGrid.forecasts(
        zone: "DE", isWanted: true, settings: settings, host: HostEnvironment.current()))
    let begin = Timestamp(seconds: Double(quarter))
    var now = begin
    let question = GreenWindow.Question(now: now, seconds: 3600)
    let start = try #require(GreenWait.start(question, source, at: now))
    #expect(start == begin + 4 * 3600)
    var wait = GreenWait(command: [])
    wait.clock = { now }
    wait.pause = { _, seconds in now = now + seconds }
    try wait.wait(start) { GreenWait.start(question, source, at: now) }
    return ((now - begin) / 3600, scene.asked)
  }

  @Test func `a forecast that changes meanwhile is followed`() throws {
    let (hours, asked) = try wait(.sooner)
    #expect(asked > 1)
    #expect(abs(hours - 2) < 0.02, "\(hours)")
  }

  @Test func `where the service fails meanwhile, what it said last holds`() throws {
    let (hours, asked) = try wait(.nothing)
    #expect(asked > 1)
    #expect(abs(hours - 4) < 0.02, "\(hours)")
  }

  @Test func `the command runs with its own status, and not where nothing is known`() throws {
    let folder = try Folder()
    let server = try LoopbackServer { path in
      guard path.hasPrefix("/ren_share_forecast?country=de") else {
        return .status(404, [], "no such page")
      }
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      let times = (0..<96).map { "\(time.tv_sec / 900 * 900 + $0 * 900)" }.joined(separator: ",")
      let shares = [String](repeating: "50", count: 96).joined(separator: ",")
      return .page(
        #"{"unix_seconds":[\#(times)],"ren_share":[\#(shares)],"substitute":false}"#,
        type: "application/json")
    }
    let silent = try LoopbackServer { _ in .status(500, [], "{}") }
    func run(_ server: LoopbackServer, _ name: String) throws -> Program.Result {
      let config = folder.write(
        "[grid]\nzone = \"DE\"\nprovider = \"energy-charts\"\nbase = \"\(server.url(""))\"\ncache = \"none\"\n",
        to: name)
      return try Program.run(
        [
          "when", "--hours", "1", "--live-grid", "--config", config, "--wait", "--", "sh", "-c",
          "touch ran; exit 5",
        ], in: folder)
    }
    let without = try run(silent, "silent.toml")
    #expect(without.status == 1 && without.errorLines.count == 1, "\(without.errors)")
    #expect(!folder.names.contains("ran"))
    let flat = try run(server, "flat.toml")
    #expect(flat.status == 5 && folder.names.contains("ran"), "\(flat.output)\(flat.errors)")
  }
}
