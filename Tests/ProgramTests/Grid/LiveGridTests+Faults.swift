import Glibc
import Loopback
import Recordings
import Synchronization
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// A service that fails, is late or says what cannot be.
extension LiveGridTests {
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
