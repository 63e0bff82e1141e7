import Seeded
import Telemetry
import Testing

@testable import Recordings

/// Readings in columns: exact there and back, by the program and by `sqlite3` alone.
@Suite struct PackingTests {
  /// Columns of every kind: steady, rising, noisy, with holes, far apart, of the largest numbers.
  private static func column(_ shape: Int, _ count: Int, _ dice: inout SeededRandom) -> [Int64] {
    let base = Int64.random(in: -1_000_000_000...1_000_000_000_000_000_000, using: &dice)
    let spread = [1, 100, 60_000, 5_000_000, 4_000_000_000, 1_000_000_000_000_000_000][shape % 6]
    let slope = shape % 2 == 0 ? 0 : Int64.random(in: -300_000...300_000, using: &dice)
    if shape % 7 == 6 {
      return (0..<count).map { _ in dice.next() % 2 == 0 ? base : PackedColumn.absent }
    }
    return (0..<count).map { index in
      if shape % 5 == 4, dice.next() % 4 == 0 { return PackedColumn.absent }
      let value = base + slope * Int64(index) + Int64.random(in: 0...Int64(spread), using: &dice)
      return shape % 3 == 0 ? value - value % 1000 : value
    }
  }

  @Test(arguments: 0..<60) func `A column comes back as it was`(seed: Int) throws {
    var dice = SeededRandom(UInt64(seed))
    let count = Int.random(in: 1...1024, using: &dice)
    let values = Self.column(seed, count, &dice)
    let cell = try #require(PackedColumn.pack(values))
    switch cell {
    case .empty: #expect(values.allSatisfy { $0 == PackedColumn.absent })
    case .constant(let value): #expect(values.allSatisfy { $0 == value })
    case .bytes(let bytes):
      var back: [Int64] = []
      #expect(bytes.withUnsafeBytes { PackedColumn.unpack($0, count: count, into: &back) })
      #expect(back == values, "seed \(seed)")
      #expect(bytes.allSatisfy { (1..<128).contains($0) })
      // One changed byte, wherever it is, is found.
      for _ in 0..<40 {
        var damaged = bytes
        let place = Int(dice.next() % UInt64(damaged.count))
        damaged[place] ^= UInt8(1 + dice.next() % 255)
        var wrong: [Int64] = []
        let isWhole = damaged.withUnsafeBytes {
          PackedColumn.unpack($0, count: count, into: &wrong)
        }
        #expect(!isWhole || wrong == values, "byte \(place), seed \(seed)")
      }
    }
  }

  @Test func `Whole percents kept in millionths take a byte each`() throws {
    let values = (0..<900).map { Int64($0 * 37 % 100) * 10_000 }
    guard case .bytes(let bytes) = PackedColumn.pack(values) else {
      Issue.record("no text")
      return
    }
    #expect(bytes.count == PackedColumn.header + 900)
  }

  @Test func `What is too large for columns is not packed`() {
    #expect(PackedColumn.pack([0, .max]) == nil)
    #expect(PackedColumn.pack([-(1 << 61), 1 << 61]) != nil)
    #expect(PackedColumn.pack([PackedColumn.absent, PackedColumn.absent]) == .empty)
    #expect(PackedColumn.pack([7, 7, 7]) == .constant(7))
  }

  /// What a session says when nothing of it is packed.
  private func rows(_ session: Session) throws -> [Reading] {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    writer.packsReadings = false
    for observation in session.observations { try writer.append(observation) }
    try writer.close()
    #expect(try count("SELECT count(*) FROM gpu_packed", scratch.file()) == 0)
    return try RecordingReader(path: scratch.file()).readings
  }

