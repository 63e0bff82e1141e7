/// Reads rows that are close to each other: a chunk is unpacked once for all that is asked of it.
struct RowReader<Row: PackedRow> {
  /// A chunk that is unpacked, and the index of its first row.
  private var buffer: [Row] = []
  private var start = 0
  /// The one that was needed before it: who goes along a series goes back and forth by a few rows.
  private var other: [Row] = []
  private var otherStart = 0
  private let isSingle: Bool

  init(isSingle: Bool = false) { self.isSingle = isSingle }

  private mutating func load(chunk: Int, of rows: PackedRows<Row>) {
    let first = chunk * PackedChunk.length
    guard buffer.isEmpty || start != first else { return }
    swap(&buffer, &other)
    swap(&start, &otherStart)
    guard buffer.isEmpty || start != first else { return }
    start = first
    rows.unpack(chunk: chunk, into: &buffer)
  }

  /// A row by its index.
  @inline(__always)
  mutating func row(_ index: Int, of rows: PackedRows<Row>) -> Row {
    if index >= rows.packedCount { return rows.tail[index - rows.packedCount] }
    let place = index - start
    if place >= 0, place < buffer.count { return buffer[place] }
    if isSingle { return rows[index] }
    load(chunk: index / PackedChunk.length, of: rows)
    return buffer[index - start]
  }

  /// The index of the first row after a time.
  mutating func place(after time: Timestamp, in rows: PackedRows<Row>) -> Int {
    if let first = rows.tail.first, first.time <= time {
      return rows.packedCount + rows.tail.partitioningIndex { $0.time > time }
    }
    guard rows.packedCount > 0 else { return 0 }
    if let place = knownPlace(after: time) { return place }
    if isSingle { return rows.place(after: time) }
    let chunk = rows.chunk(after: time)
    guard chunk < rows.chunks.count else { return rows.packedCount }
    load(chunk: chunk, of: rows)
    return start + buffer.partitioningIndex { $0.time > time }
  }

  /// The same where it is among the rows that are unpacked.
  func knownPlace(after time: Timestamp) -> Int? {
    guard let first = buffer.first, first.time <= time, let last = buffer.last, time < last.time
    else { return nil }
    return start + buffer.partitioningIndex { $0.time > time }
  }

  /// Calls `body` with rows in order.
  @inline(__always)
  mutating func forEach(in range: Range<Int>, of rows: PackedRows<Row>, _ body: (Row) -> Void) {
    var index = range.lowerBound
    let packed = min(range.upperBound, rows.packedCount)
    while index < packed {
      load(chunk: index / PackedChunk.length, of: rows)
      let end = min(start + buffer.count, packed)
      for place in (index - start)..<(end - start) { body(buffer[place]) }
      index = end
    }
    while index < range.upperBound {
      body(rows.tail[index - rows.packedCount])
      index += 1
    }
  }
}

/// Reads all views of one series.
struct SeriesReader {
  var samples: RowReader<Series.Sample>
  /// The two readings side by side that were last asked for: columns are often narrower than a period.
  var near: (before: Series.Point, after: Series.Point)?
  private var tiers: [RowReader<Tier.Bucket>] = []
  private let isSingle: Bool

  /// A reader for many questions, or for a single one, for which no more is unpacked than it needs.
  init(isSingle: Bool = false) {
    self.isSingle = isSingle
    samples = RowReader(isSingle: isSingle)
  }

  /// The index of the first bucket of a tier after a time; nothing is unpacked for it.
  func place(after time: Timestamp, inTier tier: Int, _ rows: PackedRows<Tier.Bucket>) -> Int {
    if tier < tiers.count, let place = tiers[tier].knownPlace(after: time) { return place }
    return rows.place(after: time)
  }

  mutating func bucket(
    _ row: Int, inTier tier: Int, _ rows: PackedRows<Tier.Bucket>
  ) -> Tier.Bucket {
    guard !isSingle, row < rows.packedCount else { return rows[row] }
    grow(to: tier)
    return tiers[tier].row(row, of: rows)
  }

  mutating func forEach(
    in range: Range<Int>, ofTier tier: Int, _ rows: PackedRows<Tier.Bucket>,
    _ body: (Tier.Bucket) -> Void
  ) {
    grow(to: tier)
    tiers[tier].forEach(in: range, of: rows, body)
  }

  private mutating func grow(to tier: Int) {
    while tiers.count <= tier { tiers.append(RowReader()) }
  }
}
