import Canvas

/// Turns the bytes a terminal sends into keys, the mouse and answers.
///
/// A pure state machine that knows no clock: where the rest of a sequence may still come, `patience`
/// says how long to wait for it, and `giveUp()` says that it did not. Sequences that nobody knows come
/// to nothing, because in pieces they would read as so many keys. They are those of ECMA-48, and of
/// xterm, rxvt, PuTTY and the console of Linux where these differ.
struct InputDecoder {
  /// What the bytes meant.
  enum Item: Hashable {
    case key(Key)
    case mouse(MouseEvent)
    /// A paste began; nothing of it comes as keys.
    case pasted
    case reply(TerminalReply)
  }

  /// How a beginning was read.
  enum Step {
    /// So many bytes are done with.
    case done(Int, [Item])
    /// The rest has not come; so many milliseconds are enough for it.
    case incomplete(patience: Int)
  }

  /// What has come of something that is not complete.
  private(set) var pending: [UInt8] = []
  /// Whether what comes in was pasted: it is passed over up to the mark at its end.
  private(set) var isPasting = false
  /// Whether an escape was taken for the key a moment ago: the rest of a sequence that a slow line cut in
  /// two there must not become keys.
  private(set) var isAfterEscape = false
  /// Whether what is pending goes on with a sequence whose escape was taken for the key.
  private var isLate = false
  private var wait = 0

  private static let escape: UInt8 = 0x1B
  private static let pasteEnds = Array("\u{1B}[201~".utf8)
  /// The longest answer that is waited for, in bytes.
  private static let longest = 1024

  /// How long to wait, in milliseconds, before `giveUp()`; nil when nothing is pending.
  var patience: Int? {
    if !pending.isEmpty, !isPasting { return wait }
    return isAfterEscape ? 1000 : nil
  }

  /// Takes what came in one read.
  mutating func feed(_ bytes: some Collection<UInt8>) -> [Item] {
    guard !bytes.isEmpty else { return [] }
    if isAfterEscape, Self.goesOn(Array(bytes.prefix(3))) {
      isLate = true
      pending = [Self.escape]
    }
    isAfterEscape = false
    if isPasting, Array(bytes) == [3] {
      // The mark at the end may get lost: a Ctrl-C that comes alone ends the wait for it.
      isPasting = false
      pending = []
      return []
    }
    pending += bytes
    var items: [Item] = []
    while !pending.isEmpty {
      if isPasting {
        guard endPaste() else { break }
        continue
      }
      let step = Self.step(pending[...])
      guard case .done(let count, let found) = step else {
        if case .incomplete(let patience) = step { wait = patience }
        if pending.count > Self.longest { pending = [] }
        break
      }
      pending.removeFirst(count)
      for item in found {
        if item == .pasted { isPasting = true }
        // Its first part was a key already; what it may still be is an answer, or the mouse.
        if isLate, case .key = item { continue }
        items.append(item)
      }
      isLate = false
    }
    return items
  }

  /// Says that for as long as `patience` nothing more came.
  mutating func giveUp() -> [Item] {
    guard !isPasting else { return [] }
    defer { pending = [] }
    isLate = false
    isAfterEscape = pending.allSatisfy { $0 == Self.escape } && !pending.isEmpty
    return isAfterEscape ? pending.map { _ in .key(.escape) } : []
  }

  /// Whether bytes go on with a sequence whose escape came before them.
  ///
  /// A single one is a key.
  private static func goesOn(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 1 else { return false }
    let isDigit = (0x30...0x3F).contains(bytes[1])
    switch bytes[0] {
    case UInt8(ascii: "["), UInt8(ascii: "O"): return isDigit || isLetter(bytes[1])
    case UInt8(ascii: "]"), UInt8(ascii: "P"): return isDigit
    default: return false
    }
  }

