import Glibc
import HTTP
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Sources that the user describes: a table in a file and any page of JSON.
@Suite struct OwnGridTests {
  private let now = GridStamp.time("2026-03-10T12:00:00Z") ?? Timestamp(seconds: 0)

  private func settings(
    _ provider: String, _ options: [String: String]
  ) throws(SourceRequestError) -> LiveGridSettings {
    var options = options
    options["provider"] = provider
    if options["base"] == nil { options["base"] = "http://127.0.0.1:9/page" }
    return try LiveGridSettings(
      SourceRequest(kind: "live-grid", argument: "shed", options: options),
      SourceContext(machine: "box"))
  }

  private func decode(
    _ provider: String, _ text: String, _ options: [String: String]
  ) throws -> GridAnswer {
    let settings = try settings(provider, options)
    let ask = GridAsk(zone: "SHED", now: now, wishes: settings.wishes)
    let request = try #require(settings.provider.requests(ask).first)
    return try settings.provider.decode(Array(text.utf8), request, ask)
  }

  // MARK: JSON

  private let plain = [
    "renewable": "/grid/share", "share_unit": "%", "intensity": "/co2", "intensity_unit": "kg/kWh",
    "time": "/at",
  ]

  @Test func `Values stand where the user says, in the user's units`() throws {
    let page = "{\"at\":\"2026-03-10T11:45:00Z\",\"grid\":{\"share\":\"42.5\"},\"co2\":0.25}"
    let answer = try decode("json", page, plain)
    let interval = try #require(answer.intervals.first)
    #expect(interval.span == TimeSpan(now - 900, now) && interval.quality == .measured)
    #expect(interval[.renewableShare] == 0.425 && interval[.carbonIntensity] == 250)
    #expect(interval[.lowCarbonShare] == nil)
    for stamp in ["1773143100", "1773143100000", "\"2026-03-10T12:45:00+01:00\""] {
      let page = "{\"at\":\(stamp),\"grid\":{\"share\":1},\"co2\":0}"
      #expect(try decode("json", page, plain).intervals.first?.span.start == now - 900)
    }
  }

  @Test func `A service's clock may be ahead by five minutes, and low-carbon not below renewable`()
    throws
  {
    for (ahead, isTaken) in [(5.0, true), (180, true), (300, true), (420, false)] {
      let stamp = Int(now.seconds + ahead)
      let page = "{\"at\":\(stamp),\"grid\":{\"share\":40},\"co2\":0.1}"
      let answer = GridPlausibility.gate(try decode("json", page, plain), now: now)
      #expect(answer.intervals.map(\.span.start) == (isTaken ? [now] : []))
      #expect(isTaken || answer.leftOut?.words.contains("in the future") == true)
    }
    var options = plain
    options["low_carbon"] = "/low"
    for (low, isKept) in [(30, false), (69, true), (90, true)] {
      let page =
        "{\"at\":\"2026-03-10T11:55:00Z\",\"grid\":{\"share\":70},\"co2\":0.1,\"low\":\(low)}"
      let answer = GridPlausibility.gate(try decode("json", page, options), now: now)
      #expect((answer.intervals.first?[.lowCarbonShare] != nil) == isKept, "\(low)")
      #expect(answer.intervals.first?[.renewableShare] != nil)
      #expect(answer.remark.contains("low-carbon is left out") == !isKept)
    }
  }

  @Test func `Without a time a value is of now and estimated`() throws {
    var options = plain
    options["time"] = nil
    options["interval"] = "30min"
    let page = "{\"grid\":{\"share\":50},\"co2\":0.1}"
    let interval = try #require(try decode("json", page, options).intervals.first)
    #expect(interval.span == TimeSpan(now, now + 1800) && interval.quality == .estimated)
  }

  @Test(arguments: [
    ("{\"at\":\"2026-03-10T11:45:00\",\"grid\":{\"share\":1},\"co2\":1}", "time_zone"),
    ("{\"at\":\"2026-03-10T08:00:00Z\",\"grid\":{\"share\":1},\"co2\":1}", "too old"),
    ("{\"at\":\"2026-03-10T11:45:00Z\",\"co2\":1}", "nothing at /grid/share"),
    ("{\"at\":\"2026-03-10T11:45:00Z\",\"grid\":{\"share\":\"42 %\"},\"co2\":1}", "no number"),
    (
      "{\"at\":\"2026-03-10T11:45:00Z\",\"grid\":{\"share\":\"unavailable\"},\"co2\":1}",
      "no number"
    ),
    ("{\"at\":\"2026-03-10T11:45:00Z\",\"grid\":{\"share\":null},\"co2\":null}", "empty"),
    ("{\"grid\":{\"share\":1},\"co2\":1}", "no time at /at"),
  ]) func `A page that says less than it should is refused in words`(
    page: String, word: String
  ) throws {
    var options = plain
    options["max_age"] = "2h"
    let refusal = #expect(throws: GridRefusal.self) { try decode("json", page, options) }
    #expect(refusal?.words.contains(word) == true, "\(refusal?.words ?? "")")
  }

