/// What a program's own logger puts before a message: time, level, name, place in the program.
///
///     [titan] 2026-02-24 19:46:17,508 - root - INFO - message
///     [INFO|trainer.py:1144] 2021-05-25 06:38:26,285 >>   message
///     [2023-04-18 01:47:43,882] [INFO] [timer.py:199:stop] message
///     [04/12 10:00:00 d2.utils.events]: message
///     2024-05-05 12:00:00.123 | INFO     | module:function:12 - message
///     I0820 12:00:00.123456 140 metric_logger.py:100] message
///     INFO:root:message
///
/// The message is still asked for its own form, so taking off too little only misses a line.
enum LoggerPrefix {
  /// How many bytes of a line come before its message.
  static func length(_ line: [UInt8]) -> Int {
    guard let first = line.first,
      first == 0x5B || isDigit(first) || 0x43...0x57 ~= first
    else { return 0 }
    if let end = abslLength(line) { return end }
    var place = 0
    var isDressed = false
    // More pieces than this no logger writes.
    for _ in 0..<8 {
      let start = skipSpaces(line, place)
      guard start < line.count else { break }
      let byte = line[start]
      let end: Int? =
        switch byte {
        case 0x5B: bracketEnd(line, start)
        case 0x30...0x39: timeEnd(line, start)
        default: levelEnd(line, start) ?? (isDressed ? nameEnd(line, start) : nil)
        }
      guard var next = end else { break }
      isDressed = true
      next = skipSpaces(line, next)
      if next + 1 < line.count, line[next] == 0x3E, line[next + 1] == 0x3E { next += 2 }
      if next + 1 < line.count, [0x2D, 0x7C, 0x3A].contains(line[next]), line[next + 1] == 0x20 {
        next += 2
      }
      place = next
    }
    return isDressed ? skipSpaces(line, place) : 0
  }

  /// The length of `I0820 12:00:00.123456 140 file.py:100] `, as absl writes it.
  private static func abslLength(_ line: [UInt8]) -> Int? {
    guard line.count > 24, [0x49, 0x57, 0x45].contains(line[0]),
      (1...4).allSatisfy({ isDigit(line[$0]) }),
      line[5] == 0x20, let end = line.prefix(120).firstIndex(of: 0x5D)
    else { return nil }
    return skipSpaces(line, end + 1)
  }

  /// `[anything]`, unless it holds a value of its own such as `[batch=10/4800]`.
  private static func bracketEnd(_ line: [UInt8], _ start: Int) -> Int? {
    let window = line[start...].prefix(120)
    guard let end = window.firstIndex(of: 0x5D), !window[..<end].contains(0x3D),
      end + 1 < line.count
    else { return nil }
    if line[end + 1] == 0x20 { return end + 1 }
    return line[end + 1] == 0x3A ? end + 2 : nil
  }

  /// A date or a time of day: `2026-02-24`, `2024/05/05`, `19:46:17,508`, or both with a `T`.
  private static func timeEnd(_ line: [UInt8], _ start: Int) -> Int? {
    var end = start
    var marks = 0
    while end < line.count, end - start < 40, line[end] != 0x20 {
      switch line[end] {
      case 0x2D, 0x2F, 0x3A: marks += 1
      case 0x30...0x39, 0x2C, 0x2E, 0x2B, 0x54, 0x5A: break
      default: return nil
      }
      end += 1
    }
    return marks >= 2 && end - start >= 8 && end < line.count ? end : nil
  }

  private static let levels: [StaticString] = ["INFO", "WARNING", "DEBUG", "ERROR"]

  /// The end of a level and the name behind it, such as that of `INFO:root:`.
  private static func levelEnd(_ line: [UInt8], _ start: Int) -> Int? {
    guard [0x49, 0x57, 0x44, 0x45].contains(line[start]) else { return nil }
    let text = LogLine(line)
    guard let level = levels.first(where: { text.starts(with: $0, at: start) }) else { return nil }
    var end = start + level.utf8CodeUnitCount
    guard end < line.count, line[end] == 0x20 || line[end] == 0x3A else { return nil }
    guard line[end] == 0x3A else { return end }
    end += 1
    var name = end
    while name < line.count, name - end < 60, isName(line[name]) { name += 1 }
    return name > end && name < line.count && line[name] == 0x3A ? name + 1 : end
  }

  /// A word or `module:function:12` before ` - `.
  private static func nameEnd(_ line: [UInt8], _ start: Int) -> Int? {
    var end = start
    while end < line.count, end - start < 80, isName(line[end]) || line[end] == 0x3A { end += 1 }
    guard end > start, end + 2 < line.count, line[end] == 0x20, line[end + 1] == 0x2D,
      line[end + 2] == 0x20
    else { return nil }
    return end
  }

  private static func skipSpaces(_ line: [UInt8], _ place: Int) -> Int {
    var at = place
    while at < line.count, line[at] == 0x20 { at += 1 }
    return at
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func isName(_ byte: UInt8) -> Bool {
    isDigit(byte) || 0x61...0x7A ~= byte | 0x20 || byte == 0x2E || byte == 0x5F || byte == 0x3C
      || byte == 0x3E
  }
}
