import Telemetry

extension RecordingReader {
  /// Everything but single values: devices, series, events, states, and the tiers of each series.
  ///
  /// Readings that a crash kept from being rolled up are rolled up here, in memory.
  /// - Throws: `RecordingError` if the file is damaged.
  public func timeline() throws(RecordingError) -> Timeline {
    var timeline = try outline()
    let span = timeline.span
    minutesFrom = minutesStart(span)
    let places = Set(catalogue.series.indices)
    let ids = ids(in: timeline)
    try loadTiers(of: places, ids: ids, into: &timeline)
    timeline.restore(span: span)
    return timeline
  }

  /// Devices, descriptions, events, states and how long it is: everything but values.
  func outline() throws(RecordingError) -> Timeline {
    database.beginTask()
    var timeline = Timeline()
    for row in catalogue.devices where row.isAnnounced { timeline.apply(.device(row.device)) }
    for row in catalogue.series { timeline.apply(.series(row.descriptor)) }
    for statement in try gridStatements() { timeline.apply(.grid(statement)) }
    for event in try events() { timeline.apply(.event(event)) }
    for state in try states() { timeline.apply(.state(state)) }
    timeline.restore(span: span)
    return timeline
  }

  /// Loads the tiers of some series whole: quarters of an hour, and minutes from `minutesFrom` on.
  func loadTiers(
    of places: Set<Int>, ids: [Timeline.SeriesID?], into timeline: inout Timeline
  ) throws(RecordingError) {
    for place in places {
      guard let id = ids[place] else { continue }
      var minutes = try buckets(of: place, width: Rollup.minute, from: minutesFrom)
      var quarters = try buckets(of: place, width: Rollup.quarter, from: 0)
      if !header.isComplete {
        trim(&minutes, &quarters, to: catalogue.series[place].rolled ?? 0)
      }
      timeline.restore(
        id,
        tiers: [
          .init(width: Rollup.minute, buckets: minutes),
          .init(width: Rollup.quarter, buckets: quarters),
        ])
      try restoreBeginning(of: place, id, &timeline)
    }
    if !header.isComplete { try rollUp(places, ids: ids, &timeline) }
  }

  /// Finds the first value of a series, which is in the first bucket of its tiers.
  func restoreBeginning(
    of place: Int, _ id: Timeline.SeriesID, _ timeline: inout Timeline
  ) throws(RecordingError) {
    let row = catalogue.series[place]
    guard let bucket = timeline.buckets(id, width: Rollup.quarter).first?.time.nanoseconds,
      let first = try firstValue(of: row, from: Rollup.floor(bucket, Rollup.quarter), to: bucket)
    else { return }
    timeline.restore(
      id, beginning: Timestamp(nanoseconds: first.time),
      value: Double(first.steps) * row.descriptor.metric.scale)
  }

  /// The first value of a series in a stretch of time, ends included.
  func firstValue(
    of row: RecordingCatalogue.SeriesRow, from: Int64, to: Int64
  ) throws(RecordingError) -> (time: Int64, steps: Int64)? {
    let (column, kind) = (row.column, row.descriptor.device.kind)
    guard catalogue.column(row.descriptor.metric, of: kind) != nil else { return nil }
    let query = try statement(
      """
      SELECT time, "\(column)" FROM "\(catalogue.rows(of: kind))"
      WHERE time >= ? AND time <= ? AND device = ? AND "\(column)" IS NOT NULL
      ORDER BY time LIMIT 1
      """)
    query.bind(0, from)
    query.bind(1, to)
    query.bind(2, Int64(row.device + 1))
    defer { query.reset() }
    let packed = try firstPackedValue(of: row, from: from, to: to)
    guard try query.step() else { return packed }
    let plain = (time: query.integer(0), steps: query.integer(1))
    return packed.map { $0.time < plain.time ? $0 : plain } ?? plain
  }

  private func firstPackedValue(
    of row: RecordingCatalogue.SeriesRow, from: Int64, to: Int64
  ) throws(RecordingError) -> (time: Int64, steps: Int64)? {
    let kind = row.descriptor.device.kind
    guard catalogue.isPacked(kind) else { return nil }
    let query = try statement(
      """
      SELECT readings$, time, "\(row.column)" FROM "\(Schema.packed(kind))"
      WHERE id$ >= ? AND id$ < ? AND device = ? AND end$ >= ? AND "\(row.column)" IS NOT NULL
      ORDER BY id$
      """)
    query.bind(0, PackedRows.firstID(Rollup.floor(max(0, from), Rollup.quarter)))
    query.bind(1, PackedRows.firstID(to + 1_000_000))
    query.bind(2, Int64(row.device + 1))
    query.bind(3, from)
    defer { query.reset() }
    while try query.step() {
      let count = Int(truncatingIfNeeded: query.integer(0))
      guard 1...PackedRows.most ~= count, let times = query.column(1, count: count),
        let values = query.column(2, count: count), times.count == values.count
      else { continue }
      for (time, steps) in zip(times, values)
      where from <= time && time <= to && steps != PackedColumn.absent { return (time, steps) }
    }
    return nil
  }

  /// The place of every series in a timeline.
  func ids(in timeline: Timeline) -> [Timeline.SeriesID?] {
    catalogue.series.map { timeline.id($0.descriptor.metric, of: $0.descriptor.device) }
  }

  /// The start of the first chunk of quarters of an hour that is not stored, in nanoseconds.
  var firstUnfinished: Int64 {
    Rollup.floor(
      max(0, catalogue.series.compactMap(\.rolled).min() ?? 0), Rollup.chunk(of: Rollup.quarter))
  }

  /// How often other programs have written into the file, as far as this one has seen.
  var version: Int64 { (try? database.integer("PRAGMA data_version")) ?? 0 }