  @Test func `What nobody says is unknown, and marginal values stay marginal`() throws {
    let settings = try settings("json", plain)
    let facts = settings.provider.facts("SHED", settings.wishes)
    #expect(facts.basis == .unknown && facts.signal == .unknown && facts.licence.isEmpty)
    #expect(facts.words == "JSON · basis unknown · average or marginal unknown")
    #expect(GridFacts(facts.attributes) == facts)
    let moer = try decode(
      "json", "{\"v\":1000}",
      ["intensity": "/v", "intensity_unit": "lb/MWh", "signal": "marginal"])
    let value = try #require(moer.intervals.first?[.marginalIntensity])
    #expect(abs(value - 453.59237) < 1e-6 && moer.intervals.first?[.carbonIntensity] == nil)
    let alone = try self.settings(
      "json", ["marginal_intensity": "/v", "intensity_unit": "g/kWh"])
    #expect(alone.wishes.signal == .marginal)
  }

  @Test func `A setting that is wrong or of another provider is told`() throws {
    for (provider, options, word) in [
      ("json", [:], "needs the place of a value"),
      ("json", ["renewable": "/x"], "share_unit"),
      ("json", ["intensity": "/x", "intensity_unit": "g"], "none of"),
      ("json", ["renewable": "x", "share_unit": "%"], "no place in JSON"),
      ("json", ["intensity": "/x", "intensity_unit": "g/kWh", "basis": "maybe"], "none of"),
      ("json", ["intensity": "/x", "intensity_unit": "g/kWh", "key_header": "a b"], "no name"),
      ("json", ["intensity": "/x", "intensity_unit": "g/kWh", "every": "1s"], "1min"),
      ("csv", ["renewable": "/x"], "json alone"),
      ("csv", ["time_zone": "Mars"], "time_zone"),
      ("energy-charts", ["zone": "DE", "basis": "production"], "csv and json"),
    ] as [(String, [String: String], String)] {
      let error = #expect(throws: SourceRequestError.self) { try settings(provider, options) }
      #expect(error?.description.contains(word) == true, "\(provider): \(error?.description ?? "")")
    }
  }

  @Test func `The key goes into the header that is named`() throws {
    for (header, value) in [(nil, "Bearer k-1"), ("auth-token", "k-1")] as [(String?, String)] {
      var options = plain
      options["key_header"] = header
      let settings = try settings("json", options)
      let ask = GridAsk(zone: "X", now: now, key: "k-1", wishes: settings.wishes)
      let sent = settings.provider.requests(ask).first?.secretHeader
      #expect(sent?.name == header ?? "Authorization" && sent?.value == value)
    }
  }

  // MARK: CSV

  private let table = """
    time,renewable %,low-carbon %,low %,high %
    2026-03-10T11:00Z,40,90,,
    2026-03-10T11:30Z,50,90,,
    2026-03-10T12:00Z,55,90,,
    2026-03-10T12:30Z,60,95,55,75
    """

  @Test func `The past of a table is estimated and its future forecast, unless it tells`() throws {
    let intervals = try decode("csv", table, [:]).intervals
    #expect(intervals.map(\.quality) == [.estimated, .estimated, .estimated, .forecast])
    #expect(intervals.map(\.span.seconds) == [1800, 1800, 1800, 1800])
    #expect(
      intervals.last?[.renewableShareLow] == 0.55 && intervals.last?[.renewableShareHigh] == 0.75)
    let flagged = try decode(
      "csv", "time,intensity,forecast\n2026-03-10T11:00Z,40,no\n2026-03-10T11:30Z,50,yes", [:])
    #expect(flagged.intervals.map(\.quality) == [.measured, .forecast])
  }

  @Test(arguments: [
    ("time,renewable %\n08:00,40", "time of day"), ("time,renewable %\nnow,40", "line 2"),
    ("time,renewable %\n2026-03-10T11:00Z,140", "line 2"), ("<html>", "no CSV"),
    ("time,marginal\n2026-03-10T11:00Z,500", "signal"), ("time,renewable\n", "percentage"),
  ]) func `A table that cannot be used says why`(text: String, word: String) throws {
    let refusal = #expect(throws: GridRefusal.self) { try decode("csv", text, [:]) }
    #expect(refusal?.words.contains(word) == true, "\(refusal?.words ?? "")")
  }

  @Test func `A file is read again when it changes, and no cache is written`() throws {
    let tree = FileTree()
    tree.write("/day.csv", table)
    let settings = try settings(
      "csv", ["base": tree.root + "/day.csv", "cache": tree.root + "/cache", "label": "the shed's"])
    var source = LiveGridSource(settings)
    let first = try source.sample(FixedClock(now))
    #expect(first.statements.count == 4)
    let device = try #require(
      first.compactMap { if case .device(let one) = $0 { one } else { nil } }.first)
    #expect(device.attributes["file"] == "day.csv" && device.attributes["host"] == nil)
    #expect(GridFacts(device.attributes)?.provider == "the shed's")
    #expect(try source.sample(FixedClock(now + 61)).statements.isEmpty)
    tree.write("/day.csv", table + "\n2026-03-10T13:00Z,70,95,,")
    let second = try source.sample(FixedClock(now + 122)).statements
    #expect(second.map { $0[.renewableShare] } == [0.7])
    unlink(tree.root + "/day.csv")
    let gone = try source.sample(FixedClock(now + 183))
    #expect(gone.statements.isEmpty)
    #expect(access(tree.root + "/cache", F_OK) != 0)
  }
}