  private func count(_ sql: String, _ path: String) throws -> Int64? {
    try Database(path, .read).integer(sql)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `A recording packs what is old, and reads as before`(seed: UInt64) throws {
    let scratch = try Scratch()
    let session = Session(seed: seed, seconds: 4000)
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for observation in session.observations { try writer.append(observation) }
    try writer.commit()
    scratch.copy("a.hippo", to: "open.hippo")
    try writer.close()
    let expected = try rows(session)
    for name in ["open.hippo", "a.hippo"] {
      let packed = try count("SELECT sum(readings$) FROM gpu_packed", scratch.file(name)) ?? 0
      #expect(packed > 1000)
      let readings = try RecordingReader(path: scratch.file(name)).readings
      #expect(readings.count == expected.count, "\(name), seed \(seed)")
      #expect(
        zip(readings, expected).allSatisfy { "\($0)" == "\($1)" }, "\(name), seed \(seed)")
      #expect(try RecordingReader(path: scratch.file(name)).damages() == [])
    }
    // At the end no row is left that is worth packing.
    let left = try count("SELECT count(*) FROM gpu_rows", scratch.file()) ?? -1
    #expect(left < 2 * 5 * 16)
  }

  @Test func `sqlite3 finds every reading in the views`() throws {
    let scratch = try Scratch()
    let session = Session(seed: 7, seconds: 3000)
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for observation in session.observations { try writer.append(observation) }
    try writer.close()
    let database = try Database(scratch.file(), .read)
    let gpus = try rows(session).filter { $0.device.kind == .gpu }
    let query = try database.prepare(
      "SELECT time, arrival, power_mw, energy_uj FROM gpu ORDER BY time, device")
    var place = 0
    while try query.step() {
      let reading = gpus[place]
      place += 1
      #expect(query.integer(0) == reading.time.nanoseconds)
      #expect(
        query.integerIfAny(1)
          == (reading.arrival == reading.time ? nil : reading.arrival.nanoseconds))
      #expect(query.integerIfAny(2) == reading.values.first { $0.metric == .power }?.steps)
      #expect(query.integerIfAny(3) == reading.values.first { $0.metric == .energy }?.steps)
    }
    #expect(place == gpus.count)
    let powers = gpus.compactMap { $0.values.first { $0.metric == .power }?.value }
    let sum = try database.prepare("SELECT count(*), sum(watts) FROM gpu_power")
    #expect(try sum.step())
    #expect(sum.integer(0) == powers.count)
    #expect(abs(sum.double(1) / powers.reduce(0, +) - 1) < 1e-12)
  }

  @Test func `Devices that are read within a millisecond stay in order`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    var dice = SeededRandom(11)
    let ids = (0..<5).map { DeviceID(machine: "box", kind: .gpu, name: "\($0)") }
    for second in 0..<4000 {
      for id in ids {
        let jitter = Double(dice.next() % 1000) * 1e-6
        var reading = Reading(device: id, time: origin + (Double(second) + jitter))
        reading.set(.power, Double(100 + second % 50))
        try writer.append(.reading(reading))
      }
    }
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    let readings = try reader.readings
    #expect(readings.count == 20_000)
    #expect(readings.map(\.time) == readings.map(\.time).sorted())
    #expect(reader.damages() == [])
  }

  @Test func `A late value makes rows of what is packed, and is packed with it`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    func append(_ second: Double, _ watts: Double, arrival: Double? = nil) throws {
      var reading = Reading(
        device: .gpu, time: origin + second, arrival: arrival.map { origin + $0 })
      reading.set(.power, watts)
      try writer.append(.reading(reading))
    }
    for second in 0..<2000 { try append(Double(second), 100) }
    try writer.commit()
    let packed = "SELECT sum(readings$) FROM gpu_packed"
    #expect(try #require(try count(packed, scratch.file())) >= 900)
    try append(100.5, 900, arrival: 2000)
    try append(200, 300, arrival: 2000)
    try writer.close()
    #expect(try count("SELECT count(*) FROM gpu_rows", scratch.file()) == 0)
    #expect(try count(packed, scratch.file()) == 2001)
    let readings = try RecordingReader(path: scratch.file()).readings
    #expect(readings.count == 2001)
    #expect(readings.map(\.time) == readings.map(\.time).sorted())
    #expect(readings.first { $0.time == origin + 100.5 }?.values[0].value == 900)
    #expect(readings.first { $0.time == origin + 200 }?.values[0].value == 300)
    #expect(try RecordingReader(path: scratch.file()).damages() == [])
  }

  @Test func `A damaged column is left out and named, the others stay`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<60 {
      var reading = Reading(device: .gpu, time: origin + Double(second))
      reading.set(.power, 100 + Double(second * second % 7))
      reading.set(.temperature, Double(40 + second % 3))
      try writer.append(.reading(reading))
    }
    try writer.close()
    let database = try Database(scratch.file(), .write)
    try database.run(
      "UPDATE gpu_packed SET power_mw = CAST(substr(power_mw, 1, 50) || 'x' || substr(power_mw, 52) AS BLOB)"
    )
    let reader = try RecordingReader(path: scratch.file())
    let readings = try reader.readings
    #expect(readings.count == 60)
    #expect(readings.allSatisfy { $0.values.map(\.metric) == [.temperature] })
    #expect(reader.damages().contains { $0.contains("60 readings") })
  }
}

