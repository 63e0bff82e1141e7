/// What a program's own logger puts before a message: time, level, name, place in the program.
///
///     [titan] 2026-02-24 19:46:17,508 - root - INFO - message
///     [INFO|trainer.py:1144] 2021-05-25 06:38:26,285 >>   message
///     [2023-04-18 01:47:43,882] [INFO] [timer.py:199:stop] message
///     [04/12 10:00:00 d2.utils.events]: message
///     2024-05-05 12:00:00.123 | INFO     | module:function:12 - message
///     I0820 12:00:00.123456 140 metric_logger.py:100] message
///     INFO:root:message
///     [NeMo I 2026-11-28 10:00:10 nemo_logging:393] message
///     [2026-11-28 10:00:10,123][__main__][INFO] - message
///     2026-08-01T12:00:01 - 0 - module - file.py:139 - INFO :: message
///     1779966000.25 message
///
/// The message is still asked for its own form, so taking off too little only misses a line.
struct LoggerPrefix {
  /// How many bytes of a line come before its message.
  private(set) var length = 0
  /// The time among them.
  private(set) var stamp: LogStamp?

  init(_ line: UnsafeBufferPointer<UInt8>) {
    guard let first = line.first,
      first == 0x5B || Self.isDigit(first) || 0x41...0x57 ~= first
    else { return }
    var place = 0
    var isDressed = false
    var hasOddDate = false
    // More pieces than this no logger writes.
    for _ in 0..<8 {
      let start = Self.skipSpaces(line, place)
      guard start < line.count, let piece = Self.piece(line, start, isDressed: isDressed) else {
        break
      }
      isDressed = true
      // Behind a date that cannot be read a time of day is not of today.
      if piece.stamp == nil, Self.isDigit(line[start]) { hasOddDate = true }
      if case .clock? = piece.stamp, hasOddDate {
      } else {
        stamp = LogStamp.better(stamp, piece.stamp)
      }
      var next = Self.skipSpaces(line, piece.end)
      if next + 1 < line.count, line[next] == 0x3E, line[next + 1] == 0x3E { next += 2 }
      if next + 2 < line.count, line[next] == 0x3A, line[next + 1] == 0x3A { next += 1 }
      if next + 1 < line.count, [0x2D, 0x7C, 0x3A].contains(line[next]), line[next + 1] == 0x20 {
        next += 2
      }
      place = next
    }
    length = isDressed ? Self.skipSpaces(line, place) : 0
  }

  /// One piece at a place, and the time in it.
  private static func piece(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int, isDressed: Bool
  ) -> (end: Int, stamp: LogStamp?)? {
    switch line[start] {
    case 0x5B:
      guard let end = bracketEnd(line, start) else { return nil }
      return (end, stamp(line, inBracket: start))
    case 0x28:
      // `(trainer:779)`, the place in the program.
      let window = line[start...].prefix(80)
      guard isDressed, let end = window.firstIndex(of: 0x29), window[..<end].contains(0x3A),
        window[(start + 1)..<end].allSatisfy({ isName($0) || $0 == 0x3A })
      else { return nil }
      return (end + 1, nil)
    case 0x30...0x39:
      if let read = StampScanner.read(line, at: start), read.end < line.count {
        // Seconds since 1970 are a number like any other, unless nothing stands before them.
        if line[start..<read.end].contains(0x3A) || !isDressed { return (read.end, read.stamp) }
      }
      return (timeEnd(line, start) ?? (isDressed ? nameEnd(line, start) : nil)).map { ($0, nil) }
    default:
      if let glog = glogPiece(line, start) { return glog }
      if let read = StampScanner.read(line, at: start), read.end < line.count {
        return (read.end, read.stamp)
      }
      return (levelEnd(line, start) ?? (isDressed ? nameEnd(line, start) : nil)).map { ($0, nil) }
    }
  }

