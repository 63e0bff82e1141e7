import Telemetry

/// How readings go over from rows to packed rows, and back when a late one belongs among them.
extension RecordingWriter {
  /// How many readings are taken into memory together.
  private static let batch = 16_384

  /// Packs the readings of every kind before `end`.
  ///
  /// - Throws: `RecordingError`; then they stay rows, which read the same.
  func pack(to end: Int64) throws(RecordingError) {
    guard packsReadings else { return }
    for kind in catalogue.tables.keys {
      // Up to the last quarter of an hour that may still get readings all has been looked at.
      var from = packing[kind]?.from ?? 0
      while from < end, let first = try firstRow(of: kind, from: from, to: end) {
        let start = Rollup.floor(first, Rollup.quarter)
        let next = min(start + Rollup.quarter, end)
        try packQuarter(of: kind, from: max(start, from), to: next)
        from = next
      }
      packing[kind, default: .init()].from = end
    }
    rowsSincePacking = 0
  }

  private func firstRow(
    of kind: DeviceKind, from: Int64, to end: Int64
  ) throws(RecordingError) -> Int64? {
    let query = try statement(
      "SELECT min(time) FROM \"\(Schema.rows(kind))\" WHERE time >= ? AND time < ?")
    query.bind(0, from)
    query.bind(1, end)
    defer { query.reset() }
    return try query.step() ? query.integerIfAny(0) : nil
  }

  /// Packs what lies within one quarter of an hour, for as many devices at a time as memory allows.
  private func packQuarter(
    of kind: DeviceKind, from: Int64, to end: Int64
  ) throws(RecordingError) {
    var due = try counts(of: kind, from: from, to: end)
    if due.contains(where: { $0.count > Self.batch }), end - from > 1_000_000_000 {
      let middle = from + (end - from) / 2
      try packQuarter(of: kind, from: from, to: middle)
      try packQuarter(of: kind, from: middle, to: end)
      return
    }
    var mustCountAnew = false
    for entry in due where entry.first < packing[kind]?.last[entry.device] ?? .min {
      let ids = try overlapping(entry.first...entry.last, of: entry.device, kind: kind)
      for id in ids { try unpack(id, of: entry.device, kind: kind) }
      mustCountAnew = mustCountAnew || !ids.isEmpty
    }
    if mustCountAnew { due = try counts(of: kind, from: from, to: end) }
    due.removeAll { $0.count < PackedRows.fewest }
    while !due.isEmpty {
      var total = 0
      var devices: Set<Int64> = []
      while let next = due.last, devices.isEmpty || total + next.count <= Self.batch {
        total += next.count
        devices.insert(next.device)
        due.removeLast()
      }
      try pack(devices, of: kind, from: from, to: end)
    }
  }

  /// How many rows each device has in a stretch of time, and the first and the last of their times.
  private func counts(
    of kind: DeviceKind, from: Int64, to end: Int64
  ) throws(RecordingError) -> [(device: Int64, count: Int, first: Int64, last: Int64)] {
    let query = try statement(
      """
      SELECT device, count(*), min(time), max(time) FROM "\(Schema.rows(kind))"
      WHERE time >= ? AND time < ? GROUP BY device
      """)
    query.bind(0, from)
    query.bind(1, end)
    defer { query.reset() }
    var result: [(device: Int64, count: Int, first: Int64, last: Int64)] = []
    while try query.step() {
      result.append(
        (
          query.integer(0), Int(truncatingIfNeeded: query.integer(1)), query.integer(2),
          query.integer(3)
        ))
    }
    return result
  }

  /// The packed rows of a device that reach into a stretch of one quarter of an hour.
  private func overlapping(
    _ times: ClosedRange<Int64>, of device: Int64, kind: DeviceKind
  ) throws(RecordingError) -> [Int64] {
    let query = try statement(
      """
      SELECT id$ FROM "\(Schema.packed(kind))"
      WHERE id$ >= ? AND id$ < ? AND device = ? AND start$ <= ? AND end$ >= ?
      """)
    query.bind(0, PackedRows.firstID(Rollup.floor(times.lowerBound, Rollup.quarter)))
    query.bind(1, PackedRows.firstID(times.upperBound + 1_000_000))
    query.bind(2, device)
    query.bind(3, times.upperBound)
    query.bind(4, times.lowerBound)
    defer { query.reset() }
    var result: [Int64] = []
    while try query.step() { result.append(query.integer(0)) }
    return result
  }

  private func pack(
    _ devices: Set<Int64>, of kind: DeviceKind, from: Int64, to end: Int64
  ) throws(RecordingError) {
    let columns = catalogue.tables[kind] ?? []
    let rows = try rows(of: kind, columns, devices: devices, from: from, to: end)
    let insert = try statement(Self.packedInsertion(kind, columns))
    let most = max(
      PackedRows.fewest, min(PackedRows.most, PackedRows.mostValues / max(1, columns.count)))
    var packed: [Int64] = []
    for (device, rows) in rows {
      let parts = (rows.times.count + most - 1) / most
      let pieces = (0..<parts).map { part in
        rows.part(rows.times.count * part / parts, rows.times.count * (part + 1) / parts)
      }
      var cells: [(PackedRows, (PackedColumn.Cell, PackedColumn.Cell, [PackedColumn.Cell]))] = []
      for piece in pieces {
        if let cell = piece.cells() { cells.append((piece, cell)) }
      }
      // A value that is too large, or two stretches within a millisecond: its readings stay rows.
      let ids = Set(pieces.map { PackedRows.id($0.times[0], device: device) })
      guard cells.count == pieces.count, ids.count == pieces.count else { continue }
      if try isTaken(ids, of: kind) { continue }
      for (piece, cells) in cells {
        insert.bind(0, PackedRows.id(piece.times[0], device: device))
        insert.bind(1, device)
        insert.bind(2, piece.times[0])
        insert.bind(3, piece.times[piece.times.count - 1])
        insert.bind(4, Int64(piece.times.count))
        insert.bind(5, cells.0)
        insert.bind(6, cells.1)
        for (index, cell) in cells.2.enumerated() { insert.bind(7 + index, cell) }
        try insert.run()
      }
      packed.append(device)
      let last = max(packing[kind]?.last[device] ?? .min, rows.times[rows.times.count - 1])
      packing[kind, default: .init()].last[device] = last
    }
    guard !packed.isEmpty else { return }
    let list = packed.sorted().map { "\($0)" }.joined(separator: ",")
    try database.run(
      """
      DELETE FROM "\(Schema.rows(kind))" WHERE time >= \(from) AND time < \(end)
        AND device IN (\(list))
      """)
  }

