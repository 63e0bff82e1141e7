import HTTP
import Loopback
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// The site's own sun, battery and connection, by an inverter or by meters.
@Suite struct SiteSourceTests {
  static func fronius(
    sun: String, grid: String, load: String, battery: String = "null", code: Int = 0,
    stamp: String = "2026-11-29T10:00:43+01:00"
  ) -> String {
    """
    {"Body":{"Data":{"Inverters":{"1":{"DT":121,"P":1}},"Site":{"Meter_Location":"grid","Mode":"meter",\
    "P_Akku":\(battery),"P_Grid":\(grid),"P_Load":\(load),"P_PV":\(sun)}}},"Head":{"Status":{"Code":\(code),\
    "Reason":"busy"},"Timestamp":"\(stamp)"}}
    """
  }
  static func enphase(sun: Double, net: Double, total: Double, active: Int = 1) -> String {
    """
    {"production":[{"type":"inverters","activeCount":7,"readingTime":1764400000,"wNow":751},\
    {"type":"eim","activeCount":\(active),"measurementType":"production","readingTime":1764400060,\
    "wNow":\(sun)}],"consumption":[{"type":"eim","activeCount":1,"measurementType":"total-consumption",\
    "readingTime":1764400060,"wNow":\(total)},{"type":"eim","activeCount":1,"measurementType":\
    "net-consumption","readingTime":1764400060,"wNow":\(net)}],"storage":[]}
    """
  }
  private static let path = "/solar_api/v1/GetPowerFlowRealtimeData.fcgi"

  private func source(_ argument: String, _ options: [String: String] = [:]) throws -> SiteSource {
    let context = SourceContext(machine: "box")
    let request = SourceRequest(kind: "site", argument: argument, options: options)
    var client = HTTPClient()
    client.timeout = 5
    client.limit = 1 << 20
    return SiteSource(try SiteSettings(request, context), context, client: client)
  }

  private func reading(_ source: inout SiteSource, at seconds: Double = 0) throws -> Reading? {
    try source.said(at: seconds).readings.first
  }

  private func failure(_ source: inout SiteSource, at seconds: Double = 0) -> SourceFailure? {
    do throws(SourceFailure) {
      _ = try source.sample(FixedClock(Timestamp(seconds: seconds)))
      return nil
    } catch { return error }
  }

  @Test func `an inverter that tells all is found by itself`() throws {
    let meter = try PlayedMeter([
      Self.path: Self.fronius(sun: "1111", grid: "1703.7", load: "-2814.7")
    ])
    var source = try source(meter.url())
    let day = try #require(try reading(&source))
    #expect(day[.sunPower] == 1111 && day[.siteLoad] == 2814.7 && day[.gridImport] == 1703.7)
    #expect(day[.gridExport] == 0 && day[.batteryCharge] == nil)
    #expect(abs((day[.ownSunShare] ?? 0) - 1111 / 2814.7) < 1e-6)
    #expect(day.device.machine.isEmpty && day.device.kind == .site)
    // More sun than the site draws: all of it is own sun, and what leaves counts for nothing.
    meter.set(Self.path, Self.fronius(sun: "5000", grid: "-3000", load: "-2000"))
    let noon = try #require(try reading(&source, at: 5))
    #expect(noon[.ownSunShare] == 1 && noon[.gridExport] == 3000 && noon[.gridImport] == 0)
    // At night an inverter sleeps and says null.
    meter.set(
      Self.path,
      Self.fronius(sun: "null", grid: "975.3", load: "-975.3", stamp: "2026-11-29T23:49:54+01:00"))
    let night = try #require(try reading(&source, at: 10))
    #expect(night[.sunPower] == 0 && night[.ownSunShare] == 0)
  }

  @Test func `a refusal inside of an answer, a silent meter and an old value are no values`() throws
  {
    let meter = try PlayedMeter([
      Self.path: Self.fronius(sun: "1", grid: "1", load: "-2", code: 8)
    ])
    var source = try source(meter.url())
    #expect(failure(&source)?.message.contains("status 8 busy") == true)
    meter.set(Self.path, Self.fronius(sun: "100", grid: "null", load: "null"))
    #expect(failure(&source)?.message.contains("what the site draws") == true)
    meter.set(Self.path, Self.fronius(sun: "100", grid: "1", load: "-101"))
    #expect(failure(&source) == nil)
    #expect(failure(&source, at: 90)?.message.contains("repeats an old value") == true)
  }

