import Testing

@testable import Telemetry

/// When a held value becomes another one, however old that is.
@Suite struct ChangeTests {
  private func changes(_ series: OneSeries, _ from: Double, _ to: Double) -> [Double] {
    series.timeline.changes(series.id, in: TimeSpan(origin + from, origin + to))
      .map { (($0 - origin) * 1e6).rounded() / 1e6 }
  }

  @Test func `Only what differs from before is a change`() {
    let share = OneSeries(
      .renewableShare, .average, period: 900,
      [(0, 0.5), (900, 0.5), (1800, 0.6), (2700, 0.6), (3600, 0.5)])
    #expect(changes(share, -100, 4000) == [0, 1800, 3600])
    #expect(changes(share, 0, 4000) == [1800, 3600])
    #expect(changes(share, 100, 3599) == [1800])
    #expect(changes(share, 1800, 3600) == [3600])
    #expect(changes(share, 5000, 9000).isEmpty)
    #expect(changes(OneSeries(.renewableShare), 0, 10).isEmpty)
  }

  @Test func `Changes are known when their readings are forgotten`() {
    var share = OneSeries(.renewableShare, .average, period: 60)
    for minute in 0..<9000 { share.add(Double(minute) * 60, Double(minute / 1000) / 10) }
    #expect(share.series.samples.count < 9000)
    let found = changes(share, -1, 9000 * 60)
    #expect(found.count == 9)
    for (index, time) in found.enumerated() {
      // No later than the bucket of a quarter of an hour in which it lies.
      #expect((0..<900).contains(time - Double(index) * 60_000), "\(time)")
    }
    #expect(found.suffix(3) == [360_000, 420_000, 480_000])
  }

  @Test func `A page in the middle of a recording knows what is around it`() {
    var share = OneSeries(.renewableShare, .average, period: 60)
    for minute in 0..<600 { share.add(Double(minute) * 60, Double(minute / 100) / 10) }
    let whole = changes(share, -1, 36_000)
    #expect(whole == [0, 6000, 12_000, 18_000, 24_000, 30_000])
    var paged = share.timeline
    let id = share.id
    paged.restore(
      id,
      tiers: Timeline.storedTierWidths.map {
        .init(width: $0, buckets: share.timeline.buckets(id, width: $0))
      })
    paged.turnPage(to: origin + 18_600)
    for minute in 310..<330 {
      paged.append(Double(minute / 100) / 10, at: origin + Double(minute) * 60, to: id)
    }
    let span = TimeSpan(origin - 1, origin + 36_000)
    #expect(paged.changes(id, in: span) == share.timeline.changes(id, in: span))
    #expect(paged.firstReading(id)?.time == origin)
  }

  @Test func `The first reading is remembered`() {
    var power = OneSeries()
    for second in 0..<10_000 { power.add(Double(second), 100 + Double(second)) }
    let first = power.timeline.firstReading(power.id)
    #expect(first?.time == origin)
    #expect(first?.value == 100)
    power.add(-5, 7)
    #expect(power.timeline.firstReading(power.id)?.time == origin)
  }
}
