import Quantities
import Telemetry
import Testing

@testable import Recordings

/// What somebody with `sqlite3` and no hippowatt finds.
@Suite struct QueryTests {
  private func text(_ database: Database, _ sql: String) throws -> [String] {
    let query = try database.prepare(sql)
    var result: [String] = []
    while try query.step() { result.append(query.text(0)) }
    return result
  }

  @Test func `Views speak of watts, labels and time`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(.device(Device(id: .gpu, label: "zero")))
    try writer.append(power(0.5, 412.345))
    var reading = Reading(device: .gpu, time: origin + 1)
    reading.set(.utilization, 0.25)
    reading.set(Metric(custom: "plugin_x", .count, scale: 0.5), 1.5)
    try writer.append(.reading(reading))
    try writer.append(
      .state(SourceState(source: "nvml", time: origin, health: .waiting)))
    try writer.append(
      .state(SourceState(source: "nvml", time: origin + 1, health: .ok, message: "8 GPUs")))
    try writer.close()
    let file = try Database(scratch.file(), .read)
    #expect(
      try text(file, "SELECT at || ' ' || label || ' ' || watts FROM gpu_power") == [
        "2025-06-15T16:00:00.500Z zero 412.345"
      ])
    #expect(
      try text(file, "SELECT utilization || ' ' || plugin_x FROM gpu_values").last
        == "0.25 1.5")
    #expect(try text(file, "SELECT name || ' ' || health FROM source") == ["nvml ok"])
    #expect(try file.integer("PRAGMA application_id") == Schema.applicationID)
    #expect(try text(file, "PRAGMA integrity_check") == ["ok"])
    #expect(try text(file, "PRAGMA foreign_key_check").isEmpty)
  }

  @Test func `Readings of one device and time are one row, the last word counts`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    var first = Reading(device: .gpu, time: origin)
    first.set(.power, 100)
    first.set(.power, 120)
    first.set(.temperature, 40)
    try writer.append(.reading(first))
    var second = Reading(device: .gpu, time: origin, arrival: origin + 9)
    second.set(.power, 130)
    second.set(.utilization, 1)
    try writer.append(.reading(second))
    try writer.close()
    let readings = try RecordingReader(path: scratch.file()).readings
    #expect(readings.count == 1)
    #expect(readings.first?.arrival == origin + 9)
    #expect(readings.first?.values.map(\.steps) == [130_000, 40_000, 1_000_000])
  }

  @Test func `A column keeps its first scale`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(power(0, 100))
    let coarse = Metric(custom: "power_mw", .watt, scale: 1)
    let other = DeviceID(machine: "box", kind: .gpu, name: "GPU-1")
    for id in [DeviceID.gpu, other] {
      var reading = Reading(device: id, time: origin + 1)
      reading.set(coarse, 250)
      try writer.append(.reading(reading))
    }
    try writer.close()
    let readings = try RecordingReader(path: scratch.file()).readings
    #expect(readings.map { $0.values[0].value } == [100, 250, 250])
  }

  @Test func `Made-up values mark the whole recording`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(
      .series(
        SeriesDescriptor(
          device: .gpu, metric: .power, provenance: Provenance(source: "x", method: .simulated))))
    try writer.commit()
    #expect(try RecordingReader(path: scratch.file()).header.isSimulated)
    try writer.close()
    #expect(try RecordingReader(path: scratch.file()).header.isSimulated)
  }

  @Test func `A mark can be taken back`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    let events = ["a", "b"].map { Event(time: origin, kind: .mark, text: $0) }
    for event in events { try writer.append(.event(event)) }
    try writer.remove(events[0])
    try writer.close()
    #expect(try RecordingReader(path: scratch.file()).timeline().events == [events[1]])
  }
}
