import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Whatever numbers a sensor writes, nothing traps and nothing becomes infinite.
@Suite struct ExtremeNumberTests {
  private static let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  private static let extremes = [
    "0", "-0", "1", "-1", "0.1", "1e-400", "1e-300", "5e-324", "1e12", "1e15", "1e18", "9.3e18",
    "1e19",
    "1e22", "1e36", "1e300", "1.7e308", "1e309", "1e9999", "-1e12", "-1e18", "-1e300", "-1e9999",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
    "4102444799", "946684800", "1790000000", "0.000000001", "123456789012345678901234567890",
  ]
  private static let fields = ["period", "range", "scale"]

  /// What a stream leads to, asked in all the ways that a screen asks.
  private func ask(_ observations: [Observation]) {
    var timeline = Timeline()
    timeline.apply(observations)
    guard let span = timeline.span else { return }
    for time in [span.start, span.end, Self.now] {
      let moment = timeline.moment(at: time)
      for descriptor in timeline.descriptors {
        let (metric, device) = (descriptor.metric, descriptor.device)
        let value = moment.value(metric, of: device) ?? 0
        #expect(value.isFinite)
        #expect(!(moment.rate(metric, of: device, window: 1e12) ?? 0).isNaN)
        guard let id = timeline.id(metric, of: device) else { continue }
        let whole = TimeSpan(span.start - 1e12, span.end + 1e12)
        #expect(timeline.total(id, over: whole).amount.isFinite)
        _ = timeline.curve(id, over: TimeSpan(last: 1e12, endingAt: time), columns: 50)
        _ = metric.text(value)
      }
    }
  }

  @Test(arguments: 0..<40)
  func `streams of extreme numbers`(seed: Int) {
    var dice = SeededRandom(UInt64(seed))
    var inbox = LineInbox(machine: "box", source: "test")
    var heard: [Observation] = []
    func extreme() -> String { Self.extremes[dice.next(Self.extremes.count)] }
    func say(_ line: String) {
      Array((line + "\n").utf8).withUnsafeBufferPointer { inbox.feed($0, Self.now, into: &heard) }
    }
    for index in 0..<60 {
      var members = [
        "\"kind\":\"gpu\"", "\"device\":\"\(index % 3)\"", "\"metric\":\"m\(index % 7)\"",
      ]
      if dice.next(2) == 0 { members.append("\"counter\":true") }
      for field in Self.fields where dice.next(2) == 0 {
        members.append("\"\(field)\":\(extreme())")
      }
      say("{\"series\":{\(members.joined(separator: ","))}}")
      for _ in 0..<4 {
        var values = ["\"kind\":\"gpu\"", "\"device\":\"\(index % 3)\""]
        for name in ["m\(index % 7)", "power_w", "energy_uj", "memory_used_gib"]
        where dice.next(3) > 0 {
          values.append("\"\(name)\":\(extreme())")
        }
        switch dice.next(4) {
        case 0: values.append("\"time\":\(extreme())")
        case 1: values.append("\"time\":\(1_790_000_000 - dice.next(100))")
        case 2: values.append("\"arrival\":\(extreme())")
        default: break
        }
        say("{\"reading\":{\(values.joined(separator: ","))}}")
      }
      say("{\"event\":{\"time\":\(extreme()),\"text\":\"x\"}}")
      say("{\"state\":{\"source\":\"x\",\"time\":\(extreme()),\"health\":\"ok\"}}")
    }
    #expect(heard.readings.count > 0)
    #expect(
      heard.readings.allSatisfy { PlausibleTime.live(Self.now).contains($0.time) })
    ask(heard)
  }

  @Test(arguments: Self.fields, Self.extremes)
  func `a field with an extreme number is taken or refused in words`(field: String, number: String)
  {
    var decoder = JSONLineDecoder(machine: "box", source: "test")
    let line =
      "{\"series\":{\"kind\":\"gpu\",\"device\":\"0\",\"metric\":\"mine\",\"\(field)\":\(number)}}"
    do throws(JSONLineError) {
      for series in try decoder.decode(line, arrival: Self.now).series {
        #expect(Provenance.periods.contains(series.provenance.period))
        #expect(Provenance.ranges.contains(series.provenance.range))
        #expect(Metric.scales.contains(series.metric.scale))
      }
    } catch {
      #expect(error.message.contains("a \(field) is a number from"), "\(error)")
    }
  }
}
