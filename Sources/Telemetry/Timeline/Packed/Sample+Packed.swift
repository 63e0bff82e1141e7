/// Single values: of the integrals only the first is kept, and the others are added up anew.
///
/// Where adding up gives other numbers, as across a gap, all of them are kept.
extension Series.Sample: PackedRow {
  static func write(
    _ rows: UnsafeBufferPointer<Self>, _ course: PackedCourse, to bytes: inout [UInt8]
  ) {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: rows.count) { numbers in
      PackedValues.write(count: rows.count, course, numbers, to: &bytes) { rows[$0].value }
      let isPlain = rows.indices.dropFirst().allSatisfy { index in
        let (last, next) = (rows[index - 1], rows[index])
        let elapsed = next.time - last.time
        let sum = course.grown(last.cumulative, last.value, next.value, elapsed)
        return sum.bitPattern == next.cumulative.bitPattern
          && (last.covered + elapsed).bitPattern == next.covered.bitPattern
      }
      bytes.append(isPlain ? 1 : 0)
      guard !isPlain else {
        bytes.append(bitsOf: rows[0].cumulative)
        bytes.append(bitsOf: rows[0].covered)
        return
      }
      for index in rows.indices { numbers[index] = rows[index].cumulative.ordinal }
      PackedColumn.write(UnsafeBufferPointer(numbers), to: &bytes)
      for index in rows.indices { numbers[index] = rows[index].covered.ordinal }
      PackedColumn.write(UnsafeBufferPointer(numbers), to: &bytes)
    }
  }

  @inline(__always)
  static func read(
    _ from: Int, _ to: Int, of count: Int, _ bytes: UnsafeRawPointer, _ times: PackedColumn,
    _ course: PackedCourse, _ body: (Self) -> Void
  ) {
    var place = 0
    let values = PackedValues(bytes, &place, count: count, course)
    let isPlain = bytes.load(fromByteOffset: place, as: UInt8.self) != 0
    place += 1
    guard isPlain else {
      let sums = PackedColumn(bytes, &place, count: count)
      let known = PackedColumn(bytes, &place, count: count)
      for index in from..<to {
        body(
          Self(
            time: Timestamp(nanoseconds: times[index]), value: values[index],
            cumulative: Double(ordinal: sums[index]), covered: Double(ordinal: known[index])))
      }
      return
    }
    var row = Self(
      time: Timestamp(nanoseconds: times[0]), value: values[0],
      cumulative: bytes.loadUnaligned(fromByteOffset: place, as: Double.self),
      covered: bytes.loadUnaligned(fromByteOffset: place + 8, as: Double.self))
    if from == 0 { body(row) }
    for index in 1..<max(1, to) {
      let time = Timestamp(nanoseconds: times[index])
      let value = values[index]
      let elapsed = time - row.time
      row.cumulative = course.grown(row.cumulative, row.value, value, elapsed)
      row.covered += elapsed
      row.time = time
      row.value = value
      if index >= from { body(row) }
    }
  }
}