  @Test func `a gateway is read by its own transformers, and its net counts`() throws {
    let page = "/production.json?details=1"
    let meter = try PlayedMeter([page: Self.enphase(sun: 488, net: -11.5, total: 476.5)])
    var source = try source(meter.url())
    let reading = try #require(try reading(&source))
    #expect(reading[.sunPower] == 488 && reading[.siteLoad] == 476.5)
    #expect(reading[.gridExport] == 11.5 && reading[.ownSunShare] == 1)
    // A firmware that tells the net as the total changes nothing.
    meter.set(page, Self.enphase(sun: 488, net: 512, total: 512))
    var again = try self.source(meter.url())
    #expect(try self.reading(&again)?[.siteLoad] == 1000)
    meter.set(page, Self.enphase(sun: 488, net: 1, total: 1, active: 0))
    var blind = try self.source(meter.url())
    #expect(failure(&blind)?.message.contains("no meter of its production") == true)
  }

  @Test func `each part may have a meter of its own, of any make`() throws {
    let meter = try PlayedMeter([
      "/api/sun": #"{"kw":"1.5"}"#, "/api/feed": #"{"w":-250.5}"#, "/api/battery": #"{"w":-249.5}"#,
    ])
    var source = try source(
      "",
      [
        "sun": meter.url("/api/sun"), "sun_power": "/kw", "sun_power_unit": "kW",
        "feed": meter.url("/api/feed"), "feed_power": "/w", "battery": meter.url("/api/battery"),
        "battery_power": "/w", "label": "roof",
      ])
    let reading = try #require(try reading(&source))
    // 1500 from the sun, 250.5 out, 249.5 into the battery.
    #expect(reading[.siteLoad] == 1000 && reading[.batteryCharge] == 249.5)
    #expect(reading[.gridExport] == 250.5 && reading[.ownSunShare] == 1)
    #expect(reading[.otherStoredShare] == 0)
  }

  @Test func `what was stored of the sun at noon is own sun at night`() throws {
    let meter = try PlayedMeter([:])
    func play(_ sun: Double, _ load: Double, _ battery: Double, _ second: Int) {
      let grid = load - sun - battery
      meter.set(
        Self.path,
        Self.fronius(
          sun: "\(sun)", grid: "\(grid)", load: "\(-load)", battery: "\(battery)",
          stamp: "2026-11-29T10:00:\(second)Z"))
    }
    var source = try source(meter.url())
    // Before it was watched nobody knows what is in it.
    play(0, 1000, 500, 0)
    let first = try #require(try reading(&source))
    #expect(first[.ownSunShare] == 0 && first[.otherStoredShare] == 0.5)
    // Five seconds of 2 kW from the sun into it, then ten seconds of 1 kW out of it, and no more.
    play(3000, 1000, -2000, 5)
    #expect(try reading(&source, at: 5)?[.ownSunShare] == 1)
    for second in [10, 15] {
      play(0, 1000, 1000, second)
      let night = try #require(try reading(&source, at: Double(second)))
      #expect(night[.ownSunShare] == 1 && night[.otherStoredShare] == 0)
    }
    play(0, 1000, 1000, 20)
    #expect(try reading(&source, at: 20)?[.otherStoredShare] == 1)
    // Charged from the grid it gives no sun.
    play(0, 1000, -2000, 25)
    #expect(try reading(&source, at: 25)?[.ownSunShare] == 0)
    play(0, 1000, 1000, 30)
    #expect(try reading(&source, at: 30)?[.otherStoredShare] == 1)
    // After a silence nobody knows what went in and out.
    play(3000, 1000, -2000, 35)
    _ = try reading(&source, at: 35)
    play(0, 1000, 1000, 40)
    #expect(try reading(&source, at: 400)?[.otherStoredShare] == 1)
  }

