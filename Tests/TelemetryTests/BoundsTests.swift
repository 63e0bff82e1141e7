import Testing

@testable import Telemetry

/// Memory is bounded, however long a session lasts.
@Suite struct BoundsTests {
  @Test func `Seven days of 104 series at one value a second fit into 64 MB`() {
    var series = Series(
      SeriesDescriptor(
        device: gpu, metric: .power,
        provenance: Provenance(source: "test", method: .average, period: 60)))
    // Scaled: a value a minute fills the coarse tiers, three hours of seconds all the rest.
    let coarse = stride(from: 0, to: 7 * 86_400 - 10_800, by: 60)
    let fine = stride(from: 7 * 86_400 - 10_800, to: 7 * 86_400, by: 1)
    for second in Array(coarse) + Array(fine) { series.append(100, at: origin + Double(second)) }
    let samples = series.samples.capacity * MemoryLayout<Series.Sample>.stride
    let buckets = series.tiers.map { $0.buckets.capacity * MemoryLayout<Tier.Bucket>.stride }
    let bytes = samples + buckets.reduce(0, +)
    #expect(bytes * 104 < 64_000_000, "\(bytes) bytes for a series")
    #expect(zip(series.tiers, [1080, 3240, 672]).allSatisfy { $0.buckets.count >= $1 })
  }

  @Test func `States are bounded`() {
    var timeline = Timeline()
    for second in 0..<10_000 {
      timeline.apply(.state(SourceState(source: "s", time: origin + Double(second), health: .ok)))
    }
    #expect(timeline.states.count <= 4096)
    #expect(timeline.states(at: origin + 1e6).count == 1)
  }

  @Test func `Times at the ends of the world do not trap`() {
    var series = OneSeries()
    for time in [Int64.min, .min + 1, -1, 0, .max - 1, .max, 5, .min + 7] {
      var reading = Reading(device: gpu, time: Timestamp(nanoseconds: time))
      reading.set(.power, 1)
      series.timeline.apply(.reading(reading))
    }
    let ever = TimeSpan(Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    _ = series.timeline.total(series.id, over: ever)
    _ = series.timeline.curve(series.id, over: ever, columns: 10)
    _ = series.timeline.moment(at: ever.start).rate(.power, of: gpu)
  }
}
