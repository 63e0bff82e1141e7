import Telemetry
import Testing

@testable import Recordings

/// Only so much of the past is kept, and what is kept stays right.
@Suite struct RetentionTests {
  /// Watts that differ from second to second, so that a wrong stretch has another integral.
  private func watts(_ second: Int) -> Double { Double(100 + second % 97) }

  /// A recording of many hours with one value each five seconds, and what its writer was told to keep.
  private func record(_ hours: Int, _ retention: Retention, _ scratch: Scratch) throws -> Int {
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    writer.retention = retention
    try writer.append(.device(Device(id: .gpu, label: "0")))
    try writer.append(
      .series(
        SeriesDescriptor(
          device: .gpu, metric: .power,
          provenance: Provenance(source: "test", method: .instant, period: 5))))
    for second in stride(from: 0, to: hours * 3600, by: 5) {
      try writer.append(power(Double(second), watts(second)))
      if second % 1800 == 0 {
        try writer.append(
          .event(Event(time: origin + Double(second), kind: .mark, text: "\(second)")))
      }
    }
    try writer.commit()
    scratch.copy("a.hippo", to: "open.hippo")
    try writer.close()
    return hours * 3600 - 5
  }

  @Test func `Nothing older than that is kept, and the rest is as it was`() throws {
    let scratch = try Scratch()
    let last = try record(30, Retention(seconds: 4 * 3600), scratch)
    for name in ["a.hippo", "open.hippo"] {
      let reader = try RecordingReader(path: scratch.file(name))
      let span = try #require(reader.span)
      #expect(span.end == origin + Double(last))
      #expect(span.seconds >= 4 * 3600 && span.seconds <= 4 * 3600 + 2000, "\(name)")
      #expect(reader.damages() == [])
      let border = try #require(reader.header.forgottenBefore)
      #expect(try reader.events().allSatisfy { $0.time >= border })
      #expect(try reader.readings.allSatisfy { $0.time >= border })
      // Totals, from the very first reading that is left and across pages.
      var timeline = try reader.timeline()
      let id = try #require(timeline.id(.power, of: .gpu))
      for start in [0.0, 1234, 7000] {
        let page = TimeSpan(span.start + start, span.start + start + 1000)
        try reader.load(page: page, into: &timeline)
        var expected = 0.0
        for second in stride(from: Int(page.start - origin), to: Int(page.end - origin), by: 5) {
          expected += (watts(second) + watts(second + 5)) / 2 * 5
        }
        let total = timeline.total(id, over: page)
        if start.truncatingRemainder(dividingBy: 5) == 0 {
          #expect(abs(total.amount - expected) < 1e-6 * expected, "\(name) \(start)")
        }
        #expect(total.coverage > 0.999)
      }
      let whole = timeline.total(id, over: span)
      #expect(abs(whole.amount / (whole.covered * 148) - 1) < 0.01)
    }
  }

  @Test func `A limit in bytes holds while it is written`() throws {
    let scratch = try Scratch()
    let bytes: Int64 = 200_000
    _ = try record(200, Retention(bytes: bytes), scratch)
    let size = Int64(scratch.read("open.hippo")?.count ?? 0)
    #expect(size > 0 && size < bytes * 3 / 2, "\(size)")
    let reader = try RecordingReader(path: scratch.file())
    #expect(try #require(reader.span).seconds > 1800)
    #expect(reader.damages() == [])
  }

  @Test func `What comes later than anything is kept changes nothing`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    writer.retention = Retention(seconds: 3600)
    for second in stride(from: 0, to: 20_000, by: 5) {
      try writer.append(power(Double(second), 100))
    }
    try writer.append(power(50, 900))
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    #expect(try #require(reader.span).start > origin + 10_000)
    #expect(reader.damages() == [])
  }
}
