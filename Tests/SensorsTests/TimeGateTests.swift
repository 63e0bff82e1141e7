import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Which times a stream may speak of, whosever clock it goes by.
@Suite struct TimeGateTests {
  private static let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  private static let day = 86_400.0

  /// What comes out of lines, each by the seconds of its reading from now; `nil` has no time.
  private func heard(
    _ times: [Double?], clock: TimeGate.Clock, isOver: Bool = true
  ) -> [Observation] {
    var inbox = LineInbox(machine: "box", source: "test", clock: clock)
    var result: [Observation] = []
    for time in times {
      let member = time.map { ",\"time\":\((Self.now + $0).nanoseconds / 1_000_000_000)" } ?? ""
      let line = "{\"reading\":{\"kind\":\"meter\",\"device\":\"a\",\"power_w\":5\(member)}}\n"
      Array(line.utf8).withUnsafeBufferPointer { inbox.feed($0, Self.now, into: &result) }
    }
    if isOver { inbox.finish(Self.now, into: &result) }
    return result
  }

  /// The seconds from now of the readings that were let pass.
  private func passed(_ times: [Double?], clock: TimeGate.Clock, isOver: Bool = true) -> [Double] {
    heard(times, clock: clock, isOver: isOver).readings.map { $0.time - Self.now }
  }

  @Test func `what lies a day ahead or a week back is refused, and said once`() {
    let far = [2 * Self.day, 70 * 366 * Self.day, -8 * Self.day, -9000 * Self.day, 400 * Self.day]
    for clock in [TimeGate.Clock.ours, .theirs] {
      #expect(passed([nil] + far + [-1, 1], clock: clock) == [0, -1, 1])
      let events = heard([nil] + far + [1], clock: clock).events
      #expect(events.count == 2 && events.allSatisfy { $0.cause == .refused }, "\(events)")
      #expect(events[0].text.contains("line 2") && events[0].text.contains("passed over"))
      #expect(events[1].text == "test: \(far.count) lines were refused in all")
    }
    #expect(passed(far, clock: .ours).isEmpty)
    #expect(passed([nil, -6.9 * Self.day, 0.9 * Self.day], clock: .ours).count == 3)
  }

  @Test func `a line of an impossible year is a bad line`() {
    for year in ["1970", "1999", "2100", "9999"] {
      var inbox = LineInbox(machine: "box", source: "test", clock: .theirs)
      var result: [Observation] = []
      let line =
        "{\"reading\":{\"kind\":\"meter\",\"device\":\"a\",\"power_w\":5,\"time\":\"\(year)-01-01T00:00:00Z\"}}\n"
      Array(line.utf8).withUnsafeBufferPointer { inbox.feed($0, Self.now, into: &result) }
      #expect(result.readings.isEmpty && result.events.count == 1, "\(year)")
    }
  }

  @Test func `another machine's clock may be off, and a kept stream is of its own time`() {
    let past = -300 * Self.day
    #expect(passed([past, past + 1, past + 2, past + 3], clock: .theirs).count == 4)
    let ahead = 40 * Self.day
    #expect(passed([ahead, ahead + 1, ahead + 2], clock: .theirs).count == 3)
    // Until others agree it is held back; at the end there is nothing else to go by.
    #expect(passed([past], clock: .theirs, isOver: false).isEmpty)
    #expect(passed([past], clock: .theirs) == [past])
    // A kept stream may jump over the days on which nothing was recorded.
    let jump = past + 30 * Self.day
    #expect(
      passed([past, past + 1, past + 2, jump, jump + 1, jump + 2], clock: .theirs).count == 6)
  }

  @Test func `one wrong time moves nobody's clock`() {
    let past = -300 * Self.day
    let wrong = -2000 * Self.day
    #expect(
      passed([past, past + 1, past + 2, wrong, past + 3, wrong, past + 4], clock: .theirs)
        == [past, past + 1, past + 2, past + 3, past + 4])
    #expect(passed([wrong, nil, wrong, 1, wrong, 2], clock: .theirs) == [0, 1, 2])
    // A sender whose clock is as ours is has no reason to leap, however often it says so.
    #expect(passed([0, past, past, past, past, 1], clock: .theirs) == [0, 1])
    let century = 69 * 366 * Self.day
    #expect(passed([century, century, century, century], clock: .theirs).isEmpty)
  }
}
