import CSQLite
import Glibc
import Seeded
import Telemetry
import Testing

@testable import Recordings

/// Recordings in which something was changed: never a crash or a hang, and no wrong total in silence.
@Suite struct CorruptionTests {
  private static let seconds = 2000
  private static let cards = [DeviceID.gpu, DeviceID(machine: "box", kind: .gpu, name: "GPU-1")]

  /// A whole recording of two accelerators with power and an energy counter.
  private func recording(_ scratch: Scratch) throws -> [UInt8] {
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for (index, card) in Self.cards.enumerated() {
      try writer.append(.device(Device(id: card, label: "\(index)")))
    }
    for second in 0..<Self.seconds {
      for (index, card) in Self.cards.enumerated() {
        var reading = Reading(device: card, time: origin + Double(second))
        reading.set(.power, 300 + 100 * Double(index) + Double(second % 17))
        reading.set(.energy, Double(second) * (300 + 100 * Double(index)))
        try writer.append(.reading(reading))
      }
    }
    try writer.close()
    return try #require(scratch.read("a.hippo"))
  }

  /// The joules of every series over the whole session, as a report takes them, whatever the accelerators are
  /// called: of a letter of a name nobody knows that it is another one.
  private func totals(_ reader: RecordingReader) throws -> [Double] {
    var timeline = try reader.timeline()
    guard let span = reader.span else { return [] }
    try reader.load(page: TimeSpan(max(span.start, span.end - 3600), span.end), into: &timeline)
    return timeline.devices(.gpu).flatMap { card in
      [Metric.power, .energy].map { metric in
        timeline.id(metric, of: card.id).map { timeline.total($0, over: span).amount } ?? -1
      }
    }
  }