  /// Beyond a week, minutes would need more memory than they are worth.
  private func minutesStart(_ span: TimeSpan?) -> Int64 {
    guard let end = span?.end.nanoseconds else { return 0 }
    var start = max(0, end - 7 * 96 * Rollup.quarter)
    // Quarters of an hour that are not stored yet are made from minutes.
    if !header.isComplete {
      start = min(start, catalogue.series.compactMap(\.rolled).min() ?? start)
    }
    return Rollup.floor(start, Rollup.chunk(of: Rollup.quarter))
  }

  /// The stored buckets of a series, of the chunks that begin in a stretch of time.
  func buckets(
    of place: Int, width: Int64, from start: Int64, to end: Int64 = .max
  ) throws(RecordingError) -> [Tier.Bucket] {
    let query = try statement(
      """
      SELECT buckets, chunk FROM rollup WHERE width = ? AND series = ? AND chunk BETWEEN ? AND ?
      ORDER BY chunk
      """)
    query.bind(0, width)
    query.bind(1, Int64(place + 1))
    query.bind(2, start)
    query.bind(3, end)
    defer { query.reset() }
    var result: [Tier.Bucket] = []
    let expected = end < .max ? (end - max(0, min(start, end))) / width + 32 : 0
    result.reserveCapacity(Int(min(20_000, expected)))
    while try query.step() {
      let from = result.count
      guard catalogue.unpack(query, of: place, width: width, into: &result) else {
        throw damage("rollups of series \(place + 1) are damaged")
      }
      guard Rollup.isInOrder(result, from: from) else {
        throw damage("rollups of series \(place + 1) are out of order")
      }
    }
    return result
  }

  /// Drops the buckets that were incomplete at a crash, and makes the quarters of an hour that were
  /// not stored.
  private func trim(
    _ minutes: inout [Tier.Bucket], _ quarters: inout [Tier.Bucket], to rolled: Int64
  ) {
    minutes.removeAll { $0.time.nanoseconds >= rolled }
    let full = Rollup.floor(max(0, rolled), Rollup.chunk(of: Rollup.quarter))
    quarters.removeAll { $0.time.nanoseconds >= full }
    quarters += Rollup.widen(
      minutes.drop { $0.time.nanoseconds < full }, to: Rollup.quarter)
  }

  /// Continues the tiers with the rows written after the last rollup.
  private func rollUp(
    _ places: Set<Int>, ids: [Timeline.SeriesID?], _ timeline: inout Timeline
  ) throws(RecordingError) {
    for place in places { if let id = ids[place] { timeline.reopen(id) } }
    for kind in catalogue.tables.keys {
      let rolled = places.filter { catalogue.series[$0].descriptor.device.kind == kind }
        .compactMap { catalogue.series[$0].rolled }
      guard let first = rolled.min(),
        var scan = try RowScan(
          kind, of: catalogue, in: database,
          target: { place, row in
            guard places.contains(place), let id = ids[place], let from = row.rolled else {
              return nil
            }
            return .init(id, row.descriptor.metric, from: from)
          })
      else { continue }
      try scan.run(
        from: max(SQLIdentifier.times.lowerBound, first), to: SQLIdentifier.times.upperBound,
        keeping: false, into: &timeline)
    }
    for place in places { if let id = ids[place] { timeline.restore(id, tiers: []) } }
    timeline.turnPage(to: Timestamp(nanoseconds: 0))
  }

  func events() throws(RecordingError) -> [Event] {
    let isFormer = header.schema < 2
    let query = try database.prepare(
      "SELECT time, kind, text\(isFormer ? "" : ", device, cause") FROM event ORDER BY time, id")
    var result: [Event] = []
    while try query.step() {
      guard result.count < Self.mostNotices else { throw damage("it has no end of events") }
      guard let kind = Event.Kind(rawValue: query.text(1)) else {
        throw damage("an event is of unknown kind")
      }
      var event = Event(
        time: Timestamp(nanoseconds: query.integer(0)), kind: kind, text: query.text(2))
      if isFormer {
        if kind == .note, event.text == Schema.formerEnding { event.cause = .recordingEnded }
      } else {
        let place = query.integerIfAny(3).map { Int(truncatingIfNeeded: $0) &- 1 }
        event.device = place.flatMap { place in
          catalogue.devices.indices.contains(place) ? catalogue.devices[place].device.id : nil
        }
        event.cause = query.isNull(4) ? nil : Event.Cause(rawValue: query.text(4))
      }
      result.append(event)
    }
    let later = try laterMarks()
    guard !later.isEmpty else { return result }
    // Of those at one time what was recorded comes first.
    return (result + later).enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
  }

  func states() throws(RecordingError) -> [SourceState] {
    let query = try database.prepare(
      """
      SELECT source, time, health, message, remedy\(header.schema < 2 ? "" : ", kind")\(header.schema < 4 ? "" : ", machine")
      FROM state ORDER BY id
      """)
    var result: [SourceState] = []
    while try query.step() {
      guard result.count < Self.mostNotices else { throw damage("it has no end of states") }
      guard let health = SourceState.Health(rawValue: query.text(2)) else {
        throw damage("a source is in an unknown state")
      }
      // In schema 1 a source's kind was what stands before the colon of its name.
      let kind = header.schema < 2 ? SourceRequest(text: query.text(0)).kind : query.text(5)
      var state = SourceState(
        source: query.text(0), kind: kind, time: Timestamp(nanoseconds: query.integer(1)),
        health: health, message: query.text(3), remedy: query.text(4))
      if header.schema >= 4 { state.machine = query.text(6) }
      result.append(state)
    }
    return result
  }
}
