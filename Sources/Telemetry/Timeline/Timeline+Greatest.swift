import Quantities

extension Timeline {
  /// The greatest mean of a series over about five seconds inside a span; of a counter, of its rate.
  ///
  /// Where five-second buckets are no longer kept, the means are those over a minute or a quarter of an
  /// hour, which are smaller. `nil` until two buckets are known.
  public func greatestMean(_ id: SeriesID, in span: TimeSpan) -> Double? {
    var greatest: Double?
    for tier in series[id.index].tiers {
      let from = tier.buckets.partitioningIndex { $0.time >= span.start }
      let to = tier.buckets.partitioningIndex { $0.time > span.end }
      guard to - from >= 2 else { continue }
      let width = Double(tier.width) / 1e9
      for index in (from + 1)..<to {
        let (before, bucket) = (tier.buckets[index - 1], tier.buckets[index])
        let seconds = bucket.covered - before.covered
        // Less is the rest of a gap: one burst would stand for five seconds.
        guard seconds >= 0.8 * width else { continue }
        let mean = (bucket.cumulative - before.cumulative) / seconds
        greatest = max(greatest ?? mean, mean)
      }
    }
    return greatest
  }
}
