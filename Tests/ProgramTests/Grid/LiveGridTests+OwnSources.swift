import Glibc
import Loopback
import Recordings
import Synchronization
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// What is no provider of the catalogue: a table, a page, a service of marginal rates.
extension LiveGridTests {
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

  /// Many services tell grams and no share: Denmark's, and most home-made pages.
  @Test(arguments: ["intensity", "direct_intensity"])
  func `grams without a share are told by the command, the report and the screen`(
    place: String
  ) throws {
    let isDirect = place == "direct_intensity"
    let server = try LoopbackServer.hearing { _ in
      .page(#"{"g":0.12}"#, type: "application/json")
    }
    let named = folder.write(
      "[grid]\nlive = true\nzone = \"shed\"\nprovider = \"json\"\nbase = \"\(server.url("/grid"))\"\n"
        + "\(place) = \"/g\"\nintensity_unit = \"kg/kWh\"\n",
      to: "g.toml")
    let grid = try Program.run(["grid", "--config", named], in: folder)
    #expect(grid.output.contains("SHED: grams estimated"), "\(grid)")
    #expect(grid.output.contains("renewable unknown, low-carbon unknown"))
    let words = "120 gCO2e/kWh " + (isDirect ? "direct" : "lifecycle")
    #expect(grid.output.contains(words), "\(grid.output)")
    folder.write(
      """
      echo '{"device":{"kind":"gpu","name":"0"}}'
      j=0
      while :; do
        j=$((j + 30))
        echo '{"reading":{"kind":"gpu","device":"0","energy_j":'$j'}}'
        sleep 0.1
      done
      """, to: "watts.sh")
    let record = try Program.run(
      [
        "record", "-o", "r.hippo", "--for", "2500ms", "--config", named, "--source",
        "exec:sh watts.sh",
      ], in: folder)
    #expect(record.status == 0, "\(record.errors)")
    let report = try Program.run(["report", "r.hippo"], in: folder)
    #expect(report.output.contains("unknown, because the grid's source tells none"))
    let kind = isDirect ? "direct" : "lifecycle"
    #expect(report.output.contains("grams: \(kind) "), "\(report.output)")
    #expect(report.output.contains("no lifecycle intensity of the grid is known") == isDirect)
    let json = try Program.run(["report", "r.hippo", "--format", "json"], in: folder)
    #expect(json.output.contains("\"\(kind)_joules\":{\"estimated\":"), "\(json.output)")
    let screen = try Program.run(
      ["snapshot", "r.hippo", "--panel", "4", "--size", "100x30", "--format", "text"], in: folder)
    #expect(screen.output.contains("share unknown"), "\(screen.output)")
    #expect(screen.output.contains("by combustion") == isDirect)
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
}