  /// Whether the end of the paste was found; what may be the beginning of it is kept.
  private mutating func endPaste() -> Bool {
    let mark = Self.pasteEnds
    if let start = pending.indices.first(where: { pending[$0...].starts(with: mark) }) {
      pending.removeFirst(start + mark.count)
      isPasting = false
      return true
    }
    pending = Array(pending.suffix(mark.count - 1))
    return false
  }

  // MARK: One step

  /// Reads what a run of bytes begins with.
  static func step(_ bytes: ArraySlice<UInt8>) -> Step {
    guard let first = bytes.first else { return .done(0, []) }
    if first == escape { return escapeStep(bytes) }
    if first < 0x80 { return .done(1, key(first).map { [.key($0)] } ?? []) }
    guard let length = characterLength(bytes) else { return .incomplete(patience: 250) }
    let text = String(decoding: bytes.prefix(length), as: UTF8.self)
    guard let scalar = text.unicodeScalars.first, scalar != "\u{FFFD}" else {
      return .done(length, [])
    }
    return .done(length, [.key(.character(scalar))])
  }

  private static func escapeStep(_ bytes: ArraySlice<UInt8>) -> Step {
    let rest = bytes.dropFirst()
    guard let second = rest.first else { return .incomplete(patience: 50) }
    let third = rest.dropFirst().first
    switch second {
    case UInt8(ascii: "["): return sequence(bytes)
    case UInt8(ascii: "O"): return keypad(bytes)
    case UInt8(ascii: "]"), UInt8(ascii: "P"):
      // Alt and the letter, unless what follows is an answer's.
      guard let third else { return .incomplete(patience: 50) }
      let isAnswer = (0x30...0x3F).contains(third) || second == UInt8(ascii: "P") && third == 0x21
      return isAnswer ? string(bytes) : .done(2, [])
    case escape:
      guard let third else { return .incomplete(patience: 50) }
      // Alt with an arrow, as rxvt writes it; or Escape twice.
      guard third == UInt8(ascii: "[") || third == UInt8(ascii: "O") else {
        return .done(1, [.key(.escape)])
      }
      switch step(rest) {
      case .done(let count, let items): return .done(count + 1, items)
      case .incomplete(let patience): return .incomplete(patience: patience)
      }
    case 3: return .done(2, [.key(.control("c"))])
    // Alt and a key is no key here: what it would do without Alt is not what was meant.
    case ..<0x80: return .done(2, [])
    default:
      guard let length = characterLength(rest) else { return .incomplete(patience: 250) }
      return .done(1 + length, [])
    }
  }

  /// A text between a mark and `ST` or `BEL`: the answer to a question.
  private static func string(_ bytes: ArraySlice<UInt8>) -> Step {
    let start = bytes.startIndex
    for index in bytes.indices.dropFirst(2) {
      let byte = bytes[index]
      let isEnd = byte == escape && bytes[index...].dropFirst().first == UInt8(ascii: "\\")
      guard byte == 7 || isEnd else {
        // Another sequence cut it off, or Ctrl-C.
        if byte == escape, index + 1 < bytes.endIndex { return .done(index - start, []) }
        if byte == 3 { return .done(index - start, []) }
        continue
      }
      let body = bytes[(start + 2)..<index]
      let reply = bytes[start + 1] == UInt8(ascii: "]") ? TerminalReply(osc: body) : nil
      return .done(index - start + (isEnd ? 2 : 1), reply.map { [.reply($0)] } ?? [])
    }
    return .incomplete(patience: 1000)
  }

  /// The length of the character that begins here, by its first byte; nil when a part is missing.
  private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first, first >= 0xC2, first < 0xF5 else { return 1 }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    let tail = bytes.dropFirst().prefix(length - 1).prefix { (0x80...0xBF).contains($0) }
    if tail.count == length - 1 { return length }
    return bytes.count > tail.count + 1 ? tail.count + 1 : nil
  }

  /// The key of a single byte.
  static func key(_ byte: UInt8) -> Key? {
    switch byte {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    case 1...26: return .control(Unicode.Scalar(byte + 96))
    case 0..<32: return nil
    default: return .character(Unicode.Scalar(byte))
    }
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
