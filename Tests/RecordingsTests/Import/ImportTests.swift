import Telemetry
import Testing

@testable import Recordings

@Suite("Power logs of other tools")
struct ImportTests {
  private func line(_ milliseconds: Int, _ watts: String, key: String = "power_reading") -> String {
    ":::MLLOG {\"namespace\": \"\", \"time_ms\": \(milliseconds), \"event_type\": "
      + "\"POINT_IN_TIME\", \"key\": \"\(key)\", \"value\": \(watts), \"metadata\": "
      + "{\"file\": \"a, b\", \"measurement_type\": \"AC\", \"lineno\": 88}}"
  }

  private func read(_ text: String) throws -> PowerLogAssembly {
    let log = try #require(try PowerLogFile.read(Array(text.utf8), path: "log.txt"))
    return try PowerLogAssembly([log], machine: "box")
  }

  private func joules(_ observations: [Observation], _ device: DeviceID) throws -> Total {
    var timeline = Timeline()
    timeline.apply(observations)
    let id = try #require(timeline.id(.power, of: device))
    return timeline.total(id, over: try #require(timeline.span))
  }

  @Test("MLPerf readings speak of the time before them, also across a hole of two seconds")
  func mlperf() throws {
    let text = [
      line(1000, "0.94", key: "conversion_eff"), line(1000, "2000.0"), line(2000, "3000.0"),
      line(4000, "5000.0"), "noise", line(5000, "0.0"), line(6000, "4000.0"),
    ].joined(separator: "\n")
    let found = try read(text).observations
    let wall = DeviceID(machine: "box", kind: .meter, name: "wall")
    // 3 kW for a second, 5 kW for two, and 4 kW for two, since a meter's zero is none.
    #expect(try joules(found, wall).amount == 3000 + 10_000 + 8000)
    guard case .device(let device) = found[0] else { return }
    #expect(device.attributes == ["conversion_eff": "0.94", "measurement": "AC"])
  }

  @Test("a reading that lacks its time is left out and named by its line")
  func torn() throws {
    let text = line(1000, "1") + "\n" + ":::MLLOG {\"key\": \"power_reading\", \"value\": 3}\n"
    let found = try read(text + line(2000, "1") + "\n")
    #expect(
      found.remarks.map(\.text)
        == ["1 line left out, line 2: a power_reading without time_ms"])
  }

  @Test("nvidia-smi's columns are found by name, its cards by index or by order")
  func nvidiaSMI() throws {
    let text = """
      timestamp, index, name, power.draw [W], utilization.gpu [%], memory.used [MiB]
      2026/05/28 11:22:33.000, 0, NVIDIA H100 80GB HBM3, 100.00 W, 50 %, 1024 MiB
      2026/05/28 11:22:33.010, 1, NVIDIA H100 80GB HBM3, 200.00 W, [N/A], 0 MiB
      2026/05/28 11:22:34.000, 0, NVIDIA H100 80GB HBM3, 300.00 W, 50 %, 1024 MiB
      2026/05/28 11:22:34.010, 1, NVIDIA H100 80GB HBM3, [N/A], [N/A], 0 MiB
      2026/05/28 11:22:35.000, 0, NVIDIA H1
      """
    let found = try read(text).observations
    let first = DeviceID(machine: "box", kind: .gpu, name: "0")
    #expect(try joules(found, first).amount == 300)
    var timeline = Timeline()
    timeline.apply(found)
    #expect(timeline.devices.map(\.label) == ["0", "1"])
    let moment = timeline.moment(at: try #require(timeline.span).end)
    #expect(moment.known(.memoryUsed, of: first)?.value == 1_073_741_824)
    #expect(moment.known(.utilization, of: first)?.value == 0.5)
    // What is not available is missing, not zero.
    let second = DeviceID(machine: "box", kind: .gpu, name: "1")
    #expect(moment.known(.utilization, of: second) == nil)
    #expect(moment.known(.power, of: second)?.value == 200)
  }

  @Test(
    "a line that cannot be is left out, and the first is named",
    arguments: [
      (["yesterday, 3 W"], "1 line left out, line 2: “yesterday” is no time"),
      (
        ["2026/01/01 00:00:00, 3 W, 7", "2026/01/01 00:00:00, 3 W, 7"],
        "2 lines left out, the first is line 2: 3 cells where the titles are 2; also line 3"
      ),
      (
        ["x", "y", "z", "x"].map { "\($0), 3 W" },
        "4 lines left out, the first is line 2: “x” is no time; also lines 3, 4 and 5"
      ),
      (
        (2...12).map { "\($0), 3 W" },
        "11 lines left out, the first is line 2: “2” is no time; also lines 3, 4, 5, 6, 7, 8, 9, 10, …"
      ),
    ])
  func wrong(lines: [String], words: String) throws {
    let rows = ["2026/01/01 00:00:00, 3 W", "2026/01/01 00:00:01, 3 W"]
    let text = (["timestamp, power.draw [W]"] + lines + rows).map { $0 + "\n" }.joined()
    let found = try read(text)
    #expect(found.remarks.map(\.text) == [words])
    #expect(
      try joules(found.observations, DeviceID(machine: "box", kind: .gpu, name: "0")).amount == 3)
    // Who opens the recording later is told as well.
    let causes = found.observations.compactMap { observation -> Event.Cause? in
      if case .event(let event) = observation { event.cause } else { nil }
    }
    #expect(causes == [.refused])
  }

  @Test("what is neither is neither")
  func others() {
    #expect(PowerLogs.format(of: PowerLogText("step 1 loss 2\n")) == nil)
    #expect(PowerLogs.format(of: PowerLogText("")) == nil)
  }
}
