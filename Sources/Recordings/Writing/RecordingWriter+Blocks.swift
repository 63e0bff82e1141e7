import Telemetry

/// How readings that are finished go into packed rows at once.
extension RecordingWriter {
  /// Takes in readings of a device; what it makes of them is the same as of each by itself.
  ///
  /// - Throws: `RecordingError`, as `append` of an observation does.
  package func append(_ block: ReadingBlock) throws(RecordingError) {
    do throws(RecordingError) {
      if try pack(block) { return }
    } catch {
      throw undo(error)
    }
    for place in block.times.indices { try append(.reading(block.reading(place))) }
  }

  /// Packs readings; false where they belong among others, or are few.
  private func pack(_ block: ReadingBlock) throws(RecordingError) -> Bool {
    guard packsReadings, isBulk, PackedRows.fewest...PackedRows.most ~= block.times.count,
      let first = block.times.first, let last = block.times.last,
      Rollup.floor(first, Rollup.quarter) == Rollup.floor(last, Rollup.quarter)
    else { return false }
    for time in [first, last] { try SQLIdentifier.check(Timestamp(nanoseconds: time)) }
    var shape = Reading(device: block.device, time: Timestamp(nanoseconds: first))
    var places: [Int] = []
    for (place, metric) in block.metrics.enumerated()
    where block.columns[place].contains(where: { $0 != ReadingBlock.absent }) {
      shape.set(metric, steps: 0)
      places.append(place)
    }
    guard !places.isEmpty else { return true }
    try commitIfDue(Timestamp(nanoseconds: last), rows: block.times.count)
    let plan = try plan(for: shape)
    try begin()
    let kind = block.device.kind
    guard let place = catalogue.deviceIndex[block.device],
      zip(plan.columns.indices, plan.columns).allSatisfy({ index, column in
        column.entry == index && block.metrics[places[index]].scale == column.scale
      })
    else { return false }
    let device = Int64(place + 1)
    guard packing[kind]?.last[device] ?? .min < first,
      try !hasRows(of: device, kind: kind, from: first, to: last)
    else { return false }
    let columns = catalogue.tables[kind] ?? []
    var rows = PackedRows(
      device: device, times: block.times, delays: [],
      columns: Array(repeating: [], count: columns.count))
    for (index, column) in columns.enumerated() {
      guard let own = places.first(where: { block.metrics[$0].name == column.name }) else {
        continue
      }
      rows.columns[index] = block.columns[own]
    }
    guard try insert(rows, of: kind) else { return false }
    for column in plan.columns {
      let rolled = catalogue.series[column.series].rolled
      if rolled.map({ first < $0 }) ?? true { try dropRollups(column.series, from: first) }
    }
    packing[kind, default: .init()].last[device] = last
    note(Timestamp(nanoseconds: last))
    return true
  }

  /// Whether a device has readings in a stretch of time that are not packed.
  private func hasRows(
    of device: Int64, kind: DeviceKind, from: Int64, to end: Int64
  ) throws(RecordingError) -> Bool {
    let query = try statement(
      """
      SELECT 1 FROM "\(Schema.rows(kind))" WHERE time >= ? AND time <= ? AND device = ? LIMIT 1
      """)
    query.bind(0, from)
    query.bind(1, end)
    query.bind(2, device)
    defer { query.reset() }
    return try query.step()
  }

  /// Adds a packed row; false where there is no room for it, or a value is too large to be packed.
  private func insert(_ rows: PackedRows, of kind: DeviceKind) throws(RecordingError) -> Bool {
    let id = PackedRows.id(rows.times[0], device: rows.device)
    guard let cells = rows.cells(), try !isTaken([id], of: kind) else { return false }
    let columns = catalogue.tables[kind] ?? []
    let insert = try statement(Self.packedInsertion(kind, columns))
    insert.bind(0, id)
    insert.bind(1, rows.device)
    insert.bind(2, rows.times[0])
    insert.bind(3, rows.times[rows.times.count - 1])
    insert.bind(4, Int64(rows.times.count))
    insert.bind(5, cells.time)
    insert.bind(6, cells.delay)
    for (index, cell) in cells.columns.enumerated() { insert.bind(7 + index, cell) }
    try insert.run()
    return true
  }
}
