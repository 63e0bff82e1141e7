import Glibc

extension LogLine {
  /// The place of the first byte from `place` on that is no space.
  func skipSpaces(_ place: Int) -> Int {
    var at = max(0, place)
    while at < bytes.count, bytes[at] == 0x20 { at += 1 }
    return at
  }

  /// The place behind the run of `byte` and spaces that starts at `place`.
  func skip(_ byte: UInt8, from place: Int) -> Int {
    var at = max(0, place)
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == byte { at += 1 }
    return at
  }

  /// Where so many words of the message end.
  func end(ofWords count: Int) -> Int {
    var at = skipSpaces(message)
    for _ in 0..<count {
      while at < bytes.count, bytes[at] != 0x20 { at += 1 }
      at = skipSpaces(at)
    }
    return at
  }

  /// The number behind spaces at a place.
  func number(behindSpaces place: Int) -> Number? { number(at: skipSpaces(place)) }

  /// Whether exactly `text` stands in a range.
  func holds(_ text: StaticString, in range: Range<Int>) -> Bool {
    range.count == text.utf8CodeUnitCount && starts(with: text, at: range.lowerBound)
  }

  /// How many digits stand between the point of a number and its end, which is given.
  func decimals(endingAt end: Int) -> Int {
    var place = min(end, bytes.count)
    while place > 0, bytes[place - 1] &- 0x30 < 10 { place -= 1 }
    return place > 0 && bytes[place - 1] == 0x2E ? end - place : 0
  }

  /// What stands in a range as text, at most 80 bytes of it unless more are asked for.
  func text(_ range: Range<Int>, most: Int = 80) -> String {
    let safe = range.clamped(to: 0..<bytes.count)
    return String(decoding: bytes[safe].prefix(most), as: UTF8.self)
  }

  /// The word at a place: letters, digits, points, dashes, slashes and underscores.
  func word(at place: Int) -> String? {
    var end = max(0, place)
    while end < bytes.count,
      Self.isNamePart(bytes[end]) || bytes[end] == 0x2D || bytes[end] == 0x2E
        || bytes[end] == 0x2F
    {
      end += 1
    }
    return end > place ? text(place..<end) : nil
  }

  /// The word behind `key` and colons, equals signs, quotes and spaces.
  func word(after key: StaticString, from start: Int = 0) -> String? {
    guard let found = find(key, from: start) else { return nil }
    var place = found + key.utf8CodeUnitCount
    while place < bytes.count, [0x20, 0x22, 0x27, 0x3A, 0x3D].contains(bytes[place]) {
      place += 1
    }
    return word(at: place)
  }

  /// Goes through the `'key': number` pairs of a Python dictionary or a JSON object.
  ///
  /// Nested ones are gone into, so their keys come like those around them; values that are no
  /// numbers are passed over. The second argument says where the key stands, without quotes.
  func forEachEntry(from start: Int, _ body: (LogLine, Range<Int>, Number) -> Void) {
    var at = max(0, start)
    while let key = nextQuoted(&at) {
      let colon = skipSpaces(at)
      guard colon < bytes.count, bytes[colon] == 0x3A else { continue }
      let value = skipSpaces(colon + 1)
      if let number = number(at: value) {
        at = number.end
        body(self, key, number)
      } else {
        at = value
        if value < bytes.count, bytes[value] == 0x22 || bytes[value] == 0x27 {
          // A text: what is inside is no key.
          if nextQuoted(&at) == nil { return }
        }
      }
    }
  }

  /// The inside of the next quotes, single or double; moves behind them.
  private func nextQuoted(_ at: inout Int) -> Range<Int>? {
    while at < bytes.count, bytes[at] != 0x22, bytes[at] != 0x27 { at += 1 }
    guard at < bytes.count else { return nil }
    let quote = bytes[at]
    let start = at + 1
    at = start
    while at < bytes.count, bytes[at] != quote { at += bytes[at] == 0x5C ? 2 : 1 }
    guard at < bytes.count else { return nil }
    at += 1
    return start..<(at - 1)
  }
}
