/// The times of a few rows that follow each other; shared by all series that have the same.
///
/// The values of one reading have one time, so that nearly all times of a device are kept once.
final class TimeColumn: Sendable {
  let first: Int64
  let last: Int64
  let count: Int
  private let bytes: [UInt8]

  init(_ times: UnsafeBufferPointer<Int64>) {
    first = times.first ?? 0
    last = times.last ?? 0
    count = times.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(17 + 3 * times.count + PackedColumn.padding)
    PackedColumn.write(times, to: &bytes)
    for _ in 0..<PackedColumn.padding { bytes.append(0) }
    self.bytes = bytes
  }

  /// The bytes that one takes, with what the allocator adds.
  var size: Int { bytes.capacity + 32 + 64 }

  @inline(__always)
  func with<Result>(_ body: (PackedColumn) -> Result) -> Result {
    bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a column without bytes") }
      var place = 0
      return body(PackedColumn(start, &place, count: count))
    }
  }

  /// The number of rows with a time at or before one.
  func count(until time: Int64) -> Int {
    if time >= last { return count }
    return with { column in
      var low = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        if column[middle] <= time { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  fileprivate func isSame(as rows: UnsafeBufferPointer<some PackedRow>) -> Bool {
    guard rows.count == count, rows.first?.time.nanoseconds == first,
      rows.last?.time.nanoseconds == last
    else { return false }
    return with { column in rows.indices.allSatisfy { column[$0] == rows[$0].time.nanoseconds } }
  }
}

/// The columns of times that were made last, so that the next series with the same takes the same.
struct TimeColumns: Sendable {
  private static let count = 256
  private var known = [TimeColumn?](repeating: nil, count: Self.count)

  /// The times of some rows, and whether they were made for them.
  mutating func column(
    of rows: UnsafeBufferPointer<some PackedRow>
  ) -> (times: TimeColumn, isNew: Bool) {
    let first = UInt64(bitPattern: rows.first?.time.nanoseconds ?? 0)
    let last = UInt64(bitPattern: rows.last?.time.nanoseconds ?? 0)
    let hash = (first ^ (last &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    let place = Int(hash >> 56)
    if let column = known[place], column.isSame(as: rows) { return (column, false) }
    let column = withUnsafeTemporaryAllocation(of: Int64.self, capacity: rows.count) { numbers in
      for index in rows.indices { numbers[index] = rows[index].time.nanoseconds }
      return TimeColumn(UnsafeBufferPointer(numbers))
    }
    known[place] = column
    return (column, true)
  }
}
