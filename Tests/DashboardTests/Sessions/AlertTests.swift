import Canvas
import Quantities
import Telemetry
import Testing

@testable import Dashboard

/// What the screen says of alerts: it follows from the events alone.
@Suite struct AlertTests {
  private static let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  private func event(
    _ name: String, _ second: Double, _ cause: Event.Cause? = .alert, text: String = "too much"
  ) -> Event {
    Event(
      time: Self.start + second, kind: .note, text: text,
      device: DeviceID(machine: "", kind: .alert, name: name), cause: cause)
  }

  private func frame(
    _ events: [Event], at second: Double, width: Int = 80, height: Int = 24
  ) -> FrameInput {
    var timeline = Timeline()
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    for step in 0...100 {
      var reading = Reading(device: gpu, time: Self.start + Double(step))
      reading.set(.power, 300)
      timeline.apply(.reading(reading))
    }
    for event in events {
      if let device = event.device {
        timeline.apply(.device(Device(id: device, label: device.name)))
      }
      timeline.apply(.event(event))
    }
    let bounds = TimeSpan(Self.start, Self.start + 100)
    var cursor = Cursor.replay(from: Self.start + second, paused: true)
    cursor.seek(to: Self.start + second, in: bounds)
    return FrameInput(
      timeline: timeline, bounds: bounds, view: ViewState(cursor: cursor), theme: .dusk,
      session: SessionInfo(origin: .recording("a.hippo"), machine: "box"), width: width,
      height: height)
  }

  private func rows(_ input: FrameInput) -> [Substring] {
    TextWriter.plain(Frame.render(input)).split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test(
    arguments: [
      // Seconds of alternating alerts, and what is shown when.
      ([0.0], [(0, 0.0), (9.9, 0), (10, nil)]),
      ([0, 1, 2, 3], [(0.5, 0), (9.9, 0), (10, 3), (19.9, 3), (20, nil)]),
      ([0, 12], [(5, 0), (11, nil), (12, 12), (29.9, 12), (30, nil)]),
      ([0, 8, 19], [(9, 0), (11, 8), (19.5, 8), (20, 19)]),
    ] as [([Double], [(Double, Double?)])])
  func `a new sentence comes every ten seconds at most`(
    seconds: [Double], expected: [(Double, Double?)]
  ) {
    let events = seconds.enumerated().map { event("alert \($0.offset % 2)", $0.element) }
    for (time, shown) in expected {
      let sentence = AlarmSchedule.word(
        events, at: Self.start + time, since: Self.start, isAlarm: { _ in false })
      #expect(sentence?.time == shown.map { Self.start + $0 }, "at \(time)")
    }
  }

  @Test func `two alerts that alternate every second do not flicker`() {
    let events = (0..<90).map { (second: Int) -> Event in
      let cause: Event.Cause = second % 2 == 0 ? .alert : .alertCleared
      return event(second / 2 % 2 == 0 ? "a" : "b", Double(second), cause)
    }
    var changes = 0
    var last: Event?
    for tenth in 0..<900 {
      let sentence = AlarmSchedule.word(
        events, at: Self.start + Double(tenth) / 10, since: Self.start, isAlarm: { _ in false })
      if sentence != last { changes += 1 }
      last = sentence
    }
    #expect(changes == 9)
  }

  @Test(arguments: [(80, 24), (132, 40), (40, 8), (28, 7), (20, 5)])
  func `a raised alert is seen at every size, and not only by its colour`(width: Int, height: Int) {
    let events = [event("hot", 50), event("hot", 70, .alertCleared, text: "over after 20 s")]
    func shows(_ second: Double) -> Bool {
      rows(frame(events, at: second, width: width, height: height)).contains {
        $0.contains("▲ ALERT") || $0.contains("▲ hot") || $0.contains("▲ 1")
      }
    }
    #expect(!shows(49) && shows(50) && shows(69) && !shows(75))
    let input = frame(events, at: 65, width: width, height: height)
    let canvas = Frame.render(input)
    let mark = (0..<canvas.height).flatMap { y in (0..<canvas.width).map { (x: $0, y: y) } }
      .first { canvas[$0.x, $0.y].glyph == "▲" }
    #expect(mark.map { canvas[$0.x, $0.y].foreground } == Theme.dusk[.critical])
  }

  @Test(arguments: [(40, 24), (60, 24), (80, 24), (100, 24), (132, 40)])
  func `an alert takes no place from what else must be said`(width: Int, height: Int) {
    var input = frame(
      [event("much too hot for a summer", 50)], at: 65, width: width, height: height)
    input.session.isSimulated = true
    input.session.origin = .live
    input.session.recordingSince = Self.start
    let title = rows(input)[0]
    #expect(title.contains("SIMULATED") && title.contains("PAUSED"), "\(title)")
    #expect(title.contains("▲"), "\(title)")
    #expect(width < 80 || title.contains("hippowatt"), "\(title)")
    #expect(width < 60 || title.contains("● REC"), "\(title)")
  }

  @Test func `several alerts are counted, and the scrubber keeps a mark of each`() {
    let events = [event("hot", 50), event("big", 75)]
    let input = frame(events, at: 80)
    let rows = rows(input)
    #expect(rows[0].contains("▲ 2 ALERTS"))
    #expect(rows[1].contains("▲ big: too much"))
    let layout = Layout(width: 80, height: 24)
    let track = rows[layout.track.y]
    #expect(track.filter { $0 == "!" }.count == 2, "\(track)")
    #expect(track.contains("hot: too much"))
  }

  @Test func `what came after the last reading is seen at the end`() {
    let events = [event("hot", 100.8)]
    #expect(rows(frame(events, at: 100))[0].contains("▲ ALERT"))
    #expect(!rows(frame(events, at: 99.9))[0].contains("▲ ALERT"))
    #expect(rows(frame(events, at: 100))[1].contains("▲ hot: too much"))
  }

  @Test func `alerts are told with their name`() {
    let timeline = frame([event("hot", 50)], at: 60).timeline
    #expect(timeline.words(of: event("hot", 50)) == "hot: too much")
    let stretches = timeline.alerts(until: Self.start + 60)
    #expect(stretches.count == 1 && stretches[0].cleared == nil)
    #expect(timeline.alerts(until: Self.start + 49).isEmpty)
  }
}