  static func packedInsertion(
    _ kind: DeviceKind, _ columns: [RecordingCatalogue.Column]
  ) -> String {
    let names = columns.map { ", \"\($0.name)\"" }.joined()
    return """
      INSERT INTO "\(Schema.packed(kind))" (id$, device, start$, end$, readings$, time, delay$\(names))
      VALUES (?, ?, ?, ?, ?, ?, ?\(String(repeating: ", ?", count: columns.count)))
      """
  }

  func isTaken(_ ids: Set<Int64>, of kind: DeviceKind) throws(RecordingError) -> Bool {
    let query = try statement("SELECT 1 FROM \"\(Schema.packed(kind))\" WHERE id$ = ?")
    defer { query.reset() }
    for id in ids {
      query.reset()
      query.bind(0, id)
      if try query.step() { return true }
    }
    return false
  }

  /// The rows of some devices, as columns.
  private func rows(
    of kind: DeviceKind, _ columns: [RecordingCatalogue.Column], devices: Set<Int64>,
    from: Int64, to end: Int64
  ) throws(RecordingError) -> [Int64: PackedRows] {
    let names = columns.map { ", \"\($0.name)\"" }.joined()
    let query = try statement(
      """
      SELECT time, device, arrival\(names) FROM "\(Schema.rows(kind))"
      WHERE time >= ? AND time < ? ORDER BY time, device
      """)
    query.bind(0, from)
    query.bind(1, end)
    defer { query.reset() }
    var blocks: [PackedRows] = []
    var places: [Int64: Int] = [:]
    while try query.step() {
      let device = query.integer(1)
      guard devices.contains(device) else { continue }
      let place: Int
      if let known = places[device] {
        place = known
      } else {
        place = blocks.count
        places[device] = place
        blocks.append(
          PackedRows(device: device, columns: Array(repeating: [], count: columns.count)))
      }
      let time = query.integer(0)
      let count = blocks[place].times.count
      blocks[place].times.append(time)
      blocks[place].delays.append(query.integerIfAny(2).map { $0 - time } ?? PackedColumn.absent)
      for index in columns.indices {
        guard let value = query.integerIfAny(index + 3) else {
          if !blocks[place].columns[index].isEmpty {
            blocks[place].columns[index].append(PackedColumn.absent)
          }
          continue
        }
        if blocks[place].columns[index].isEmpty, count > 0 {
          blocks[place].columns[index] = Array(repeating: PackedColumn.absent, count: count)
        }
        blocks[place].columns[index].append(value)
      }
    }
    return Dictionary(uniqueKeysWithValues: blocks.map { ($0.device, $0) })
  }

  /// Makes rows again of the packed readings of a device among which `time` lies.
  ///
  /// So a late or revised value is written as any other, and what is packed never changes.
  func unpack(
    around time: Int64, of device: Int64, kind: DeviceKind
  ) throws(RecordingError) {
    for id in try overlapping(time...time, of: device, kind: kind) {
      try unpack(id, of: device, kind: kind)
    }
    let start = Rollup.floor(time, Rollup.quarter)
    let from = packing[kind]?.from ?? start
    packing[kind]?.from = min(from, start)
  }

  private func unpack(
    _ id: Int64, of device: Int64, kind: DeviceKind
  ) throws(RecordingError) {
    let columns = catalogue.tables[kind] ?? []
    let names = columns.map { ", \"\($0.name)\"" }.joined()
    let query = try statement(
      "SELECT readings$, time, delay$\(names) FROM \"\(Schema.packed(kind))\" WHERE id$ = ?")
    query.bind(0, id)
    guard try query.step() else { return query.reset() }
    let count = Int(truncatingIfNeeded: query.integer(0))
    let cells = (1..<3 + columns.count).map { query.column($0, count: count) ?? [] }
    query.reset()
    let insert = try statement(
      """
      INSERT INTO "\(Schema.rows(kind))" (time, device, arrival\(names))
      VALUES (?, ?, ?\(String(repeating: ", ?", count: columns.count)))
      """)
    for (index, time) in cells[0].enumerated() {
      insert.bind(0, time)
      insert.bind(1, device)
      for column in 1..<cells.count {
        let value = cells[column].isEmpty ? PackedColumn.absent : cells[column][index]
        let stored = column == 1 ? time &+ value : value
        insert.bind(column + 1, value == PackedColumn.absent ? nil : stored)
      }
      try insert.run()
    }
    try database.run("DELETE FROM \"\(Schema.packed(kind))\" WHERE id$ = \(id)")
  }
}

/// How far the readings of a kind are packed.
struct PackingState {
  /// Nanoseconds before which no row is left that is worth packing.
  var from: Int64 = 0
  /// The last time of each device that is in a packed row.
  var last: [Int64: Int64] = [:]
}
