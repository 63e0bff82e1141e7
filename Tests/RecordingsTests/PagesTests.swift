import Seeded
import Telemetry
import Testing

@testable import Recordings

/// What is read when it is asked for says the same as what was there from the start.
@Suite struct PagesTests {
  private func view(_ time: Timestamp, _ window: Double) -> RecordingPages.View {
    let singles = TimeSpan(time - window - 150, time + 60)
    return .init(
      singles: singles, minutes: TimeSpan(singles.start - 900, singles.end),
      history: TimeSpan(time - Timeline.minuteHistory, time + 60))
  }

  @Test(arguments: [UInt64(4), 5, 6]) func `A page equals the live timeline`(seed: UInt64) throws {
    let scratch = try Scratch()
    let session = Session(seed: seed, seconds: 9000)
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for observation in session.observations { try writer.append(observation) }
    try writer.commit()
    scratch.copy("a.hippo", to: "open.hippo")
    try writer.close()
    let live = session.live
    var dice = SeededRandom(seed + 7)
    for name in ["a.hippo", "open.hippo"] {
      let pages = try RecordingPages(path: scratch.file(name))
      var timeline = try pages.open()
      #expect(timeline.span == live.span)
      #expect(timeline.descriptors == live.descriptors)
      for _ in 0..<12 {
        // Before, a live timeline has no single values any more.
        let time = origin + Double.random(in: 5400..<8900, using: &dice)
        let view = view(time, Double.random(in: 30..<600, using: &dice))
        for descriptor in live.descriptors where dice.next() % 2 == 0 {
          let id = try #require(live.id(descriptor.metric, of: descriptor.device))
          let read = try #require(timeline.id(descriptor.metric, of: descriptor.device))
          while try pages.supply(&timeline, for: view) {}
          let words =
            "\(name) \(descriptor.device.kind.name) \(descriptor.metric.name), seed \(seed)"
          #expect(timeline.value(read, at: time) == live.value(id, at: time), "\(words)")
          let near = TimeSpan(time - 100, time)
          #expect(
            isNear(timeline.total(read, over: near), live.total(id, over: near)), "\(words)")
          if let whole = live.span {
            #expect(
              isNear(timeline.total(read, over: whole), live.total(id, over: whole)), "\(words)")
          }
          let one = timeline.stretches(read, until: time)
          while try pages.supply(&timeline, for: view) {}
          _ = one
          #expect(
            timeline.stretches(read, until: time).map { "\($0)" }
              == live.stretches(id, until: time).map { "\($0)" }, "\(words)")
        }
      }
    }
  }

  private func isNear(_ one: Total, _ other: Total) -> Bool {
    func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(a), abs(b)) }
    return near(one.amount, other.amount) && near(one.covered, other.covered)
  }

  @Test func `What lies after the minutes that are read still has its extremes`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in stride(from: 0, to: 86_400, by: 10) {
      try writer.append(power(Double(second), second % 600 == 0 ? 700 : 100))
    }
    try writer.close()
    let pages = try RecordingPages(path: scratch.file())
    var timeline = try pages.open()
    let id = try #require(timeline.id(.power, of: .gpu))
    while try pages.supply(&timeline, for: view(origin + 30_000, 300)) {}
    // From within the minutes to far beyond them, and wholly beyond.
    for start in [29_000.0, 60_000] {
      let extremes = timeline.extremes(id, over: TimeSpan(origin + start, origin + start + 20_000))
      #expect(extremes?.low == 100 && extremes?.high == 700, "\(start)")
    }
  }

  @Test func `Only what was asked for is read`() throws {
    let scratch = try Scratch()
    let session = Session(seed: 8, seconds: 2000)
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for observation in session.observations { try writer.append(observation) }
    try writer.close()
    let pages = try RecordingPages(path: scratch.file())
    var timeline = try pages.open()
    let view = view(origin + 1000, 100)
    #expect(pages.demand.all.series.isEmpty)
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let power = try #require(timeline.id(.power, of: gpu))
    #expect(try pages.supply(&timeline, for: view))
    #expect(try !pages.supply(&timeline, for: view))
    #expect(timeline.value(power, at: origin + 1000) != nil)
    #expect(pages.demand.all.series == [timeline.place(of: power)])
    // Another one is asked for: until it is read it is unknown.
    let heat = try #require(timeline.id(.temperature, of: gpu))
    #expect(timeline.value(heat, at: origin + 1000) == nil)
    #expect(try pages.supply(&timeline, for: view))
    #expect(timeline.value(heat, at: origin + 1000) != nil)
  }

  @Test func `What is written on is there after it is opened anew`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<100 { try writer.append(power(Double(second), 100)) }
    try writer.commit()
    let pages = try RecordingPages(path: scratch.file())
    var timeline = try pages.open()
    #expect(timeline.span?.end == origin + 99)
    #expect(try pages.reopen() == nil)
    for second in 100..<200 { try writer.append(power(Double(second), 300)) }
    try writer.append(.event(Event(time: origin + 150, kind: .mark, text: "more")))
    try writer.commit()
    timeline = try #require(try pages.reopen())
    #expect(timeline.span?.end == origin + 199)
    #expect(timeline.events.map(\.text) == ["more"])
    let id = try #require(timeline.id(.power, of: .gpu))
    while try pages.supply(&timeline, for: view(origin + 199, 300)) {}
    #expect(timeline.value(id, at: origin + 199) == 300)
    #expect(timeline.total(id, over: TimeSpan(origin, origin + 199)).amount == 39_800)
    try writer.close()
    #expect(try pages.reopen() != nil)
    #expect(pages.reader.header.isComplete)
    #expect(try pages.reopen() == nil)
  }
}
