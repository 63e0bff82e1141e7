import Glibc
import HTTP
import Linux
import Loopback
import Quantities
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// What of a meter's answers is believed, and what becomes joules.
@Suite struct WallSourceTests {
  private static let start = Timestamp(nanoseconds: 1_763_900_000_000_000_000)
  private static let json = ["power": "/p", "energy": "/e", "energy_unit": "Wh"]

  /// Plays pages second by second into a timeline.
  private func play(
    _ source: inout WallSource, _ meter: PlayedMeter, _ path: String, seconds: Int,
    _ page: (Int) -> String
  ) throws -> (Timeline, [Observation]) {
    var timeline = Timeline()
    var all: [Observation] = []
    for second in 0...seconds {
      meter.set(path, page(second))
      let heard = try source.sample(FixedClock(Self.start + Double(second)))
      timeline.apply(heard)
      all += heard
    }
    return (timeline, all)
  }

  private func joules(_ timeline: Timeline, _ metric: Metric, _ from: Double, _ to: Double)
    -> Double?
  {
    guard let device = timeline.devices.first, let id = timeline.id(metric, of: device.id) else {
      return nil
    }
    return timeline.total(id, over: TimeSpan(Self.start + from, Self.start + to)).amount
  }

  @Test func `it is a meter of the whole machine unless the user says otherwise`() throws {
    let meter = try PlayedMeter(["/x": #"{"p":100}"#])
    for (options, role, contents) in [
      ([:], DeviceRole.machine, nil), (["role": "sensor"], .sensor, nil),
      (["role": "component"], .component, nil),
      (
        ["contains": "accelerator, processor"], .machine, Set([DeviceRole.accelerator, .processor])
      ),
    ] as [([String: String], DeviceRole, Set<DeviceRole>?)] {
      var source = try meter.source(
        "/x", options.merging(["power": "/p", "label": "rack 3"]) { $1 })
      let said = try source.said(at: 0)
      let device = try #require(said.devices.first)
      #expect(device.id.kind == .meter && device.id.machine == "box")
      #expect(device.role == role && device.contents == contents && device.label == "rack 3")
    }
    #expect(try meter.source("/x", ["power": "/p"]).interval == 1)
    #expect(try meter.source("/x", ["power": "/p", "every": "7s"]).interval == 7)
  }

  @Test func `a coarse counter makes no spikes: its power is integrated`() throws {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", Self.json)
    let (timeline, all) = try play(&source, meter, "/x", seconds: 120) { second in
      #"{"p":300,"e":\#(300 * second / 3600)}"#
    }
    #expect(timeline.id(.energy, of: timeline.devices[0].id) == nil)
    for at in stride(from: 0.0, to: 120, by: 10) {
      #expect(joules(timeline, .power, at, at + 10) == 3000)
    }
    #expect(all.series.contains { $0.provenance.note.contains("moves too seldom") })
  }

  @Test func `a fine counter is the energy, and what lies between two looks is not lost`() throws {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", Self.json)
    var joulesNow = 1e6
    let (timeline, all) = try play(&source, meter, "/x", seconds: 60) { second in
      // Between two looks it draws twice what it says at them.
      joulesNow += 600
      return #"{"p":300,"e":\#(joulesNow / 3600)}"#
    }
    let total = try #require(joules(timeline, .energy, 0, 60))
    #expect(abs(total - 36_000) < 1)
    let series = try #require(all.series.last { $0.metric == .energy })
    #expect(series.provenance.method == .counter)
  }

  @Test func `after a restart of the plug its counter begins anew and no joule is made up`() throws
  {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", Self.json)
    let (timeline, _) = try play(&source, meter, "/x", seconds: 60) { second in
      #"{"p":360,"e":\#((second < 30 ? 5000.0 : 0) + Double(second) * 0.1)}"#
    }
    let total = try #require(joules(timeline, .energy, 0, 60))
    #expect(abs(total - 59 * 360) < 1)
  }

  @Test func `a counter alone is told when it moves, with the period it has`() throws {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", ["energy": "/e", "energy_unit": "kWh"])
    let (timeline, all) = try play(&source, meter, "/x", seconds: 600) { second in
      // Whole watt-hours at 120 W: one in half a minute.
      #"{"e":\#(Double(1000 + second / 30) / 1000)}"#
    }
    let total = try #require(joules(timeline, .energy, 60, 540))
    #expect(abs(total - 120 * 480) < 1)
    #expect(all.series.last?.provenance.period == 30)
    #expect(all.readings.count == 21)
  }

  @Test func `a value whose own time stands still is old`() throws {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", ["power": "/p", "time": "/t"])
    _ = try play(&source, meter, "/x", seconds: 10) { #"{"p":100,"t":\#($0)}"# }
    // Some seconds are let pass, since the meter may renew its value less often than it is asked.
    var told: [Int] = []
    for second in 11...40 where source.failure(at: 1_763_900_000 + Double(second)) == nil {
      told.append(second)
    }
    #expect(told == Array(11...25))
    meter.set("/x", #"{"p":100,"t":99}"#)
    #expect(source.failure(at: 1_763_900_050) == nil)
    var patient = try meter.source("/x", ["power": "/p", "time": "/t", "max_age": "1h"])
    for second in [0.0, 100, 3500] { #expect(patient.failure(at: second) == nil) }
    #expect(patient.failure(at: 3700)?.message.contains("own time stands still") == true)
  }

  @Test func `power that flows out, or cannot be, is left out and said once`() throws {
    for (page, words) in [(#"{"p":-35.5}"#, "flows out"), (#"{"p":2e6}"#, "cannot be")] {
      let meter = try PlayedMeter([:])
      var source = try meter.source("/x", ["power": "/p"])
      let (_, all) = try play(&source, meter, "/x", seconds: 5) { _ in page }
      #expect(all.readings.isEmpty && all.events.count == 1)
      #expect(all.events.first?.text.contains(words) == true)
      #expect(all.events.first?.cause == .refused)
    }
  }

  @Test func `a meter that is wired the wrong way is turned round`() throws {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", Self.json.merging(["scale": "-2"]) { $1 })
    let (timeline, _) = try play(&source, meter, "/x", seconds: 20) { second in
      #"{"p":-180,"e":\#(100 + Double(second) * 0.05)}"#
    }
    #expect(joules(timeline, .power, 0, 20) == 7200)
    #expect(abs((joules(timeline, .energy, 0, 20) ?? 0) - 7200) < 0.1)
  }

  @Test func `a value that is old when it is first seen is not told`() throws {
    let path = "/api/states/sensor.plug_power"
    let meter = try PlayedMeter([path: WallTemplateTests.entity])
    // It was reported at 01:02 on 29 November 2026.
    let reported = 1_795_914_120.0
    for (age, isOld) in [(-30.0, false), (5, false), (590, false), (700, true), (10_000, true)] {
      var source = try meter.source(path)
      #expect((source.failure(at: reported + age) != nil) == isOld, "\(age)")
      var patient = try meter.source(path, ["max_age": "1d"])
      #expect(patient.failure(at: reported + age) == nil)
    }
  }

  /// Its clock and its counter stand still together while little is drawn.
  @Test func `a counter that rests is not old`() throws {
    let meter = try PlayedMeter([:])
    var source = try meter.source("/x", ["energy": "/e", "energy_unit": "kWh", "time": "/t"])
    let (timeline, _) = try play(&source, meter, "/x", seconds: 400) { second in
      #"{"e":\#(Double(second / 100)),"t":\#(second / 100)}"#
    }
    #expect(joules(timeline, .energy, 0, 400) == 4 * 3.6e6)
  }

  @Test func `a machine that asks draws more than 0 W, a part of it may be off`() throws {
    for (role, count) in [("machine", 0), ("sensor", 6), ("component", 6)] {
      let meter = try PlayedMeter([:])
      var source = try meter.source("/x", ["power": "/p", "role": role])
      let (_, all) = try play(&source, meter, "/x", seconds: 5) { _ in #"{"p":0}"# }
      #expect(all.readings.count == count && all.events.count == (count == 0 ? 1 : 0))
    }
  }

  @Test func `two sources of one server are two meters`() throws {
    let meter = try PlayedMeter([:])
    let names = try [
      meter.source("", ["query": "a_watts"]).name, meter.source("", ["query": "b_watts"]).name,
      meter.source("/api/v1/query?query=c_watts").name, meter.source("/x", ["power": "/p"]).name,
      meter.source("/x", ["power": "/q"]).name, meter.source("", ["channel": "1"]).name,
      meter.source("").name,
    ]
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.hasPrefix("wall:127.0.0.1:") })
  }
}

/// Meters and servers that misbehave.
@Suite struct WallAdversityTests {
  private static let password = "hunter2-swordfish"

  private static let replies: [(String, LoopbackServer.Reply, SourceState.Health, String)] = [
    ("401", .status(401, [], "no"), .denied, "who asks (401)"),
    ("403", .status(403, [], "no"), .denied, "who asks (403)"),
    ("404", .status(404, [], "no"), .absent, "not there (404)"),
    ("500", .status(500, [], "<html>"), .failed, "status 500"),
    (
      "301", .status(302, ["Location: http://192.0.2.1/x"]), .failed,
      "sends on to http://192.0.2.1/x"
    ),
    ("html", .page("<!DOCTYPE html><html></html>", type: "text/html"), .failed, "a web page"),
    ("torn", .page("{\"p\":"), .failed, "no JSON"),
    ("text", .page("{\"p\":\"12.3 W\"}"), .failed, "“12.3 W”, which is no number"),
    ("nan", .page("{\"p\":NaN}"), .failed, "no number"),
    ("infinite", .page("{\"p\":1e999}"), .failed, "no number"),
    ("list", .page("{\"p\":[1]}"), .failed, "is no number"),
    ("empty", .page(""), .failed, "no JSON"),
    ("nothing", .raw(""), .failed, "hung up"),
    ("flood", .flood(50_000_000), .failed, "answered more than 1 MiB"),
    (
      "silence", .silence(after: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), .failed,
      "no answer"
    ),
  ]

  @Test(arguments: replies.map(\.0))
  func `is told in one line, with what to do where anything can be done`(name: String) throws {
    let (_, reply, health, words) = try #require(Self.replies.first { $0.0 == name })
    let meter = try PlayedMeter([:])
    meter.set("/x", reply)
    var source = try meter.source("/x", ["power": "/p"], timeout: name == "silence" ? 0.1 : 5)
    let told = source.failure()
    let failure = try #require(told)
    #expect(failure.health == health && failure.message.contains(words), "\(failure.message)")
    #expect(!failure.message.contains("\n") && !failure.isFinal)
    let probe = source.probe()
    #expect(probe.health == health)
    // And when it is well again it is read again.
    meter.set("/x", #"{"p":5}"#)
    #expect(try source.values(at: 1) == [5])
  }

  @Test(arguments: ["1e300", "-1e300", "1e-300", "9223372036854775807", "0.0"])
  func `no number is too large to be refused in words`(number: String) throws {
    let meter = try PlayedMeter(["/x": "{\"p\":\(number),\"e\":\(number)}"])
    for scale in ["1", "-1", "1e300"] {
      var source = try meter.source(
        "/x",
        ["power": "/p", "energy": "/e", "energy_unit": "MWh", "power_unit": "MW", "scale": scale])
      for second in 0..<12 {
        for reading in try source.said(at: Double(second)).readings {
          #expect(reading.values.allSatisfy { $0.metric.range.contains($0.value) })
        }
      }
      #expect(source.probe().health == .ok)
    }
  }

  @Test(arguments: ["", "/x", "/api/states/sensor.x", "/redfish/v1"])
  func `without libcurl it says what to install`(path: String) throws {
    let request = SourceRequest(kind: "wall", argument: "http://127.0.0.1:1" + path)
    let context = SourceContext(machine: "box")
    var client = HTTPClient()
    client.curl = LibrarySearch(["libnowhere.so.4"], in: ["/nowhere"])
    var source = WallSource(try WallSettings(request, context), context, client: client)
    let told = source.failure()
    let failure = try #require(told)
    #expect(failure.message == "http needs libcurl.so.4, which is not installed")
    #expect(failure.health == .absent && failure.remedy.contains("libcurl4t64"))
    #expect(source.probe().message == failure.message)
  }

  @Test func `a value that is null is unknown and no fault`() throws {
    let meter = try PlayedMeter(["/x": #"{"p":null}"#])
    var source = try meter.source("/x", ["power": "/p"])
    #expect(try source.values().isEmpty)
  }

  @Test
  func `a wrong password is asked once and not again, a right one that fails later is`() throws {
    let meter = try PlayedMeter([:])
    meter.set("/x", .status(401, ["WWW-Authenticate: Basic realm=\"x\""], "no"))
    let options = ["power": "/p", "user": "admin", "password_env": "PW"]
    var source = try meter.source("/x", options, environment: ["PW": Self.password])
    let failure = source.failure()
    #expect(failure?.health == .denied && failure?.isFinal == true)
    #expect(failure?.message.contains("refuses the user or password (401)") == true)
    meter.set("/x", #"{"p":5}"#)
    var other = try meter.source("/x", options, environment: ["PW": Self.password])
    #expect(try other.values() == [5])
    meter.set("/x", .status(401, ["WWW-Authenticate: Basic realm=\"x\""], "no"))
    #expect(other.failure(at: 1)?.isFinal == false)
  }

  @Test
  func `Tasmota is told in the URL who asks, and says so in its own way`() throws {
    let page = "/cm?cmnd=Status%208"
    let meter = try PlayedMeter([
      page: #"{"WARNING":"Need user=<username>&password=<password>"}"#,
      page + "&user=admin&password=hunter2-swordfish": WallTemplateTests.tasmota,
    ])
    var nobody = try meter.source()
    #expect(nobody.failure()?.message.contains("who asks") == true)
    var somebody = try meter.source("", user: "admin:\(Self.password)")
    let said = try somebody.said(at: 0)
    #expect(said.readings.first?[.power] == 250)
    #expect(!"\(said)".contains(Self.password))
    var wrong = try meter.source("", user: "admin:\(Self.password)x")
    let failure = wrong.failure()
    #expect(failure?.health == .denied || failure?.health == .absent)
    #expect(!"\(failure as Any)".contains(Self.password))
  }

  /// Whatever goes wrong, and wherever the password comes from.
  @Test
  func `no password and no token is ever told`() throws {
    let folder = Scratch()
    folder.write("\(Self.password)\nmore\n", to: "secret")
    let ways: [([String: String], String)] = [
      (["user": "admin", "password_env": "PW"], ""),
      (["user": "admin", "password_file": folder.file("secret")], ""),
      (["token_command": "printf %s \"$PW\""], ""),
      (["token_env": "PW"], ""), (["token_file": folder.file("secret")], ""),
      ([:], "admin:\(Self.password)"),
      (["password_env": "PW", "user": "admin"], "x:\(Self.password)"),
    ]
    let meter = try PlayedMeter([:])
    for (options, user) in ways {
      for (_, reply, _, _) in Self.replies {
        meter.set("/x?password=\(Self.password)", reply)
        var source = try meter.source(
          "/x?password=\(Self.password)", options.merging(["power": "/p"]) { $1 }, timeout: 0.2,
          environment: ["PW": Self.password], user: user)
        let failure = source.failure()
        #expect(!"\(failure as Any) \(source.name) \(source.probe())".contains(Self.password))
      }
      meter.set("/x", #"{"p":5,"admin":1}"#)
      var source = try meter.source(
        "/x", options.merging(["power": "/p"]) { $1 }, environment: ["PW": Self.password],
        user: user)
      let said = try source.said(at: 0)
      #expect(said.readings.count == 1)
      #expect(!"\(said) \(source.probe())".contains(Self.password))
    }
  }

  @Test func `settings that cannot be are refused in words that hold no secret`() throws {
    let context = SourceContext(machine: "box", environment: ["PW": "hunter2\u{7}", "EMPTY": ""])
    for options: [String: String] in [
      ["template": "nonsense"], ["power": "p"], ["power": "/p", "power_unit": "Wh"],
      ["power_unit": "VA"], ["energy": "/e", "energy_unit": "W"], ["energy": "/e"],
      ["scale": "0"], ["scale": "x"], ["role": "gpu"], ["role": "accelerator"],
      ["contains": "everything"], ["contains": "user"], ["insecure": "maybe"], ["every": "0.1s"],
      ["every": "never"], ["max_age": "0"], ["user": "admin"], ["password_env": "PW"],
      ["user": "a", "password_env": "NOWHERE"], ["user": "a", "password_env": "EMPTY"],
      ["user": "a", "password_file": "/nowhere"], ["user": "a", "password_env": "PW"],
      ["user": "a", "password_env": "PW", "password_file": "/nowhere"],
      ["user": "a", "token_env": "HOME"], ["template": "json"], ["template": "prometheus"],
      ["template": "home-assistant"],
    ] {
      let request = SourceRequest(
        kind: "wall", argument: "http://admin:hunter2@127.0.0.1:1", options: options)
      let error = #expect(throws: SourceRequestError.self, "\(options)") {
        try WallSource.entry.make(request, context)
      }
      #expect(error?.description.contains("hunter2") == false)
      #expect(error?.description.contains("\u{7}") == false)
    }
    for url in ["", "http://", "ftp://admin:hunter2@box", "http://admin:hunter2@box:0"] {
      let error = #expect(throws: SourceRequestError.self) {
        try WallSource.entry.make(SourceRequest(kind: "wall", argument: url), context)
      }
      #expect(error?.description.contains("hunter2") == false)
    }
  }
}
