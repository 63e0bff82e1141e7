import Quantities

/// How far an integral may be from the truth because a series is read only now and then.
extension Timeline {
  /// How much of the integral at a time is interpolation, in the integral's unit.
  ///
  /// At a time between two values the true integral lies somewhere between theirs, since neither
  /// energy nor a count can fall. At the time of a value there is nothing to interpolate.
  public func edgeDoubt(_ id: SeriesID, at time: Timestamp) -> Double {
    let series = series[id.index]
    let (before, after) = series.bracket(time)
    guard let before, let after, before.time < time else { return 0 }
    let here = series.clampedIntegral(at: time).cumulative
    return max(here - before.integral.cumulative, after.integral.cumulative - here)
  }

  /// The largest error of the integral of momentary values over a span, if the quantity moves from
  /// each value straight or in one step to the next.
  ///
  /// Half of every change times the time it may have come at. Where values are no longer kept one by
  /// one, half the range of each bucket stands for its changes.
  public func variation(_ id: SeriesID, over span: TimeSpan) -> Double {
    let series = series[id.index]
    let samples = series.samples
    var doubt = 0.0
    var start = span.start
    if let first = samples.first?.time, first > span.start {
      for bucket in series.buckets(from: span.start, to: min(first, span.end)) {
        let low = Double(bucket.low)
        let high = Double(bucket.high)
        if low.isFinite, high.isFinite { doubt += (high - low) / 2 * (bucket.time - start) }
        start = bucket.time
      }
      start = first
    }
    let from = max(1, samples.place(after: start))
    guard from < samples.count else { return doubt }
    // The first value at or after the end is the last that counts.
    let to = max(from, min(samples.count, samples.place(from: span.end) + 1))
    var before: Series.Sample?
    samples.forEach(in: (from - 1)..<to) { sample in
      defer { before = sample }
      guard let before else { return }
      doubt += abs(sample.value - before.value) / 2 * (sample.covered - before.covered)
    }
    return doubt
  }

  /// The least and the highest height of a series in a span; of a counter, of its rate.
  public func extremes(_ id: SeriesID, over span: TimeSpan) -> (low: Double, high: Double)? {
    series[id.index].extremes(in: span)
  }
}

extension Series {
  /// The buckets of the finest tier that reaches back to a time, up to another.
  fileprivate func buckets(from start: Timestamp, to end: Timestamp) -> [Tier.Bucket] {
    guard let place = finestTier(over: TimeSpan(start, max(start, end))) else { return [] }
    let tier = tiers[place]
    let from = tier.buckets.place(after: start)
    return tier.buckets.rows(in: from..<max(from, tier.buckets.place(after: end)))
  }
}