  @Test(arguments: [3, 77, 4242] as [UInt64])
  func `a battery never gives more sun than was stored in it`(seed: UInt64) {
    var dice = SeededRandom(seed)
    var stored = StoredSun()
    var (into, out) = (0.0, 0.0)
    for _ in 0..<5000 {
      let joules = Double.random(in: 0...1000, using: &dice)
      if Bool.random(using: &dice) {
        let sun = Double.random(in: 0...1, using: &dice)
        into += joules * sun
        stored.store(joules, sun: sun)
      } else {
        let sun = stored.take(joules)
        #expect(sun >= 0 && sun <= joules * (1 + 1e-9), "seed \(seed)")
        out += sun
      }
      #expect(out <= into * (1 + 1e-9) + 1e-6, "seed \(seed)")
    }
  }

  @Test func `the order of sun, battery and grid`() throws {
    let flows: [(SiteFlows, direct: Double, battery: Double, charged: Double)] = [
      (SiteFlows(sun: 500, feed: 500, load: 1000), 500, 0, 0),
      (SiteFlows(sun: 500, feed: 200, load: 1000, battery: 300), 500, 300, 0),
      // What the battery gives beyond the load leaves the site.
      (SiteFlows(sun: 900, feed: -300, load: 1000, battery: 400), 900, 100, 0),
      // A battery that charges more than the sun leaves is charged from the grid for the rest.
      (SiteFlows(sun: 1500, feed: 500, load: 1000, battery: -1000), 1000, 0, 500),
    ]
    for (flow, direct, battery, charged) in flows {
      let balance = try SiteBalance(flow)
      #expect(balance.fromSun == direct && balance.fromBattery == battery, "\(flow)")
      #expect(balance.chargeFromSun == charged, "\(flow)")
    }
    #expect(throws: SourceFailure.self) { try SiteBalance(SiteFlows(sun: -800, load: 1000)) }
    #expect(throws: SourceFailure.self) { try SiteBalance(SiteFlows(sun: 800, load: -1000)) }
    #expect(throws: SourceFailure.self) { try SiteBalance(SiteFlows(feed: 800, load: 1000)) }
    #expect(try SiteBalance(SiteFlows(sun: -8, feed: 100)).load == 100)
    // More is sent out than there is, and more is drawn than comes in.
    #expect(throws: SourceFailure.self) {
      try SiteBalance(SiteFlows(sun: 5000, feed: -8000, load: 500))
    }
    #expect(throws: SourceFailure.self) {
      try SiteBalance(SiteFlows(sun: 1000, feed: 500, load: 4000))
    }
    #expect(throws: SourceFailure.self) { try SiteBalance(SiteFlows(sun: 0, feed: 0)) }
    #expect(throws: SourceFailure.self) { try SiteBalance(SiteFlows(sun: 1e12, load: 1e12)) }
    // A battery that nobody named takes what is over.
    #expect(try SiteBalance(SiteFlows(sun: 5000, feed: 0, load: 500)).load == 500)
  }

  @Test func `an inverter is no meter of one machine, and one meter is no site`() throws {
    let meter = try PlayedMeter([
      Self.path: Self.fronius(sun: "1", grid: "1", load: "-2"), "/plug": #"{"apower":12.5}"#,
    ])
    var wall = try meter.source()
    let failure = wall.failure()
    #expect(failure?.message.contains("a whole site's powers") == true)
    #expect(failure?.remedy.contains("--source site:http://") == true)
    var site = try source(meter.url("/plug"))
    #expect(self.failure(&site)?.message.contains("tells one power, not a site's") == true)
  }

  @Test(arguments: [
    (["sun": "http://a"], "needs an inverter that tells all"),
    (["sun_power": "/w"], "has sun_power and no meter: write sun ="),
    (["sun": "http://a", "feed": "http://b", "feed_scale": "x"], "feed_scale = “x” is no number"),
    (["power": "/w", "sun": "http://a", "load": "http://b"], "names no inverter for “power”"),
  ])
  func `what is missing is said`(options: [String: String], words: String) {
    let error = #expect(throws: SourceRequestError.self) { try source("", options) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }
}
