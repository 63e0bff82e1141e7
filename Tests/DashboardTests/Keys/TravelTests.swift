import Quantities
import Telemetry
import Testing

@testable import Dashboard

/// Going to a time that is written, and to what the scrubber draws.
@Suite struct TravelTests {
  /// Thursday 2026-11-19 10:00 UTC to Monday 2026-11-23 10:00 UTC.
  private let start = Timestamp(seconds: 1_795_082_400)
  private var bounds: TimeSpan { TimeSpan(start, start + 4 * 86_400) }

  private func go(
    _ text: String, from seconds: Double = 3600, east: Int = 0, in timeline: Timeline = Timeline()
  ) throws(Destination.Fault) -> Double {
    try Destination(text).time(
      from: start + seconds, in: bounds, of: timeline, offset: { _ in east }) - start
  }

  @Test(arguments: [
    ("11:30", 5400.0), ("11:30:15", 5415), ("-30m", 1800), ("+2h", 10_800), ("-2d", 0),
    ("90s", 90), ("2h", 7200), ("50%", 172_800), ("start", 0), ("end", 345_600),
    ("now", 345_600), ("2026-11-21 03:12", 148_320), ("2026-11-21T03:12:30", 148_350),
    ("2026-11-21", 136_800), ("sat 03:12", 148_320), ("Saturday 03:12", 148_320),
    ("sat", 136_800),
    // The day that is looked at has no 09:00 in the session; the next one is nearest.
    ("09:00", 82_800),
  ])
  func `a time that is written`(text: String, seconds: Double) throws {
    #expect(try go(text) == seconds)
  }

  @Test func `a time of day is of the day that is looked at, by the clock that is shown`() throws {
    #expect(try go("12:00", from: 2 * 86_400) == 2 * 86_400 + 7200)
    #expect(try go("12:00", east: 3600) == 3600)
    // 05:00 of Thursday there, and half an hour after the next midnight there.
    #expect(try go("00:30", from: 50_000, east: -18_000) == 70_200)
  }

  @Test func `an hour that comes twice means its first time`() throws {
    // The clock goes from +2 h to +1 h at 01:00 UTC of 2026-10-25.
    let change = Timestamp(seconds: 1_792_890_000)
    let session = TimeSpan(change + -43_200, change + 43_200)
    let found = try Destination("2026-10-25 02:30").time(
      from: session.start, in: session, of: Timeline(),
      offset: { $0 < change ? 7200 : 3600 })
    #expect(found - change == -1800)
    let after = try Destination("2026-10-25 03:30").time(
      from: session.start, in: session, of: Timeline(),
      offset: { $0 < change ? 7200 : 3600 })
    #expect(after - change == 5400)
  }

  @Test(arguments: [
    "", "14:60", "25:00", "14:3a", "2026-02-30 10:00", "2026-13-01", "foo", "next", "next foo",
    "fr 10:00", "101%", "-", "--5s", "1:2:3:4", "sat sun", "next gap now", "1e999h",
  ])
  func `what names no time is said`(text: String) {
    #expect(throws: Destination.Fault.self) { try Destination(text) }
  }

  @Test func `what the session has not is said with what it has`() {
    let fault = #expect(throws: Destination.Fault.self) { try go("2026-11-25 10:00") }
    #expect(fault?.words == "the session is from 2026-11-19 10:00 to 2026-11-23 10:00")
    #expect(throws: Destination.Fault.self) { try go("wed 10:00") }
    #expect(throws: Destination.Fault.self) { try go("200h") }
    #expect(throws: Destination.Fault.self) { try go("max") }
    #expect(throws: Destination.Fault.self) { try go("next gap") }
  }

  private func events() -> Timeline {
    var timeline = Timeline()
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    timeline.apply(.device(Device(id: gpu, label: "0")))
    timeline.apply(
      .series(
        SeriesDescriptor(
          device: gpu, metric: .power,
          provenance: Provenance(source: "test", method: .instant, period: 60))))
    for minute in 0...5760 {
      var reading = Reading(device: gpu, time: start + Double(minute) * 60)
      // One minute stands out, and its hour does not.
      reading.set(.power, minute == 4000 ? 700 : minute < 2000 ? 300 : 100)
      timeline.apply(.reading(reading))
    }
    for (second, kind, cause) in [
      (1000.0, Event.Kind.mark, nil), (5000, .note, nil), (7200, .gap, nil),
      (9000, .note, Event.Cause.alert),
    ] {
      timeline.apply(
        .event(Event(time: start + second, kind: kind, text: "e\(Int(second))", cause: cause)))
    }
    return timeline
  }

