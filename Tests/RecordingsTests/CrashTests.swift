import Glibc
import Telemetry
import Testing

@testable import Recordings

/// Whatever ends the program, at most the last second is lost.
@Suite struct CrashTests {
  @Test func `What was committed survives a writer that never closes`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<5 { try writer.append(power(Double(second), 100)) }
    try writer.commit()
    try writer.append(power(5, 100))
    scratch.copy("a.hippo", to: "b.hippo")
    let reader = try RecordingReader(path: scratch.file("b.hippo"))
    #expect(try reader.readings.count == 5)
    #expect(!reader.header.isComplete)
    #expect(reader.header.endedAt == nil)
    try writer.close()
  }

  @Test func `A second of readings commits itself`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for tenth in 0..<25 { try writer.append(power(Double(tenth) / 10, 100)) }
    scratch.copy("a.hippo", to: "b.hippo")
    #expect(try RecordingReader(path: scratch.file("b.hippo")).readings.count == 20)
    try writer.close()
  }

  @Test func `A log without its index is read, with locks and without`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<5 { try writer.append(power(Double(second), 100)) }
    try writer.commit()
    scratch.copy("a.hippo", to: "b.hippo", companions: ["-wal"])
    let database = try Database(scratch.file("b.hippo"), .readWithoutLocks)
    #expect(try database.integer("SELECT count(*) FROM gpu") == 5)
    #expect(!scratch.names.contains("b.hippo-shm"))
    #expect(try RecordingReader(path: scratch.file("b.hippo")).readings.count == 5)
    try writer.close()
  }

  @Test func `A torn log loses its tail and nothing else`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<9 {
      try writer.append(power(Double(second), 100))
      try writer.commit()
    }
    scratch.copy("a.hippo", to: "b.hippo", companions: [])
    let log = try #require(scratch.read("a.hippo-wal"))
    scratch.write(Array(log.dropLast(2000)), to: "b.hippo-wal")
    let count = try RecordingReader(path: scratch.file("b.hippo")).readings.count
    #expect(count == 8)
    try writer.close()
  }

  @Test func `A recording in progress is read while it grows`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(power(0, 100))
    try writer.commit()
    let reader = try RecordingReader(path: scratch.file())
    #expect(try reader.readings.count == 1)
    try writer.append(power(1, 100))
    try writer.commit()
    #expect(try reader.readings.count == 2)
    #expect(reader.span?.seconds == 1)
    try writer.append(power(2, 100))
    try writer.close()
    #expect(try reader.readings.count == 3)
    #expect(try RecordingReader(path: scratch.file()).header.isComplete)
  }

  @Test func `Closing leaves one file, complete`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<2000 { try writer.append(power(Double(second), 100)) }
    try writer.close()
    try writer.close()
    #expect(scratch.names == ["a.hippo"])
    let reader = try RecordingReader(path: scratch.file())
    #expect(reader.header.isComplete)
    #expect(reader.header.endedAt == origin + 1999)
    #expect(reader.header.machine == "box")
    #expect(reader.header.monotonicStart == 12_345)
    _ = try reader.timeline()
    #expect(scratch.names == ["a.hippo"])
    #expect(throws: RecordingError.self) { try writer.append(power(2001, 1)) }
  }

  @Test func `An empty recording opens`() throws {
    let scratch = try Scratch()
    try RecordingWriter(path: scratch.file(), header: .test).close()
    let reader = try RecordingReader(path: scratch.file())
    var timeline = try reader.timeline()
    #expect(timeline.span == nil)
    #expect(try reader.all().isEmpty)
    try reader.load(page: TimeSpan(origin, origin + 60), into: &timeline)
  }
}
