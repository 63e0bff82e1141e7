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

  /// Buckets start at multiples of their width since 1970, and their first instant is their own.
  @Test(arguments: [(0, 5.0), (1, 60), (2, 900)])
  func `A value on a boundary opens the next bucket`(tier: Int, width: Double) throws {
    let width = Double(width)
    for start in [0.0, 3 * width, 100 * width] {
      let series = OneSeries([
        (start, 1), (start + width - 0.001, 2), (start + width, 3), (start + width + 0.001, 4),
        (start + 2 * width, 5),
      ]).series
      let buckets = series.tiers[tier].buckets
      #expect(buckets.map(\.value) == [2, 4, 5], "from \(start)")
      #expect(buckets.map(\.low) == [1, 3, 5], "from \(start)")
      #expect(buckets.map(\.high) == [2, 4, 5], "from \(start)")
    }
  }

  @Test func `The slot of a time is that of the multiple at or before it, also before 1970`() {
    let minute = Tier(seconds: 60, capacity: 10)
    let expected: [(Double, Int64)] = [
      (0, 0), (59.999, 0), (60, 1), (119.999, 1), (120, 2), (-0.001, -1), (-60, -1), (-60.001, -2),
    ]
    for (seconds, slot) in expected {
      #expect(minute.slot(Timestamp(nanoseconds: Int64(seconds * 1e9))) == slot, "\(seconds)")
    }
  }

  @Test func `The oldest buckets go when there is no room`() {
    let series = OneSeries((0..<4400).map { (Double($0 * 60), Double($0)) }).series
    let values = series.tiers[1].buckets.map(\.value)
    // Room is made for many at once, so that moving what stays costs little.
    #expect(3240...4320 ~= values.count && values.last == 4399)
    #expect(zip(values, values.dropFirst()).allSatisfy { $1 == $0 + 1 })
  }
}
