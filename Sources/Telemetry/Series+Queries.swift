extension Series {
  /// The integral since the beginning at a point in time.
  struct Integral: Sendable {
    var cumulative: Double
    var covered: Double

    /// The integral `fraction` of the way from `a` to `b`.
    static func between(_ a: Integral, _ b: Integral, _ fraction: Double) -> Integral {
      Integral(
        cumulative: a.cumulative + (b.cumulative - a.cumulative) * fraction,
        covered: a.covered + (b.covered - a.covered) * fraction)
    }
  }

  /// The integral up to `time`, between two known points by straight line.
  ///
  /// The finest view that reaches back to `time` answers. A held value goes on after its last
  /// reading; everything else ends there.
  func integral(at time: Timestamp) -> Integral? {
    if let first = samples.first, time >= first.time {
      let index = samples.partitioningIndex { $0.time > time }
      let last = samples[index - 1]
      guard index < samples.count else {
        guard descriptor.provenance.method == .annual else { return last.integral }
        let held = time - last.time
        return Integral(
          cumulative: last.cumulative + held * last.value, covered: last.covered + held)
      }
      let next = samples[index]
      return .between(
        last.integral, next.integral, (time - last.time) / (next.time - last.time))
    }
    var later: Integral? = samples.first?.integral
    var laterTime = samples.first?.time
    for tier in tiers {
      if let first = tier.buckets.first, time >= first.time {
        let index = tier.buckets.partitioningIndex { $0.time > time }
        let last = tier.buckets[index - 1]
        if index < tier.buckets.count {
          let next = tier.buckets[index]
          return .between(
            last.integral, next.integral, (time - last.time) / (next.time - last.time))
        }
        guard let later, let laterTime, laterTime > last.time else { return last.integral }
        return .between(last.integral, later, (time - last.time) / (laterTime - last.time))
      }
      if let first = tier.buckets.first, laterTime.map({ first.time < $0 }) ?? true {
        later = first.integral
        laterTime = first.time
      }
    }
    return nil
  }

  /// The integral at `time`, or at the beginning for any time before it.
  func clampedIntegral(at time: Timestamp) -> Integral {
    integral(at: time)
      ?? Integral(cumulative: start?.1.cumulative ?? 0, covered: start?.1.covered ?? 0)
  }

  /// The earliest point that is still known.
  var start: (Timestamp, Integral)? {
    var earliest: (Timestamp, Integral)? = samples.first.map { ($0.time, $0.integral) }
    for tier in tiers {
      if let first = tier.buckets.first, earliest.map({ first.time < $0.0 }) ?? true {
        earliest = (first.time, first.integral)
      }
    }
    return earliest
  }

  /// The newest point.
  var end: Timestamp? {
    let last = tiers.compactMap(\.buckets.last?.time).max()
    return [samples.last?.time, last].compactMap { $0 }.max()
  }

  /// The last value at or before `time`, with the time it speaks of.
  func value(at time: Timestamp) -> (value: Double, time: Timestamp)? {
    let index = samples.partitioningIndex { $0.time > time }
    if index > 0 { return (samples[index - 1].value, samples[index - 1].time) }
    for tier in tiers {
      let index = tier.buckets.partitioningIndex { $0.time > time }
      if index > 0 { return (tier.buckets[index - 1].value, tier.buckets[index - 1].time) }
    }
    return nil
  }

  /// The last value before `time`, strictly, or the first after it.
  func neighbour(of time: Timestamp, after: Bool) -> (value: Double, time: Timestamp)? {
    if after {
      let index = samples.partitioningIndex { $0.time > time }
      return index < samples.count ? (samples[index].value, samples[index].time) : nil
    }
    let index = samples.partitioningIndex { $0.time >= time }
    return index > 0 ? (samples[index - 1].value, samples[index - 1].time) : nil
  }

  /// The smallest and largest height in a stretch of time, from the finest view that reaches it.
  func extremes(in span: TimeSpan) -> (low: Double, high: Double)? {
    var low = Double.infinity
    var high = -Double.infinity
    func take(_ a: Double, _ b: Double) {
      if a.isFinite { low = min(low, a) }
      if b.isFinite { high = max(high, b) }
    }
    if let first = samples.first, first.time <= span.start {
      let from = samples.partitioningIndex { $0.time > span.start }
      let to = samples.partitioningIndex { $0.time > span.end }
      for index in from..<to {
        if descriptor.metric.isCounter {
          let before = samples[index - 1]
          let elapsed = samples[index].covered - before.covered
          guard elapsed > 0 else { continue }
          let rate = (samples[index].cumulative - before.cumulative) / elapsed
          take(rate, rate)
        } else {
          take(samples[index].value, samples[index].value)
        }
      }
    } else if let tier = tiers.first(where: {
      $0.buckets.first.map { $0.time <= span.start } ?? false
    })
      ?? tiers.last
    {
      let from = tier.buckets.partitioningIndex { $0.time > span.start }
      let to = tier.buckets.partitioningIndex { $0.time > span.end }
      for bucket in tier.buckets[from..<max(from, to)] {
        take(Double(bucket.low), Double(bucket.high))
      }
    }
    return low <= high ? (low, high) : nil
  }
}

extension Series.Sample {
  var integral: Series.Integral { .init(cumulative: cumulative, covered: covered) }
}

extension Tier.Bucket {
  var integral: Series.Integral { .init(cumulative: cumulative, covered: covered) }
}
