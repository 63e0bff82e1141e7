import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// A stream that announces without end is bounded, and what was refused is said once.
@Suite struct FloodTests {
  private static let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  private func heard(_ lines: some Sequence<String>) -> [Observation] {
    var inbox = LineInbox(machine: "box", source: "test")
    var result: [Observation] = []
    for line in lines {
      Array((line + "\n").utf8).withUnsafeBufferPointer { inbox.feed($0, Self.now, into: &result) }
    }
    return result
  }

  private static func reading(_ device: String, _ name: String) -> String {
    "{\"reading\":{\"kind\":\"gpu\",\"device\":\"\(device)\",\"\(name)\":1}}"
  }

  @Test func `names of values`() {
    let found = heard((0..<3000).map { Self.reading("0", "v\($0)") })
    let names = Set(found.series.map(\.metric.name))
    #expect((400...JSONLineDecoder.Limit.names.rawValue).contains(names.count))
    #expect(found.events.count == 1)
    #expect(found.events.first?.text.contains("more than 512 names of values are not kept") == true)
  }

  @Test func `devices, also those only spoken of`() {
    let found = heard(
      ["nonsense"] + (0..<6000).map { Self.reading("\($0)", "power_w") }
        + (0..<6000).map {
          "{\"event\":{\"text\":\"x\",\"device\":{\"kind\":\"disk\",\"name\":\"d\($0)\"}}}"
        })
    #expect(found.devices.count == JSONLineDecoder.Limit.devices.rawValue)
    // The bad line, and the devices once.
    let said = found.events.filter { $0.text.hasPrefix("test: ") }
    #expect(said.count == 2 && said[1].text.contains("more than 4096 devices"), "\(said)")
    #expect(found.events.count == 2 + JSONLineDecoder.Limit.devices.rawValue)
  }

  @Test func `series, events and attributes`() {
    let wide = heard(
      (0..<200).flatMap { device in (0..<100).map { Self.reading("\(device)", "v\($0)") } })
    #expect(wide.series.count == JSONLineDecoder.Limit.series.rawValue)
    let events = heard((0..<20_000).map { "{\"event\":{\"text\":\"event \($0)\"}}" }).events
    #expect(events.count == JSONLineDecoder.Limit.notices.rawValue + 1)
    let text = String(repeating: "a", count: 4000)
    let members = (0..<60).map { "\"k\($0)\":\"\(text)\"" }.joined(separator: ",")
    let device = heard([
      "{\"device\":{\"kind\":\"gpu\",\"name\":\"0\",\"attributes\":{\(members)}}}"
    ])
    #expect(device.devices.isEmpty && device.events.count == 1)
  }

  @Test func `what a refused reading had announced comes with the next one`() {
    let found = heard([
      #"{"reading":{"kind":"gpu","device":"0","power_w":5,"temperature_c":1e9}}"#,
      Self.reading("0", "power_w"),
    ])
    #expect(found.devices.count == 1 && found.readings.count == 1)
    #expect(found.series.contains { $0.metric == .power })
  }

  @Test func `a command that begins again and again is bounded as one`() {
    var inbox = LineInbox(machine: "box", source: "test")
    var result: [Observation] = []
    for round in 0..<30 {
      inbox.restart()
      for index in 0..<100 {
        Array((Self.reading("0", "v\(round)_\(index)") + "\n").utf8).withUnsafeBufferPointer {
          inbox.feed($0, Self.now, into: &result)
        }
      }
    }
    #expect(Set(result.series.map(\.metric.name)).count <= JSONLineDecoder.Limit.names.rawValue)
    #expect(result.events.count == 1)
  }
}
