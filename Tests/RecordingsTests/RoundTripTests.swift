import Seeded
import Telemetry
import Testing

@testable import Recordings

/// What is read back is what was seen, to the last bit.
@Suite struct RoundTripTests {
  @Test(arguments: [UInt64(1), 2, 3, 21])
  func `A loaded page equals the live timeline`(seed: UInt64) throws {
    let scratch = try Scratch()
    let session = Session(seed: seed, seconds: 3900)
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for observation in session.observations { try writer.append(observation) }
    try writer.commit()
    scratch.copy("a.hippo", to: "crashed.hippo")
    try writer.close()
    for name in ["a.hippo", "crashed.hippo"] {
      try compare(RecordingReader(path: scratch.file(name)), session, seed: seed, name)
    }
  }

  private func compare(
    _ reader: RecordingReader, _ session: Session, seed: UInt64, _ name: String
  ) throws {
    let live = session.live
    var read = try reader.timeline()
    #expect(read.devices == live.devices)
    #expect(read.descriptors == live.descriptors)
    #expect(read.events == live.events)
    #expect(read.states == live.states)
    #expect(read.span == live.span)
    #expect(reader.span == live.span)
    for descriptor in live.descriptors {
      let id = try #require(live.id(descriptor.metric, of: descriptor.device))
      for width in Timeline.storedTierWidths {
        let (a, b) = (live.buckets(id, width: width), read.buckets(id, width: width))
        // Not ==: a missing extreme is nan.
        #expect(a.map { "\($0)" } == b.map { "\($0)" }, "\(name) \(descriptor.metric.name)")
      }
      if let whole = live.span {
        #expect(read.total(id, over: whole) == live.total(id, over: whole))
      }
    }
    var dice = SeededRandom(seed + 100)
    for _ in 0..<8 {
      let start = origin + Double.random(in: -50..<Double(session.seconds), using: &dice)
      let page = TimeSpan(start, start + Double.random(in: 1..<600, using: &dice))
      try reader.load(page: page, into: &read)
      for descriptor in live.descriptors {
        let id = try #require(live.id(descriptor.metric, of: descriptor.device))
        let words = "\(name) \(descriptor.metric.name) \(start - origin) + \(page.seconds)"
        #expect(
          read.curve(id, over: page, columns: 97) == live.curve(id, over: page, columns: 97),
          "\(words)")
        for _ in 0..<10 {
          let a = start + Double.random(in: 0..<page.seconds, using: &dice)
          let b = start + Double.random(in: 0..<page.seconds, using: &dice)
          let span = TimeSpan(a, b)
          #expect(read.total(id, over: span) == live.total(id, over: span), "\(words)")
          #expect(
            read.moment(at: a).known(descriptor.metric, of: descriptor.device)
              == live.moment(at: a).known(descriptor.metric, of: descriptor.device), "\(words)")
          #expect(
            read.moment(at: a).rate(descriptor.metric, of: descriptor.device)
              == live.moment(at: a).rate(descriptor.metric, of: descriptor.device), "\(words)")
        }
      }
    }
  }

  @Test func `Everything comes out again in order of time`() throws {
    let scratch = try Scratch()
    let session = Session(seed: 9, seconds: 400)
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for observation in session.observations { try writer.append(observation) }
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    let all = try reader.all()
    let times = all.compactMap { if case .reading(let reading) = $0 { reading.time } else { nil } }
    #expect(times == times.sorted())
    var again = Timeline()
    again.apply(all)
    let live = session.live
    #expect(again.events == live.events)
    #expect(again.states == live.states)
    for descriptor in live.descriptors {
      let id = try #require(live.id(descriptor.metric, of: descriptor.device))
      let span = try #require(live.span)
      #expect(again.total(id, over: span) == live.total(id, over: span))
    }
  }
}
