/// How many digits the numbers have that end the lines of a log.
///
/// The last line of a file may have been cut where nobody sees it: `loss 0.` was `loss 0.1234`. A number
/// that touches the end of such a line, and has fewer digits than those before it, is not believed.
struct LineEnds {
  private var decimals = 0
  /// The digits of the whole number that ends the newest line which ends in one.
  private var digits = 0

  /// Hears a line that has its end.
  mutating func hear(_ line: UnsafeBufferPointer<UInt8>) {
    guard let number = Self.number(line) else { return }
    if number.hasPoint { decimals = number.decimals } else { digits = line.count - number.start }
  }

  /// What of a line without an end is to be believed.
  func believed(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard let number = Self.number(line) else { return line }
    let isShort =
      number.hasPoint ? number.decimals < decimals : line.count - number.start < digits
    guard isShort else { return line }
    return UnsafeBufferPointer(rebasing: line[..<number.start])
  }

  /// The number that a line ends in.
  private static func number(
    _ line: UnsafeBufferPointer<UInt8>
  ) -> (start: Int, decimals: Int, hasPoint: Bool)? {
    var start = line.count
    while start > 0, line[start - 1] &- 0x30 < 10 { start -= 1 }
    let decimals = line.count - start
    guard start > 0, line[start - 1] == 0x2E else {
      return decimals > 0 ? (start, 0, false) : nil
    }
    start -= 1
    let point = start
    while start > 0, line[start - 1] &- 0x30 < 10 { start -= 1 }
    return point > start ? (start, decimals, true) : nil
  }
}
