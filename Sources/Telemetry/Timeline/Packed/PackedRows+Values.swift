extension PackedRows {
  /// Calls `body` with the values of rows in order.
  func forEachValue(in range: Range<Int>, _ body: (Double) -> Void) {
    var index = range.lowerBound
    while index < range.upperBound, index < packedCount, let course {
      let (chunk, place) = index.quotientAndRemainder(dividingBy: PackedChunk.length)
      let (offset, count) = (Int(chunks[chunk].offset), chunks[chunk].times.count)
      let end = Swift.min(count, place + range.upperBound - index)
      bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return }
        var head = 0
        let values = PackedValues(start + offset, &head, count: count, course)
        for row in place..<end { body(values[row]) }
      }
      index += end - place
    }
    while index < range.upperBound {
      body(tail[index - packedCount].value)
      index += 1
    }
  }

  /// Times and values in a span, oldest first.
  func points(in span: TimeSpan) -> [(time: Timestamp, value: Double)] {
    let from = place(from: span.start)
    let to = Swift.max(from, place(after: span.end))
    var points: [(time: Timestamp, value: Double)] = []
    points.reserveCapacity(to - from)
    forEachValue(in: from..<to) { points.append((time(at: from + points.count), $0)) }
    return points
  }

  /// The index after the first row at or after a time.
  func past(_ time: Timestamp) -> Int { Swift.min(count, place(from: time) + 1) }

  /// The index of the last row before another of which the value is another than that before it.
  func lastChange(before end: Int) -> Int? {
    guard end > 1 else { return nil }
    var index = end - 1
    var value = value(at: index)
    while index > 0 {
      let (chunk, place) = (index - 1).quotientAndRemainder(dividingBy: PackedChunk.length)
      // A chunk of one value is passed over as a whole.
      if index - 1 < packedCount, place > 0, let only = onlyValue(of: chunk), only == value {
        index -= place + 1
        continue
      }
      let before = self.value(at: index - 1)
      if before != value { return index }
      value = before
      index -= 1
    }
    return nil
  }

  /// The value of all rows of a chunk, where they have only one.
  private func onlyValue(of chunk: Int) -> Double? {
    guard let course else { return nil }
    return bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return nil }
      var place = 0
      let values = PackedValues(
        start + Int(chunks[chunk].offset), &place, count: chunks[chunk].times.count, course)
      return values.areAlike ? values[0] : nil
    }
  }

}
