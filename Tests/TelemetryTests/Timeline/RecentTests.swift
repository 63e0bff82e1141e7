import Quantities
import Telemetry
import Testing

/// The newest readings of a series.
@Suite struct RecentTests {
  private let job = DeviceID(machine: "box", kind: .job, name: "7")
  private let start = Timestamp(seconds: 1_750_000_000)

  private func timeline(_ steps: [Double]) throws -> (Timeline, Timeline.SeriesID) {
    var timeline = Timeline()
    for (second, step) in steps.enumerated() {
      var reading = Reading(device: job, time: start + Double(second))
      reading.set(.step, step)
      timeline.apply(.reading(reading))
    }
    return (timeline, try #require(timeline.id(.step, of: job)))
  }

  @Test func `The newest come oldest first, and no more than asked for`() throws {
    let (timeline, id) = try timeline([0, 1, 2, 3, 4])
    let recent = timeline.recent(id, until: start + 3.5, limit: 2)
    #expect(recent.map(\.value) == [2, 3])
    #expect(recent.map(\.time) == [start + 2, start + 3])
    #expect(timeline.recent(id, until: start - 1, limit: 2).isEmpty)
    #expect(timeline.recent(id, until: start + 9, limit: 99).count == 5)
  }

  @Test func `Of repeated values the first one counts, where its beginning was seen`() throws {
    let (timeline, id) = try timeline([5, 5, 6, 6, 6, 7])
    let recent = timeline.recent(id, until: start + 9, limit: 9, changesOnly: true)
    #expect(recent.map(\.value) == [6, 7])
    #expect(recent.map(\.time) == [start + 2, start + 5])
  }
}
