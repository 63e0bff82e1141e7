import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Machines that are reached by commands: their names, their clocks, their ends.
@Suite struct RemoteHostTests {
  private static let now = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  /// A source whose command prints what a machine of some name would, by a clock that is so far ahead.
  private func told(
    by machine: String, ahead: Double = 0, as host: String = "node1"
  ) throws -> [Observation] {
    let time = Self.now.nanoseconds / 1_000_000_000 + Int64(ahead)
    let lines = [
      "{\"hippowatt\":2,\"machine\":\"\(machine)\"}",
      "{\"state\":{\"source\":\"nvml\",\"time\":\(time),\"health\":\"ok\"}}",
      "{\"device\":{\"machine\":\"\(machine)\",\"kind\":\"gpu\",\"name\":\"GPU-a\",\"label\":\"0\"}}",
      "{\"device\":{\"machine\":\"other\",\"kind\":\"gpu_part\",\"name\":\"MIG-a\",\"label\":\"0.0\"}}",
      "{\"reading\":{\"machine\":\"\(machine)\",\"kind\":\"gpu\",\"device\":\"GPU-a\",\"time\":\(time),"
        + "\"power_mw\":300000}}",
    ]
    let tree = FileTree()
    tree.write("/said", lines.joined(separator: "\n") + "\n")
    var source = RemoteHostSource(
      host: host, command: "cat \(tree.root)/said", context: SourceContext(machine: "here"))
    var observations: [Observation] = []
    for _ in 0..<2000 where observations.readings.isEmpty {
      if let more = try? source.sample(FixedClock(Self.now)) { observations += more }
      source.wait(milliseconds: 10)
    }
    return observations
  }

  @Test func `it is called what the user calls it, whatever it says`() throws {
    let observations = try told(by: "victim")
    #expect(!observations.readings.isEmpty)
    #expect(observations.devices.allSatisfy { $0.id.machine == "node1" })
    #expect(observations.readings.allSatisfy { $0.device.machine == "node1" })
    for case .state(let state) in observations { #expect(state.source == "node1:nvml") }
  }

  @Test(arguments: [7.0, -3600])
  func `its times are told in our clock, and that is said`(ahead: Double) throws {
    let observations = try told(by: "box", ahead: ahead)
    #expect(observations.readings.allSatisfy { $0.time == Self.now })
    let words = observations.events.map(\.text)
    #expect(words.count == 1)
    #expect(
      words.first?.contains(ahead > 0 ? "7.00 s ahead of ours" : "1 h behind ours") == true,
      "\(words)"
    )
  }

  @Test func `clocks that agree but for the way are left alone`() throws {
    let observations = try told(by: "box")
    #expect(observations.events.isEmpty)
    #expect(observations.readings.first?.time == Self.now)
  }
}
