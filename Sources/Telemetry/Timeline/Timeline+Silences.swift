import Quantities

extension Timeline {
  /// Whether a series tells anything about any stretch of time.
  public func isKnown(_ id: SeriesID) -> Bool {
    let series = series[id.index]
    if let last = series.samples.last { return last.covered > 0 }
    return series.tiers.contains { $0.buckets.last.map { $0.covered > 0 } ?? false }
  }

  /// The stretches of a span in which a series tells nothing, in order: before its first value, after
  /// its last one, and its gaps.
  ///
  /// Where readings are no longer kept one by one, a bucket of which less than half is known counts
  /// as silent. What has just been asked for and has not come yet is no silence.
  public func silences(_ id: SeriesID, in span: TimeSpan) -> [TimeSpan] {
    var spans: [TimeSpan] = []
    for silence in partedSilences(id, in: span) {
      if let last = spans.indices.last, spans[last].end >= silence.span.start {
        spans[last] = TimeSpan(spans[last].start, max(spans[last].end, silence.span.end))
      } else {
        spans.append(silence.span)
      }
    }
    return spans
  }

  /// A stretch of which less than half is known.
  public struct Silence: Sendable, Hashable {
    /// The stretch.
    public var span: TimeSpan
    /// How much of it is known all the same, in seconds; where in it, nobody knows any more.
    public var covered: Double
  }

  /// The silences of a series in a span, in order, with what is known of each.
  ///
  /// Those of which nothing is known are as long as they can be; others stay apart.
  public func partedSilences(_ id: SeriesID, in span: TimeSpan) -> [Silence] {
    let series = series[id.index]
    let whole = total(id, over: span)
    if whole.covered >= whole.asked * (1 - 1e-9) { return [] }
    guard let start = series.start?.0, let end = series.end, start < span.end else {
      return [Silence(span: span, covered: 0)]
    }
    var silences: [Silence] = []
    func add(_ from: Timestamp, _ to: Timestamp, covered: Double = 0) {
      let (from, to) = (max(from, span.start), min(to, span.end))
      guard from < to else { return }
      if let last = silences.last, last.covered == 0, covered == 0, last.span.end >= from {
        let end = max(last.span.end, to)
        silences[silences.count - 1].span = TimeSpan(last.span.start, end)
      } else {
        silences.append(Silence(span: TimeSpan(from, to), covered: covered))
      }
    }
    add(span.start, start)
    var before: Series.Point?
    for point in series.track(in: span) {
      if let before {
        let elapsed = point.time - before.time
        let covered = point.integral.covered - before.integral.covered
        if covered < 0.5 * elapsed {
          // Of a stretch that begins or ends within a bucket its share of that is known.
          let inside = TimeSpan(max(before.time, span.start), min(point.time, span.end))
          let isWhole = inside.start == before.time && inside.end == point.time
          let known = isWhole || covered <= 0 ? covered : total(id, over: inside).covered
          add(before.time, point.time, covered: max(0, known))
        }
      }
      before = point
    }
    if !series.rule.goesOn, span.end - end > series.rule.patience { add(end, span.end) }
    return silences
  }
}

extension Series {
  /// The points of a span from the finest view that has them, with the last one before it and the
  /// first one after.
  fileprivate func track(in span: TimeSpan) -> [Point] {
    var points: [Point] = []
    let first = samples.first?.time
    if first.map({ span.start < $0 }) ?? true {
      // A tier that has forgotten nothing reaches back to the beginning.
      let reaching = tiers.first { tier in
        tier.buckets.first.map { bucket in
          bucket.time <= span.start
            || beginning.map { bucket.time - $0.time <= Double(tier.width) / 1e9 } ?? false
        } ?? false
      }
      let buckets = (reaching ?? tiers.last)?.buckets
      if let beginning, buckets?.first.map({ $0.time > span.start }) ?? true {
        points.append(Point(beginning))
      }
      if let buckets {
        let from = max(0, buckets.place(after: span.start) - 1)
        let to = min(first.map(buckets.place(from:)) ?? buckets.count, buckets.past(span.end))
        buckets.forEach(in: from..<max(from, to)) { bucket in
          if points.last.map({ $0.time < bucket.time }) ?? true { points.append(Point(bucket)) }
        }
        if let last = points.last, last.time >= span.end { return points }
      }
    }
    let from = max(0, samples.place(after: span.start) - 1)
    samples.forEach(in: from..<max(from, samples.past(span.end))) { sample in
      if points.last.map({ $0.time < sample.time }) ?? true { points.append(Point(sample)) }
    }
    // A page of a recording ends where the tiers go on.
    for tier in tiers {
      guard let last = points.last?.time ?? start?.0, last < span.end else { break }
      let from = tier.buckets.place(after: last)
      tier.buckets.forEach(in: from..<max(from, tier.buckets.past(span.end))) {
        points.append(Point($0))
      }
    }
    return points
  }
}
