/// Dates with strokes, whose day may stand first or second: `08/06/2024 10:00:10`.
enum SlashDate {
  /// The first two numbers; `nil` where a cell is no such date.
  static func numbers(_ cell: ArraySlice<UInt8>) -> (first: Int, second: Int)? {
    guard let parts = parts(cell) else { return nil }
    return (parts.first, parts.second)
  }

  /// The same date with the month first and two digits each, as `StampScanner` reads it; `nil` where a
  /// cell is no such date.
  static func monthFirst(_ cell: ArraySlice<UInt8>, isDayFirst: Bool) -> [UInt8]? {
    guard let parts = parts(cell) else { return nil }
    let (month, day) = isDayFirst ? (parts.second, parts.first) : (parts.first, parts.second)
    func two(_ number: Int) -> [UInt8] {
      [
        UInt8(truncatingIfNeeded: 0x30 + number / 10),
        UInt8(truncatingIfNeeded: 0x30 + number % 10),
      ]
    }
    return two(month) + [0x2F] + two(day) + [0x2F] + Array(cell[parts.rest...])
  }

  /// Whether such a date stands in the first bytes of a line.
  static func isWritten(in line: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Array(line.prefix(80))[...]
    return start.indices.contains { place in
      (place == 0 || start[place - 1] &- 0x30 >= 10) && parts(start[place...]) != nil
    }
  }

  private static func parts(
    _ cell: ArraySlice<UInt8>
  ) -> (first: Int, second: Int, rest: Int)? {
    var at = cell.startIndex
    func number() -> Int? {
      let start = at
      var value = 0
      while at < cell.endIndex, cell[at] &- 0x30 < 10, at - start < 2 {
        value = value * 10 + Int(cell[at] &- 0x30)
        at += 1
      }
      return at > start ? value : nil
    }
    guard let first = number(), at < cell.endIndex, cell[at] == 0x2F else { return nil }
    at += 1
    guard let second = number(), at < cell.endIndex, cell[at] == 0x2F else { return nil }
    at += 1
    let year = cell[at...].prefix { $0 &- 0x30 < 10 }
    return year.count == 4 && 1...31 ~= first && 1...31 ~= second ? (first, second, at) : nil
  }
}
