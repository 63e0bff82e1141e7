/// The rows of one view of a series, oldest first: the newest as they are, older ones packed.
///
/// Packed rows come back to the last bit. What is looked for by time is found without unpacking more
/// than times; rows in order are unpacked 32 at a time.
struct PackedRows<Row: PackedRow>: Sendable {
  private(set) var chunks: [PackedChunk] = []
  private(set) var bytes: [UInt8] = []
  /// The newest rows, as they are.
  private(set) var tail: [Row] = []
  /// How many rows are packed; every chunk but the last is full.
  private(set) var packedCount = 0
  /// The bytes of the times that were made for it.
  private var timesSize = 0
  /// What rows are packed by; `nil` where none ever is.
  let course: PackedCourse?

  init(_ course: PackedCourse? = nil) { self.course = course }

  /// The same rows as they are.
  init(_ rows: some Sequence<Row>, _ course: PackedCourse? = nil) {
    self.course = course
    tail = Array(rows)
  }

  /// The bytes that are allocated for it, with what the allocator adds; times that several series share
  /// count once.
  var size: Int {
    func block(_ bytes: Int) -> Int { bytes > 0 ? bytes + 48 : 0 }
    return timesSize + block(chunks.capacity * MemoryLayout<PackedChunk>.stride)
      + block(bytes.capacity)
      + block(tail.capacity * MemoryLayout<Row>.stride)
  }
}

/// Some rows that are packed together.
struct PackedChunk: Sendable {
  /// How many rows those are.
  static let length = 32

  var times: TimeColumn
  /// The time of its last row.
  var last: Int64
  /// Where its bytes begin.
  var offset: Int32
  /// Whether the times were made for it, and count for its memory.
  var ownsTimes: Bool
}

extension PackedRows: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { packedCount + tail.count }
  var count: Int { packedCount + tail.count }
  var isEmpty: Bool { tail.isEmpty && packedCount == 0 }
  var first: Row? { packedCount > 0 ? unpacked(0) : tail.first }
  var last: Row? { tail.last ?? (packedCount > 0 ? unpacked(packedCount - 1) : nil) }

  subscript(_ index: Int) -> Row {
    @inline(__always)
    get { index >= packedCount ? tail[index - packedCount] : unpacked(index) }
    set {
      unpack(from: index)
      tail[index - packedCount] = newValue
    }
  }

  private func unpacked(_ index: Int) -> Row {
    var result: Row?
    let place = index % PackedChunk.length
    read(chunk: index / PackedChunk.length, place, place + 1) { result = $0 }
    guard let result else { preconditionFailure("a row is not where it was packed") }
    return result
  }

  @inline(__always)
  private func read(chunk: Int, _ from: Int, _ to: Int, _ body: (Row) -> Void) {
    let chunk = chunks[chunk]
    guard let course else { return }
    chunk.times.with { times in
      bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return }
        Row.read(from, to, of: chunk.times.count, start + Int(chunk.offset), times, course, body)
      }
    }
  }

  /// The time of a row.
  func time(at index: Int) -> Timestamp {
    guard index < packedCount else { return tail[index - packedCount].time }
    let times = chunks[index / PackedChunk.length].times
    return Timestamp(nanoseconds: times.with { $0[index % PackedChunk.length] })
  }

  /// The value of a row, without its integrals.
  func value(at index: Int) -> Double {
    guard index < packedCount, let course else { return tail[index - packedCount].value }
    let chunk = chunks[index / PackedChunk.length]
    return bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return .nan }
      var place = 0
      return PackedValues(start + Int(chunk.offset), &place, count: chunk.times.count, course)[
        index % PackedChunk.length]
    }
  }

  /// The index of the first row after a time.
  func place(after time: Timestamp) -> Int {
    if let first = tail.first, first.time <= time {
      return packedCount + tail.partitioningIndex { $0.time > time }
    }
    guard let first = chunks.first, first.times.first <= time.nanoseconds else { return 0 }
    let place = chunk(after: time)
    guard place < chunks.count else { return packedCount }
    return place * PackedChunk.length + chunks[place].times.count(until: time.nanoseconds)
  }

  /// The first chunk that has a row after a time.
  func chunk(after time: Timestamp) -> Int {
    chunks.partitioningIndex { $0.last > time.nanoseconds }
  }

  /// All rows of a chunk, in place of what is in `rows`.
  func unpack(chunk: Int, into rows: inout [Row]) {
    rows.removeAll(keepingCapacity: true)
    rows.reserveCapacity(PackedChunk.length)
    read(chunk: chunk, 0, chunks[chunk].times.count) { rows.append($0) }
  }

  /// The index of the first row at or after a time.
  func place(from time: Timestamp) -> Int {
    time.nanoseconds == .min ? 0 : place(after: Timestamp(nanoseconds: time.nanoseconds - 1))
  }

  /// Calls `body` with rows in order.
  func forEach(in range: Range<Int>, _ body: (Row) -> Void) {
    var index = range.lowerBound
    while index < range.upperBound, index < packedCount {
      let (chunk, place) = index.quotientAndRemainder(dividingBy: PackedChunk.length)
      let end = Swift.min(chunks[chunk].times.count, place + range.upperBound - index)
      read(chunk: chunk, place, end, body)
      index += end - place
    }
    while index < range.upperBound {
      body(tail[index - packedCount])
      index += 1
    }
  }

  /// Rows in order, unpacked.
  func rows(in range: Range<Int>) -> [Row] {
    var rows: [Row] = []
    rows.reserveCapacity(range.count)
    forEach(in: range) { rows.append($0) }
    return rows
  }
}

