import Formats
import HTTP
import Loopback
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// What each make of meter answers, and what is read from it.
@Suite struct WallTemplateTests {
  static let shellyOld = """
    {"wifi_sta":{"connected":true},"mac":"A0B1C2D3E4F5","relays":[{"ison":true}],"meters":[{"power":\
    312.45,"overpower":0.0,"is_valid":true,"timestamp":1763900041,"counters":[310.1,309.9,311.0],\
    "total":2632}],"temperature":31.2,"uptime":2589909}
    """
  static let shellyNew = """
    {"cloud":{"connected":false},"input:0":{"id":0,"state":false},"switch:0":{"id":0,"source":"init",\
    "output":true,"apower":431.7,"voltage":229.9,"current":1.93,"aenergy":{"total":7258.589,\
    "by_minute":[7190.1,7201.5,7188.0],"minute_ts":1763900040},"temperature":{"tC":41.0,"tF":105.8}},\
    "sys":{"mac":"A0B1C2D3E4F5","unixtime":1763900071,"uptime":4319353}}
    """
  static let shellyThree = """
    {"em:0":{"id":0,"a_act_power":375.5,"b_act_power":170.8,"c_act_power":12.7,"n_current":null,\
    "total_act_power":559.0,"total_aprt_power":882.4},"emdata:0":{"id":0,"a_total_act_energy":2034616.7,\
    "total_act":2589773.39,"total_act_ret":1026.61},"sys":{"mac":"A0B1C2D3E4F5"}}
    """
  static let tasmota = """
    {"StatusSNS":{"Time":"2026-11-29T01:02:03","ENERGY":{"TotalStartTime":"2025-01-01T00:00:00",\
    "Total":3.185,"Yesterday":3.058,"Today":0.127,"Power":250,"Factor":0.98,"Voltage":221,\
    "Current":1.15}}}
    """
  static let entity = """
    {"entity_id":"sensor.plug_power","state":"0.4217","attributes":{"unit_of_measurement":"kW",\
    "device_class":"power"},"last_changed":"2026-11-29T01:00:00+00:00","last_reported":\
    "2026-11-29T01:02:00+00:00","last_updated":"2026-11-29T01:00:00+00:00"}
    """

  static func prometheus(_ name: String, _ value: String) -> String {
    """
    {"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"\(name)",\
    "instance":"box:9100"},"value":[1763900071.781,"\(value)"]}]}}
    """
  }

  func value(_ metric: Metric, _ source: WallSource) throws -> Double? {
    var source = source
    // A counter beside a power is not told before it has been watched.
    let said = try source.said(at: 0)
    return said.readings.compactMap { $0[metric] }.first
  }

  @Test func `a plug of the first generation`() throws {
    let meter = try PlayedMeter([
      "/shelly": #"{"type":"SHPLG-S","mac":"A0B1C2D3E4F5","auth":true,"num_meters":1}"#,
      "/status": Self.shellyOld,
      "/meter/0": #"{"power":99.5,"is_valid":true,"total":60}"#,
    ])
    #expect(try value(.power, meter.source()) == 312.45)
    #expect(try value(.power, meter.source("/status")) == 312.45)
    #expect(try value(.power, meter.source("/meter/0")) == 99.5)
    let answer = try ShellyFirstTemplate(
      WallSettings(
        SourceRequest(kind: "wall", argument: meter.url()), SourceContext(machine: "box"))
    ).read(WallPage(url: HTTPURL(meter.url()), client: HTTPClient()))
    // Watt-minutes.
    #expect(answer.joules == 2632 * 60 && answer.stamp != nil)
    meter.set("/status", Self.shellyOld.replacing("\"is_valid\":true", with: "\"is_valid\":false"))
    #expect(try value(.power, meter.source()) == nil)
  }

  @Test func `a device with several meters wants one to be named`() throws {
    let meter = try PlayedMeter([
      "/status": """
      {"mac":"A0","emeters":[{"power":1.5,"is_valid":true,"total":10.5},{"power":-250.25,\
      "is_valid":true,"total":11},{"power":400,"is_valid":true,"total":12}]}
      """
    ])
    var unnamed = try meter.source()
    let failure = unnamed.failure()
    #expect(failure?.message.contains("has 3 meters: emeters/0, emeters/1") == true)
    #expect(failure?.remedy.contains("channel") == true)
    #expect(try value(.power, meter.source("", ["channel": "2"])) == 400)
    #expect(try value(.power, meter.source("", ["channel": "emeters/0"])) == 1.5)
    var wrong = try meter.source("", ["channel": "7"])
    #expect(wrong.failure()?.message.contains("7") == true)
  }

