import Accounting
import Telemetry
import Testing

@testable import Dashboard

/// Why an accelerator says nothing, in the words of the last thing that happened to it.
@Suite struct SilenceTests {
  private static let gpu = DeviceID(machine: "node-17", kind: .gpu, name: "GPU-0")

  /// An accelerator that draws power for three seconds and to which these things happen later.
  private func timeline(_ causes: [Event.Cause], readsAgainAt: Double? = nil) -> Timeline {
    var timeline = Timeline()
    timeline.apply(.device(Device(id: Self.gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    // A host that goes on telling keeps the session going.
    let host = DeviceID(machine: "node-17", kind: .host, name: "host")
    timeline.apply(.device(Device(id: host, label: "host")))
    for second in 0...200 {
      var reading = Reading(device: host, time: Stage.start + Double(second))
      reading.set(.cpuUtilization, 0.1)
      timeline.apply(.reading(reading))
      guard second < 3 || readsAgainAt.map({ Double(second) >= $0 }) == true else { continue }
      reading = Reading(device: Self.gpu, time: Stage.start + Double(second))
      reading.set(.power, 500)
      timeline.apply(.reading(reading))
    }
    for (index, cause) in causes.enumerated() {
      let time = Stage.start + 10 + Double(index * 20)
      timeline.apply(
        .event(
          Event(
            time: time, kind: cause == .recovered ? .note : .gap, text: Self.texts[cause] ?? "",
            device: Self.gpu, cause: cause)))
    }
    return timeline
  }

  private static let texts: [Event.Cause: String] = [
    .lost: "the GPU is lost: it has fallen off the bus", .recovered: "answers again",
    .asleep: "sleeps and is left asleep", .hung: "no answer for 3 s",
    .denied: "may not be read by this user", .failed: "NVML error 999",
  ]

  private func words(_ causes: [Event.Cause], readsAgainAt: Double? = nil) -> String? {
    let input = Stage.input(timeline(causes, readsAgainAt: readsAgainAt), 132, 40)
    let context = FrameContext(input)
    guard let gpu = context.ledger.inventory.gpus.first else { return "no accelerator" }
    return GPUCondition.silence(of: gpu, context)
  }

  @Test func `Lost, back again and asleep is asleep`() {
    #expect(words([.lost, .recovered, .asleep])?.hasPrefix("asleep for") == true)
    #expect(words([.lost])?.contains("fallen off the bus") == true)
    #expect(words([.lost, .recovered])?.contains("fallen") == false)
  }

  @Test(
    arguments: [
      ([.asleep, .recovered, .hung], "no answer for"), ([.hung, .recovered, .lost], "fallen off"),
      ([.asleep, .lost], "fallen off"), ([.failed], "NVML error 999"),
      ([.denied], "may not be read"),
      ([.lost, .recovered, .asleep, .recovered], "no reading"),
    ] as [([Event.Cause], String)])
  func `The last word counts`(causes: [Event.Cause], expected: String) {
    let said = words(causes)
    #expect(said?.contains(expected) == true, "\(said ?? "nothing")")
  }

  @Test func `One that speaks needs no excuse`() {
    #expect(words([.lost], readsAgainAt: 100) == nil)
  }

  /// What happens to one accelerator says nothing of another, however their names begin.
  @Test func `Another's fate explains nothing`() {
    var timeline = timeline([])
    let other = DeviceID(machine: "node-17", kind: .gpu, name: "GPU-01")
    timeline.apply(.device(Device(id: other, label: "01")))
    timeline.apply(
      .event(
        Event(
          time: Stage.start + 10, kind: .gap, text: "GPU 0 is lost", device: other, cause: .lost)))
    let context = FrameContext(Stage.input(timeline, 132, 40))
    let said = context.timeline.device(Self.gpu).flatMap { GPUCondition.silence(of: $0, context) }
    #expect(said == "no reading")
  }
}
