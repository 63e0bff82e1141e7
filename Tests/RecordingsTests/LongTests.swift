import Seeded
import Telemetry
import Testing

@testable import Recordings

/// Days, not minutes: chunks of rollups, stragglers, and pages too old for buckets of a minute.
@Suite struct LongTests {
  private static let host = DeviceID(machine: "box", kind: .host, name: "box")

  /// Ten days with a value every five minutes and some that come hours late.
  private var session: [Observation] {
    var dice = SeededRandom(5)
    var result: [Observation] = [.device(Device(id: Self.host, label: "box"))]
    for (metric, method) in [(Metric.power, Provenance.Method.instant), (.bytesRead, .counter)] {
      result.append(
        .series(
          SeriesDescriptor(
            device: Self.host, metric: metric,
            provenance: Provenance(source: "test", method: method, period: 300))))
    }
    var late: [Observation] = []
    for step in 0..<2880 {
      var reading = Reading(device: Self.host, time: origin + Double(step * 300))
      reading.set(.power, Double.random(in: 60...700, using: &dice))
      reading.set(.bytesRead, Double(step) * 1000 + Double(dice.next() % 1000))
      if step % 100 == 50 {
        reading.arrival = reading.time + 8 * 3600
        late.append(.reading(reading))
      } else {
        result.append(.reading(reading))
      }
      if step % 100 == 99 {
        result += late
        late = []
      }
    }
    return result
  }

  @Test func `Old pages and totals equal the live timeline, after a crash too`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    let session = session
    for observation in session { try writer.append(observation) }
    try writer.commit()
    scratch.copy("a.hippo", to: "crashed.hippo")
    try writer.close()
    var live = Timeline()
    live.apply(session)
    let whole = try #require(live.span)
    for name in ["a.hippo", "crashed.hippo"] {
      let reader = try RecordingReader(path: scratch.file(name))
      var read = try reader.timeline()
      #expect(reader.minutesFrom > origin.nanoseconds)
      for descriptor in live.descriptors {
        let id = try #require(live.id(descriptor.metric, of: descriptor.device))
        let quarters = read.buckets(id, width: Rollup.quarter)
        #expect("\(quarters)" == "\(live.buckets(id, width: Rollup.quarter))")
        #expect(quarters.count == 960)
        #expect(read.total(id, over: whole) == live.total(id, over: whole))
        for day in [0.0, 1.3, 4.7, 9.9] {
          let start = origin + (day * 86_400 + 77)
          let page = TimeSpan(start, start + 4321)
          try reader.load(page: page, into: &read)
          #expect(read.total(id, over: page) == live.total(id, over: page), "\(name) \(day)")
          #expect(
            read.curve(id, over: page, columns: 33) == live.curve(id, over: page, columns: 33),
            "\(name) \(day)")
        }
      }
    }
  }

  @Test func `Rollups are stored as the recording goes on`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in stride(from: 0.0, to: 8 * 3600, by: 10) { try writer.append(power(second, 1)) }
    try writer.commit()
    let count = "SELECT count(*) FROM rollup WHERE width ="
    #expect(try writer.database.integer("\(count) \(Rollup.minute)") == 31)
    #expect(try writer.database.integer("\(count) \(Rollup.quarter)") == 1)
    // A value that is hours late makes what follows it worthless, until it is made anew.
    try writer.append(power(3605, 1))
    #expect(try writer.database.integer("\(count) \(Rollup.minute)") == 4)
    try writer.append(power(8 * 3600 + 1000, 1))
    try writer.commit()
    #expect(try writer.database.integer("\(count) \(Rollup.minute)") ?? 0 >= 31)
    try writer.close()
  }
}
