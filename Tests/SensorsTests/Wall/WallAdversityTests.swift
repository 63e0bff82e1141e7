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
