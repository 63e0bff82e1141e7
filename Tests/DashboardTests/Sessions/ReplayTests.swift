import Canvas
import Glibc
import Recordings
import Telemetry
import Testing

@testable import Dashboard

/// A frame of a recording is the frame that was seen live, cell by cell.
@Suite struct ReplayTests {
  /// The training machine on a bad day: seven seconds nobody was told of, a driver that was
  /// reloaded, and words that came late.
  static let badDay: [Observation] = {
    var result: [Observation] = []
    var late: [(due: Int, observation: Observation)] = []
    for (second, row) in Stage.rows.enumerated() {
      if second == 400 {
        let time = Stage.start + 400
        result.append(.event(Event(time: time, kind: .gap, text: "the machine slept")))
        result.append(
          .state(
            SourceState(source: "simulated", time: time, health: .stalled, message: "no answer")))
      }
      guard !(400..<430).contains(second) else { continue }
      for observation in row {
        guard case .reading(let reading) = observation else {
          result.append(observation)
          continue
        }
        switch (reading.device.kind, second) {
        case (.gpu, 600...) where reading.device.name.hasSuffix("-3"):
          result.append(.reading(restarted(reading)))
        case (.job, 500), (.gpu, 777):
          late.append((second + 21, observation))
        default: result.append(observation)
        }
      }
      result += late.filter { $0.due == second }.map(\.observation)
    }
    return result
  }()

  /// The same reading after the counter was set to zero at 600 s, at about 600 W.
  private static func restarted(_ reading: Reading) -> Reading {
    var copy = Reading(device: reading.device, time: reading.time, arrival: reading.arrival)
    for entry in reading.values {
      let fresh = (reading.time - Stage.start - 600) * 600
      copy.set(entry.metric, entry.metric == .energy ? fresh : entry.value)
    }
    return copy
  }

  private static let live: Timeline = {
    var timeline = Timeline()
    timeline.apply(badDay)
    return timeline
  }()

  /// Writes the observations to a file, and hands a reader of it to `body`.
  private func recorded(
    _ observations: [Observation], _ body: (RecordingReader) throws -> Void
  ) throws {
    let path = "/tmp/hippo-frame-\(getpid())-\(observations.count).hippo"
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    let header = RecordingHeader(
      machine: "node-17", programVersion: "test", startedAt: Stage.start, isSimulated: true)
    let writer = try RecordingWriter(path: path, header: header, overwrite: true)
    for observation in observations { try writer.append(observation) }
    try writer.close()
    try body(RecordingReader(path: path))
  }

  private func frame(
    _ timeline: Timeline, at second: Double, window: Double, panel: Int? = nil,
    width: Int = 132, height: Int = 40
  ) -> Canvas {
    let bounds = timeline.span ?? TimeSpan(Stage.start, Stage.start)
    var view = ViewState(
      cursor: .replay(from: Stage.start + second, paused: true), window: window)
    view.focused = panel
    return Frame.render(
      FrameInput(
        timeline: timeline, bounds: bounds, view: view, theme: .dusk,
        session: SessionInfo(origin: .recording("a.hippo"), machine: "node-17"),
        width: width, height: height))
  }

  /// The rows in which two frames differ, to be read in a report.
  private func differences(_ one: Canvas, _ other: Canvas) -> String {
    zip(one.lines, other.lines).enumerated().filter { $1.0 != $1.1 }
      .map { "\($0): \($1.0)\n\($0): \($1.1)" }.joined(separator: "\n")
  }

  @Test func `The bad day went as badly as it should`() throws {
    let live = Self.live
    let gpus = live.devices(.gpu)
    let counter = try #require(live.id(.energy, of: gpus[3].id))
    let power = try #require(live.id(.power, of: gpus[0].id))
    let whole = try #require(live.span)
    #expect(live.total(counter, over: whole).coverage < 0.9999)
    #expect(live.total(power, over: whole).coverage < 0.99)
    #expect(live.readings(power, in: TimeSpan(Stage.start + 770, Stage.start + 780)).count == 11)
    #expect(Self.badDay.count > 15_000)
  }

  @Test func `A recorded frame is the live frame, cell by cell`() throws {
    try recorded(Self.badDay) { reader in
      var replay = try reader.timeline()
      let span = try #require(reader.span)
      try reader.load(page: span, into: &replay)
      for second in [0, 1, 30.5, 89, 399, 415, 431, 520, 599.5, 600, 601, 777, 900.25, 1199, 1200] {
        for window in [60.0, 300] {
          let one = frame(Self.live, at: second, window: window)
          let other = frame(replay, at: second, window: window)
          #expect(
            one == other, "at \(second) s, window \(window) s:\n\(differences(one, other))")
        }
      }
      for panel in PanelCatalogue.all.indices {
        let one = frame(Self.live, at: 700, window: 300, panel: panel)
        #expect(one == frame(replay, at: 700, window: 300, panel: panel), "panel \(panel + 1)")
      }
    }
  }

  @Test func `A page of a longer recording shows what was seen live`() throws {
    var live = Timeline()
    let rows = Stage.story(seconds: 2400)
    for row in rows { live.apply(row) }
    try recorded(Array(rows.joined())) { reader in
      var replay = try reader.timeline()
      for second in [1500.0, 2300] {
        let page = TimeSpan(Stage.start + second - 510, Stage.start + second + 60)
        try reader.load(page: page, into: &replay)
        for panel in [0, 2, 3] {
          let one = frame(live, at: second, window: 300, panel: panel)
          let other = frame(replay, at: second, window: 300, panel: panel)
          // Curves of the whole session are drawn from coarser values; all above them is not.
          let scrubber = Layout(width: 132, height: 40, focused: true).scrubber.y
          let rows = 0..<(panel == 3 ? 9 : scrubber)
          #expect(
            rows.allSatisfy { one.row($0) == other.row($0) },
            "panel \(panel + 1) at \(second) s:\n\(differences(one, other))")
        }
      }
    }
  }

  @Test func `Frames of different moments differ`() {
    let one = frame(Self.live, at: 700, window: 300)
    #expect(one != frame(Self.live, at: 701, window: 300))
    #expect(one != frame(Self.live, at: 700, window: 60))
    #expect(one == frame(Self.live, at: 700, window: 300))
  }

  @Test func `The same story told twice is the same frame`() {
    var again = Timeline()
    for row in Stage.story(seconds: 120) { again.apply(row) }
    #expect(frame(again, at: 100, window: 60) == frame(Stage.short, at: 100, window: 60))
  }
}
