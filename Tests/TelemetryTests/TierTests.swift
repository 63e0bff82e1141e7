import Testing

@testable import Telemetry

/// Coarser views agree with the values they are made of.
@Suite struct TierTests {
  @Test func `A bucket knows its last value, its extremes and the integral`() throws {
    let series = OneSeries([(0, 5), (1, 9), (4, 7), (5, 1), (61, 3)]).series
    let five = series.tiers[0].buckets
    #expect(five.map(\.value) == [7, 1, 3])
    #expect(five.map(\.low) == [5, 1, 3])
    #expect(five.map(\.high) == [9, 1, 3])
    #expect(five.map(\.cumulative) == [2, 3, 4].map { series.samples[$0].cumulative })
    #expect(series.tiers[1].buckets.count == 2)
    #expect(series.tiers[2].buckets.count == 1)
  }

  @Test func `Extremes of a counter are its rates`() {
    let series = OneSeries(.bytesRead, .counter, [(0, 0), (1, 10), (2, 1010), (3, 1010)]).series
    #expect(series.tiers[1].buckets[0].low == 0)
    #expect(series.tiers[1].buckets[0].high == 1000)
  }

  @Test func `A short peak survives in every tier`() throws {
    var long = OneSeries()
    for second in 0..<20_000 { long.add(Double(second), second == 1234 ? 700 : 60) }
    let columns = long.curve(0, 20_000, columns: 20)
    #expect(columns.count == 20)
    let first = try #require(columns[1])
    #expect(first.high == 700)
    #expect(columns.enumerated().allSatisfy { $0.offset == 1 || $0.element?.high == 60 })
  }

  @Test func `The whole total stays whole when its beginning is forgotten`() {
    var long = OneSeries()
    for minute in 0..<15_000 { long.add(Double(minute * 60), 100) }
    var dense = OneSeries(.power, .instant, period: 60)
    for minute in 0..<15_000 { dense.add(Double(minute * 60), 100) }
    #expect(dense.series.tiers[1].buckets.count <= 4320)
    #expect(near(dense.total(0, 14_999 * 60).amount, 14_999 * 6000))
    #expect(dense.total(0, 14_999 * 60).coverage > 0.999_999)
    #expect(long.total(0, 14_999 * 60).covered == 0)
  }
}