extension PackedRows {
  /// Appends a row.
  ///
  /// From `limit` rows as they are on, all but the `least` newest of them are packed.
  mutating func append(_ row: Row, least: Int, limit: Int, _ times: inout TimeColumns) {
    if course != nil, tail.count >= limit { pack(count: tail.count - least, &times) }
    if tail.count == tail.capacity {
      tail.reserveCapacity(Swift.max(4, Swift.min(limit, 2 * tail.count)))
    }
    tail.append(row)
  }

  /// Changes the newest row.
  mutating func changeLast(_ body: (inout Row) -> Void) {
    if tail.isEmpty { unpack(from: packedCount - 1) }
    body(&tail[tail.count - 1])
  }

  /// Inserts a row before another.
  mutating func insert(_ row: Row, at index: Int) {
    unpack(from: index)
    tail.insert(row, at: index - packedCount)
  }

  /// Forgets the oldest rows; of those that are packed whole chunks, and no more than asked for.
  mutating func removeFirst(_ count: Int) {
    guard packedCount > 0 else {
      tail.removeFirst(Swift.min(count, tail.count))
      return
    }
    let gone = Swift.min(count / PackedChunk.length, chunks.count)
    guard gone > 0 else { return }
    packedCount -= chunks[..<gone].reduce(0) { $0 + $1.times.count }
    timesSize -= chunks[..<gone].reduce(0) { $0 + ($1.ownsTimes ? $1.times.size : 0) }
    let start = gone < chunks.count ? Int(chunks[gone].offset) : bytes.count
    bytes.removeFirst(start)
    chunks.removeFirst(gone)
    for index in chunks.indices { chunks[index].offset -= Int32(start) }
  }

  /// Takes the rows from one on out of their packing.
  private mutating func unpack(from index: Int) {
    guard index < packedCount else { return }
    let first = index / PackedChunk.length
    let start = first * PackedChunk.length
    tail.insert(contentsOf: rows(in: start..<packedCount), at: 0)
    packedCount = start
    bytes.removeLast(bytes.count - Int(chunks[first].offset))
    timesSize -= chunks[first...].reduce(0) { $0 + ($1.ownsTimes ? $1.times.size : 0) }
    chunks.removeLast(chunks.count - first)
    if first > 0 { bytes.append(contentsOf: Self.padding) }
  }

  private static var padding: some Collection<UInt8> {
    repeatElement(0, count: PackedColumn.padding)
  }

  /// Packs the oldest rows of the tail.
  private mutating func pack(count: Int, _ columns: inout TimeColumns) {
    guard let course else { return }
    var count = count
    if let last = chunks.last, last.times.count < PackedChunk.length {
      count += last.times.count
      unpack(from: packedCount - 1)
    }
    if !chunks.isEmpty { bytes.removeLast(PackedColumn.padding) }
    var new: [UInt8] = []
    let start = bytes.count
    for from in stride(from: 0, to: count, by: PackedChunk.length) {
      tail[from..<Swift.min(count, from + PackedChunk.length)].withUnsafeBufferPointer { rows in
        let (times, isNew) = columns.column(of: rows)
        chunks.append(
          PackedChunk(
            times: times, last: times.last, offset: Int32(start + new.count), ownsTimes: isNew))
        if isNew { timesSize += times.size }
        Row.write(rows, course, to: &new)
      }
    }
    let needed = start + new.count + PackedColumn.padding
    // Doubling would leave half of it empty.
    if bytes.capacity < needed { bytes.reserveCapacity(needed + needed / 8) }
    if chunks.count == chunks.capacity {
      chunks.reserveCapacity(chunks.count + chunks.count / 8 + 2)
    }
    bytes.append(contentsOf: new)
    bytes.append(contentsOf: Self.padding)
    packedCount += count
    // What came late had long rows unpacked; their room is not kept.
    if tail.capacity > 4 * PackedChunk.length {
      tail = Array(tail[count...])
    } else {
      tail.removeFirst(count)
    }
  }

  /// Gives back what is allocated and not needed.
  mutating func shrink() {
    if bytes.capacity > bytes.count + bytes.count / 4 + 64 {
      bytes = bytes.withUnsafeBytes { Array($0) }
    }
    if chunks.capacity > chunks.count + chunks.count / 2 + 8 {
      chunks = chunks.withUnsafeBufferPointer { Array($0) }
    }
  }
}
