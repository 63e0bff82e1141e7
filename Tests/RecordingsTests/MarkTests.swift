import Glibc
import Telemetry
import Testing

@testable import Recordings

/// Marks that are set after a recording was made.
@Suite struct MarkTests {
  private func record(_ scratch: borrowing Scratch, closing: Bool = true) throws -> RecordingWriter
  {
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    for second in 0..<5 {
      var reading = Reading(device: .gpu, time: origin + Double(second))
      reading.set(.power, 300)
      try writer.append(.reading(reading))
    }
    try writer.append(.event(Event(time: origin + 2, kind: .note, text: "recorded")))
    if closing { try writer.close() } else { try writer.commit() }
    return writer
  }

  private func mark(_ second: Double, _ text: String) -> Event {
    Event(time: origin + second, kind: .mark, text: text)
  }

  private func told(_ path: String) throws -> (events: [String], others: [Observation]) {
    var (events, others): ([String], [Observation]) = ([], [])
    try RecordingReader(path: path).observations { observation in
      if case .event(let event) = observation {
        events.append(event.text)
      } else {
        others.append(observation)
      }
    }
    return (events, others)
  }

  @Test func `they stand among what was recorded, which stays as it was`() throws {
    let scratch = try Scratch()
    _ = try record(scratch)
    let before = try told(scratch.file())
    try RecordingMarks.add(mark(3, "later"), to: scratch.file())
    try RecordingMarks.add(mark(1, "\u{1B}[2J'; DROP TABLE gpu; --"), to: scratch.file())
    try RecordingMarks.add(mark(2, "second"), to: scratch.file())
    let after = try told(scratch.file())
    #expect(after.events == ["\u{1B}[2J'; DROP TABLE gpu; --", "recorded", "second", "later"])
    #expect(after.others == before.others)
    let timeline = try RecordingReader(path: scratch.file()).timeline()
    #expect(timeline.events.count { $0.kind == .mark } == 3)
    #expect(access(scratch.file() + "-journal", F_OK) != 0)
  }

  @Test func `a recording that goes on takes them too`() throws {
    let scratch = try Scratch()
    let writer = try record(scratch, closing: false)
    try RecordingMarks.add(mark(1, "now"), to: scratch.file())
    try writer.append(.event(Event(time: origin + 4, kind: .note, text: "goes on")))
    try writer.close()
    #expect(try told(scratch.file()).events == ["now", "recorded", "goes on"])
  }

  @Test func `what cannot be marked is not touched`() throws {
    let scratch = try Scratch()
    _ = try record(scratch)
    #expect(throws: RecordingError.self) {
      try RecordingMarks.add(
        Event(time: Timestamp(seconds: -1), kind: .mark, text: "x"), to: scratch.file())
    }
    #expect(throws: RecordingError.self) {
      try RecordingMarks.add(mark(1, "x"), to: scratch.file() + "-none")
    }
    // What is no recording stays what it is.
    let other = scratch.file() + ".txt"
    let file = fopen(other, "w")
    fputs("not a recording", file)
    fclose(file)
    #expect(throws: RecordingError.self) { try RecordingMarks.add(mark(1, "x"), to: other) }
    #expect(try told(scratch.file()).events == ["recorded"])
  }
}
