import Formats

/// What launchers and containers put before a line.
///
/// `[rank0]:`, `0: ` (srun), `node1: ` (pdsh), `(Worker pid=1, ip=…)` (Ray), `trainer-1  | `
/// (compose), `[1,0]<stdout>:` (mpirun), `[pod/name/container] ` (kubectl) and
/// `2026-11-23T20:00:00Z stdout F ` (CRI), one after the other. A time before one of these is theirs,
/// such as that of `ts` or of `Nov 28 10:00:10 node1 python[71]: ` (syslog); any other is the
/// program's own, and `LoggerPrefix` takes it off.
struct LinePrefix {
  /// How many bytes of the line they are, with the spaces around them.
  private(set) var length = 0
  /// The time that was written before what is taken off.
  private(set) var stamp: LogStamp?
  /// Differs between processes; 0 when nothing tells them apart.
  private(set) var writer: UInt64 = 0

  init(_ line: UnsafeBufferPointer<UInt8>) {
    skipTypedKeys(line)
    // More than this nobody stacks; a hostile line must not make us run for ever.
    for _ in 0..<8 {
      while length < line.count, line[length] == 0x20 { length += 1 }
      let rest = line[length...]
      if let found = Self.stamp(line, length) {
        stamp = LogStamp.better(stamp, found.stamp)
        length = found.end
      } else if let stream = Self.streamLength(rest) {
        length += stream
      } else if let found = Self.markLength(rest) {
        let mark = UnsafeBufferPointer(rebasing: rest.prefix(found))
        writer = FNV1a.hash(mark, after: writer == 0 ? FNV1a.offsetBasis : writer)
        length += found
      } else {
        break
      }
    }
    length = min(length, line.count)
  }

  /// Passes over the echo of cursor keys somebody pressed: `^[[A`, in plain letters.
  private mutating func skipTypedKeys(_ line: UnsafeBufferPointer<UInt8>) {
    while length + 4 <= line.count, line[length] == 0x5E, line[length + 1] == 0x5B,
      line[length + 2] == 0x5B
    {
      length += 4
    }
  }

  /// A time at a place, if what follows it is taken off as well.
  private static func stamp(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> (stamp: LogStamp, end: Int)? {
    guard let read = StampScanner.read(line, at: start), read.end < line.count,
      line[read.end] == 0x20
    else { return nil }
    var next = read.end
    while next < line.count, line[next] == 0x20 { next += 1 }
    let rest = line[next...]
    if let origin = originLength(rest) { return (read.stamp, next + origin) }
    guard
      streamLength(rest) != nil || markLength(rest) != nil
        || StampScanner.read(line, at: next) != nil
    else { return nil }
    return (read.stamp, next)
  }

  /// The length of `host program[123]: `, as syslog and journalctl write it behind the time.
  private static func originLength(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard let first = line.first, isWord(first) else { return nil }
    let window = line.prefix(160)
    guard let space = window.firstIndex(of: 0x20), window[..<space].allSatisfy(isWord),
      let bracket = window[(space + 1)...].firstIndex(where: { !isWord($0) }),
      window[bracket] == 0x5B, bracket > space + 1,
      let end = window[(bracket + 1)...].firstIndex(where: { !isDigit($0) }),
      window[end] == 0x5D, end > bracket + 1, end + 2 < line.endIndex, line[end + 1] == 0x3A,
      line[end + 2] == 0x20
    else { return nil }
    return end + 3 - line.startIndex
  }

  private static func streamLength(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard line.count > 9, line.first == 0x73, line[line.startIndex + 1] == 0x74 else { return nil }
    for stream in ["stdout F ", "stderr F ", "stdout P ", "stderr P "]
    where line.starts(with: stream.utf8) {
      return stream.utf8.count
    }
    return nil
  }

  /// The length of one mark of a process at the start.
  private static func markLength(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    switch line.first {
    case nil: nil
    case 0x28: rayLength(line)
    case 0x5B: bracketLength(line)
    default: wordLength(line)
    }
  }

  /// The length of `(TrainWorker pid=123, ip=10.0.0.1) `, as Ray writes it.
  private static func rayLength(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    let window = line.prefix(160)
    guard let end = window.firstIndex(of: 0x29), window[..<end].holds("pid=") else { return nil }
    return end + 1 - line.startIndex
  }

  /// The length of a mark in brackets such as `[rank0]:`, `[1,0]<stdout>:`, `[pod/name/box] `.
  private static func bracketLength(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    let window = line.prefix(160)
    guard let end = window.firstIndex(of: 0x5D), end + 1 < line.endIndex else { return nil }
    let inside = window[(line.startIndex + 1)..<end]
    let after = line[(end + 1)...]
    if after.starts(with: "<std".utf8), let colon = after.prefix(12).firstIndex(of: 0x3A) {
      return colon + 1 - line.startIndex
    }
    if inside.starts(with: "pod/".utf8) { return end + 1 - line.startIndex }
    let isRank = inside.count < 24 && inside.allSatisfy(isWord) && inside.contains(where: isDigit)
    return isRank && after.first == 0x3A ? end + 2 - line.startIndex : nil
  }

  /// The length of a word that is a mark such as `0: `, `node1: `, `trainer-1  | `.
  private static func wordLength(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var end = line.startIndex
    var hasDigit = false
    var hasLetter = false
    let limit = min(line.endIndex, line.startIndex + 160)
    while end < limit, isWord(line[end]) {
      if isDigit(line[end]) { hasDigit = true } else { hasLetter = true }
      end += 1
    }
    guard end > line.startIndex, end < limit else { return nil }
    if line[end] == 0x3A {
      guard hasDigit, end + 1 < line.endIndex, line[end + 1] == 0x20,
        hasLetter || !isNumberOfStep(line[(end + 2)...])
      else { return nil }
      return end + 2 - line.startIndex
    }
    guard hasLetter else { return nil }
    while end < limit, line[end] == 0x20 { end += 1 }
    return end < limit && line[end] == 0x7C ? end + 1 - line.startIndex : nil
  }

  /// Whether what CatBoost says of a tree follows its number, or Darknet of a step:
  /// `12: learn: 0.48 …`, `1187: 3.27, 3.02 avg loss, 0.01 rate, …`.
  private static func isNumberOfStep(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let words = rest.drop { $0 == 0x20 }
    guard let first = words.first, !isDigit(first) else {
      return words.prefix(60).holds(" avg") && words.prefix(80).holds(" rate,")
    }
    return words.starts(with: "learn: ".utf8) || words.starts(with: "test: ".utf8)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || 0x61...0x7A ~= byte | 0x20 || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// Whether the text occurs in it.
  fileprivate func holds(_ text: String) -> Bool {
    let pattern = Array(text.utf8)
    guard count >= pattern.count else { return false }
    return (startIndex...(endIndex - pattern.count)).contains {
      self[$0..<($0 + pattern.count)].elementsEqual(pattern)
    }
  }
}
