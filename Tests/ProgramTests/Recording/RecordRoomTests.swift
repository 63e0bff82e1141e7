import Glibc
import Telemetry
import Terminals
import TestSupport
import Testing

@testable import Recordings
@testable import hippowatt

/// What a recording does when there is no room for it, and what it leaves alone.
@Suite struct RecordRoomTests {
  private let folder: Folder
  private static let base = ["record", "-o", "f.hippo", "--source", "simulated", "--every", "50ms"]

  init() throws { folder = try Folder() }

  /// Limits how large files of a process may become, in bytes, or as much as may be.
  private func limit(_ process: pid_t, _ size: String) {
    #expect(system("prlimit --pid \(process) --fsize=\(size):") == 0)
  }

  private var times: [Timestamp] {
    guard let reader = try? RecordingReader(path: folder.file("f.hippo")) else { return [] }
    return Set(reader.readings.map(\.time)).sorted()
  }

  @Test func `a recording goes on by itself when there is room again, and nothing is lost`() throws
  {
    let ticking = ["--", "/bin/sh", "-c", "while :; do echo; sleep 0.05; done"]
    let program = try Program(Self.base + ticking, in: folder)
    #expect(program.wait { times.count > 3 })
    limit(program.process, "1")
    #expect(program.wait { program.errorText.contains("it goes on by itself") })
    let before = times.count
    // Some ticks pass without room.
    let lines = program.text.count
    #expect(program.wait { program.text.count > lines + 10 })
    #expect(times.count == before)
    limit(program.process, "unlimited")
    #expect(program.wait { program.errorText.contains("goes on\n") })
    #expect(program.wait { times.count > before + 12 })
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.status == 128 + SIGTERM, "\(result.errors)")
    #expect(folder.names == ["f.hippo"])
    let found = times
    // Every tick is there, also those without room.
    #expect(zip(found, found.dropFirst()).allSatisfy { $1 - $0 < 0.35 })
  }

  @Test func `a recording that ends without room says that it is not complete`() throws {
    let program = try Program(Self.base, in: folder)
    #expect(program.wait { times.count > 3 })
    limit(program.process, "1")
    #expect(program.wait { program.errorText.contains("it goes on by itself") })
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.status == 1)
    #expect(result.errors.contains("not complete"), "\(result.errors)")
  }

  @Test(arguments: ["-wal", "-shm", "-journal"])
  func `what may be all of another recording is left alone`(suffix: String) throws {
    _ = folder.write("not yet in the file", to: "f.hippo\(suffix)")
    _ = folder.write("iter 1: loss 2.5, time 1.00ms, mfu 1.00%\n", to: "a.log")
    let runs = [
      Self.base + ["--for", "1s"], Self.base + ["--", "/bin/true"],
      ["import", "-o", "f.hippo", "a.log"],
    ]
    for run in runs {
      let result = try Program.run(run, in: folder)
      #expect(result.status == 1, "\(result.errors)")
      #expect(result.errors.contains("f.hippo\(suffix) is there without f.hippo"))
      #expect(folder.text("f.hippo\(suffix)") == "not yet in the file")
      #expect(folder.names == ["a.log", "f.hippo\(suffix)"])
    }
  }
}

/// What waits to be written is bounded, and what had to go is said.
@Suite struct RecordingBacklogTests {
  private let folder: Folder
  private static let start = Timestamp(nanoseconds: 1_795_860_000_000_000_000)
  private static let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")

  init() throws { folder = try Folder() }

  private func writer(pages: Int? = nil) throws -> RecordingWriter {
    try RecordingWriter(
      path: folder.file("f.hippo"),
      header: RecordingHeader(machine: "box", programVersion: "1", startedAt: Self.start),
      overwrite: false, pageLimit: pages)
  }

  /// A reading a second, and a mark with every tenth.
  private func observations(_ second: Int) -> [Observation] {
    let time = Self.start + Double(second)
    var reading = Reading(device: Self.gpu, time: time)
    reading.set(.power, 300)
    return [.reading(reading)]
      + (second % 10 == 0 ? [.event(Event(time: time, kind: .mark, text: "\(second)"))] : [])
  }

  @Test func `the oldest readings go, and the recording says from when to when`() throws {
    var backlog = RecordingBacklog(limit: 100)
    backlog.add([.device(Device(id: Self.gpu, label: "0"))])
    for second in 0..<150 { backlog.add(observations(second)) }
    let loss = try #require(backlog.loss)
    #expect(loss.span.start == Self.start)
    let writer = try writer()
    try backlog.write(to: writer) { try writer.append($0) }
    #expect(backlog.isEmpty && backlog.loss == nil)
    try writer.close()
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(reader.readings.count == 150 - loss.count)
    #expect(reader.readings.first?.time == loss.span.end + 1)
    let events = try reader.timeline().events.map(\.text)
    #expect(events.count { Int($0) != nil } == 15)
    #expect(events.contains { $0.contains("values lost from 2026-11-28 10:00:00 to") }, "\(events)")
  }

  @Test func `what could not be written is written once when there is room`() throws {
    var backlog = RecordingBacklog()
    for second in 0..<20_000 { backlog.add(observations(second)) }
    let writer = try writer(pages: 60)
    // Packed, all of it would have room.
    writer.packsReadings = false
    for _ in 0..<2 {
      #expect(throws: RecordingError.full(path: folder.file("f.hippo"))) {
        try backlog.write(to: writer) { try writer.append($0) }
      }
    }
    try writer.database.run("PRAGMA max_page_count = 100000")
    try backlog.write(to: writer) { try writer.append($0) }
    try writer.close()
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(reader.readings.count == 20_000)
    #expect(try reader.timeline().events.count == 2000)
  }
}

extension RecordingReader {
  /// All readings of the file; none when it cannot be read.
  fileprivate var readings: [Reading] {
    var result: [Reading] = []
    try? observations { if case .reading(let reading) = $0 { result.append(reading) } }
    return result
  }
}
