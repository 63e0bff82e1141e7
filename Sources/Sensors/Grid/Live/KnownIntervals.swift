import Telemetry

/// What a service has told of a zone, interval by interval, and what of it has not been said yet.
struct KnownIntervals {
  /// Where an interval is kept: one that was forecast is kept apart from what was measured.
  private struct Key: Hashable {
    var span: TimeSpan
    var quality: GridStatement.Quality
  }

  private var intervals: [Key: GridInterval] = [:]
  private var changed: Set<Key> = []
  /// Until when everything measured is known; `nil` before the first answer.
  private(set) var measuredUntil: Timestamp?

  /// Everything that is known, in no order.
  var all: [GridInterval] { Array(intervals.values) }

  /// Whether nothing was ever told.
  var isEmpty: Bool { intervals.isEmpty }

  /// Whether there is something to say.
  var hasNews: Bool { !changed.isEmpty }

  /// The end of the newest interval that was measured.
  var newestMeasured: Timestamp? {
    intervals.values.filter { $0.quality != .forecast }.map(\.span.end).max()
  }

  /// Takes intervals in; what several pages tell of one is said as one.
  mutating func take(_ told: [GridInterval]) {
    for interval in told {
      let key = Key(span: interval.span, quality: interval.quality)
      var whole = intervals[key] ?? interval
      whole.merge(interval)
      if interval.quality != .forecast {
        measuredUntil = max(measuredUntil ?? interval.span.end, interval.span.end)
      }
      guard intervals[key] != whole else { continue }
      intervals[key] = whole
      changed.insert(key)
    }
  }

  /// What has changed since it was asked last, in the order of time.
  mutating func news() -> [GridInterval] {
    let order = changed.sorted {
      ($0.span.start, $0.quality.rawValue) < ($1.span.start, $1.quality.rawValue)
    }
    changed = []
    return order.compactMap { intervals[$0] }
  }

  /// Forgets what ended at a time or before it.
  mutating func forget(until oldest: Timestamp) {
    intervals = intervals.filter { $0.key.span.end > oldest }
  }
}