  private func isSame(_ one: [Double], _ other: [Double]) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) <= 1e-6 * abs($0) }
  }

  @Test func `a whole recording has no damage`() throws {
    let scratch = try Scratch()
    _ = try recording(scratch)
    #expect(try RecordingReader(path: scratch.file()).damages() == [])
  }

  @Test func `a week that is written at once has no damage and all its minutes`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    writer.isBulk = true
    try writer.append(.device(Device(id: .gpu, label: "0")))
    try writer.append(
      .series(
        SeriesDescriptor(
          device: .gpu, metric: .power,
          provenance: Provenance(source: "test", method: .average, period: 60))))
    // A week of minutes, and a day a month later.
    for minute in Array(0..<10_080) + Array(50_000..<51_440) {
      var reading = Reading(device: .gpu, time: origin + Double(minute) * 60)
      reading.set(.power, 300)
      try writer.append(.reading(reading))
    }
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    #expect(reader.damages() == [])
    let query = try reader.database.prepare(
      "SELECT buckets, chunk FROM rollup WHERE width = \(Rollup.minute) ORDER BY chunk")
    var minutes: [Tier.Bucket] = []
    while try query.step() {
      #expect(reader.catalogue.unpack(query, of: 0, width: Rollup.minute, into: &minutes))
    }
    #expect(minutes.count == 11_520)
  }

  @Test(arguments: 0..<8)
  func `changes at random are refused, or said, or do no harm`(part: Int) throws {
    let scratch = try Scratch()
    let whole = try recording(scratch)
    let right = try totals(RecordingReader(path: scratch.file()))
    var dice = SeededRandom(UInt64(part))
    var silent: [String] = []
    for round in 0..<30 {
      var bytes = whole
      let change = corrupt(&bytes, &dice)
      scratch.write(bytes, to: "a.hippo")
      do throws(RecordingError) {
        let reader = try RecordingReader(path: scratch.file())
        let found = try? totals(reader)
        guard let found, !isSame(right, found) else { continue }
        if reader.damages().isEmpty { silent.append("\(round): \(change)") }
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect(silent.isEmpty, "\(silent)")
  }

  /// Changes something as disks, copies and memory do; says what.
  private func corrupt(_ bytes: inout [UInt8], _ dice: inout SeededRandom) -> String {
    let page = 4096
    func place() -> Int { 100 + dice.next(bytes.count - 100) }
    switch dice.next(6) {
    case 0:
      let at = place()
      bytes[at] ^= UInt8(1 << dice.next(8))
      return "a bit at \(at)"
    case 1:
      let at = place()
      bytes[at] = UInt8(dice.next(256))
      return "a byte at \(at)"
    case 2:
      let places = (0..<20).map { _ in place() }
      for at in places { bytes[at] = UInt8(dice.next(256)) }
      return "bytes at \(places)"
    case 3:
      let at = dice.next(bytes.count / page)
      let from = max(100, at * page)
      bytes.replaceSubrange(
        from..<(at + 1) * page, with: [UInt8](repeating: 0, count: (at + 1) * page - from))
      return "page \(at) zeroed"
    case 4:
      let (one, other) = (
        1 + dice.next(bytes.count / page - 1), 1 + dice.next(bytes.count / page - 1)
      )
      bytes.replaceSubrange(
        one * page..<(one + 1) * page, with: Array(bytes[other * page..<(other + 1) * page]))
      return "page \(other) over \(one)"
    default:
      let at = place()
      let count = min(64, bytes.count - at)
      for offset in 0..<count { bytes[at + offset] = UInt8(dice.next(256)) }
      return "\(count) bytes from \(at)"
    }
  }

  private func sqlite(_ scratch: Scratch, _ sql: String) {
    var handle: OpaquePointer?
    sqlite3_open(scratch.file(), &handle)
    sqlite3_exec(handle, sql, nil, nil, nil)
    sqlite3_close(handle)
  }

  private func message(_ scratch: Scratch) -> String {
    do throws(RecordingError) {
      let reader = try RecordingReader(path: scratch.file())
      _ = try reader.timeline()
      return "opened"
    } catch { return error.description }
  }

  private static let endless =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"

  @Test(arguments: [
    (
      "event",
      "i AS id, i AS time, 'mark' AS kind, 'x' AS text, NULL AS device, NULL AS cause FROM n"
    ),
    (
      "state",
      "i AS id, 's' AS source, i AS time, 'ok' AS health, '' AS message, '' AS remedy FROM n"
    ),
    ("device_attribute", "1 AS device, i AS name, i AS value FROM n"),
    ("rollup", "60000000000 AS width, 1 AS series, i AS chunk, zeroblob(40) AS buckets FROM n"),
    ("recording", "2 AS schema, i AS machine FROM n"),
  ])
  func `a view in place of a table is refused at once`(table: String, rows: String) throws {
    let scratch = try Scratch()
    _ = try recording(scratch)
    sqlite(
      scratch,
      "ALTER TABLE \(table) RENAME TO hidden; CREATE VIEW \(table) AS \(Self.endless) \(rows);")
    #expect(message(scratch).contains("it has no table “\(table)”"), "\(message(scratch))")
  }

  @Test func `a trigger, a computed column and a module's table are refused`() throws {
    for (sql, words) in [
      (
        "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END",
        "it has a trigger, “t”"
      ),
      (
        "ALTER TABLE gpu_rows ADD COLUMN c INTEGER GENERATED ALWAYS AS (length(hex(time))) VIRTUAL",
        "has a column that is computed"
      ),
    ] {
      let scratch = try Scratch()
      _ = try recording(scratch)
      sqlite(scratch, sql)
      #expect(message(scratch).contains(words), "\(message(scratch))")
    }
  }

  @Test func `a value that cannot be true enters no total and is said`() throws {
    let scratch = try Scratch()
    _ = try recording(scratch)
    let right = try totals(RecordingReader(path: scratch.file()))
    for sql in [
      "UPDATE gpu_rows SET power_mw = 1 << 60 WHERE time % 100000000000 = 0",
      "UPDATE gpu_rows SET power_mw = -5 WHERE device = 1", "UPDATE gpu_rows SET power_mw = 'x'",
      "UPDATE gpu_rows SET power_mw = power_mw + 1000 WHERE rowid IS NULL OR device = 2",
      "UPDATE series SET scale = 1.0 WHERE metric = 'power_mw'",
      "DELETE FROM gpu_rows WHERE device = 2", "DELETE FROM rollup WHERE series = 1",
      "DELETE FROM gpu_packed WHERE device = 2",
      "UPDATE gpu_packed SET power_mw = 5",
      "UPDATE gpu_packed SET power_mw = NULL WHERE device = 1",
      "UPDATE gpu_packed SET power_mw = CAST(replace(power_mw, char(90), char(91)) AS BLOB)",
      "UPDATE gpu_packed SET time = power_mw WHERE device = 1",
      "UPDATE gpu_packed SET device = 3 - device",
      "UPDATE gpu_packed SET readings$ = readings$ - 1",
      "UPDATE gpu_packed SET start$ = start$ + 1", "UPDATE gpu_packed SET id$ = id$ + (1 << 40)",
      "UPDATE rollup SET buckets = (SELECT buckets FROM rollup WHERE series = 2) WHERE series = 1",
      "UPDATE gpu_rows SET time = time + 3000000000000000000 WHERE device = 2 AND time % 7 = 0",
    ] {
      let copy = try Scratch()
      copy.write(try #require(scratch.read("a.hippo")), to: "a.hippo")
      sqlite(copy, sql)
      guard let reader = try? RecordingReader(path: copy.file()), let found = try? totals(reader)
      else { continue }
      #expect(isSame(right, found) || !reader.damages().isEmpty, "\(sql)")
    }
  }

  @Test func `impossible numbers of a series are refused`() throws {
    for sql in [
      "UPDATE series SET period = 1e12", "UPDATE series SET period = -1",
      "UPDATE series SET range = 1e300", "UPDATE series SET scale = 1e300",
      "UPDATE series SET scale = 9e999", "UPDATE recording SET schema = 77",
    ] {
      let scratch = try Scratch()
      _ = try recording(scratch)
      sqlite(scratch, sql)
      #expect(message(scratch).contains("is damaged"), "\(sql): \(message(scratch))")
    }
  }

  @Test func `more metrics and kinds than a file can hold are refused one by one`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(power(0, 100))
    for index in 0..<200 {
      var reading = Reading(
        device: DeviceID(machine: "", kind: DeviceKind("k\(index % 26)_\(index / 26)"), name: "x"),
        time: origin)
      reading.set(.power, 5)
      do throws(RecordingError) { try writer.append(.reading(reading)) } catch {
        guard case .refused = error else { throw error }
      }
    }
    try writer.append(power(1, 100))
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    #expect(try reader.readings.count > 100 && reader.damages().isEmpty)
  }

  @Test func `a new recording is its owner's alone`() throws {
    let scratch = try Scratch()
    let before = umask(0)
    defer { umask(before) }
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<10 { try writer.append(power(Double(second), 100)) }
    try writer.commit()
    #expect(scratch.names.count == 3)
    for name in scratch.names {
      var status = stat()
      #expect(stat(scratch.file(name), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600, "\(name)")
    }
    try writer.close()
  }
}
