import Telemetry

/// Rollups are made from the rows that are in the file already.
///
/// So nothing is kept in memory for them, and what the reader does after a crash is the same.
extension RecordingWriter {
  /// Drops the rollups of a series that a reading at `time` makes out of date.
  func dropRollups(_ place: Int, from time: Int64) throws(RecordingError) {
    let start = Rollup.floor(time, Rollup.quarter)
    catalogue.series[place].rolled = start
    let update = try statement("UPDATE series SET rolled = ? WHERE id = ?")
    update.bind(0, start)
    update.bind(1, Int64(place + 1))
    try update.run()
    let delete = try statement(
      "DELETE FROM rollup WHERE width = ? AND series = ? AND chunk >= ?")
    for width in Timeline.storedTierWidths {
      delete.bind(0, width)
      delete.bind(1, Int64(place + 1))
      delete.bind(2, Rollup.floor(start, Rollup.chunk(of: width)))
      try delete.run()
    }
  }

  /// How much is rolled at a time, in nanoseconds: less than a timeline keeps in minutes.
  static let stretch = 192 * Rollup.quarter

  /// Stores the rollups of everything before `end`; the last time of all also stores unfinished
  /// chunks.
  ///
  /// A live recording has a quarter of an hour to roll, an import may have a year.
  func roll(to end: Int64) throws(RecordingError) {
    while let start = try firstUnrolled(before: end), end - Self.stretch > start {
      try rollStretch(to: Rollup.floor(start, Rollup.quarter) + Self.stretch)
    }
    try rollStretch(to: end)
  }

  /// The time of the first reading that is in no rollup yet.
  private func firstUnrolled(before end: Int64) throws(RecordingError) -> Int64? {
    var first: Int64?
    for kind in catalogue.tables.keys {
      let rolled = catalogue.series.filter { $0.descriptor.device.kind == kind }
        .compactMap(\.rolled).filter { $0 < end }
      guard let from = rolled.min(),
        let time = try database.first(of: kind, in: catalogue, from: from, to: end)
      else { continue }
      first = min(first ?? time, time)
    }
    return first
  }

  private func rollStretch(to end: Int64) throws(RecordingError) {
    try begin()
    var rolled: [(place: Int, from: Int64)] = []
    for kind in catalogue.tables.keys {
      var timeline = Timeline()
      var dirty: [(place: Int, id: Timeline.SeriesID, from: Int64)] = []
      for (place, row) in catalogue.series.enumerated() where row.descriptor.device.kind == kind {
        guard let from = row.rolled, from < end else { continue }
        timeline.apply(.series(row.descriptor))
        guard let id = timeline.id(row.descriptor.metric, of: row.descriptor.device) else {
          continue
        }
        let base = try lastBucket(place, before: from)
        timeline.restore(id, tiers: [.init(width: Rollup.minute, buckets: base)])
        timeline.reopen(id)
        dirty.append((place, id, from))
      }
      let targets = Dictionary(
        uniqueKeysWithValues: dirty.map {
          ($0.place, RowScan.Target($0.id, metric(of: $0.place), from: $0.from))
        })
      guard let first = dirty.map(\.from).min(),
        var scan = try RowScan(
          kind, of: catalogue, in: database, target: { place, _ in targets[place] })
      else { continue }
      try scan.run(from: first, to: end - 1, keeping: false, into: &timeline)
      for (place, id, from) in dirty {
        let buckets = timeline.buckets(id, width: Rollup.minute)
        let new = buckets.drop { $0.time.nanoseconds < from }
        try store(new, of: place, width: Rollup.minute)
        try storeQuarters(of: place, from: from, to: end)
        rolled.append((place, from))
      }
    }
    let update = try statement("UPDATE series SET rolled = ? WHERE id = ?")
    for (place, _) in rolled {
      update.bind(0, end)
      update.bind(1, Int64(place + 1))
      try update.run()
    }
    try statement("COMMIT").run()
    for (place, _) in rolled { catalogue.series[place].rolled = end }
  }

  private func metric(of place: Int) -> Metric { catalogue.series[place].descriptor.metric }

  /// The last bucket of a minute that ends before `time`: what the integral goes on from.
  private func lastBucket(
    _ place: Int, before time: Int64
  ) throws(RecordingError) -> [Tier.Bucket] {
    let query = try statement(
      """
      SELECT buckets, chunk FROM rollup WHERE width = ? AND series = ? AND chunk < ?
      ORDER BY chunk DESC LIMIT 1
      """)
    query.bind(0, Rollup.minute)
    query.bind(1, Int64(place + 1))
    query.bind(2, time)
    defer { query.reset() }
    var buckets: [Tier.Bucket] = []
    if try query.step() {
      _ = catalogue.unpack(query, of: place, width: Rollup.minute, into: &buckets)
    }
    return buckets.suffix(1)
  }

  private func store(
    _ buckets: ArraySlice<Tier.Bucket>, of place: Int, width: Int64
  ) throws(RecordingError) {
    let insert = try statement(
      "INSERT OR REPLACE INTO rollup (width, series, chunk, buckets) VALUES (?, ?, ?, ?)")
    for (start, part) in Rollup.chunks(buckets, width: width) {
      insert.bind(0, width)
      insert.bind(1, Int64(place + 1))
      insert.bind(2, start)
      insert.bind(
        3, Rollup.pack(part, chunk: start, width: width, scale: metric(of: place).scale))
      try insert.run()
    }
  }

  /// Makes quarters of an hour from the minutes that are stored, for every chunk that is full.
  private func storeQuarters(of place: Int, from: Int64, to end: Int64) throws(RecordingError) {
    let length = Rollup.chunk(of: Rollup.quarter)
    let start = Rollup.floor(from, length)
    let isLast = end == SQLIdentifier.times.upperBound
    let full = isLast ? end : Rollup.floor(end, length)
    guard start < full else { return }
    let query = try statement(
      """
      SELECT buckets, chunk FROM rollup WHERE width = ? AND series = ? AND chunk >= ? AND chunk < ?
      ORDER BY chunk
      """)
    query.bind(0, Rollup.minute)
    query.bind(1, Int64(place + 1))
    query.bind(2, start)
    query.bind(3, full)
    defer { query.reset() }
    var minutes: [Tier.Bucket] = []
    while try query.step() {
      _ = catalogue.unpack(query, of: place, width: Rollup.minute, into: &minutes)
    }
    let quarters = Rollup.widen(minutes, to: Rollup.quarter)
    try store(quarters[...], of: place, width: Rollup.quarter)
  }
}
