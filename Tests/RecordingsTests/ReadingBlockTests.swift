import Quantities
import Seeded
import Telemetry
import Testing

@testable import Recordings

/// Readings that are written in blocks are those that are written one by one.
@Suite struct ReadingBlockTests {
  private func write(_ file: String, _ body: (RecordingWriter) throws -> Void) throws
    -> ([String: [Reading]], [String])
  {
    let writer = try RecordingWriter(path: file, header: .test)
    writer.isBulk = true
    try body(writer)
    try writer.close()
    let reader = try RecordingReader(path: file)
    var devices: [String: [Reading]] = [:]
    for reading in try reader.readings { devices[reading.device.name, default: []].append(reading) }
    let span = TimeSpan(origin - 86_400, origin + 86_400)
    var timeline = Timeline()
    try reader.all().forEach { timeline.apply($0) }
    let totals = devices.keys.sorted().map { name -> String in
      let id = timeline.id(
        .power, of: DeviceID(machine: "box", kind: .gpu, name: name))
      return "\(name) \(id.map { timeline.total($0, over: span).amount } ?? -1)"
    }
    return (devices, totals + reader.damages())
  }

  @Test(arguments: 0..<8) func blocksSayWhatReadingsSay(seed: Int) throws {
    var dice = SeededRandom(UInt64(seed))
    let scratch = try Scratch()
    let metrics: [Metric] = [.power, .temperature, .utilization, .energy]
    var blocks: [ReadingBlock] = []
    for gpu in 0..<3 {
      var now = origin.nanoseconds + Int64(dice.next(1_000_000))
      for _ in 0..<12 {
        let used = Array(metrics.prefix(1 + dice.next(4)))
        var block = ReadingBlock(
          device: DeviceID(machine: "box", kind: .gpu, name: "GPU-\(gpu)"), metrics: used)
        for _ in 0..<[3, 40, 600][dice.next(3)] {
          // Now and then a hole, and seldom a step back, as of a file that was appended to itself.
          now += Int64(900_000_000 + dice.next(200_000_000))
          if dice.next(300) == 0 { now += 700_000_000_000 }
          let steps = used.map { metric in
            dice.next(20) == 0
              ? ReadingBlock.absent
              : metric == .energy ? now / 1_000_000 : Int64(100_000 + dice.next(50_000))
          }
          if steps.allSatisfy({ $0 == ReadingBlock.absent }) { continue }
          block.add(Timestamp(nanoseconds: now), steps)
        }
        if !block.times.isEmpty { blocks.append(block) }
        if dice.next(6) == 0 { now -= 200_000_000_000 }
      }
    }
    blocks.sort { $0.times[0] < $1.times[0] }
    let together = try write(scratch.file("blocks.hippo")) { writer in
      for block in blocks { try writer.append(block) }
    }
    let apart = try write(scratch.file("readings.hippo")) { writer in
      for block in blocks {
        for place in block.times.indices { try writer.append(.reading(block.reading(place))) }
      }
    }
    #expect(together.0 == apart.0)
    #expect(together.1 == apart.1)
  }

  @Test func aBlockOfManyReadingsIsPackedAtOnce() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    writer.isBulk = true
    var block = ReadingBlock(device: .gpu, metrics: [.power])
    for second in 0..<800 { block.add(origin + Double(second), [Int64(second % 7)]) }
    try writer.append(block)
    try writer.commit()
    let database = try Database(scratch.file(), .read)
    let rows = try database.prepare(
      "SELECT (SELECT count(*) FROM gpu_rows), (SELECT sum(readings$) FROM gpu_packed)")
    #expect(try rows.step())
    #expect(rows.integer(0) == 0)
    #expect(rows.integer(1) == 800)
    rows.reset()
    try writer.close()
  }
}
