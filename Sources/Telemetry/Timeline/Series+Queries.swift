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

  /// What is known at one time, in whichever view.
  struct Point: Sendable {
    var time: Timestamp
    var value: Double
    var integral: Integral
  }

  /// The last known point at or before `time` and the first after it, over all views.
  ///
  /// All views hold points of the same curve, so the closest two are the most exact. The single
  /// values may be a page from the middle of a recording; then the tiers have the points before and
  /// after it.
  func bracket(_ time: Timestamp) -> (before: Point?, after: Point?) {
    let index = samples.partitioningIndex { $0.time > time }
    var before = index > 0 ? Point(samples[index - 1]) : nil
    var after = index < samples.count ? Point(samples[index]) : nil
    if before != nil, after != nil { return (before, after) }
    for tier in tiers {
      let index = tier.buckets.partitioningIndex { $0.time > time }
      if index > 0, before.map({ $0.time < tier.buckets[index - 1].time }) ?? true {
        before = Point(tier.buckets[index - 1])
      }
      if index < tier.buckets.count, after.map({ tier.buckets[index].time < $0.time }) ?? true {
        after = Point(tier.buckets[index])
      }
    }
    if let beginning {
      if before == nil, beginning.time <= time { before = Point(beginning) }
      if beginning.time > time { after = Point(beginning) }
    }
    return (before, after)
  }

  /// The integral up to `time`, between two known points by straight line.
  ///
  /// It is taken from the closest points in any view. A held value goes on after its last reading;
  /// everything else ends there.
  func integral(at time: Timestamp) -> Integral? {
    let (before, after) = bracket(time)
    guard let before else { return nil }
    guard let after else {
      guard rule.goesOn else { return before.integral }
      let held = min(time - before.time, rule.gap)
      return Integral(
        cumulative: before.integral.cumulative + held * before.value,
        covered: before.integral.covered + held)
    }
    return .between(
      before.integral, after.integral, (time - before.time) / (after.time - before.time))
  }

  /// The integral at `time`, or at the beginning for any time before it.
  func clampedIntegral(at time: Timestamp) -> Integral {
    integral(at: time)
      ?? Integral(cumulative: start?.1.cumulative ?? 0, covered: start?.1.covered ?? 0)
  }

  /// The point from which the integral counts.
  var start: (Timestamp, Integral)? {
    if let beginning { return (beginning.time, beginning.integral) }
    let firsts =
      [samples.first.map(Point.init)] + tiers.map { $0.buckets.first.map(Point.init) }
    return firsts.compactMap { $0 }.min { $0.time < $1.time }.map { ($0.time, $0.integral) }
  }

  /// The newest point.
  var end: Timestamp? {
    let last = tiers.compactMap(\.buckets.last?.time).max()
    return [samples.last?.time, last].compactMap { $0 }.max()
  }

  /// The last value at or before `time`, with its time.
  func value(at time: Timestamp) -> (value: Double, time: Timestamp)? {
    bracket(time).before.map { ($0.value, $0.time) }
  }

  /// The last value before `time`, strictly, or the first after it.
  func neighbour(of time: Timestamp, after: Bool) -> (value: Double, time: Timestamp)? {
    // Times are whole nanoseconds, so "before" is "at or before the one before".
    let bracket = bracket(after ? time : Timestamp(nanoseconds: time.nanoseconds &- 1))
    return (after ? bracket.after : bracket.before).map { ($0.value, $0.time) }
  }

  /// The values known in a stretch of time, oldest first, each from the finest view that has it.
  func points(in span: TimeSpan) -> [(time: Timestamp, value: Double)] {
    typealias Value = (time: Timestamp, value: Double)
    var values: [Value] = samples.filter { span.contains($0.time) }.map { ($0.time, $0.value) }
    var known = samples.first.flatMap { first in
      samples.last.map { TimeSpan(first.time, $0.time) }
    }
    // A coarser view adds what lies before and after the finer ones.
    for tier in tiers {
      guard let first = tier.buckets.first?.time, let last = tier.buckets.last?.time else {
        continue
      }
      let inside = tier.buckets.filter { span.contains($0.time) }
      let older = inside.filter { bucket in known.map { bucket.time < $0.start } ?? true }
      let newer = inside.filter { bucket in known.map { bucket.time > $0.end } ?? false }
      values = older.map { ($0.time, $0.value) } + values + newer.map { ($0.time, $0.value) }
      known = TimeSpan(min(first, known?.start ?? first), max(last, known?.end ?? last))
    }
    if let beginning, span.contains(beginning.time),
      known.map({ beginning.time < $0.start }) ?? true
    {
      values.insert((beginning.time, beginning.value), at: 0)
    }
    return values
  }

  /// The smallest and largest height in a stretch of time, from the finest view that reaches it.
  func extremes(in span: TimeSpan) -> (low: Double, high: Double)? {
    var low = Double.infinity
    var high = -Double.infinity
    func take(_ a: Double, _ b: Double) {
      if a.isFinite { low = min(low, a) }
      if b.isFinite { high = max(high, b) }
    }
    if let first = samples.first, let last = samples.last, first.time <= span.start,
      last.time >= span.end || last.time >= end ?? last.time
    {
      let from = samples.partitioningIndex { $0.time > span.start }
      let to = samples.partitioningIndex { $0.time > span.end }
      for index in from..<to {
        if rule.isCounter {
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

extension Series.Point {
  init(_ sample: Series.Sample) {
    self.init(time: sample.time, value: sample.value, integral: sample.integral)
  }

  init(_ bucket: Tier.Bucket) {
    self.init(time: bucket.time, value: bucket.value, integral: bucket.integral)
  }
}

extension Series.Sample {
  var integral: Series.Integral { .init(cumulative: cumulative, covered: covered) }
}

extension Tier.Bucket {
  var integral: Series.Integral { .init(cumulative: cumulative, covered: covered) }
}