  @Test func `events by their sort, and the greatest minute`() throws {
    let timeline = events()
    #expect(try go("next gap", in: timeline) == 7200)
    #expect(try go("next alert", in: timeline) == 9000)
    #expect(try go("previous mark", in: timeline) == 1000)
    #expect(try go("next event", in: timeline) == 5000)
    #expect(abs(try go("max", in: timeline) - 240_000) < 61)
  }

  @Test func `n goes to everything that is drawn, and says what it is`() {
    let timeline = events()
    var view = ViewState(cursor: .replay(from: start, paused: true))
    var places: [Double] = []
    for _ in 0..<5 {
      _ = view.press("n", timeline: timeline, bounds: bounds)
      places.append(view.cursor.time(in: bounds) - start)
    }
    #expect(places == [1000, 5000, 7200, 9000, 9000])
    #expect(view.toast == "nothing marked after this")
    _ = view.press("N", timeline: timeline, bounds: bounds)
    #expect(view.cursor.time(in: bounds) - start == 7200 && view.toast.contains("e7200"))
  }

  @Test func `what is typed stays until it is right`() {
    let timeline = events()
    var view = ViewState(cursor: .replay(from: start, paused: true))
    func type(_ text: String) {
      for character in text {
        let key = character == " " ? "space" : String(character)
        #expect(view.press(key, timeline: timeline, bounds: bounds).isEmpty)
      }
    }
    type(":q 99")
    #expect(view.prompt?.text == "q 99")
    _ = view.press("enter", timeline: timeline, bounds: bounds)
    #expect(view.prompt?.text == "q 99" && view.toast.contains("is no time"))
    for _ in 0..<4 { _ = view.press("backspace", timeline: timeline, bounds: bounds) }
    type("sat 03:12")
    _ = view.press("enter", timeline: timeline, bounds: bounds, utcOffset: { _ in 3600 })
    #expect(view.prompt == nil && view.toast.isEmpty)
    #expect(view.cursor.time(in: bounds) - start == 148_320 - 3600)
    type("z:11:00")
    _ = view.press("enter", timeline: timeline, bounds: bounds, utcOffset: { _ in 3600 })
    #expect(view.showsUTC && view.cursor.time(in: bounds) - start == 2 * 86_400 + 3600)
    type(":5")
    _ = view.press("escape", timeline: timeline, bounds: bounds)
    #expect(view.prompt == nil)
  }

  @Test func `the list begins at the cursor, is searched, and leads there`() {
    let timeline = events()
    var view = ViewState(cursor: .replay(from: start + 6000, paused: true))
    func press(_ keys: String...) {
      for key in keys { _ = view.press(key, timeline: timeline, bounds: bounds) }
    }
    press("E")
    let rows = view.events.rows(timeline)
    #expect(rows.map(\.sort) == [.mark, .event, .gap, .alert])
    #expect(view.events.selectedIndex(in: rows, at: start + 6000) == 1)
    press("down", "enter")
    #expect(view.overlay == nil && view.cursor.time(in: bounds) - start == 7200)
    press("E", "/", "m", "a", "r", "k", "enter")
    #expect(view.events.rows(timeline).map(\.words) == ["e1000"])
    press("enter")
    #expect(view.overlay == nil && view.cursor.time(in: bounds) - start == 1000)
    press("E", "/", "z", "escape")
    #expect(view.events.filter.text.isEmpty && view.overlay == .events)
    press("q")
    #expect(view.overlay == .events || view.overlay == nil)
    press("escape")
    #expect(view.overlay == nil)
  }

  @Test
  func `a source that fell silent and came back is in the list, one that never answered is not`()
    throws
  {
    var timeline = events()
    for (second, health) in [
      (0.0, SourceState.Health.waiting), (1, .ok), (3000, .failed), (3100, .failed), (3500, .ok),
    ] {
      timeline.apply(
        .state(
          SourceState(
            source: "site:roof", kind: "site", time: start + second, health: health,
            message: health == .failed ? "no answer" : "")))
    }
    timeline.apply(
      .state(SourceState(source: "amdgpu", time: start + 2, health: .absent, message: "no GPU")))
    let rows = Happening.all(in: timeline)
    #expect(rows.map { $0.time - start } == [1000, 3000, 3500, 5000, 7200, 9000])
    #expect(rows[1].words == "site:roof: no answer" && rows[1].sort == .gap)
    #expect(rows[2].words == "site:roof: answers again" && rows[2].sort == .event)
    #expect(try go("next gap", from: 0, in: timeline) == 3000)
  }
}
