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
    var reader = SeriesReader(isSingle: true)
    return bracket(time, &reader)
  }

  /// The same for one who asks for many points.
  func bracket(
    _ time: Timestamp, _ reader: inout SeriesReader
  ) -> (before: Point?, after: Point?) {
    let index = reader.samples.place(after: time, in: samples)
    if index > 0, index < samples.count {
      let near = (
        before: Point(reader.samples.row(index - 1, of: samples)),
        after: Point(reader.samples.row(index, of: samples))
      )
      reader.near = near
      return near
    }
    // Only what turns out to be closest is unpacked.
    var earlier = (view: -1, row: index - 1, time: index > 0 ? samples.time(at: index - 1) : nil)
    var later = (
      view: -1, row: index, time: index < samples.count ? samples.time(at: index) : nil
    )
    for view in tiers.indices where !tiers[view].buckets.isEmpty {
      let buckets = tiers[view].buckets
      let index = reader.place(after: time, inTier: view, buckets)
      if index > 0, case let known = buckets.time(at: index - 1),
        earlier.time.map({ $0 < known }) ?? true
      {
        earlier = (view, index - 1, known)
      }
      if index < buckets.count, case let known = buckets.time(at: index),
        later.time.map({ known < $0 }) ?? true
      {
        later = (view, index, known)
      }
    }
    func point(_ place: (view: Int, row: Int, time: Timestamp?)) -> Point? {
      guard place.time != nil else { return nil }
      return place.view < 0
        ? Point(reader.samples.row(place.row, of: samples))
        : Point(reader.bucket(place.row, inTier: place.view, tiers[place.view].buckets))
    }
    var (before, after) = (point(earlier), point(later))
    bends.narrow(&before, &after, around: time)
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
    var reader = SeriesReader(isSingle: true)
    return integral(at: time, &reader)
  }

  func integral(at time: Timestamp, _ reader: inout SeriesReader) -> Integral? {
    if let (before, after) = reader.near, before.time <= time, time < after.time {
      return .between(
        before.integral, after.integral, (time - before.time) / (after.time - before.time))
    }
    let (before, after) = bracket(time, &reader)
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

  /// The integral over a span.
  func total(over span: TimeSpan) -> Total {
    guard start != nil else { return Total(amount: 0, covered: 0, asked: span.seconds) }
    let a = clampedIntegral(at: span.start)
    let b = clampedIntegral(at: span.end)
    return Total(
      amount: b.cumulative - a.cumulative, covered: b.covered - a.covered, asked: span.seconds)
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
    var newest = samples.isEmpty ? nil : samples.time(at: samples.count - 1)
    for tier in tiers where !tier.buckets.isEmpty {
      let last = tier.buckets.time(at: tier.buckets.count - 1)
      newest = max(newest ?? last, last)
    }
    return newest
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
    var values: [Value] = samples.points(in: span)
    var known = samples.first.flatMap { first in
      samples.last.map { TimeSpan(first.time, $0.time) }
    }
    // A coarser view adds what lies before and after the finer ones.
    for tier in tiers {
      guard let first = tier.buckets.first?.time, let last = tier.buckets.last?.time else {
        continue
      }
      let inside = tier.buckets.points(in: span)
      let older = inside.filter { bucket in known.map { bucket.time < $0.start } ?? true }
      let newer = inside.filter { bucket in known.map { bucket.time > $0.end } ?? false }
      values = older + values + newer
      known = TimeSpan(min(first, known?.start ?? first), max(last, known?.end ?? last))
    }
    if let beginning, span.contains(beginning.time),
      known.map({ beginning.time < $0.start }) ?? true
    {
      values.insert((beginning.time, beginning.value), at: 0)
    }
    return values
  }

  /// The finest tier that has all of a stretch of time, or else the coarsest.
  ///
  /// Of a recording the minutes are a part from its middle: they may begin before the stretch and end in it.
  func finestTier(over span: TimeSpan) -> Int? {
    guard let coarsest = tiers.last?.buckets else { return nil }
    let end = coarsest.isEmpty ? span.end : min(span.end, coarsest.time(at: coarsest.count - 1))
    return tiers.firstIndex { tier in
      !tier.buckets.isEmpty && tier.buckets.time(at: 0) <= span.start
        && tier.buckets.time(at: tier.buckets.count - 1) >= end
    } ?? tiers.indices.last
  }

  /// The smallest and largest height in a stretch of time, from the finest view that reaches it.
  func extremes(in span: TimeSpan) -> (low: Double, high: Double)? {
    var reader = SeriesReader()
    return extremes(in: span, &reader)
  }

  func extremes(
    in span: TimeSpan, _ reader: inout SeriesReader
  ) -> (low: Double, high: Double)? {
    var low = Double.infinity
    var high = -Double.infinity
    func take(_ a: Double, _ b: Double) {
      if a.isFinite { low = min(low, a) }
      if b.isFinite { high = max(high, b) }
    }
    if !samples.isEmpty, samples.time(at: 0) <= span.start,
      case let last = samples.time(at: samples.count - 1), last >= span.end || last >= end ?? last
    {
      let from = reader.samples.place(after: span.start, in: samples)
      let to = max(from, reader.samples.place(after: span.end, in: samples))
      if rule.isCounter {
        var before: Sample?
        reader.samples.forEach(in: (from - 1)..<to, of: samples) { sample in
          defer { before = sample }
          guard let before, case let elapsed = sample.covered - before.covered, elapsed > 0 else {
            return
          }
          let rate = (sample.cumulative - before.cumulative) / elapsed
          take(rate, rate)
        }
      } else {
        reader.samples.forEach(in: from..<to, of: samples) { take($0.value, $0.value) }
      }
    } else if let place = finestTier(over: span) {
      let buckets = tiers[place].buckets
      let from = reader.place(after: span.start, inTier: place, buckets)
      let to = max(from, reader.place(after: span.end, inTier: place, buckets))
      reader.forEach(in: from..<to, ofTier: place, buckets) { bucket in
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
