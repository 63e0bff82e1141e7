import Telemetry

/// Takes off a log line what terminals, launchers and containers put around it.
///
/// Escape sequences go (ECMA-48 CSI, OSC and the like), tabs become spaces, other control
/// characters vanish. Then prefixes, as often as they come (`LinePrefix`); the time of a container
/// is kept, and a mark of whatever told one process from another. The memory of a line is used for
/// the next one, so a line must not be kept.
struct TextCleaner: Sendable {
  private var scratch: [UInt8] = []

  /// A line without its wrapping, and the time that was on the wrapping.
  static func clean(_ bytes: UnsafeBufferPointer<UInt8>) -> (text: LogLine, time: Timestamp?) {
    var cleaner = TextCleaner()
    return cleaner.clean(bytes)
  }

  /// A line without its wrapping, and the time that was on the wrapping.
  mutating func clean(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (text: LogLine, time: Timestamp?) {
    scratch.removeAll(keepingCapacity: true)
    appendPlain(bytes)
    while scratch.last == 0x20 { scratch.removeLast() }
    let prefix = scratch.withUnsafeBufferPointer { LinePrefix($0) }
    if prefix.length > 0 { scratch.removeFirst(min(prefix.length, scratch.count)) }
    let line = LogLine(
      scratch, message: LoggerDressing.length(scratch), writer: prefix.writer)
    return (line, prefix.time)
  }

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

  /// Adds the line without escape sequences and control characters.
  private mutating func appendPlain(_ bytes: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < bytes.count {
      let end = Self.control(in: bytes, from: index)
      scratch.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end]))
      guard end < bytes.count else { return }
      index = end + 1
      switch bytes[end] {
      case 0x1B: index = Self.endOfEscape(bytes, index)
      case 0x09: scratch.append(0x20)
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
