import Telemetry

extension RecordingReader {
  /// Loads the single values of a stretch of time in place of those loaded before.
  ///
  /// The page starts at a full minute, where a tier says how the integral stands, and a minute
  /// early, for rates at its beginning. It reaches to the next value after its end. A series keeps
  /// its last 4096 values, so at one value a second a page of more than an hour loses its
  /// beginning.
  /// - Parameter timeline: a timeline that this reader made.
  /// - Throws: `RecordingError` if the file is damaged.
  public func load(
    page span: TimeSpan, into timeline: inout Timeline
  ) throws(RecordingError) {
    try load(
      page: span, of: Set(catalogue.series.indices), ids: ids(in: timeline),
      minutesFrom: minutesFrom,
      into: &timeline)
  }

  /// Loads the single values of some series, whose tiers are loaded.
  func load(
    page span: TimeSpan, of places: Set<Int>, ids: [Timeline.SeriesID?], minutesFrom: Int64,
    into timeline: inout Timeline
  ) throws(RecordingError) {
    database.beginTask()
    let limits = SQLIdentifier.times
    let first = max(limits.lowerBound, min(span.start.nanoseconds, limits.upperBound))
    let early = max(limits.lowerBound, first - Rollup.minute)
    let start = Rollup.floor(early, early < minutesFrom ? Rollup.quarter : Rollup.minute)
    let end = max(first, min(span.end.nanoseconds, limits.upperBound))
    timeline.turnPage(to: Timestamp(nanoseconds: start))
    let waiting = ids.indices.map { place in
      guard places.contains(place), let id = ids[place] else { return false }
      return timeline.newest(id).map { $0.nanoseconds > end } ?? false
    }
    for kind in catalogue.tables.keys {
      guard
        var scan = try RowScan(
          kind, of: catalogue, in: database,
          target: { place, row in
            guard places.contains(place) else { return nil }
            return ids[place].map {
              .init($0, row.descriptor.metric, from: start, isWaiting: waiting[place])
            }
          })
      else { continue }
      // The next value is what the integral is interpolated to. It mostly is near.
      let reach = min(limits.upperBound, end + Rollup.minute)
      try scan.run(from: start, to: reach, until: end, into: &timeline)
      let far = Set(scan.waiting)
      for (place, id) in ids.enumerated() {
        guard let id, far.contains(id) else { continue }
        try loadNext(place, id, after: reach, into: &timeline)
      }
    }
  }

  /// Loads the first value of a series after a gap: in the bucket in which values begin again.
  private func loadNext(
    _ place: Int, _ id: Timeline.SeriesID, after time: Int64, into timeline: inout Timeline
  ) throws(RecordingError) {
    let row = catalogue.series[place]
    guard let bucket = timeline.next(id, after: Timestamp(nanoseconds: time))?.nanoseconds,
      let first = try firstValue(
        of: row, from: max(time + 1, Rollup.floor(bucket, Rollup.quarter)), to: bucket)
    else { return }
    timeline.append(
      Double(first.steps) * row.descriptor.metric.scale,
      at: Timestamp(nanoseconds: first.time), to: id)
  }
}
