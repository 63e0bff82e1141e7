extension LogLine {
  /// A number with the words that stand for it.
  struct Pair {
    /// The words before it, or behind it where there are none before.
    var key: Range<Int>
    var number: Number
    /// The number behind a slash or “of”: what it is a part of.
    var whole: Number?
    /// Whether the words stand behind the number.
    var isKeyBehind = false
    /// Whether the number stands in brackets of its own, such as `Step [100/600]`.
    var isBracketed = false
  }

  /// Goes through the numbers of a line with their names.
  ///
  /// Between name and number may stand `:`, `=`, `[` or a blank; pairs are apart by `|`, `,`, `;`,
  /// brackets, ` - `, two blanks before a word, or by nothing but the next name. A name may have several words. A
  /// number that goes on in letters that are no unit is not handed on: `2K` was rounded.
  func forEachPair(in range: Range<Int>, _ body: (LogLine, Pair) -> Void) {
    var at = range.lowerBound
    let end = min(range.upperBound, bytes.count)
    // Where the words since the last separator or number start and end.
    var key: Range<Int>?
    // A number without words before it, which may have words behind it.
    var lone: (number: Number, whole: Number?)?
    func finish() {
      if let lone, key != nil || lone.whole != nil {
        body(
          self,
          Pair(
            key: key ?? 0..<0, number: lone.number, whole: lone.whole, isKeyBehind: true))
      }
      lone = nil
      key = nil
    }
    while at < end {
      let byte = bytes[at]
      if byte == 0x20 {
        // Two blanks part, and so does a dash between blanks; a number may be padded.
        if at + 1 < end, bytes[at + 1] == 0x20, !isPadding(at, end, key, hasLone: lone != nil) {
          finish()
        }
        if starts(with: " - ", at: at) {
          finish()
          at += 2
        }
        at += 1
        continue
      }
      let isStart = at == range.lowerBound || !Self.isNamePart(bytes[at - 1])
      if isStart, startsNumber(at), let number = number(at: at), number.end <= end {
        let whole = part(of: number)
        let next = whole?.end ?? number.end
        let known = key
        if isClean(next, end) {
          if let known {
            if lone?.whole != nil { finish() }
            let mark = bytes[max(known.upperBound, at - 1)]
            lone = nil
            body(
              self,
              Pair(
                key: known, number: number, whole: whole,
                isBracketed: mark == 0x5B || mark == 0x28))
          } else {
            lone = (number, whole)
          }
          key = nil
          at = next
          continue
        }
        key = nil
        lone = nil
        at = skipWord(next, end)
        // The digits behind a decimal comma are no number of their own.
        if at == next { while at < end, bytes[at] == 0x2C || isDigit(at) { at += 1 } }
        continue
      }
      switch byte {
      case 0x7C, 0x2C, 0x3B, 0x7B, 0x7D, 0x5D, 0x29:
        finish()
        at += 1
      case 0x3A, 0x3D:
        // A name, then its value: if that is no number, the name is used up.
        let value = skipSpaces(at + 1)
        let isBracket = value < end && (bytes[value] == 0x5B || bytes[value] == 0x28)
        let place = isBracket ? skipSpaces(value + 1) : value
        if lone != nil {
          let next = key
          key = nil
          finish()
          key = next
        }
        if key != nil, place < end, startsNumber(place) {
          at = place
        } else {
          if key != nil, byte == 0x3D { at = skipWord(value, end) } else { at += 1 }
          key = nil
        }
      case 0x5B, 0x28:
        if let known = key, skipSpaces(known.upperBound) == at, startsNumber(skipSpaces(at + 1)) {
          at = skipSpaces(at + 1)
        } else if byte == 0x28, let known = key, let close = unitEnd(at, end) {
          key = known.lowerBound..<close
          at = close
        } else {
          finish()
          at += 1
        }
      case 0x22, 0x27:
        at += 1
      default:
        let start = at
        while at < end, Self.isKeyPart(bytes[at]) { at += 1 }
        if at == start { at += 1 }
        key = (key?.lowerBound ?? start)..<at
      }
    }
    finish()
  }

  /// Whether blanks stand between a name and a number that belong together: `loss   0.0487`.
  private func isPadding(_ place: Int, _ end: Int, _ key: Range<Int>?, hasLone: Bool) -> Bool {
    guard let key, !hasLone, key.upperBound == place || bytes[place - 1] == 0x20 else {
      return false
    }
    let next = skipSpaces(place)
    return next < end && startsNumber(next)
  }

  /// `(ms)`, `(TFLOP/s/GPU)` behind a word: part of the name.
  private func unitEnd(_ start: Int, _ end: Int) -> Int? {
    var at = start + 1
    while at < end, at - start < 24,
      Self.isNamePart(bytes[at]) || bytes[at] == 0x2F || bytes[at] == 0x20
    {
      at += 1
    }
    guard at < end, bytes[at] == 0x29, at > start + 1, bytes[start + 1] &- 0x30 >= 10 else {
      return nil
    }
    return at + 1
  }

  private static func isKeyPart(_ byte: UInt8) -> Bool {
    isNamePart(byte) || byte == 0x2F || byte == 0x2E || byte == 0x2D || byte == 0x40 || byte == 0x23
      || byte == 0x25 || byte >= 0x80
  }

  /// Whether a number may start at a place: a digit, a sign before one, or `nan` and `inf`.
  private func startsNumber(_ place: Int) -> Bool {
    guard place < bytes.count else { return false }
    switch bytes[place] {
    case 0x30...0x39: return true
    case 0x2D, 0x2B:
      return place + 1 < bytes.count && bytes[place + 1] &- 0x30 < 10 || number(at: place) != nil
    case 0x6E, 0x4E, 0x69, 0x49: return number(at: place) != nil
    default: return false
    }
  }

  /// The number behind `/` or ` of `.
  private func part(of number: Number) -> Number? {
    let place = skipSpaces(number.end)
    if starts(with: "/", at: place) {
      let next = skipSpaces(place + 1)
      return next < bytes.count && bytes[next] &- 0x30 < 10 ? self.number(at: next) : nil
    }
    if starts(with: "of ", at: place) {
      let next = skipSpaces(place + 3)
      return next < bytes.count && bytes[next] &- 0x30 < 10 ? self.number(at: next) : nil
    }
    return nil
  }

  /// Whether a number ends where it seems to: it goes on in nothing, or in a unit.
  ///
  /// A comma and more digits may be its fraction, or another number: nobody knows.
  private func isClean(_ place: Int, _ end: Int) -> Bool {
    if place + 1 < end, bytes[place] == 0x2C, isDigit(place + 1) { return false }
    guard place < end, Self.isNamePart(bytes[place]) || bytes[place] == 0x2D || bytes[place] == 0x2E
    else { return true }
    if bytes[place] == 0x2E { return place + 1 >= end || bytes[place + 1] == 0x20 }
    if TimeUnit(self, at: place) != nil { return true }
    for unit in Self.units where starts(with: unit, at: place) { return true }
    return false
  }

  private static let units: [StaticString] = [
    "it/s", "s/it", "GiB", "MiB", "KiB", "GB", "MB", "tok/s", "tokens/s", "W", "J", "steps/s",
    "samples/s", "img/s",
  ]

  private func skipWord(_ place: Int, _ end: Int) -> Int {
    var at = place
    while at < end, bytes[at] != 0x20, bytes[at] != 0x2C, bytes[at] != 0x7C { at += 1 }
    return at
  }
}
