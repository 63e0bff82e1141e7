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
  private func service(behind: Int = 0) throws -> LoopbackServer {
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

  @Test func `a table of the user's own is a live source with a band`() throws {
    let now = Self.quarter()
    func stamp(_ seconds: Int) -> String {
      var time = time_t(seconds)
      var parts = tm()
      gmtime_r(&time, &parts)
      func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
      return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
        + "\(two(parts.tm_hour)):\(two(parts.tm_min))Z"
    }
    var text = "time,renewable %,low-carbon %,marginal,low %,high %\n"
    for quarter in -4..<96 {
      let share = 48..<64 ~= quarter ? 80 : 30
      text += "\(stamp(now + quarter * 900)),\(share),\(share + 10),600,\(share - 5),\(share + 5)\n"
    }
    folder.write(text, to: "day.csv")
    let named = folder.write(
      "[grid]\nlive = true\nzone = \"FR\"\nprovider = \"csv\"\nbase = \"day.csv\"\nbasis = \"consumption\"\n",
      to: "c.toml")
    let grid = try Program.run(["grid", "--config", named], in: folder)
    #expect(grid.status == 0 && grid.output.contains("renewable 30 %, low-carbon 40 %"), "\(grid)")
    #expect(grid.output.contains("CSV · consumption · average or marginal unknown"))
    #expect(grid.output.contains("marginal 600 gCO2/kWh"))
    let when = try Program.run(
      ["when", "--hours", "4", "--config", named, "--by", "share"], in: folder)
    #expect(
      when.status == 1 && when.output.contains("renewable 80 %"), "\(when.output)\(when.errors)")
    #expect(
      when.output.contains("the bands are apart (then 75-85 %, now 25-35 %)"), "\(when.output)")
    let wrong = folder.write(
      "[grid]\nlive = true\nzone = \"FR\"\nprovider = \"csv\"\nbase = \"none.csv\"\n", to: "w.toml")
    let missing = try Program.run(["grid", "--config", wrong], in: folder)
    #expect(
      missing.status == 1 && missing.errors.contains("none.csv cannot be read"), "\(missing.errors)"
    )
  }

  @Test func `a page of JSON is read where the user says, with a key in its header`() throws {
    let server = try LoopbackServer.hearing { request in
      guard request.contains("X-Shed: \(Self.key)") else { return .status(401, [], "no") }
      return .page(#"{"now":{"ren":"61.5","g":0.12}}"#, type: "application/json")
    }
    let named = folder.write(
      "[grid]\nlive = true\nzone = \"FR\"\nprovider = \"json\"\nbase = \"\(server.url("/grid"))\"\n"
        + "renewable = \"/now/ren\"\nshare_unit = \"%\"\nintensity = \"/now/g\"\n"
        + "intensity_unit = \"kg/kWh\"\nkey_env = \"SHED\"\nkey_header = \"X-Shed\"\n"
        + "label = \"Ada's roof\"\n",
      to: "j.toml")
    let grid = try Program.run(
      ["grid", "--config", named], in: folder, environment: ["SHED": Self.key])
    #expect(grid.status == 0, "\(grid.errors)")
    #expect(
      grid.output.contains("estimated") && grid.output.contains("renewable 62 %"), "\(grid.output)")
    #expect(grid.output.contains("intensity 120 gCO2e/kWh lifecycle"), "\(grid.output)")
    #expect(grid.output.contains("licence unknown") && !grid.output.contains(Self.key))
    // Nor does a recording hold the key, nor a picture of it.
    let record = try Program.run(
      [
        "record", "-o", "r.hippo", "--for", "1500ms", "--config", named, "--source",
        "simulated:1",
      ], in: folder, environment: ["SHED": Self.key])
    #expect(record.status == 0 && !record.errors.contains(Self.key), "\(record.errors)")
    let timeline = try RecordingReader(path: folder.file("r.hippo")).timeline()
    #expect(!timeline.gridBook.isEmpty)
    for name in folder.names where name.hasPrefix("r.hippo") {
      let bytes = folder.bytes(name) ?? []
      #expect(!String(decoding: bytes, as: UTF8.self).contains(Self.key), "\(name)")
    }
    let anonymous = try Program.run(
      [
        "record", "-o", "a.hippo", "--anonymous", "--for", "1500ms", "--config", named, "--source",
        "simulated:1",
      ], in: folder, environment: ["SHED": Self.key])
    #expect(anonymous.status == 0, "\(anonymous.errors)")
    for name in folder.names where name.hasPrefix("a.hippo") {
      let text = String(decoding: folder.bytes(name) ?? [], as: UTF8.self)
      #expect(!text.contains("127.0.0.1") && !text.contains("Ada's roof"), "\(name)")
    }
    let picture = try Program.run(
      ["snapshot", "r.hippo", "--format", "svg", "-o", "r.svg"], in: folder)
    #expect(picture.status == 0 && folder.text("r.svg")?.contains(Self.key) == false)
  }

  @Test func `WattTime is asked with a token and gives marginal grams, no footprint`() throws {
    let server = try LoopbackServer.hearing { request in
      if request.hasPrefix("GET /login ") {
        // me:em-pass, in base64.
        return request.contains("Authorization: Basic bWU6ZW0tcGFzcw==")
          ? .page(#"{"token":"tok3n"}"#, type: "application/json") : .status(401, [], "no")
      }
      guard request.contains("Authorization: Bearer tok3n") else { return .status(401, [], "no") }
      let now = Self.quarter()
      var time = time_t(now)
      var parts = tm()
      gmtime_r(&time, &parts)
      func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
      let stamp =
        "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
        + "\(two(parts.tm_hour)):\(two(parts.tm_min)):00+00:00"
      return .page(
        #"{"data":[{"point_time":"\#(stamp)","value":1000}],"meta":{"region":"CAISO_NORTH","#
          + #""signal_type":"co2_moer","units":"lbs_co2_per_mwh","data_point_period_seconds":900}}"#,
        type: "application/json")
    }
    let named = folder.write(
      "[grid]\nlive = true\nzone = \"CAISO_NORTH\"\nprovider = \"watttime\"\n"
        + "base = \"\(server.url(""))\"\nkey_env = \"WT\"\n", to: "w.toml")
    let grid = try Program.run(
      ["grid", "--config", named], in: folder, environment: ["WT": "me:em-pass"])
    #expect(grid.output.contains("marginal 454 gCO2/kWh"), "\(grid.output)\(grid.errors)")
    #expect(grid.output.contains("never part of a footprint"))
    #expect(!grid.output.contains("lifecycle") && !grid.output.contains("renewable "))
    #expect(!(grid.output + grid.errors).contains("em-pass"))
    #expect(!(grid.output + grid.errors).contains("tok3n"))
    // In a report the grams are those of the other grid: a marginal rate is nobody's footprint.
    let record = try Program.run(
      [
        "record", "-o", "w.hippo", "--for", "1500ms", "--config", named, "--source",
        "simulated:1",
      ], in: folder, environment: ["WT": "me:em-pass"])
    #expect(record.status == 0, "\(record.errors)")
    let timeline = try RecordingReader(path: folder.file("w.hippo")).timeline()
    #expect(!timeline.gridBook.isEmpty)
    let report = try Program.run(["report", "w.hippo"], in: folder)
    #expect(
      report.output.contains("SIMULATED grid") && !report.output.contains("WattTime"),
      "\(report.output)")
    for name in folder.names where name.hasPrefix("w.hippo") {
      let text = String(decoding: folder.bytes(name) ?? [], as: UTF8.self)
      #expect(!text.contains("em-pass") && !text.contains("tok3n"), "\(name)")
    }
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

  @Test func `a source that only fails is failed in the recording, and one is asked a session`()
    throws
  {
    let asked = Mutex(0)
    let server = try LoopbackServer { _ in
      asked.withLock { $0 += 1 }
      return .status(403, [], "no")
    }
    let named = folder.write(
      "[grid]\nlive = true\nzone = \"DE\"\nprovider = \"json\"\nbase = \"\(server.url("/x"))\"\n"
        + "cache = \"none\"\nrenewable = \"/r\"\nshare_unit = \"%\"\n", to: "f.toml")
    let record = try Program.run(
      [
        "record", "-o", "f.hippo", "--for", "1500ms", "--config", named, "--source",
        "simulated:1", "--source", "live-grid:DE",
      ], in: folder)
    #expect(record.status == 0, "\(record.errors)")
    let timeline = try RecordingReader(path: folder.file("f.hippo")).timeline()
    let state = try #require(
      timeline.states(at: Timestamp(seconds: 4e9)).last { $0.kind == "live-grid" })
    #expect(state.health == .denied && state.message.contains("403"), "\(state)")
    // Nor was it ever called well in between.
    #expect(!timeline.states.contains { $0.kind == "live-grid" && $0.health == .ok })
    #expect(asked.withLock { $0 } == 1)
    let grids = timeline.devices.filter { GridFacts($0.attributes) != nil }
    #expect(grids.map(\.id.name.first) == ["j"], "\(grids.map(\.id.name))")
  }

  @Test func `what is as old as the service always is counts as measured, and older is stale`()
    throws
  {
    // Of a quarter that ended up to 15 minutes ago, and one that ended an hour before that.
    for (behind, word) in [(900, "Germany: measured, "), (4500, "Germany: stale, ")] {
      let server = try service(behind: behind)
      let result = try Program.run(
        ["grid", "--live-grid", "--config", settings(server, "cache = \"none\"")], in: folder)
      #expect(result.output.contains(word), "\(result.output)")
    }
  }

  @Test(
    arguments: [
      ("FR", "DE", "json", false), ("de", "DE", "json", true), ("FR", nil, "json", true),
      ("FR", "DE", "energy-charts", true), ("FR", "GB", "gb", false),
    ] as [(String, String?, String, Bool)])
  func `a zone that is named takes the settings that are meant for it, and is the only one`(
    zone: String, own: String?, provider: String, isMeant: Bool
  ) {
    var choice = LiveGridChoice(isOn: true, zone: own)
    choice.options = ["provider": provider, "base": "http://127.0.0.1:1/", "cache": "none"]
    let request = choice.completed(
      SourceRequest(kind: "live-grid", argument: zone), country: nil)
    #expect(request.options == (isMeant ? choice.options : ["cache": "none"]))
    #expect(LiveGridChoice.isFootprint(request))
    let marginal = SourceRequest(
      kind: "live-grid", argument: "CAISO_NORTH", options: ["provider": "watttime"])
    #expect(!LiveGridChoice.isFootprint(marginal))
  }

  @Test func `a forecast that cannot be true is refused with its reason`() throws {
    let server = try LoopbackServer { path in
      guard path.hasPrefix("/ren_share_forecast") else { return .status(404, [], "no such page") }
      let now = Self.quarter()
      return .page(
        #"{"unix_seconds":[\#(now),\#(now + 900)],"ren_share":[-20,-20],"substitute":false}"#,
        type: "application/json")
    }
    let result = try Program.run(
      ["when", "--hours", "0.1", "--live-grid", "--config", settings(server, "cache = \"none\"")],
      in: folder)
    #expect(result.status == 1 && result.errors.contains("status 404"), "\(result.errors)")
    #expect(result.errors.contains("cannot be true"), "\(result.errors)")
  }

  @Test func `an end that is too early is impossible, a column that is not read named`() throws {
    let text =
      "time,renewable %,intensity (kg/kWh)\n2026-01-01T00:00Z,50,0.3\n2099-01-01T00:00Z,60,1"
    folder.write(text, to: "when.csv")
    let early = try Program.run(
      ["when", "--hours", "6", "--file", "when.csv", "--before", "2026-01-01T03:00Z"], in: folder)
    #expect(early.status == 1 && early.errors.contains("impossible: the work would have to begin"))
    let now = try Program.run(["when", "--hours", "6", "--file", "when.csv"], in: folder)
    #expect(now.output.contains("“intensity (kg/kWh)” is not read"), "\(now.output)\(now.errors)")
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
