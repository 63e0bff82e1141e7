import Glibc

/// Cuts a stream of bytes into lines, however the bytes come in.
///
/// A line that has not ended is kept until it does, at most `cap` bytes of it. Zero bytes before
/// a line are dropped: they are what a log holds after it was truncated under its writer.
package struct LineSplitter: Sendable {
  /// The longest line in bytes; what is beyond is dropped.
  package let cap: Int
  /// Whether a carriage return or a run of backspaces ends a line too, as progress bars use them.
  package let splitsAtReturns: Bool
  /// How many line feeds have been seen since the start or the last reset.
  private var feeds = 0
  private var partial: [UInt8] = []
  private var isCut = false

  /// Whether there is the beginning of a line that has not ended.
  package var hasRest: Bool { !partial.isEmpty || isCut }

  /// A splitter that has seen nothing; by default lines end at returns too, and are cut at 64 KiB.
  package init(cap: Int = 64 * 1024, splitsAtReturns: Bool = true) {
    self.cap = cap
    self.splitsAtReturns = splitsAtReturns
  }

  /// Takes bytes and hands every complete line on, and whether its end was cut off.
  package mutating func feed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
  ) {
    feedNumbered(bytes) { line, isCut, _ in body(line, isCut) }
  }

  /// As `feed`, and says of each line its number from 1, by which an editor finds it.
  ///
  /// What carriage returns part is of one number.
  package mutating func feedNumbered(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, Bool, Int) -> Void
  ) {
    var start = 0
    // Each is looked for once: a text of returns alone must not be searched for feeds line by line.
    var feed = Self.find(0x0A, in: bytes, from: 0)
    var turn = splitsAtReturns ? Self.find(0x0D, in: bytes, from: 0) : bytes.count
    // Keras goes back by backspaces to draw its bar again.
    var back = splitsAtReturns ? Self.findBackspaces(in: bytes, from: 0) : bytes.count
    while start < bytes.count {
      if back < start { back = Self.findBackspaces(in: bytes, from: start) }
      if feed < start { feed = Self.find(0x0A, in: bytes, from: start) }
      if turn < start { turn = Self.find(0x0D, in: bytes, from: start) }
      let first = min(feed, turn, back)
      let end = first < bytes.count ? first : nil
      let piece = UnsafeBufferPointer(rebasing: bytes[start..<(end ?? bytes.count)])
      guard let end else {
        keep(piece)
        return
      }
      if partial.isEmpty, !isCut, piece.count <= cap {
        emit(piece, isCut: false, body)
      } else {
        keep(piece)
        finishNumbered(body)
      }
      if bytes[end] == 0x0A { feeds += 1 }
      start = end + 1
    }
  }

  /// Hands on what is left if it is a whole bar of tqdm, which ends only when the next one is drawn.
  ///
  /// It is handed on once more when it ends.
  package func peekBar(_ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void) {
    guard splitsAtReturns, !isCut, partial.count < 4096,
      partial.last(where: { $0 != 0x20 }) == 0x5D, partial.contains(0x7C)
    else { return }
    var open = 0
    for byte in partial {
      if byte == 0x5B { open += 1 } else if byte == 0x5D { open -= 1 }
    }
    guard open == 0 else { return }
    partial.withUnsafeBufferPointer { body($0, false) }
  }

  /// Hands on what is left: the stream has ended.
  package mutating func finish(_ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void) {
    finishNumbered { line, isCut, _ in body(line, isCut) }
  }

  /// As `finish`, and says the number of the line.
  package mutating func finishNumbered(
    _ body: (UnsafeBufferPointer<UInt8>, Bool, Int) -> Void
  ) {
    guard !partial.isEmpty || isCut else { return }
    partial.withUnsafeBufferPointer { emit($0, isCut: isCut, body) }
    forget()
  }

  /// Forgets what is left: it belongs to a text that is gone.
  package mutating func reset() {
    forget()
    feeds = 0
  }

  private mutating func forget() {
    // A long line once is no reason to hold its memory for ever.
    partial.removeAll(keepingCapacity: partial.capacity <= 64 * 1024)
    isCut = false
  }

  /// Forgets what is left, and that what comes next is the end of a line nobody has seen.
  package mutating func startMidLine() {
    reset()
    isCut = true
  }

  /// Where a byte stands first, from a place on; the count when nowhere.
  private static func find(
    _ byte: Int32, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    guard let base = bytes.baseAddress, start < bytes.count,
      let hit = memchr(base + start, byte, bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
  }

  /// Where a run of backspaces starts, long enough to be no byte of a binary file.
  private static func findBackspaces(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var at = find(0x08, in: bytes, from: start)
    while at < bytes.count {
      var end = at
      while end < bytes.count, bytes[end] == 0x08 { end += 1 }
      if end - at >= 8 { return at }
      at = find(0x08, in: bytes, from: end)
    }
    return at
  }

  private mutating func keep(_ piece: UnsafeBufferPointer<UInt8>) {
    let fresh = partial.isEmpty ? UnsafeBufferPointer(rebasing: piece.drop { $0 == 0 }) : piece
    let room = max(0, cap - partial.count)
    partial.append(contentsOf: fresh.prefix(room))
    if fresh.count > room { isCut = true }
  }

  private func emit(
    _ line: UnsafeBufferPointer<UInt8>, isCut: Bool,
    _ body: (UnsafeBufferPointer<UInt8>, Bool, Int) -> Void
  ) {
    let line = UnsafeBufferPointer(rebasing: line.drop { $0 == 0 })
    if !line.isEmpty { body(line, isCut, feeds + 1) }
  }
}
