import Telemetry
import Testing

/// Arithmetic on times never traps and never turns round.
@Suite struct TimestampTests {
  private static let times: [Timestamp] = [.min, -1, 0, 1, 1_790_000_000_000_000_000, .max].map {
    Timestamp(nanoseconds: $0)
  }
  private static let seconds: [Double] = [
    0, 1e-9, 1, -1, 1e12, -1e12, 1e300, -1e300, .infinity, -.infinity, .greatestFiniteMagnitude,
  ]

  @Test(arguments: times, seconds)
  func `a time moved by any number of seconds moves that way`(time: Timestamp, seconds: Double) {
    let later = time + seconds
    #expect(seconds > 0 ? later >= time : later <= time)
    #expect(time - seconds == time + (-seconds))
    #expect((later - time).isFinite)
    #expect((Timestamp(seconds: seconds) >= Timestamp(nanoseconds: 0)) == (seconds >= 0))
  }

  @Test func `no number of seconds is none`() {
    #expect(Self.times[4] + .nan == Self.times[4])
  }

  @Test
  func `what a live source may speak of lies around the clock, and never outside of all years`() {
    for now in Self.times {
      let range = PlausibleTime.live(now)
      #expect(PlausibleTime.recorded.contains(range.lowerBound))
      #expect(range.lowerBound <= range.upperBound)
    }
    let now = Self.times[4]
    #expect(PlausibleTime.live(now).contains(now))
    #expect(!PlausibleTime.live(now).contains(now + 2 * 86_400))
    #expect(!PlausibleTime.live(now).contains(now - 8 * 86_400))
  }
}
