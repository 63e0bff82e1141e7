import Telemetry
import Testing

@testable import Dashboard

/// Which stretches of a recording pass faster on a stage.
@Suite struct TalkPaceTests {
  private let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
  private let job = DeviceID(machine: "box", kind: .job, name: "log")
  private let start = Stage.start

  /// Five minutes of one accelerator, a reading a second.
  private func timeline(
    _ watts: (Int) -> Double, busy: (Int) -> Double, steps: Set<Int> = []
  ) -> Timeline {
    var timeline = Timeline()
    timeline.apply(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    timeline.apply(.device(Device(id: job, label: "train.py")))
    for second in 0...300 {
      var reading = Reading(device: gpu, time: start + Double(second))
      reading.set(.power, watts(second))
      reading.set(.utilization, busy(second))
      timeline.apply(.reading(reading))
      if steps.contains(second) {
        var step = Reading(device: job, time: start + Double(second))
        step.set(.step, Double(second))
        timeline.apply(.reading(step))
      }
    }
    return timeline
  }

  private var span: TimeSpan { TimeSpan(start, start + 300) }

  private func isIdle(_ second: Int) -> Bool { second >= 60 && second < 240 }

  @Test func threeIdleMinutesAreShortened() throws {
    let timeline = timeline({ isIdle($0) ? 70 : 600 }, busy: { isIdle($0) ? 0 : 1 })
    let pace = TalkPace(of: timeline, over: span)
    let idle = try #require(pace.idle.first)
    #expect(pace.idle.count == 1)
    #expect(abs(idle.start - 60) <= 2 && abs(idle.end - 240) <= 2, "\(idle)")
  }

  @Test func anEventInTheMiddleIsNotPassedOver() {
    var timeline = timeline({ isIdle($0) ? 70 : 600 }, busy: { isIdle($0) ? 0 : 1 })
    timeline.apply(.event(Event(time: start + 100, kind: .mark, text: "look")))
    let pace = TalkPace(of: timeline, over: span)
    #expect(!pace.idle.isEmpty)
    #expect(pace.rate(at: 100) == 1)
  }

  @Test func progressIsNoIdleness() {
    let steps = Set(stride(from: 0, through: 300, by: 20))
    let timeline = timeline({ isIdle($0) ? 70 : 600 }, busy: { isIdle($0) ? 0 : 1 }, steps: steps)
    #expect(TalkPace(of: timeline, over: span).idle.isEmpty)
  }

  @Test func evenWorkIsNoIdleness() {
    #expect(TalkPace(of: timeline({ _ in 600 }, busy: { _ in 1 }), over: span).idle.isEmpty)
  }

  @Test func wattsThatVaryAreNoIdleness() {
    let timeline = timeline(
      { isIdle($0) ? ($0 % 2 == 0 ? 70 : 80) : 600 }, busy: { isIdle($0) ? 0 : 1 })
    #expect(TalkPace(of: timeline, over: span).idle.isEmpty)
  }

  @Test func aMachineWithoutAcceleratorsIsNeverIdle() {
    #expect(TalkPace(of: Stage.host, over: TimeSpan(start, start + 300)).idle.isEmpty)
  }
}
