import Formats
import HTTP
import Loopback
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// A server's management controller over the network.
@Suite struct RedfishTests {
  private static func chassis(_ name: String, _ more: String) -> String {
    #"{"@odata.id":"/redfish/v1/Chassis/\#(name)","Id":"\#(name)"\#(more)}"#
  }

  private static func list(_ names: [String]) -> String {
    let members = names.map { #"{"@odata.id":"/redfish/v1/Chassis/\#($0)"}"# }
    return #"{"@odata.id":"/redfish/v1/Chassis","Members":[\#(members.joined(separator: ","))]}"#
  }

  private static func link(_ name: String, _ to: String) -> String {
    #","\#(name)":{"@odata.id":"\#(to)"}"#
  }

  private static let power = """
    {"@odata.id":"/redfish/v1/Chassis/1/Power","PowerControl":[{"MemberId":"0","Name":"System Power",\
    "PowerConsumedWatts":1432,"PowerMetrics":{"AverageConsumedWatts":1300,"IntervalInMin":20}}]}
    """

  private static func meter() throws -> PlayedMeter {
    try PlayedMeter([
      "/redfish/v1/": #"{"@odata.id":"/redfish/v1/","RedfishVersion":"1.15.0"}"#,
      "/redfish/v1/Chassis": list(["gone", "tray", "1"]),
      "/redfish/v1/Chassis/tray": chassis(
        "tray",
        link("Power", "/redfish/v1/Chassis/tray/Power")
          + #","Links":{"ContainedBy":{"@odata.id":"/redfish/v1/Chassis/1"}}"#),
      "/redfish/v1/Chassis/tray/Power": power,
      "/redfish/v1/Chassis/1": chassis("1", link("Power", "/redfish/v1/Chassis/1/Power")),
      "/redfish/v1/Chassis/1/Power": power,
    ])
  }

  @Test func `the outermost chassis is found once and then asked alone`() throws {
    let meter = try Self.meter()
    var source = try meter.source()
    #expect(try source.values() == [1432])
    let count = meter.asked.count
    // Every five seconds.
    #expect(try source.values(at: 1).isEmpty && meter.asked.count == count)
    #expect(try source.values(at: 5) == [1432])
    #expect(meter.asked.dropFirst(count) == ["/redfish/v1/Chassis/1/Power"])
  }

  @Test func `newer controllers tell environment metrics, and a sensor its unit`() throws {
    let meter = try Self.meter()
    meter.set(
      "/redfish/v1/Chassis/1",
      Self.chassis("1", Self.link("EnvironmentMetrics", "/redfish/v1/Chassis/1/EnvironmentMetrics"))
    )
    meter.set(
      "/redfish/v1/Chassis/1/EnvironmentMetrics",
      #"{"@odata.id":"/redfish/v1/x","PowerWatts":{"Reading":374},"EnergykWh":{"Reading":325675}}"#)
    var source = try meter.source()
    #expect(try source.values() == [374])
    meter.set(
      "/redfish/v1/Chassis/1/Sensors/P",
      #"{"@odata.id":"/redfish/v1/x","Reading":12.5,"ReadingUnits":"W","ReadingType":"Power"}"#)
    var sensor = try meter.source("/redfish/v1/Chassis/1/Sensors/P")
    #expect(try sensor.values() == [12.5])
    meter.set(
      "/redfish/v1/Chassis/1/Sensors/P",
      #"{"@odata.id":"/redfish/v1/x","Reading":40,"ReadingUnits":"Cel"}"#)
    var heat = try meter.source("/redfish/v1/Chassis/1/Sensors/P")
    #expect(heat.failure()?.message.contains("Cel") == true)
  }

  @Test func `several machines and several controls want one to be named`() throws {
    let meter = try Self.meter()
    meter.set(
      "/redfish/v1/Chassis/tray",
      Self.chassis("tray", Self.link("Power", "/redfish/v1/Chassis/tray/Power")))
    var source = try meter.source()
    let failure = source.failure()
    #expect(failure?.message.contains("/redfish/v1/Chassis/tray/Power") == true)
    #expect(failure?.remedy.contains("/redfish/v1/Chassis/") == true)
    meter.set(
      "/redfish/v1/Chassis/1/Power",
      """
      {"@odata.id":"/redfish/v1/x","PowerControl":[{"MemberId":"a","Name":"Server Power","PowerConsumedWatts":1},\
      {"MemberId":"b","Name":"CPU Sub-system Power","PowerConsumedWatts":2}]}
      """)
    var two = try meter.source("/redfish/v1/Chassis/1/Power")
    #expect(two.failure()?.message.contains("0:Server Power, 1:CPU Sub-system Power") == true)
    for channel in ["1", "CPU Sub-system Power"] {
      var one = try meter.source("/redfish/v1/Chassis/1/Power", ["channel": channel])
      #expect(try one.values() == [2])
    }
    meter.set(
      "/redfish/v1/Chassis/1/Power",
      #"{"@odata.id":"/redfish/v1/x","PowerControl":[{"PowerConsumedWatts":null}]}"#)
    var unknown = try meter.source("/redfish/v1/Chassis/1/Power")
    #expect(try unknown.values().isEmpty)
  }

  @Test(arguments: ["http://elsewhere/x", "//elsewhere/x", "/a b", "@elsewhere"])
  func `no link leads to another host`(link: String) throws {
    let meter = try Self.meter()
    meter.set("/redfish/v1/Chassis", #"{"Members":[{"@odata.id":"\#(link)"}]}"#)
    var source = try meter.source("", ["template": "redfish"])
    #expect(source.failure()?.message.contains("leads elsewhere") == true)
    #expect(meter.asked == ["/redfish/v1/Chassis"])
  }
}
