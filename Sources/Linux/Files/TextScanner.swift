/// A walk through the bytes of a system file, without copying them.
///
/// Valid only as long as the buffer it was made from.
package struct TextScanner {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// A scanner at the start of the bytes, which must outlive it.
  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private static let space = UInt8(ascii: " ")
  private static let newline = UInt8(ascii: "\n")

  /// How many bytes the whole text has.
  package var count: Int { bytes.count }

  /// A scanner over the next line, without its end; `nil` after the last.
  package mutating func line() -> TextScanner? {
    guard position < bytes.count else { return nil }
    let start = position
    while position < bytes.count, bytes[position] != Self.newline { position += 1 }
    let line = TextScanner(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    position += 1
    return line
  }

  /// The next word up to white space or `delimiter`, which is swallowed; `nil` at the end.
  package mutating func word(until delimiter: UInt8 = 0x20) -> String? {
    skipSpaces()
    let start = position
    while position < bytes.count, bytes[position] > Self.space, bytes[position] != delimiter {
      position += 1
    }
    guard position > start else { return nil }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if position < bytes.count, bytes[position] == delimiter { position += 1 }
    return word
  }

  /// The next whole number; `nil`, and no step forward, when there is none or it has no room.
  package mutating func number() -> Int64? {
    skipSpaces()
    var end = position
    let isNegative = end < bytes.count && bytes[end] == UInt8(ascii: "-")
    if isNegative { end += 1 }
    let first = end
    var value: Int64 = 0
    while end < bytes.count, bytes[end] >= UInt8(ascii: "0"), bytes[end] <= UInt8(ascii: "9") {
      let (ten, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = ten.addingReportingOverflow(Int64(bytes[end] - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
      end += 1
    }
    guard end > first else { return nil }
    position = end
    return isNegative ? -value : value
  }

  /// Steps over `count` words.
  package mutating func skipWords(_ count: Int) {
    for _ in 0..<count {
      skipSpaces()
      while position < bytes.count, bytes[position] > Self.space { position += 1 }
    }
  }

  /// Steps over `prefix` if it stands here, and says whether it did.
  package mutating func skip(_ prefix: StaticString) -> Bool {
    let count = prefix.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for index in 0..<count where bytes[position + index] != prefix.utf8Start[index] { return false }
    position += count
    return true
  }

  /// What is left, without the white space around it.
  package mutating func rest() -> String {
    skipSpaces()
    var end = bytes.count
    while end > position, bytes[end - 1] <= Self.space { end -= 1 }
    defer { position = bytes.count }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] <= Self.space, bytes[position] != Self.newline {
      position += 1
    }
  }
}
