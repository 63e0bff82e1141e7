import Glibc
import Loopback
import Recordings
import Synchronization
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// A live grid through the real program and a real server: asked by one word, recorded, reported.
@Suite struct LiveGridTests {
  let folder: Folder
  static let key = "em-Tr0ub4dor-and-3"

  init() throws { folder = try Folder() }

  /// The quarter of an hour that is running, in seconds since 1970.
  static func quarter() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec / 900 * 900
  }

  /// Two thirds wind and one third coal up to now, and a day of forecast that is greenest later.
  func service(behind: Int = 0) throws -> LoopbackServer {
    try LoopbackServer { path in
      let now = Self.quarter() - behind
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

  func settings(_ server: LoopbackServer, _ more: String = "") -> String {
    folder.write(
      "[grid]\nzone = \"DE\"\nprovider = \"energy-charts\"\nbase = \"\(server.url(""))\"\n\(more)\n",
      to: "c.toml")
  }

  @Test func `nobody is asked without the word, and with it the report tells the hours`() throws {
    let server = try service()
    let named = settings(server)
    let off = try Program.run(["grid", "--config", named, "--zone", "DE"], in: folder)
    #expect(off.status == 0 && off.output.contains("nobody was asked"), "\(off.errors)")
    #expect(
      off.output.contains("1. Energy-Charts at 127.0.0.1: would be asked with --live-grid"),
      "\(off.output)")
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
    #expect(result.status == 1 && !result.output.contains(" %"), "\(result.output)")
    #expect(result.errors.contains("is out of order (500)"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    // Who was tried is told also then.
    #expect(
      result.output.contains("1. Energy-Charts at 127.0.0.1: mix: Energy-Charts, asked for DE,"))
    let json = try Program.run(
      ["grid", "--live-grid", "--json", "--config", settings(server)], in: folder)
    #expect(json.status == 1 && json.output.hasPrefix("{\"unknown\":"), "\(json.output)")
    #expect(json.output.contains("\"tried\":[{\"provider\":\"energy-charts\""), "\(json.output)")
  }

  @Test func `who was tried, in which order and why this one is told, with the age of the cache`()
    throws
  {
    let server = try service()
    let named = settings(server, "cache = \"\(folder.file("cache"))\"")
    let first = try Program.run(["grid", "--live-grid", "--config", named], in: folder)
    #expect(first.status == 0, "\(first.errors)")
    let text = first.output
    #expect(text.contains("tried for DE, in this order:"), "\(text)")
    #expect(
      text.contains(
        "mix: answered, 9 intervals; forecast: answered, 96 intervals; chosen: the settings"),
      "\(text)")
    #expect(text.contains("RTE éCO2mix at odre.opendatasoft.com: does not cover this zone, but FR"))
    #expect(text.contains("cache: empty at the start; what was said now is kept in "))
    let second = try Program.run(["grid", "--live-grid", "--config", named], in: folder)
    #expect(second.output.contains("not asked, its time has not come again"))
    #expect(second.output.contains(" old at the start, in "), "\(second.output)")
    let json = try Program.run(["grid", "--live-grid", "--json", "--config", named], in: folder)
    #expect(json.output.contains("\"cache_age_seconds\":"), "\(json.output)")
    let nobody = try Program.run(["grid", "--live-grid", "--zone", "NSW1"], in: folder)
    #expect(nobody.status == 2, "\(nobody.errors)")
    #expect(nobody.errors.contains("there is openelectricity with OPENELECTRICITY_API_KEY"))
    #expect(nobody.output.contains("OpenElectricity at api.openelectricity.org.au: needs a key:"))
    for (more, words) in [
      (
        "provider = \"json\"\nbase = \"http://127.0.0.1:1\"\n",
        "JSON at 127.0.0.1: not asked: its settings"
      ),
      (
        "provider = \"gb\"\n",
        "1. GB Carbon Intensity at api.carbonintensity.org.uk: does not cover"
      ),
    ] {
      let wrong = folder.write("[grid]\nlive = true\nzone = \"DE\"\n" + more, to: "x.toml")
      let result = try Program.run(["grid", "--config", wrong], in: folder)
      #expect(result.status == 2 && result.output.contains(words), "\(result.output)")
      #expect(!result.output.contains("chosen:"), "\(result.output)")
    }
    let without = folder.write(
      "[grid]\nlive = true\nzone = \"DE\"\nprovider = \"electricitymaps\"\n", to: "e.toml")
    let missing = try Program.run(["grid", "--config", without], in: folder)
    #expect(missing.status == 1, "\(missing.errors)")
    #expect(missing.output.contains("Electricity Maps needs a key: ELECTRICITYMAPS_API_KEY"))
    let key = try Program.run(["grid", "--zone", "CH"], in: folder)
    #expect(key.output.contains("needs a key: ELECTRICITYMAPS_API_KEY"), "\(key.output)")
  }

  @Test func `the panel names whom it would ask, by the settings, and asks nobody`() throws {
    let asked = Mutex(0)
    let server = try LoopbackServer { _ in
      asked.withLock { $0 += 1 }
      return .status(404)
    }
    for (settings, words) in [
      ("country = \"FR\"\n", ["would ask RTE éCO2mix:", "odre.opendatasoft.com", "zone FR."]),
      (
        "country = \"FR\"\nzone = \"DE\"\nprovider = \"energy-charts\"\nbase = \"\(server.url(""))\"\n",
        ["would ask Energy-Charts:", "127.0.0.1", "zone DE."]
      ),
    ] {
      let named = folder.write("[grid]\n" + settings, to: "p.toml")
      let keys = folder.write(
        "until ● LIVE\nkey 4\nuntil would ask\ndump panel\nkey q\n", to: "keys")
      let session = try Session(
        ["watch", "--config", named, "--source", "grid", "--every", "100ms", "--keys", keys],
        in: folder, width: 132, height: 40)
      let status = try #require(session.end(), "\(session.screen)")
      #expect(status == 0, "\(session.screen)")
      let text = folder.text("panel") ?? ""
      for word in words { #expect(text.contains(word), "\(word) in \(text)") }
    }
    #expect(asked.withLock { $0 } == 0)
  }
}
