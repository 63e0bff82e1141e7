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
  static let start = Timestamp(nanoseconds: 1_763_900_000_000_000_000)
  static let json = ["power": "/p", "energy": "/e", "energy_unit": "Wh"]

  /// Plays pages second by second into a timeline.
  func play(
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

  func joules(_ timeline: Timeline, _ metric: Metric, _ from: Double, _ to: Double)
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
