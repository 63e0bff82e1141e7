/// Why a JSON text cannot be read, in words.
package struct JSONFault: Error, Hashable {
  /// What is wrong, as a sentence without its end.
  package var message: String
  /// Whether nothing that follows can be read either.
  package var isFinal: Bool

  /// A fault; `isFinal` when nothing that follows can be read either.
  package init(_ message: String, isFinal: Bool = false) {
    self.message = message
    self.isFinal = isFinal
  }
}

/// Reads one JSON text (RFC 8259) from bytes, piece by piece, without building a tree.
package struct JSONScanner {
  /// The text, which must outlive the scanner.
  package let bytes: UnsafeBufferPointer<UInt8>
  /// The index of the next byte to be read.
  package var at = 0

  /// A scanner at the start of a text in UTF-8.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Passes over the white space of RFC 8259: space, tab, line feed and carriage return.
  package mutating func skipSpace() {
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
      at += 1
    }
  }

  /// The next byte that is not a space.
  package mutating func peek() -> UInt8? {
    skipSpace()
    return at < bytes.count ? bytes[at] : nil
  }

  /// Takes `byte` if it comes next.
  package mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    at += 1
    return true
  }

  /// Takes `byte`, which must come next; `words` name it in the fault.
  package mutating func expect(_ byte: UInt8, _ words: String) throws(JSONFault) {
    guard take(byte) else { throw JSONFault("expected \(words), found \(glimpse())") }
  }

  /// Opens an object.
  package mutating func beginObject() throws(JSONFault) { try expect(UInt8(ascii: "{"), "“{”") }

  /// The next member's key, with its colon taken; `nil` at the end of the object.
  ///
  /// `isFirst` is true before the first call and kept by the caller.
  package mutating func nextKey(_ isFirst: inout Bool) throws(JSONFault) -> Range<Int>? {
    if take(UInt8(ascii: "}")) { return nil }
    if !isFirst { try expect(UInt8(ascii: ","), "“,” or “}”") }
    isFirst = false
    let key = try rawString()
    try expect(UInt8(ascii: ":"), "“:”")
    return key
  }

  /// A string as it stands between its quotes, escapes and all.
  package mutating func rawString() throws(JSONFault) -> Range<Int> {
    try expect(UInt8(ascii: "\""), "a string")
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return start..<at - 1
      }
      at += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    throw JSONFault("a string has no end")
  }

  /// Whether the bytes in a range are those of `text`, without undoing escapes.
  package func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count where bytes[range.lowerBound + offset] != text.utf8Start[offset] {
      return false
    }
    return true
  }

  /// Passes over any value.
  package mutating func skipValue() throws(JSONFault) {
    try skip(depth: 0) { scanner throws(JSONFault) in
      if scanner.takeWord("true") || scanner.takeWord("false") || scanner.takeWord("null") {
        return
      }
      _ = try scanner.number()
    }
  }

  /// Passes over a value; what is neither text nor holds others is left to `scalar`.
  mutating func skip(
    depth: Int, scalar: (inout JSONScanner) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard depth < 64 else { throw JSONFault("nested too deeply") }
    switch peek() {
    case UInt8(ascii: "\""): _ = try rawString()
    case UInt8(ascii: "{"):
      try beginObject()
      var isFirst = true
      while try nextKey(&isFirst) != nil { try skip(depth: depth + 1, scalar: scalar) }
    case UInt8(ascii: "["):
      at += 1
      if take(UInt8(ascii: "]")) { return }
      repeat { try skip(depth: depth + 1, scalar: scalar) } while take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "]"), "“,” or “]”")
    default: try scalar(&self)
    }
  }

  /// Takes a literal such as `true` if it comes next.
  package mutating func takeWord(_ word: StaticString) -> Bool {
    skipSpace()
    let end = at + word.utf8CodeUnitCount
    guard end <= bytes.count, equals(at..<end, word) else { return false }
    at = end
    return true
  }

  /// Takes `true` or `false`, one of which must come next.
  package mutating func boolean() throws(JSONFault) -> Bool {
    if takeWord("true") { return true }
    if takeWord("false") { return false }
    throw JSONFault("expected true or false, found \(glimpse())")
  }

  /// Makes sure that nothing follows.
  package mutating func end() throws(JSONFault) {
    if peek() != nil { throw JSONFault("expected the end of the line, found \(glimpse())") }
  }

  /// What stands here, cut short and safe to show.
  package func glimpse() -> String {
    guard at < bytes.count else { return "the end of the line" }
    let piece = bytes[at..<min(bytes.count, at + 12)].prefix { $0 != 0x0A }
    let text = String(decoding: piece.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    return "“\(text)”"
  }
}
