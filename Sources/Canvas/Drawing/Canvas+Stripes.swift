/// Stripes one above the other in a column of cells, exact to an eighth of a row.
///
/// A cell shows two colours at most, parted by one of the blocks `▁▂▃▄▅▆▇`; where more than two
/// stripes meet in one cell it is parted where the fewest eighths come out in a wrong colour.
extension Canvas {
  /// Draws a column of stripes.
  ///
  /// - Parameters:
  ///   - stripes: the index of a colour for each eighth of a row, from the top; eight for a row.
  ///   - colors: the colours by index.
  ///   - x: the column.
  ///   - y: the row of the first eight.
  public mutating func stripes(_ stripes: [UInt8], colors: [Color], x: Int, y: Int) {
    var start = 0
    var row = y
    while start + 8 <= stripes.count {
      // Most cells have one colour.
      let isPlain = stripes.withUnsafeBytes { bytes in
        bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
          == UInt64(bytes[start]) &* 0x0101_0101_0101_0101
      }
      let split =
        isPlain
        ? (lowerEighths: 0, upper: stripes[start], lower: stripes[start])
        : Self.split(stripes[start..<start + 8])
      let upper = colors[Int(split.upper)]
      if split.lowerEighths == 0 {
        self[x, row] = Cell(" ", Style(colors[Int(split.upper)], on: upper))
      } else {
        self[x, row] = Cell(
          Self.lowerBlocks[split.lowerEighths], Style(colors[Int(split.lower)], on: upper))
      }
      start += 8
      row += 1
    }
  }

  static let lowerBlocks: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// How a cell of eight eighths is parted best: so many of the lower ones in one colour, 0...7, and
  /// the rest in another.
  static func split(
    _ eighths: ArraySlice<UInt8>
  ) -> (lowerEighths: Int, upper: UInt8, lower: UInt8) {
    guard let first = eighths.first else { return (0, 0, 0) }
    guard let next = eighths.firstIndex(where: { $0 != first }) else { return (0, first, first) }
    let start = eighths.startIndex
    // Two stripes, as most cells have that have more than one, part where the second begins.
    if eighths[next...].allSatisfy({ $0 == eighths[next] }) {
      return (start + 8 - next, first, eighths[next])
    }
    var best = (errors: 9, lowerEighths: 0, upper: first, lower: first)
    for lower in 0...7 {
      let above = majority(eighths[start..<start + 8 - lower])
      let below = majority(eighths[(start + 8 - lower)...])
      let errors = 8 - above.count - below.count
      if errors < best.errors { best = (errors, lower, above.value, below.value) }
    }
    return (best.lowerEighths, best.upper, best.lower)
  }

  /// The value that most of a slice has; of several the first.
  private static func majority(_ values: ArraySlice<UInt8>) -> (value: UInt8, count: Int) {
    var best: (value: UInt8, count: Int) = (0, 0)
    for value in values {
      let count = values.count { $0 == value }
      if count > best.count { best = (value, count) }
    }
    return best
  }
}
