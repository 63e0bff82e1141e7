/// The cells of a line, without the white space and quotes around them.
///
/// The memory of a line is used for the next one.
package struct CSVCells: Sendable {
  private var text: [UInt8] = []
  private var ranges: [Range<Int>] = []

  /// No cells, until a line is split.
  package init() {}

  /// How many cells the line has.
  package var count: Int { ranges.count }
  /// The bytes of a cell, counted from 0; valid until the next line is split.
  package subscript(place: Int) -> ArraySlice<UInt8> { text[ranges[place]] }

  /// Cuts a line.
  package mutating func split(_ line: UnsafeBufferPointer<UInt8>, at separator: UInt8) {
    text.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    if line.contains(0x22) {
      splitQuoted(line, separator)
      return
    }
    text.append(contentsOf: line)
    var start = 0
    for at in 0..<line.count where line[at] == separator {
      add(start..<at)
      start = at + 1
    }
    add(start..<line.count)
  }

  private mutating func splitQuoted(_ line: UnsafeBufferPointer<UInt8>, _ separator: UInt8) {
    var start = 0
    var isQuoted = false
    var at = 0
    while at < line.count {
      let byte = line[at]
      at += 1
      if byte == 0x22 {
        // Two quotes within quotes are one of the text.
        if isQuoted, at < line.count, line[at] == 0x22 {
          text.append(byte)
          at += 1
        } else {
          isQuoted.toggle()
        }
      } else if byte == separator, !isQuoted {
        add(start..<text.count)
        start = text.count
      } else {
        text.append(byte)
      }
    }
    add(start..<text.count)
  }

  private mutating func add(_ cell: Range<Int>) {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var start = cell.lowerBound
    var end = cell.upperBound
    while start < end, isBlank(text[start]) { start += 1 }
    while start < end, isBlank(text[end - 1]) { end -= 1 }
    ranges.append(start..<end)
  }
}
