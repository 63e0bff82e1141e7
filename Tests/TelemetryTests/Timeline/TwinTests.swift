import Testing

@testable import Telemetry

/// A board that two sources read counts once.
@Suite struct TwinTests {
  private static let uuid = "GPU-8f3a1c22-5d0e-4b7a-9c11-2e64f0a7b9d3"

  /// What a source says of a device when it announces it.
  private func said(
    _ source: String, _ name: String, machine: String = "box", energy: Bool = true,
    period: Double = 1, _ attributes: [String: String]
  ) -> [Observation] {
    let id = DeviceID(machine: machine, kind: .gpu, name: name)
    let metrics: [Metric] = energy ? [.power, .energy] : [.power]
    let series = metrics.map { metric in
      Observation.series(
        SeriesDescriptor(
          device: id, metric: metric,
          provenance: Provenance(
            source: source, method: metric.isCounter ? .counter : .instant, period: period)))
    }
    var reading = Reading(device: id, time: origin)
    reading.set(.power, 300)
    return [.device(Device(id: id, label: "0", attributes: attributes))] + series
      + [.reading(reading)]
  }

  /// The role of each device after all has been said, and how often devices were announced.
  private func roles(
    _ batches: [[Observation]]
  ) -> (roles: [String: DeviceRole], announced: Int, readings: Int) {
    var twins = DeviceTwins()
    var timeline = Timeline()
    var (announced, readings) = (0, 0)
    for batch in batches {
      let passed = twins.take(batch)
      timeline.apply(passed)
      for observation in passed {
        switch observation {
        case .device: announced += 1
        case .reading: readings += 1
        default: break
        }
      }
    }
    let roles = timeline.devices.map { ($0.id.machine + "/" + $0.id.name, $0.role) }
    return (Dictionary(uniqueKeysWithValues: roles), announced, readings)
  }

  private var nvml: [Observation] {
    said("nvml", Self.uuid, ["uuid": Self.uuid, "pci": "00000000:0A:00.0"])
  }
  private func dcgm(machine: String = "box", energy: Bool = true) -> [Observation] {
    said(
      "dcgm:here", "dcgm:" + Self.uuid, machine: machine, energy: energy, period: 30,
      ["uuid": Self.uuid])
  }

  @Test func theOneThatTellsMoreOftenCountsInWhateverOrder() {
    let wanted: [String: DeviceRole] = [
      "box/\(Self.uuid)": .accelerator, "box/dcgm:\(Self.uuid)": .sensor,
    ]
    for batches in [[nvml, dcgm()], [dcgm(), nvml], [nvml + dcgm()]] {
      let result = roles(batches)
      #expect(result.roles == wanted)
      #expect(result.announced == 3 && result.readings == 2)
    }
  }

  @Test func aCounterIsBetterThanFrequentWatts() {
    let watts = said("nvml", Self.uuid, energy: false, ["uuid": Self.uuid])
    let result = roles([watts, dcgm()]).roles
    #expect(result["box/\(Self.uuid)"] == .sensor)
    #expect(result["box/dcgm:\(Self.uuid)"] == .accelerator)
  }

  @Test func aUUIDIsTheSameOnAMachineOfAnotherName() {
    let result = roles([nvml, dcgm(machine: "dcgm-exporter-x7k2p")]).roles
    #expect(result["dcgm-exporter-x7k2p/dcgm:\(Self.uuid)"] == .sensor)
  }

  @Test func withoutAUUIDThePlaceOnTheBusTells() {
    let plain = said("exec", "card", ["pci": "0000:0a:00.0"])
    #expect(roles([nvml, plain]).roles["box/card"] == .sensor)
    let elsewhere = said("exec", "card", machine: "other", ["pci": "0000:0a:00.0"])
    #expect(roles([nvml, elsewhere]).roles["other/card"] == .accelerator)
    let other = said("exec", "card", ["pci": "0001:0a:00.0"])
    #expect(roles([nvml, other]).roles["box/card"] == .accelerator)
  }

  @Test func twoDiesOfOneSourceAreTwo() {
    let first = said("amdgpu", "0000:03:00.0", ["uuid": "4dff"])
    let second = said("amdgpu", "0000:04:00.0", ["uuid": "4dff"])
    let result = roles([first + second, first + second])
    #expect(result.roles.values.allSatisfy { $0 == .accelerator })
    #expect(result.announced == 4)
  }

  @Test func aDeviceThatIsAnnouncedAnewStaysWhatItIs() {
    let result = roles([nvml, dcgm(), dcgm(), nvml])
    #expect(result.roles["box/dcgm:\(Self.uuid)"] == .sensor)
    #expect(result.announced == 5)
  }

  @Test func allElsePassesAsItIs() {
    var twins = DeviceTwins()
    let meter = DeviceID(machine: "box", kind: .meter, name: "wall")
    let observations: [Observation] = [
      .device(Device(id: meter, label: "wall", role: .machine)),
      .reading(Reading(device: meter, time: origin)),
      .event(Event(time: origin, kind: .note, text: "x")),
    ]
    #expect(twins.take(observations) == observations)
    #expect(twins.take([]).isEmpty)
  }
}
