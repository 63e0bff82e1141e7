import CSQLite
import Glibc
import Quantities
import Seeded
import Telemetry
import Testing

@testable import Recordings

/// Files, names and texts nobody should have written.
@Suite struct HostileTests {
  private func message(_ scratch: Scratch, _ name: String = "a.hippo") -> String {
    do throws(RecordingError) {
      let reader = try RecordingReader(path: scratch.file(name))
      _ = try reader.timeline()
      return "opened"
    } catch { return error.description }
  }

  private func sqlite(_ scratch: Scratch, _ sql: String) {
    var handle: OpaquePointer?
    sqlite3_open(scratch.file(), &handle)
    sqlite3_exec(handle, sql, nil, nil, nil)
    sqlite3_close(handle)
  }

  private func recording(_ scratch: Scratch, seconds: Int = 3) throws {
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<seconds { try writer.append(power(Double(second), 100)) }
    try writer.close()
  }

  @Test func `What is no recording is refused in words`() throws {
    let scratch = try Scratch()
    #expect(message(scratch).hasSuffix("a.hippo does not exist"))
    scratch.write([], to: "a.hippo")
    #expect(message(scratch).hasSuffix("is not a hippowatt recording: it is empty"))
    scratch.write(Array("time,watts\n1,2\n".utf8), to: "a.hippo")
    #expect(message(scratch).hasSuffix("is not a hippowatt recording: it is no SQLite file"))
    scratch.write(Array("SQLite format 3\0abc".utf8), to: "a.hippo")
    #expect(message(scratch).contains("is damaged: it ends after 19 bytes"))
    unlink(scratch.file())
    sqlite(scratch, "CREATE TABLE t (a)")
    #expect(message(scratch).contains("it is an SQLite file of another program"))
    #expect(
      throws: RecordingError.foreign(path: scratch.path, what: "it is a directory")
    ) { try RecordingReader(path: scratch.path) }
    mkfifo(scratch.file("pipe"), 0o600)
    #expect(message(scratch, "pipe").contains("it is no plain file"))
  }

  @Test func `A newer recording says that it is newer`() throws {
    let scratch = try Scratch()
    try recording(scratch)
    sqlite(scratch, "PRAGMA user_version = \(Schema.version + 1)")
    #expect(
      message(scratch).contains(
        "was written by a newer hippowatt (schema \(Schema.version + 1), this one reads up to \(Schema.version))"
      ))
  }

  @Test func `A recording that was cut off says so`() throws {
    let scratch = try Scratch()
    try recording(scratch, seconds: 3000)
    let bytes = try #require(scratch.read("a.hippo"))
    for count in [99, 5000, bytes.count / 2, bytes.count - 1] {
      scratch.write(Array(bytes[..<count]), to: "a.hippo")
      #expect(message(scratch).contains("is damaged"))
    }
  }

  @Test(arguments: 0..<60)
  func `Flipped bytes never crash`(seed: Int) throws {
    let scratch = try Scratch()
    try recording(scratch, seconds: 1500)
    var dice = SeededRandom(UInt64(seed))
    var bytes = try #require(scratch.read("a.hippo"))
    for _ in 0..<40 {
      bytes[Int.random(in: 100..<bytes.count, using: &dice)] = UInt8(dice.next() & 255)
    }
    scratch.write(bytes, to: "a.hippo")
    do {
      let reader = try RecordingReader(path: scratch.file())
      var timeline = try reader.timeline()
      let page = TimeSpan(origin + 300, origin + 900)
      try reader.load(page: page, into: &timeline)
      if let id = timeline.id(.power, of: .gpu) {
        _ = timeline.curve(id, over: page, columns: 50)
        _ = timeline.total(id, over: page)
      }
      _ = try reader.all()
    } catch {
      #expect(error is RecordingError)
    }
  }

  @Test func `A schema with code in it is not run`() throws {
    let scratch = try Scratch()
    try recording(scratch)
    sqlite(
      scratch,
      """
      DROP VIEW gpu_power; DROP VIEW gpu_values; DROP VIEW gpu;
      ALTER TABLE gpu_rows RENAME TO hidden;
      CREATE VIEW gpu_rows AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT i AS time, 1 AS device, NULL AS arrival, i AS power_mw FROM n;
      """)
    let reader = try RecordingReader(path: scratch.file())
    #expect(try reader.readings.isEmpty)
  }

  @Test func `An existing file is kept unless it may be replaced`() throws {
    let scratch = try Scratch()
    try recording(scratch)
    #expect(throws: RecordingError.exists(path: scratch.file())) {
      try RecordingWriter(path: scratch.file(), header: .test)
    }
    #expect(try RecordingReader(path: scratch.file()).readings.count == 3)
    try RecordingWriter(path: scratch.file(), header: .test, overwrite: true).close()
    #expect(try RecordingReader(path: scratch.file()).readings.isEmpty)
    #expect(throws: RecordingError.self) {
      try RecordingWriter(path: scratch.path, header: .test, overwrite: true)
    }
    #expect(throws: RecordingError.self) {
      try RecordingWriter(path: scratch.path + "/none/a.hippo", header: .test)
    }
  }

  @Test(arguments: [
    "", "Power", "p w", "p\"; DROP TABLE device; --", "time", "arrival", "wätt",
    String(repeating: "a", count: 65),
  ])
  func `Names that are no names never reach the file`(name: String) throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(power(0, 100))
    var reading = Reading(device: .gpu, time: origin + 1)
    reading.set(.power, 5)
    reading.set(Metric(custom: name, .watt), 5)
    #expect(throws: RecordingError.self) { try writer.append(.reading(reading)) }
    let kind = name == "time" ? "rollup" : name == "arrival" ? "gpu_packed" : name
    var strange = Reading(
      device: DeviceID(machine: "", kind: DeviceKind(kind), name: "x"), time: origin)
    strange.set(.power, 5)
    #expect(throws: RecordingError.self) { try writer.append(.reading(strange)) }
    #expect(throws: RecordingError.self) {
      try writer.append(.device(Device(id: strange.device, label: "")))
    }
    try writer.append(power(2, 100))
    try writer.close()
    #expect(try RecordingReader(path: scratch.file()).readings.count == 2)
  }

  @Test func `Times far off are refused`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for time in [Int64.min, -1, .max] {
      var reading = Reading(device: .gpu, time: Timestamp(nanoseconds: time))
      reading.set(.power, 1)
      #expect(throws: RecordingError.self) { try writer.append(.reading(reading)) }
    }
    try writer.append(power(0, 1))
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    var timeline = try reader.timeline()
    let ever = TimeSpan(Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    try reader.load(page: ever, into: &timeline)
  }

  @Test func `Texts of any kind come back as they were`() throws {
    let scratch = try Scratch()
    let texts = ["", "a\0b", "\u{1B}]0;x\u{7}", "'; DROP TABLE gpu; --", "\"\\\n\r", "日本 🦛"]
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for text in texts {
      let id = DeviceID(machine: text, kind: .gpu, name: text)
      try writer.append(
        .device(Device(id: id, label: text, model: text, attributes: [text: text])))
      try writer.append(.event(Event(time: origin, kind: .note, text: text)))
      try writer.append(power(0, 1, of: id))
    }
    try writer.close()
    let timeline = try RecordingReader(path: scratch.file()).timeline()
    #expect(timeline.devices.map(\.model) == texts)
    #expect(timeline.devices.map(\.attributes) == texts.map { [$0: $0] })
    #expect(timeline.events.map(\.text) == texts)
    #expect(timeline.devices.map(\.id.machine) == texts)
  }

  @Test func `Errors never steer the terminal`() {
    let error = RecordingError.notFound(path: "/tmp/\u{1B}[2J\n\u{202E}x")
    #expect(error.description == "/tmp/?[2J??x does not exist")
  }

  @Test func `A full disk keeps what was before, and recording goes on`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(
      path: scratch.file(), header: .test, overwrite: false, pageLimit: 40)
    try writer.append(.device(Device(id: .gpu, label: "0")))
    try writer.append(
      .series(
        SeriesDescriptor(
          device: .gpu, metric: .power, provenance: Provenance(source: "s", method: .average))))
    var second = 0.0
    #expect(throws: RecordingError.full(path: scratch.file())) {
      while second < 1e5 {
        try writer.append(power(second, 100))
        second += 1
      }
    }
    let fresh = DeviceID(machine: "box", kind: "fresh", name: "1")
    #expect(throws: RecordingError.full(path: scratch.file())) {
      while second < 1e6 {
        try writer.append(power(second, 100, of: fresh))
        second += 1
      }
    }
    try writer.database.run("PRAGMA max_page_count = 10000")
    try writer.append(power(2e6, 100))
    try writer.append(power(2e6, 100, of: fresh))
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    let timeline = try reader.timeline()
    #expect(timeline.descriptors.first?.provenance.source == "s")
    #expect(timeline.devices.map(\.id) == [.gpu, fresh])
    #expect(try reader.readings.filter { $0.device == .gpu }.count > 1000)
    #expect(try reader.readings.filter { $0.device == fresh }.map(\.time) == [origin + 2e6])
  }
}
