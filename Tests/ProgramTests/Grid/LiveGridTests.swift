import Glibc
import Loopback
import Recordings
import Telemetry
import Testing

/// A live grid through the real program and a real server: asked by one word, recorded, reported.
@Suite struct LiveGridTests {
  private let folder: Folder
  private static let key = "em-Tr0ub4dor-and-3"

  init() throws { folder = try Folder() }

  /// The quarter of an hour that is running, in seconds since 1970.
  private static func quarter() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec / 900 * 900
  }

  /// Two thirds wind and one third coal up to now, and a day of forecast that is greenest later.
  private func service() throws -> LoopbackServer {
    try LoopbackServer { path in
      let now = Self.quarter()
      if path.hasPrefix("/public_power?country=de") {
        let times = (-8...0).map { "\(now + $0 * 900)" }.joined(separator: ",")
        func row(_ name: String, _ value: Int) -> String {
          let data = [String](repeating: "\(value)", count: 9).joined(separator: ",")
          return #"{"name":"\#(name)","data":[\#(data)]}"#
        }
        let rows = [row("Wind onshore", 20_000), row("Fossil hard coal", 10_000)]
        return .page(
          #"{"unix_seconds":[\#(times)],"production_types":[\#(rows.joined(separator: ","))],"#
            + #""deprecated":false}"#, type: "application/json")
      }
      if path.hasPrefix("/ren_share_forecast?country=de") {
        let times = (0..<96).map { "\(now + $0 * 900)" }.joined(separator: ",")
        let shares = (0..<96).map { 48..<64 ~= $0 ? "90" : "40" }.joined(separator: ",")
        return .page(
          #"{"unix_seconds":[\#(times)],"ren_share":[\#(shares)],"substitute":false}"#,
          type: "application/json")
      }
      return .status(404, [], "no such page")
    }
  }

  private func settings(_ server: LoopbackServer, _ more: String = "") -> String {
    folder.write(
      "[grid]\nzone = \"DE\"\nprovider = \"energy-charts\"\nbase = \"\(server.url(""))\"\n\(more)\n",
      to: "c.toml")
  }

  @Test func `nobody is asked without the word, and with it the report tells the hours`() throws {
    let server = try service()
    let named = settings(server)
    let off = try Program.run(["grid", "--config", named, "--zone", "DE"], in: folder)
    #expect(off.status == 0 && off.output.contains("nobody was asked"), "\(off.errors)")
    let record = try Program.run(
      [
        "record", "-o", "r.hippo", "--for", "2500ms", "--config", named, "--live-grid",
        "--source", "simulated:1",
      ], in: folder)
    #expect(record.status == 0, "\(record.errors)")
    let timeline = try RecordingReader(path: folder.file("r.hippo")).timeline()
    #expect(!timeline.gridBook.isEmpty)
    let report = try Program.run(["report", "r.hippo"], in: folder)
    #expect(report.output.contains("67 %, low-carbon 67 %"), "\(report.output)")
    #expect(report.output.contains("Energy-Charts · production · average"))
    #expect(report.output.contains("combustion only: scope 2"))
    let frame = try Program.run(["snapshot", "r.hippo", "--panel", "green"], in: folder)
    #expect(frame.output.contains("Germany"), "\(frame.output)")
  }

  @Test func `when tells the greenest hours and ends with one`() throws {
    let server = try service()
    let result = try Program.run(
      ["when", "--hours", "4", "--live-grid", "--config", settings(server)], in: folder)
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("renewable 90 % of load"), "\(result.output)")
  }

  @Test func `without an answer it is one line and no number`() throws {
    let server = try LoopbackServer { _ in .status(500, [], "{}") }
    let result = try Program.run(
      ["grid", "--live-grid", "--config", settings(server)], in: folder)
    #expect(result.status == 1 && result.output.isEmpty, "\(result.output)")
    #expect(result.errors.contains("is out of order (500)"), "\(result.errors)")
  }

  @Test func `a key is sent and shown nowhere`() throws {
    let server = try LoopbackServer.hearing { request in
      request.contains(Self.key) ? .status(401, [], "no") : .status(400, [], "no key")
    }
    let named = folder.write(
      "[grid]\nlive = true\nzone = \"DE\"\nprovider = \"electricitymaps\"\n"
        + "base = \"\(server.url(""))\"\nkey_env = \"EM\"\n", to: "k.toml")
    let result = try Program.run(
      ["grid", "--config", named], in: folder, environment: ["EM": Self.key])
    #expect(result.status == 1 && result.errors.contains("401"), "\(result.errors)")
    #expect(!(result.errors + result.output).contains(Self.key))
  }
}
