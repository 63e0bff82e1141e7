import Canvas
import Telemetry
import Testing

@testable import Dashboard

/// The account between a mark and the time looked at.
@Suite struct MarkEnergyTests {
  @Test func `Energy is counted from the last mark before the time looked at`() {
    let start = Timestamp(seconds: 1_750_000_000)
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    var timeline = Timeline()
    for second in 0...60 {
      var reading = Reading(device: gpu, time: start + Double(second))
      reading.set(.power, 100)
      timeline.apply(.reading(reading))
    }
    for second in [10.0, 40] {
      timeline.apply(.event(Event(time: start + second, kind: .mark, text: "mark")))
    }
    let input = FrameInput(
      timeline: timeline, bounds: TimeSpan(start, start + 60), view: ViewState(cursor: .live),
      theme: .dusk, session: SessionInfo(origin: .live, machine: "box"), width: 200, height: 60)
    let text = TextWriter.plain(Frame.render(input))
    // 100 W for 60 s, and for the 20 s since the later mark.
    #expect(text.contains("6.00 kJ since start"))
    #expect(text.contains("2.00 kJ since mark"))
  }
}
