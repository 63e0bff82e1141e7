import Telemetry

/// A recording of which only that is read which is looked at.
///
/// The timeline knows every device and series from the start. Of a series that is asked for
/// (`SeriesDemand`) the quarters of an hour are read whole, the minutes and the single values around the
/// time that is looked at. So opening takes as long for a month as for an hour, and memory follows from
/// what is shown. One thread owns it.
public final class RecordingPages {
  /// What is looked at.
  public struct View: Sendable {
    /// Where single values are needed.
    public var singles: TimeSpan
    /// Where minutes are needed of all that is shown; at least where single values are.
    public var minutes: TimeSpan
    /// Where minutes are needed of what looks far back for them.
    public var history: TimeSpan

    /// A view of stretches of time.
    public init(singles: TimeSpan, minutes: TimeSpan, history: TimeSpan) {
      self.singles = singles
      self.minutes = minutes
      self.history = history
    }
  }

  /// The recording.
  public private(set) var reader: RecordingReader
  /// What was asked of the timeline so far.
  public let demand = SeriesDemand()
  private var ids: [Timeline.SeriesID?] = []
  /// The row of each series of the timeline.
  private var places: [Int: Int] = [:]
  /// Of which series the quarters of an hour are read.
  private var known: Set<Int> = []
  /// The minutes that a recording without an end has not stored yet, by series.
  private var tail: [Int: [Tier.Bucket]] = [:]
  /// Of which series minutes are read, and where.
  private var minutes: [Int: TimeSpan] = [:]
  /// Of which series single values are read, and where.
  private var singles: (series: Set<Int>, span: TimeSpan)?

  /// Opens a recording.
  ///
  /// - Throws: `RecordingError` for what is no recording, is too new, or cannot be read.
  public init(path: String) throws(RecordingError) {
    reader = try RecordingReader(path: path)
    version = reader.version
  }

  /// How often another program had written into the file when it was opened.
  private var version: Int64

  /// Opens a recording anew that is still being written, if something was written.
  ///
  /// - Returns: its timeline, of which everything is to be read again; `nil` when nothing is new.
  /// - Throws: `RecordingError` if the file is damaged, or gone.
  public func reopen() throws(RecordingError) -> Timeline? {
    guard !reader.header.isComplete, reader.version != version else { return nil }
    reader = try RecordingReader(path: reader.path)
    version = reader.version
    return try open()
  }

  /// The timeline without any values yet.
  ///
  /// - Throws: `RecordingError` if the file is damaged.
  public func open() throws(RecordingError) -> Timeline {
    var timeline = try reader.outline()
    // Quarters of an hour that are not stored yet are made from minutes.
    reader.minutesFrom = reader.header.isComplete ? .max : reader.firstUnfinished
    ids = reader.ids(in: timeline)
    for (place, id) in ids.enumerated() {
      if let id { places[timeline.place(of: id)] = place }
    }
    known = []
    tail = [:]
    minutes = [:]
    singles = nil
    timeline.demand = demand
    return timeline
  }

  /// Reads what was asked for and is not there yet.
  ///
  /// - Returns: whether anything was read; then what was drawn before may lack it.
  /// - Throws: `RecordingError` if the file is damaged.
  public func supply(_ timeline: inout Timeline, for view: View) throws(RecordingError) -> Bool {
    let asked = demand.all
    let series = Set(asked.series.compactMap { places[$0] })
    let history = Set(asked.minutes.compactMap { places[$0] })
    var hasRead = false
    let new = series.subtracting(known)
    if !new.isEmpty {
      try reader.loadTiers(of: new, ids: ids, into: &timeline)
      known.formUnion(new)
      hasRead = true
      if !reader.header.isComplete {
        for place in new {
          if let id = ids[place] { tail[place] = timeline.buckets(id, width: Rollup.minute) }
        }
      }
    }
    let far = TimeSpan(
      min(view.minutes.start, view.history.start), max(view.minutes.end, view.history.end))
    for place in series {
      let needed = history.contains(place) ? far : view.minutes
      if let loaded = minutes[place], loaded.covers(needed) { continue }
      try loadMinutes(of: place, needed, &timeline)
      hasRead = true
    }
    if let singles, singles.series == series, singles.span.covers(view.singles), !hasRead {
      return false
    }
    try reader.load(
      page: view.singles, of: series, ids: ids,
      minutesFrom: view.minutes.start.nanoseconds, into: &timeline)
    singles = (series, view.singles)
    return true
  }

  /// Reads the minutes of a series in a stretch of time in place of those read before.
  private func loadMinutes(
    of place: Int, _ span: TimeSpan, _ timeline: inout Timeline
  ) throws(RecordingError) {
    guard let id = ids[place] else { return }
    let start = Rollup.floor(max(0, span.start.nanoseconds), Rollup.quarter)
    var buckets = try reader.buckets(
      of: place, width: Rollup.minute, from: start - Rollup.quarter, to: span.end.nanoseconds)
    if let tail = tail[place], let first = tail.first {
      buckets.removeAll { $0.time >= first.time }
      buckets += tail
    }
    timeline.restore(id, tiers: [.init(width: Rollup.minute, buckets: buckets)])
    minutes[place] = span
  }
}

extension TimeSpan {
  fileprivate func covers(_ other: TimeSpan) -> Bool {
    start <= other.start && other.end <= end
  }
}