/// Buckets packed by what the ones before them do not foretell.
@Suite struct RollupPackingTests {
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6]) func `Buckets come back to the last bit`(
    seed: UInt64
  ) {
    var dice = SeededRandom(seed)
    let scale = [1, 0.001, 1e-6, 0.5, 3600, 0.1][Int(seed) - 1]
    let chunk: Int64 = Rollup.floor(origin.nanoseconds, Rollup.quarter)
    for _ in 0..<200 {
      var buckets: [Tier.Bucket] = []
      var (cumulative, covered) = (Double.random(in: 0...1e9, using: &dice), 5.0)
      for slot in 0..<Int64(15) where dice.next() % 5 > 0 {
        let steps = Double(Int64.random(in: -1_000...1_000_000, using: &dice))
        let value = dice.next() % 9 == 0 ? Double.random(in: 0...1, using: &dice) : steps * scale
        let spread = Float(Double(dice.next() % 100) * scale)
        cumulative += value * 60
        covered += 60 + Double(dice.next() % 3) * 1e-9
        let isMissing = dice.next() % 7 == 0
        buckets.append(
          Tier.Bucket(
            time: Timestamp(
              nanoseconds: chunk + slot * Rollup.minute + Int64(dice.next() % 59_999_999_999)),
            value: value, cumulative: cumulative, covered: covered,
            low: isMissing ? .nan : Float(value) - spread,
            high: isMissing ? .nan : Float(value) + spread))
      }
      let bytes = Rollup.pack(buckets, chunk: chunk, width: Rollup.minute, scale: scale)
      var back: [Tier.Bucket] = []
      #expect(
        bytes.withUnsafeBytes {
          Rollup.unpack($0, chunk: chunk, width: Rollup.minute, scale: scale, into: &back)
        })
      #expect("\(back)" == "\(buckets)", "seed \(seed)")
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= UInt8(1 + dice.next() % 255)
        var wrong: [Tier.Bucket] = []
        #expect(
          !damaged.withUnsafeBytes {
            Rollup.unpack($0, chunk: chunk, width: Rollup.minute, scale: scale, into: &wrong)
          })
      }
    }
  }

  @Test func `A steady series takes less than half of what it took`() {
    let chunk = Rollup.floor(origin.nanoseconds, Rollup.quarter)
    let buckets = (0..<15).map { slot in
      Tier.Bucket(
        time: Timestamp(nanoseconds: chunk + Int64(slot) * Rollup.minute + 59_000_000_000),
        value: 700, cumulative: 42_000 * Double(slot), covered: 60 * Double(slot), low: 700,
        high: 700)
    }
    let bytes = Rollup.pack(buckets, chunk: chunk, width: Rollup.minute, scale: 0.001)
    #expect(bytes.count < buckets.count * Rollup.bucketSize / 4)
  }
}
