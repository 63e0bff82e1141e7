/// Goes through a text once and copies it without its secrets.
struct SecretScanner {
  private let bytes: [UInt8]
  private var at = 0
  private(set) var output: [UInt8] = []
  private(set) var isChanged = false
  /// The word that was copied last in lower-case letters, for words that announce a secret.
  private var lastWord = ""

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    output.reserveCapacity(bytes.count)
  }

  mutating func run() {
    while at < bytes.count {
      if Self.isNamePart(bytes[at]) {
        name()
      } else if bytes[at] == UInt8(ascii: "/"), starts("://", at: at - 1) {
        userInfo()
      } else {
        copy(1)
      }
    }
  }

  static func isNamePart(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".")
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
  }

  private func starts(_ text: StaticString, at place: Int) -> Bool {
    guard place >= 0, place + text.utf8CodeUnitCount <= bytes.count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func copy(_ count: Int) {
    output += bytes[at..<min(bytes.count, at + count)]
    at += count
  }

  private mutating func hide(to end: Int) {
    if text(at..<end) != Secrets.mask { isChanged = true }
    output += Array(Secrets.mask.utf8)
    at = end
  }

  /// A run that may be a name with a value behind it, or a secret by its look.
  private mutating func name() {
    let start = at
    var end = start
    while end < bytes.count, Self.isNamePart(bytes[end]) { end += 1 }
    let name = text(start..<end)
    if SecretNames.userOptions.contains(lastWord), at > 0, Self.isSpace(bytes[at - 1]) {
      var end = end
      while end < bytes.count, !Self.isSpace(bytes[end]), !Self.isQuote(bytes[end]) { end += 1 }
      if let user = SecretNames.user(in: text(start..<end)) {
        copy(user.utf8.count)
        hide(to: end)
        lastWord = ""
        return
      }
    }
    if let form = form(of: start..<end, name) {
      copy(form.value - start)
      value(under: name, form)
      lastWord = ""
      return
    }
    if SecretNames.announces(lastWord, name) {
      hide(to: end)
    } else if let secret = SecretLooks.secret(in: bytes, start..<end) {
      copy(secret.lowerBound - start)
      hide(to: secret.upperBound)
    } else {
      copy(end - start)
    }
    lastWord = name.lowercased()
  }

  /// How a value stands behind a name.
  private struct Form {
    /// Where the value begins, at its quote if it has one.
    var value: Int
    /// Whether the name stands in quotes, or before a colon.
    var isMember = false
    /// Whether the name is an option whose value is the next word.
    var isOption = false
  }

  private func form(of range: Range<Int>, _ name: String) -> Form? {
    func skipSpaces(_ from: Int) -> Int {
      var at = from
      while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
      return at
    }
    var next = range.upperBound
    let isQuoted =
      range.lowerBound > 0 && next < bytes.count && Self.isQuote(bytes[next])
      && bytes[range.lowerBound - 1] == bytes[next]
    if isQuoted { next += 1 }
    // `os.environ['NAME'] = …`
    if isQuoted, next + 1 < bytes.count, bytes[next] == UInt8(ascii: "]") {
      let equals = skipSpaces(next + 1)
      guard equals < bytes.count, bytes[equals] == UInt8(ascii: "=") else { return nil }
      return Form(value: skipSpaces(equals + 1), isMember: true)
    }
    guard next < bytes.count else { return nil }
    switch bytes[next] {
    case UInt8(ascii: "="): return Form(value: next + 1, isMember: isQuoted)
    case UInt8(ascii: ":") where !starts("://", at: next):
      return Form(value: skipSpaces(next + 1), isMember: true)
    case let byte where Self.isSpace(byte) && name.hasPrefix("-"):
      return SecretNames.isOption(name) ? Form(value: skipSpaces(next), isOption: true) : nil
    default: return nil
    }
  }

  /// Copies or hides the value that begins here.
  private mutating func value(under name: String, _ form: Form) {
    guard at < bytes.count else { return }
    let start = at
    if Self.isQuote(bytes[start]) {
      let close = bytes[(start + 1)...].firstIndex(of: bytes[start]) ?? bytes.count
      guard SecretNames.hides(text(start + 1..<close), under: name) else { return copy(1) }
      copy(1)
      if close > at { hide(to: close) }
      return
    }
    var end = start
    while end < bytes.count, !Self.isSpace(bytes[end]), !isEnd(end, form) { end += 1 }
    let word = text(start..<end)
    if form.isOption, word.hasPrefix("-"), word.utf8.count <= 16 { return }
    guard SecretNames.hides(word, under: name, isSentence: form.isMember && !form.isOption) else {
      return
    }
    if SecretNames.schemes.contains(word.lowercased()) {
      // `Bearer X`: the scheme may stay.
      copy(end - start)
      while at < bytes.count, Self.isSpace(bytes[at]) { copy(1) }
      end = at
      while end < bytes.count, !Self.isSpace(bytes[end]), !Self.isQuote(bytes[end]) { end += 1 }
    } else if SecretNames.isHeader(name) {
      // All of a cookie, up to what looks like another option.
      while end < bytes.count, !Self.isQuote(bytes[end]) {
        if Self.isSpace(bytes[end]), end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "-") {
          break
        }
        end += 1
      }
    }
    if end > at { hide(to: end) }
  }

  /// Whether an unquoted value ends before a byte.
  private func isEnd(_ place: Int, _ form: Form) -> Bool {
    switch bytes[place] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): true
    case UInt8(ascii: "&"), UInt8(ascii: "#"): isInURL(place)
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"): form.isMember
    default: false
    }
  }

  /// Whether the word around a place is a URL or has a query.
  private func isInURL(_ place: Int) -> Bool {
    var at = place - 1
    while at >= 0, !Self.isSpace(bytes[at]) {
      if bytes[at] == UInt8(ascii: "?") || starts("://", at: at) { return true }
      at -= 1
    }
    return false
  }

  /// What stands before an `@` in the address that begins here, after a scheme.
  private mutating func userInfo() {
    copy(2)
    var end = at
    var last: Int?
    while end < bytes.count, !Self.isSpace(bytes[end]), !Self.isQuote(bytes[end]),
      bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?")
    {
      if bytes[end] == UInt8(ascii: "@") { last = end }
      end += 1
    }
    guard let last else { return }
    if let colon = bytes[at..<last].firstIndex(of: UInt8(ascii: ":")) {
      // The user's name may itself be the token, as on code hosts.
      if SecretLooks.secret(in: bytes, at..<colon) != nil { hide(to: colon) }
      copy(colon + 1 - at)
      if last > at { hide(to: last) }
    } else if SecretLooks.secret(in: bytes, at..<last) != nil
      || SecretLooks.isRandom(text(at..<last))
    {
      hide(to: last)
    }
  }
}
