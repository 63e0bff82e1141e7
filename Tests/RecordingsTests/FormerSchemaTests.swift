import CSQLite
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Recordings

/// A recording of the first schema says by names what later ones say by type.
@Suite struct FormerSchemaTests {
  /// What schema 1 did not have yet, taken out of a file of the present one, whose few
  /// readings are all rows.
  private static let downgrade = """
    PRAGMA legacy_alter_table = ON;
    DROP VIEW host; DROP VIEW host_values; DROP TABLE host_packed; DROP TABLE ordinal;
    ALTER TABLE host_rows RENAME TO host;
    DELETE FROM rollup;
    CREATE TABLE former AS SELECT id, machine, kind, name, label, model FROM device;
    DROP TABLE device;
    ALTER TABLE former RENAME TO device;
    CREATE TABLE former AS SELECT id, time, kind, text FROM event;
    DROP TABLE event;
    ALTER TABLE former RENAME TO event;
    ALTER TABLE state DROP COLUMN kind;
    ALTER TABLE state DROP COLUMN machine;
    UPDATE recording SET schema = 1;
    UPDATE series SET metric = 'busy_ppm' WHERE metric = 'cpu_utilization_ppm';
    ALTER TABLE host RENAME COLUMN cpu_utilization_ppm TO busy_ppm;
    PRAGMA user_version = 1;
    """

  private func device(_ kind: DeviceKind, _ name: String) -> DeviceID {
    DeviceID(machine: "box", kind: kind, name: name)
  }

  private func former() throws -> RecordingReader {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    let names: [(DeviceKind, String, [String: String])] = [
      (.cpu, "package-0", [:]), (.cpu, "dram-0", [:]), (.cpu, "psys", [:]), (.cpu, "core-0", [:]),
      (.meter, "wall", [:]), (.meter, "module", [:]), (.meter, "vddcr", [:]), (.gpu, "A", [:]),
      (.process, "41.9@A", ["pid": "41", "gpu": "A"]), (.gpuPart, "A/0", ["gpu": "A"]),
    ]
    for (kind, name, attributes) in names {
      try writer.append(
        .device(Device(id: device(kind, name), label: name, attributes: attributes)))
    }
    try writer.append(.device(Device(id: device(.host, "box"), label: "box")))
    for second in 0..<3 {
      var reading = Reading(device: device(.host, "box"), time: origin + Double(second))
      reading.set(.cpuUtilization, 0.25)
      try writer.append(.reading(reading))
    }
    try writer.append(.event(Event(time: origin + 1, kind: .gap, text: "GPU 0 is lost")))
    try writer.append(.state(SourceState(source: "log:train.log", time: origin, health: .ok)))
    try writer.close()
    var handle: OpaquePointer?
    sqlite3_open(scratch.file(), &handle)
    defer { sqlite3_close(handle) }
    var message: UnsafeMutablePointer<CChar>?
    let result = sqlite3_exec(handle, Self.downgrade, nil, nil, &message)
    try #require(result == SQLITE_OK, "\(message.map { String(cString: $0) } ?? "?")")
    return try RecordingReader(path: scratch.file())
  }

  @Test func `Devices get the roles that their names stood for`() throws {
    let heard = try former().all()
    var devices: [String: Device] = [:]
    for case .device(let device) in heard { devices[device.id.name] = device }
    let expected: [String: DeviceRole] = [
      "package-0": .processor, "dram-0": .memory, "psys": .platform, "core-0": .processorPart,
      "wall": .machine, "module": .platform, "vddcr": .sensor, "A": .accelerator,
      "41.9@A": .user, "A/0": .acceleratorPart, "box": .user,
    ]
    #expect(devices.mapValues(\.role) == expected)
    #expect(devices["41.9@A"]?.parent == device(.gpu, "A"))
    #expect(devices["A/0"]?.parent == device(.gpu, "A"))
    #expect(devices["41.9@A"]?.attributes["started"] == "9")
  }

  @Test func `Values, events and states are what they were`() throws {
    let heard = try former().all()
    var shares: [Double?] = []
    for case .reading(let reading) in heard { shares.append(reading[.cpuUtilization]) }
    #expect(shares == [0.25, 0.25, 0.25])
    let events = heard.compactMap { if case .event(let event) = $0 { event } else { nil } }
    #expect(events.map(\.text) == ["GPU 0 is lost"])
    #expect(events.allSatisfy { $0.device == nil && $0.cause == nil })
    let states = heard.compactMap { if case .state(let state) = $0 { state } else { nil } }
    #expect(states.map(\.kind) == ["log"])
  }
}
