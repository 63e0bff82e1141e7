import Testing

/// Own sun from lines of a sensor to the report, its JSON and a comparison with another grid.
@Suite struct OwnSunReportTests {
  private let folder: Folder
  private static let start = 1_790_000_000

  init() throws { folder = try Folder() }

  /// An hour of 1 kW in a site whose sun meets half of the load, with a grid that is 20 % renewable.
  private func record(sunUntil end: Int = 3600, stored: Double = 0) throws {
    var lines = [
      #"{"device":{"machine":"box","kind":"gpu","name":"0","label":"0","role":"accelerator"}}"#,
      #"{"device":{"kind":"site","name":"roof","label":"own sun","model":"Fronius"}}"#,
      #"{"device":{"kind":"grid","name":"DE","label":"Germany"}}"#,
      #"{"device":{"machine":"box","kind":"job","name":"t","label":"train.py"}}"#,
    ]
    for second in stride(from: 0, through: 3600, by: 10) {
      let time = Self.start + second
      lines.append(
        #"{"reading":{"machine":"box","kind":"gpu","device":"0","time":\#(time),"power_w":1000}}"#)
      lines.append(
        #"{"reading":{"kind":"grid","device":"DE","time":\#(time),"renewable_ppm":200000,"low_carbon_ppm":300000,"intensity_mg_per_kwh":400000}}"#
      )
      lines.append(
        #"{"reading":{"machine":"box","kind":"job","device":"t","time":\#(time),"step":\#(second / 10)}}"#
      )
      guard second <= end else { continue }
      lines.append(
        #"{"reading":{"kind":"site","device":"roof","time":\#(time),"sun_power_mw":2000000,"site_load_mw":4000000,"own_sun_share_ppm":500000,"other_stored_share_ppm":\#(Int(stored * 1e6))}}"#
      )
    }
    folder.write(lines.joined(separator: "\n") + "\n", to: "l.jsonl")
    let made = try Program.run(["import", "-o", "r.hippo", "l.jsonl"], in: folder)
    #expect(made.status == 0, "\(made.errors)")
  }

  @discardableResult
  private func told(_ command: [String]) throws -> String {
    let result = try Program.run(command, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func `the report, its JSON and the screen tell the same`() throws {
    try record()
    let text = try told(["report", "r.hippo"])
    #expect(text.contains("60 %, low-carbon 65 %"), "\(text)")
    #expect(text.contains("50 % of the energy (500 Wh)"), "\(text)")
    // 0.5 kWh of the roof at 41 g and 0.5 kWh of the grid at 400 g.
    #expect(text.contains("221 g"), "\(text)")
    let json = try told(["report", "r.hippo", "--format", "json"])
    #expect(json.contains(#""renewable_share":0.6"#), "\(json)")
    #expect(json.contains(#""own_sun_joules":1800000"#), "\(json)")
    #expect(json.contains(#""site":"own sun""#), "\(json)")
    let frame = try told(["snapshot", "r.hippo", "--panel", "green", "--size", "132x40"])
    #expect(frame.contains("own sun 2.00 kW"), "\(frame)")
    let beside = try told(["compare", "r.hippo", "r.hippo"])
    #expect(beside.contains("own sun 50 % of the energy (500 Wh)"), "\(beside)")
    #expect(
      try told(["compare", "r.hippo", "r.hippo", "--format", "json"]).contains(
        #""own_sun_joules":1800000"#))
    let form = try told(["report", "r.hippo", "--format", "sci"])
    #expect(form.contains("Own sun of the site met 50 % of the joules and is in it"), "\(form)")
    // Elsewhere there is no such roof.
    let other = try told(["report", "r.hippo", "--grid", "FR"])
    #expect(!other.contains("own sun"), "\(other)")
  }

  @Test func `what is not known is said`() throws {
    try record(sunUntil: 1800, stored: 0.1)
    let text = try told(["report", "r.hippo"])
    #expect(text.contains("50 % of the 50 % of the energy that it is known of (250 Wh)"), "\(text)")
    #expect(text.contains("10 % out of the battery"), "\(text)")
    #expect(text.contains("50 % unknown"), "\(text)")
    // 39 %: half of it 0.5 + 0.4 · 0.2, half the grid's 20 %; 84 %: all of what is not known.
    #expect(text.contains("60 % (39 to 84 %)"), "\(text)")
  }

  @Test func `a source that was asked and never answered is named`() throws {
    let lines = [
      #"{"device":{"machine":"box","kind":"gpu","name":"0","label":"0","role":"accelerator"}}"#,
      #"{"reading":{"machine":"box","kind":"gpu","device":"0","time":\#(Self.start),"power_w":100}}"#,
      #"{"reading":{"machine":"box","kind":"gpu","device":"0","time":\#(Self.start + 9),"power_w":100}}"#,
      #"{"state":{"source":"grid-live","kind":"live-grid","time":\#(Self.start),"health":"failed","message":"a.example does not answer"}}"#,
    ]
    folder.write(lines.joined(separator: "\n") + "\n", to: "l.jsonl")
    try told(["import", "-o", "r.hippo", "l.jsonl"])
    let text = try told(["report", "r.hippo"])
    #expect(text.contains("unknown, because a.example does not answer"), "\(text)")
    let json = try told(["report", "r.hippo", "--format", "json"])
    #expect(json.contains(#""grid_problem":"a.example does not answer""#), "\(json)")
    let frame = try told(["snapshot", "r.hippo", "--panel", "green"])
    #expect(frame.contains("a.example does not answer"), "\(frame)")
  }

  @Test func `the meters of a site that never answers are not named to others`() throws {
    let named = folder.write(
      """
      [[source]]
      kind = "site"
      sun = "http://roof.example.invalid:1/a"
      feed = "http://cellar.example.invalid:1/a"
      [[source]]
      kind = "simulated"

      """, to: "c.toml")
    try told(["record", "-o", "s.hippo", "--for", "1s", "--config", named])
    try told(["record", "-o", "a.hippo", "--for", "1s", "--anonymous", "--config", named])
    #expect(try told(["export", "s.hippo"]).contains("roof.example.invalid"))
    let shown = try told(["export", "a.hippo"])
    #expect(
      !shown.contains("example.invalid"),
      "\(shown.split(separator: "\n").filter { $0.contains("invalid") })")
  }
}
