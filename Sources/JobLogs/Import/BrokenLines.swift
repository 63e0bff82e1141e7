/// Lines of a log that have the form of the others and cannot be read, counted and named once.
///
/// In a log of JSON lines that is every line that begins as an object and does not end as one, or
/// that was written over the end of another.
struct BrokenLines: Sendable {
  /// How many there are.
  private(set) var count = 0
  /// The number of the first, from 1; 0 when there is none.
  private(set) var first = 0

  /// How many lines were too long to be kept, and the number of the first.
  private(set) var tooLong = (count: 0, first: 0)

  /// Counts a line that was too long to be kept.
  mutating func cutOff(number: Int) {
    tooLong.count += 1
    if tooLong.first == 0 { tooLong.first = number }
  }

  /// Looks at a line that no reader understood.
  mutating func look(at line: LogLine, number: Int) {
    let start = line.message
    // Python's dictionaries have single quotes.
    guard line.starts(with: "{\"", at: start) || line.starts(with: "{'", at: start) else { return }
    guard !isWhole(line, start) else { return }
    count += 1
    if first == 0 { first = number }
  }

  /// Whether braces and quotes of an object that begins at a place match, up to the line's end.
  private func isWhole(_ line: LogLine, _ start: Int) -> Bool {
    var depth = 0
    var quote: UInt8?
    var place = start
    while place < line.bytes.count {
      let byte = line.bytes[place]
      if let open = quote {
        if byte == 0x5C { place += 1 } else if byte == open { quote = nil }
      } else {
        switch byte {
        case 0x22, 0x27: quote = byte
        case 0x7B, 0x5B: depth += 1
        case 0x7D, 0x5D:
          depth -= 1
          if depth == 0 { return place == line.bytes.count - 1 }
        default: break
        }
      }
      place += 1
    }
    return false
  }
}