  /// `I0820 12:00:00.123456 140 file.py:100] `, as absl and glog write it.
  private static func glogPiece(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> (end: Int, stamp: LogStamp?)? {
    guard line.count > start + 24, [0x49, 0x57, 0x45, 0x46].contains(line[start]),
      let read = StampScanner.glog(line, at: start + 1), line[read.end] == 0x20,
      let end = line[read.end...].prefix(100).firstIndex(of: 0x5D)
    else { return nil }
    return (end + 1, read.stamp)
  }

  /// The time in `[2026-11-28 10:00:10]`, `[11/28 10:00:10 d2.utils]` or `[NeMo I 2026-11-28 …]`.
  private static func stamp(
    _ line: UnsafeBufferPointer<UInt8>, inBracket start: Int
  ) -> LogStamp? {
    var place = start + 1
    // `[W413 05:28:31.8 file.cpp:12]` of PyTorch: month and day, and no year.
    if place + 4 < line.count, [0x49, 0x57, 0x45, 0x46].contains(line[place]),
      isDigit(line[place + 1]),
      isDigit(line[place + 2]), isDigit(line[place + 3])
    {
      return nil
    }
    for _ in 0..<3 {
      if let read = StampScanner.read(line, at: place) { return read.stamp }
      while place < line.count, line[place] != 0x20, line[place] != 0x5D { place += 1 }
      place = skipSpaces(line, place)
      guard place < line.count, line[place] != 0x5D else { return nil }
    }
    return nil
  }

  /// `[anything]`, unless it holds a value of its own such as `[batch=10/4800]`.
  private static func bracketEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    let window = line[start...].prefix(120)
    guard let end = window.firstIndex(of: 0x5D), !window[..<end].contains(0x3D),
      end + 1 < line.count, !isCount(line, start, end)
    else { return nil }
    if line[end + 1] == 0x20 || line[end + 1] == 0x5B { return end + 1 }
    return line[end + 1] == 0x3A ? end + 2 : nil
  }

  /// Whether a bracket counts: `[Epoch 1/3]`, `[Batch 10/500]`, `[0/300]` belong to the message.
  private static func isCount(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> Bool {
    var at = start + 1
    while at < end, 0x61...0x7A ~= line[at] | 0x20 { at += 1 }
    let word = String(decoding: line[(start + 1)..<at].map { $0 | 0x20 }, as: UTF8.self)
    guard word.isEmpty || ["epoch", "batch", "step", "iter", "iteration"].contains(word) else {
      return false
    }
    while at < end, line[at] == 0x20 || line[at] == 0x3A { at += 1 }
    let digits = at
    while at < end, line[at] &- 0x30 < 10 || line[at] == 0x20 { at += 1 }
    guard at > digits else { return false }
    guard at < end else { return !word.isEmpty || isScored(line, behind: end) }
    if line[at] == 0x2C { return !word.isEmpty }
    return line[at] == 0x2F
      && line[(at + 1)..<end].allSatisfy { $0 &- 0x30 < 10 || $0 == 0x20 }
  }

  /// Whether what XGBoost or LightGBM score stands behind the number of a round:
  /// `[10] train-logloss:0.48`, `[10] training's l2: 0.48`.
  private static func isScored(_ line: UnsafeBufferPointer<UInt8>, behind end: Int) -> Bool {
    let start = skipSpaces(line, end + 1)
    let window = line[start...].prefix(80)
    guard let colon = window.firstIndex(of: 0x3A), colon > start, colon + 1 < line.count else {
      return false
    }
    let name = window[..<colon]
    let value = skipSpaces(line, colon + 1)
    guard value < line.count, isDigit(line[value]) || line[value] == 0x2D else { return false }
    let isQuote = name.contains(0x27) && line[colon + 1] == 0x20
    return isQuote || name.contains(0x2D) && !name.contains(0x20) && value == colon + 1
  }

  /// What looks like a date or a time of day and is none that is known: `2026-02-24`, `19.11.2026-1`.
  private static func timeEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
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

  private static let levels: [StaticString] = [
    "INFO", "WARNING", "DEBUG", "ERROR", "CRITICAL", "SUCCESS", "TRACE",
  ]

  /// The end of a level and the name behind it, such as that of `INFO:root:`.
  private static func levelEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    let rest = line[start...]
    guard
      let level = levels.first(where: { level in
        rest.count > level.utf8CodeUnitCount
          && (0..<level.utf8CodeUnitCount).allSatisfy { line[start + $0] == level.utf8Start[$0] }
      })
    else { return nil }
    var end = start + level.utf8CodeUnitCount
    guard end < line.count, line[end] == 0x20 || line[end] == 0x3A else { return nil }
    guard line[end] == 0x3A else { return end }
    end += 1
    var name = end
    while name < line.count, name - end < 60, isName(line[name]) { name += 1 }
    return name > end && name < line.count && line[name] == 0x3A ? name + 1 : end
  }

  /// A word or `module:function:12` before ` - `.
  private static func nameEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var end = start
    while end < line.count, end - start < 80, isName(line[end]) || line[end] == 0x3A { end += 1 }
    guard end > start, end + 2 < line.count, line[end] == 0x20 else { return nil }
    let isDash = line[end + 1] == 0x2D && line[end + 2] == 0x20
    let isArrow = line[end + 1] == 0x3E && line[end + 2] == 0x3E
    return isDash || isArrow ? end : nil
  }

  private static func skipSpaces(_ line: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
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
