import Glibc

/// The cells of a line where they stand, found eight bytes at a time.
///
/// They are the cells of `CSVCells`. The bytes of a cell may be looked at until the next line is split,
/// and as long as the line is there.
package final class CellRanges {
  private struct State {
    var ends: UnsafeMutablePointer<Int32>
    var room = 64
    var base: UnsafePointer<UInt8>
    /// The text of a line with quotes, without them.
    var text: UnsafeMutablePointer<UInt8>
    var textRoom = 1024
    var count = 0
  }

  /// Behind a pointer, since properties of a class are watched each time they are looked at.
  private let state: UnsafeMutablePointer<State>

  /// No cells, until a line is split.
  package init() {
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: 1024)
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(ends: .allocate(capacity: 64), base: UnsafePointer(text), text: text))
  }

  deinit {
    state.pointee.ends.deallocate()
    state.pointee.text.deallocate()
    state.deallocate()
  }

  /// How many cells the line has.
  package var count: Int { state.pointee.count }

  /// The bytes of a cell without the white space around them, counted from 0.
  package subscript(place: Int) -> UnsafeBufferPointer<UInt8> {
    let (base, ends) = (state.pointee.base, state.pointee.ends)
    var start = place == 0 ? 0 : Int(ends[place - 1]) + 1
    var end = Int(ends[place])
    while start < end, Self.isBlank(base[start]) { start += 1 }
    while start < end, Self.isBlank(base[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(start: base + start, count: end - start)
  }

  @inline(__always)
  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D
  }

  /// Cuts a line.
  package func split(_ line: UnsafeBufferPointer<UInt8>, at separator: UInt8) {
    state.pointee.count = 0
    guard let start = line.baseAddress, !line.isEmpty else {
      add(0)
      return
    }
    if memchr(start, 0x22, line.count) != nil { return splitQuoted(line, separator) }
    state.pointee.base = start
    let pattern = 0x0101_0101_0101_0101 &* UInt64(separator)
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    var at = 0
    while at + 8 <= line.count {
      let word = UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self).littleEndian ^ pattern
      // The highest bit of each byte that is the separator.
      var found = ~(((word & low) &+ low) | word | low)
      while found != 0 {
        add(at + found.trailingZeroBitCount >> 3)
        found &= found &- 1
      }
      at += 8
    }
    while at < line.count {
      if start[at] == separator { add(at) }
      at += 1
    }
    add(line.count)
  }

  @inline(__always)
  private func add(_ end: Int) {
    if state.pointee.count == state.pointee.room { grow() }
    state.pointee.ends[state.pointee.count] = Int32(truncatingIfNeeded: end)
    state.pointee.count += 1
  }

  private func grow() {
    let room = state.pointee.room
    let new = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * room)
    new.update(from: state.pointee.ends, count: room)
    state.pointee.ends.deallocate()
    (state.pointee.ends, state.pointee.room) = (new, 2 * room)
  }

  private func splitQuoted(_ line: UnsafeBufferPointer<UInt8>, _ separator: UInt8) {
    if line.count > state.pointee.textRoom {
      state.pointee.text.deallocate()
      state.pointee.textRoom = 2 * line.count
      state.pointee.text = .allocate(capacity: state.pointee.textRoom)
    }
    let text = state.pointee.text
    state.pointee.base = UnsafePointer(text)
    var length = 0
    var isQuoted = false
    var at = 0
    while at < line.count {
      let byte = line[at]
      at += 1
      if byte == 0x22 {
        // Two quotes within quotes are one of the text.
        if isQuoted, at < line.count, line[at] == 0x22 {
          text[length] = byte
          length += 1
          at += 1
        } else {
          isQuoted.toggle()
        }
      } else {
        if byte == separator, !isQuoted { add(length) }
        text[length] = byte
        length += 1
      }
    }
    add(length)
  }
}
