/// Takes escape sequences and control characters out of text that somebody else wrote.
///
/// Escape sequences are those of ECMA-48: CSI, OSC and the other strings, and those of two or more
/// characters.
package enum ControlFilter {
  /// The place of the first control character from a place on; eight bytes are looked at at once.
  private static func control(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let raw = UnsafeRawBufferPointer(bytes)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops = ones << 7
    var at = start
    while at + 8 <= raw.count {
      let word = UInt64(
        littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      let delete = word ^ (ones &* 0x7F)
      // A byte below 0x20, or one that is 0x7F, borrows into its top bit; the first one is right.
      let low = (word &- ones &* 0x20) & ~word
      let hits = (low | (delete &- ones) & ~delete) & tops
      if hits != 0 { return at + hits.trailingZeroBitCount / 8 }
      at += 8
    }
    while at < raw.count, raw[at] >= 0x20, raw[at] != 0x7F { at += 1 }
    return at
  }

  /// Adds a line to `text` without escape sequences and control characters; tabs become spaces.
  package static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let end = control(in: bytes, from: index)
      text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end]))
      guard end < bytes.count else { return }
      index = end + 1
      switch bytes[end] {
      case 0x1B: index = endOfEscape(bytes, index)
      case 0x09: text.append(0x20)
      default: break
      }
    }
  }

  /// Where the sequence ends whose ESC stands before `start`.
  private static func endOfEscape(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    guard start < bytes.count else { return start }
    var index = start + 1
    switch bytes[start] {
    case UInt8(ascii: "["):
      while index < bytes.count, 0x20...0x3F ~= bytes[index] { index += 1 }
      return min(bytes.count, index + 1)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
      UInt8(ascii: "_"):
      while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x1B { index += 1 }
      return min(bytes.count, index < bytes.count && bytes[index] == 0x1B ? index + 2 : index + 1)
    case 0x20...0x2F:
      while index < bytes.count, 0x20...0x2F ~= bytes[index] { index += 1 }
      return min(bytes.count, index + 1)
    default: return index
    }
  }
}
