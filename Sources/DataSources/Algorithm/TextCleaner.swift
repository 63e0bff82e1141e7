import Telemetry

/// Takes off a log line what terminals, launchers and containers put around it.
///
/// Escape sequences go (ECMA-48 CSI, OSC and the like), tabs become spaces, other control
/// characters vanish. Then prefixes, as often as they come: `[rank0]:`, `0: ` (srun), `node1: `
/// (pdsh), `(Worker pid=1, ip=…)` (Ray), `trainer-1  | ` (compose), `[1,0]<stdout>:` (mpirun),
/// `2026-11-23T20:00:00Z stdout F ` (CRI), whose time is kept.
struct TextCleaner: Sendable {
  /// A line without its wrapping, and the time that was on the wrapping.
  static func clean(_ bytes: UnsafeBufferPointer<UInt8>) -> (text: LogLine, time: Timestamp?) {
    let plain = plain(bytes)
    var start = 0
    var time: Timestamp?
    // More than this nobody stacks; a hostile line must not make us run for ever.
    for _ in 0..<8 {
      while start < plain.count, plain[start] == 0x20 { start += 1 }
      let rest = plain[start...]
      if let length = stampLength(rest) {
        time = Timestamp(rfc3339: rest.prefix(length)) ?? time
        start += length + 1
      } else if let length = prefixLength(rest) {
        start += length
      } else {
        break
      }
    }
    return (LogLine(Array(plain[start...])), time)
  }

  /// The line without escape sequences and control characters.
  private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x1B: index = endOfEscape(bytes, index)
      case 0x09: result.append(0x20)
      case 0..<0x20, 0x7F: break
      default: result.append(byte)
      }
    }
    while result.last == 0x20 { result.removeLast() }
    return result
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

  /// The length of a time with zone at the start, if a space follows it.
  private static func stampLength(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.count > 20, line[line.startIndex + 4] == 0x2D, line[line.startIndex + 10] == 0x54
    else { return nil }
    guard let end = line.prefix(40).firstIndex(of: 0x20) else { return nil }
    let length = end - line.startIndex
    return Timestamp(rfc3339: line.prefix(length)) == nil ? nil : length
  }

  /// The length of one prefix at the start.
  private static func prefixLength(_ line: ArraySlice<UInt8>) -> Int? {
    guard let first = line.first else { return nil }
    let window = line.prefix(160)
    func length(to end: Int) -> Int { end - line.startIndex }
    if first == UInt8(ascii: "(") {
      guard let end = window.firstIndex(of: UInt8(ascii: ")")), window[..<end].holds("pid=") else {
        return nil
      }
      return length(to: end + 1)
    }
    if first == UInt8(ascii: "[") {
      guard let end = window.firstIndex(of: UInt8(ascii: "]")), end + 1 < line.endIndex else {
        return nil
      }
      let inside = window[(line.startIndex + 1)..<end]
      let after = line[(end + 1)...]
      if after.starts(with: "<std".utf8), let colon = after.prefix(12).firstIndex(of: 0x3A) {
        return length(to: colon + 1)
      }
      let isRank = inside.count < 24 && inside.allSatisfy(isWord) && inside.contains(where: isDigit)
      return isRank && after.first == 0x3A ? length(to: end + 2) : nil
    }
    for stream in ["stdout F ", "stderr F ", "stdout P ", "stderr P "]
    where line.starts(with: stream.utf8) {
      return stream.utf8.count
    }
    guard let end = window.firstIndex(where: { !isWord($0) }), end > line.startIndex else {
      return nil
    }
    let word = window[..<end]
    if line[end] == 0x3A, word.contains(where: isDigit), line[(end + 1)...].first == 0x20 {
      return length(to: end + 2)
    }
    guard let bar = window[end...].firstIndex(where: { $0 != 0x20 }), line[bar] == 0x7C,
      word.contains(where: { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A })
    else { return nil }
    return length(to: bar + 1)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || 0x61...0x7A ~= byte | 0x20 || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }
}

extension ArraySlice<UInt8> {
  /// Whether the text occurs in it.
  fileprivate func holds(_ text: String) -> Bool {
    let pattern = Array(text.utf8)
    guard count >= pattern.count else { return false }
    return (startIndex...(endIndex - pattern.count)).contains {
      self[$0..<($0 + pattern.count)].elementsEqual(pattern)
    }
  }
}
