import Telemetry

extension RecordingReader {
  /// Loads the single values of a stretch of time in place of those loaded before.
  ///
  /// The page starts at a full minute, where a tier says how the integral stands, and a minute
  /// early, for rates at its beginning. It reaches to the next value after its end. A series keeps its last 4096 values, so at one value a second
  /// a page of more than an hour loses its beginning.
  /// - Parameter timeline: a timeline that this reader made.
  /// - Throws: `RecordingError` if the file is damaged.
  public func load(
    page span: TimeSpan, into timeline: inout Timeline
  ) throws(RecordingError) {
    let limits = SafeName.times
    guard limits.contains(span.start.nanoseconds) || limits.contains(span.end.nanoseconds) else {
      timeline.turnPage(to: span.end)
      return
    }
    let width =
      span.start.nanoseconds - Rollup.minute < minutesFrom ? Rollup.quarter : Rollup.minute
    let start = Rollup.floor(
      max(limits.lowerBound, span.start.nanoseconds - Rollup.minute), width)
    let end = min(limits.upperBound, max(start, span.end.nanoseconds))
    timeline.turnPage(to: Timestamp(nanoseconds: start))
    let ids = ids(in: timeline)
    let waiting = ids.map { id in
      id.flatMap { timeline.newest($0) }.map { $0.nanoseconds > end } ?? false
    }
    for kind in catalogue.tables.keys {
      guard
        var scan = try RowScan(
          kind, of: catalogue, in: database,
          target: { place, row in
            ids[place].map {
              .init(
                series: $0, scale: row.descriptor.metric.scale, from: start,
                isWaiting: waiting[place])
            }
          })
      else { continue }
      // The next value is what the integral is interpolated to; look for it, but not for ever.
      let reach = min(limits.upperBound, end + Rollup.quarter)
      try scan.run(from: start, to: reach, until: end, into: &timeline)
    }
  }
}
