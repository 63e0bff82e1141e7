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
    if Self.isPlain(bytes) {
      scratch.append(contentsOf: bytes)
    } else {
      appendPlain(bytes)
    }
    while scratch.last == 0x20 { scratch.removeLast() }
    let prefix = LinePrefix(scratch)
    if prefix.length > 0 { scratch.removeFirst(min(prefix.length, scratch.count)) }
    let line = LogLine(
      scratch, message: LoggerDressing.length(scratch), writer: prefix.writer)
    return (line, prefix.time)
  }

  /// Whether a line holds no control character at all; eight bytes are looked at at once.
  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops = ones << 7
    var at = 0
    while at + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let delete = word ^ (ones &* 0x7F)
      // A byte below 0x20, or one that is 0x7F, borrows into its top bit.
      let low = (word &- ones &* 0x20) & ~word
      if (low | (delete &- ones) & ~delete) & tops != 0 { return false }
      at += 8
    }
    while at < raw.count {
      if raw[at] < 0x20 || raw[at] == 0x7F { return false }
      at += 1
    }
    return true
  }

  /// Adds the line without escape sequences and control characters.
  private mutating func appendPlain(_ bytes: UnsafeBufferPointer<UInt8>) {
    scratch.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x1B: index = Self.endOfEscape(bytes, index)
      case 0x09: scratch.append(0x20)
      case 0..<0x20, 0x7F: break
      default: scratch.append(byte)
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