  @Test func `plugs and meters of later generations`() throws {
    for (page, watts, joules) in [
      (Self.shellyNew, 431.7, 7258.589 * 3600), (Self.shellyThree, 559.0, 2_589_773.39 * 3600),
      (
        #"{"em1:0":{"act_power":501.8},"em1data:0":{"total_act_energy":12.5},"sys":{"mac":"A"}}"#,
        501.8, 12.5 * 3600
      ),
      (#"{"pm1:0":{"apower":77.1,"aenergy":{"total":1}},"sys":{"mac":"A"}}"#, 77.1, 3600),
    ] {
      let meter = try PlayedMeter([
        "/shelly": #"{"gen":2,"mac":"A0B1C2D3E4F5"}"#, "/rpc/Shelly.GetStatus": page,
      ])
      #expect(try value(.power, meter.source()) == watts)
      let settings = try WallSettings(
        SourceRequest(kind: "wall", argument: meter.url()), SourceContext(machine: "box"))
      let answer = try ShellyTemplate(settings)
        .read(WallPage(url: settings.url, client: HTTPClient()))
      #expect(answer.joules == joules)
    }
  }

  @Test func `one component alone, several of them, and motors`() throws {
    let meter = try PlayedMeter([
      "/rpc/Switch.GetStatus?id=1": #"{"id":1,"output":true,"apower":12.5,"aenergy":{"total":2}}"#,
      "/rpc/Shelly.GetStatus": """
      {"switch:0":{"apower":1.0},"switch:1":{"apower":2.0},"cover:0":{"apower":3.0},\
      "switch:2":{"output":true},"sys":{"mac":"A"}}
      """,
    ])
    #expect(try value(.power, meter.source("/rpc/Switch.GetStatus?id=1")) == 12.5)
    var several = try meter.source()
    #expect(several.failure()?.message.contains("has 2 meters: switch:0, switch:1") == true)
    #expect(try value(.power, meter.source("", ["channel": "switch:1"])) == 2)
    #expect(try value(.power, meter.source("", ["channel": "cover:0"])) == 3)
    meter.set("/rpc/Shelly.GetStatus", #"{"id":1,"error":{"code":401,"message":"{}"}}"#)
    var locked = try meter.source("", ["template": "shelly"])
    #expect(locked.failure()?.health == .denied)
    meter.set("/rpc/Shelly.GetStatus", #"{"cover:0":{"apower":3.0},"sys":{"mac":"A"}}"#)
    var motor = try meter.source()
    #expect(motor.failure()?.health == .absent)
  }

  @Test func `Tasmota, old and new, with one channel or several`() throws {
    let meter = try PlayedMeter(["/cm?cmnd=Status%208": Self.tasmota])
    #expect(try value(.power, meter.source()) == 250)
    let later = try PlayedMeter([
      "/cm?cmnd=Status%208": "{}", "/cm?cmnd=Status%2010": Self.tasmota,
    ])
    #expect(try value(.power, later.source("", ["template": "tasmota"])) == 250)
    meter.set(
      "/cm?cmnd=Status%208",
      #"{"StatusSNS":{"Time":"x","ENERGY":{"Total":[1.5,2.5],"Power":[10,20]}}}"#)
    var several = try meter.source()
    #expect(several.failure()?.message.contains("has 2 channels") == true)
    #expect(try value(.power, meter.source("", ["channel": "2"])) == 20)
    meter.set("/cm?cmnd=Status%208", #"{"StatusSNS":{"Time":"x"}}"#)
    var none = try meter.source()
    #expect(none.failure()?.message.contains("measures no power") == true)
  }

  /// What a meter reader calls power are volt-amperes.
  @Test func `volt-amperes are no watts`() throws {
    let meter = try PlayedMeter([
      "/cm?cmnd=Status%208":
        #"{"StatusSNS":{"Time":"x","ENERGY":{"Total":9098.245,"Power":170},"TIC":{"PAPP":170}}}"#
    ])
    #expect(try value(.power, meter.source("", ["role": "sensor"])) == nil)
    var house = try meter.source()
    #expect(house.failure()?.message.contains("of a house") == true)
    let path = "/api/states/sensor.x"
    let home = try PlayedMeter([
      path: Self.entity.replacing("\"kW\"", with: "\"VA\"")
    ])
    var source = try home.source(path)
    #expect(source.failure()?.message.contains("unit “VA”") == true)
  }

  @Test(arguments: [
    ("421.7", "W", 421.7), ("0.4217", "kW", 421.7), ("421700", "mW", 421.7),
  ])
  func `an entity of Home Assistant in whatever unit`(
    state: String, unit: String, watts: Double
  ) throws {
    let path = "/api/states/sensor.plug_power"
    let page = Self.entity.replacing("0.4217", with: state).replacing("kW", with: unit)
    let meter = try PlayedMeter([path: page])
    let told = try #require(try value(.power, meter.source(path)))
    #expect(abs(told - watts) < 0.0015)
  }

  @Test(arguments: ["unavailable", "unknown", "on", "12.3 W", "", "nan"])
  func `a state that is no number is no power`(state: String) throws {
    let path = "/api/states/sensor.plug_power"
    let meter = try PlayedMeter([path: Self.entity.replacing("0.4217", with: state)])
    var source = try meter.source(path)
    #expect(source.failure()?.health == .failed)
  }

  @Test(arguments: [
    ("node_hwmon_power_average_watt", "331.5", 331.5),
    ("ceems_ipmi_dcmi_current_watts", "1e3", 1000), ("x_milliwatts", "2500", 2.5),
    ("scaph_host_power_microwatts", "12500000", 12.5), ("plug_kilowatts", "0.3", 300),
  ])
  func `a sample of Prometheus by the unit in its name`(
    name: String, text: String, watts: Double
  ) throws {
    let query = "\(name){instance=\"box:9100\"}"
    let path = "/api/v1/query?query=" + HTTPCredentials.escaped(query)
    let meter = try PlayedMeter([path: Self.prometheus(name, text)])
    #expect(try value(.power, meter.source("", ["query": query])) == watts)
    #expect(try value(.power, meter.source(path)) == watts)
  }

  @Test func `whatever is not one number of a known unit is refused`() throws {
    let path = "/api/v1/query?query=x"
    let meter = try PlayedMeter([:])
    let two = Self.prometheus("x_watts", "1").replacing(
      "\"result\":[", with: "\"result\":[{\"metric\":{},\"value\":[1,\"2\"]},")
    for (page, words) in [
      (two, "2 samples"), (Self.prometheus("x", "5"), "does not tell the unit"),
      (Self.prometheus("energy_per_watt_hours_day", "5"), "does not tell the unit"),
      (Self.prometheus("x_watts", "NaN"), "no number"),
      (Self.prometheus("x_watts", "+Inf"), "no number"),
      (#"{"status":"success","data":{"resultType":"vector","result":[]}}"#, "no sample"),
      (#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#, "a matrix"),
      (
        #"{"status":"error","errorType":"bad_data","error":"parse error","data":{"resultType":""}}"#,
        "parse error"
      ),
    ] {
      meter.set(path, page)
      var source = try meter.source(path)
      let failure = source.failure()
      #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "no failure")")
    }
    meter.set(path, #"{"status":"success","data":{"resultType":"scalar","result":[1.5,"0.4"]}}"#)
    #expect(try value(.power, meter.source(path, ["power_unit": "kW"])) == 400)
    #expect(PrometheusTemplate.unit(of: "x_joules_total") == .energy(1))
    #expect(PrometheusTemplate.unit(of: "shelly_watt_hours_total") == .energy(3600))
    #expect(PrometheusTemplate.unit(of: "x_kilowatt_hours") == .energy(3.6e6))
    #expect(PrometheusTemplate.unit(of: "watts_limit") == nil)
  }

  @Test func `any page by pointers, units and a factor`() throws {
    let meter = try PlayedMeter([
      "/api": #"{"phases":[{"p":"0.1"},{"p":0.25}],"sum/kWh":12.5,"t":"now","bad":"12.3 W"}"#
    ])
    let settings = ["power": "/phases/1/p", "power_unit": "kW", "scale": "2"]
    #expect(try value(.power, meter.source("/api", settings)) == 500)
    #expect(try value(.power, meter.source("/api", ["power": "/phases/0/p"])) == 0.1)
    for (pointer, words) in [
      ("/phases/2/p", "nothing at /phases/2/p"), ("/phases", "no number"), ("/bad", "“12.3 W”"),
    ] {
      var source = try meter.source("/api", ["power": pointer])
      #expect(source.failure()?.message.contains(words) == true)
    }
    #expect(throws: SourceRequestError.self) {
      try WallSource.entry.make(
        SourceRequest(kind: "wall", argument: meter.url("/api"), options: ["energy": "/sum~1kWh"]),
        SourceContext(machine: "box"))
    }
  }

  @Test func `what no template knows wants to be named`() throws {
    let meter = try PlayedMeter(["/": "{}", "/data": #"{"power":5}"#])
    for path in ["", "/data"] {
      var source = try meter.source(path)
      let failure = source.failure()
      #expect(failure?.message.contains("no meter that is known") == true)
      #expect(failure?.remedy.contains("power = ") == true)
    }
  }
}
