/// The plain values of a JSON text under their paths, such as `text_config.hidden_size`.
///
/// Elements of lists are named by their places, the first eight of them. `NaN` and `Infinity` count
/// as numbers, since Python writes them. Bounded: 8192 values, texts of 256 bytes, 32 levels.
package struct JSONFlat: Sendable {
  /// One value that is neither an object nor a list.
  package enum Scalar: Sendable, Hashable {
    /// A number as it is written, not rounded yet.
    case number(JSONNumber)
    /// `NaN`, `Infinity` or `-Infinity`.
    case special(Double)
    /// A string, with its escapes undone.
    case text(String)
    /// `true` or `false`.
    case boolean(Bool)
  }

  /// The values by their paths; those that are `null` are missing.
  package private(set) var values: [String: Scalar] = [:]

  /// No values; `read` adds some.
  package init() {}

  /// Reads a whole JSON text.
  /// - Throws: `JSONFault` where it is none, or is nested too deeply.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
    var scanner = JSONScanner(bytes)
    try add(&scanner, "", 0)
    try scanner.end()
  }

  /// Reads the next value of a text.
  package init(next scanner: inout JSONScanner) throws(JSONFault) { try add(&scanner, "", 0) }

  /// Reads the next value of a text and keeps it under a name.
  package mutating func read(_ scanner: inout JSONScanner, under name: String) throws(JSONFault) {
    try add(&scanner, name, 1)
  }

  /// The number at a path, also one that is written as a text.
  package func double(_ path: String) -> Double? {
    switch values[path] {
    case .number(let number): number.double
    case .special(let value): value
    case .text(let text): PlainNumber.parse(text.utf8)
    default: nil
    }
  }

  /// The whole number at a path.
  package func whole(_ path: String) -> Int64? {
    guard case .number(let number) = values[path], let whole = number.whole(),
      Double(whole) == number.double
    else { return nil }
    return whole
  }

  /// The text at a path; `nil` where something else or nothing stands.
  package func text(_ path: String) -> String? {
    if case .text(let text) = values[path] { text } else { nil }
  }

  /// The truth value at a path; `nil` where something else or nothing stands.
  package func boolean(_ path: String) -> Bool? {
    if case .boolean(let value) = values[path] { value } else { nil }
  }

  private mutating func add(
    _ scanner: inout JSONScanner, _ path: String, _ depth: Int
  ) throws(JSONFault) {
    guard depth < 32 else { throw JSONFault("nested too deeply") }
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      try scanner.beginObject()
      var isFirst = true
      while let key = try scanner.nextKey(&isFirst) {
        let name = try scanner.text(key)
        try add(&scanner, path.isEmpty ? name : "\(path.prefix(512)).\(name)", depth + 1)
      }
    case UInt8(ascii: "["):
      scanner.at += 1
      if scanner.take(UInt8(ascii: "]")) { return }
      var place = 0
      repeat {
        if place < 8 {
          try add(&scanner, "\(path.prefix(512)).\(place)", depth + 1)
        } else {
          try scanner.skipLoosely()
        }
        place += 1
      } while scanner.take(UInt8(ascii: ","))
      try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
    default:
      if let value = try scanner.scalar(), values.count < 8192 || values[path] != nil {
        values[path] = value
      }
    }
  }
}

extension JSONScanner {
  /// Reads a value that is neither an object nor a list; `nil` for `null`.
  package mutating func scalar() throws(JSONFault) -> JSONFlat.Scalar? {
    if peek() == UInt8(ascii: "\"") { return .text(try string()) }
    if takeWord("true") { return .boolean(true) }
    if takeWord("false") { return .boolean(false) }
    if takeWord("null") { return nil }
    if takeWord("NaN") { return .special(.nan) }
    if takeWord("Infinity") { return .special(.infinity) }
    if takeWord("-Infinity") { return .special(-.infinity) }
    return .number(try number())
  }

  /// Passes over any value, `NaN` and `Infinity` included.
  package mutating func skipLoosely() throws(JSONFault) {
    try skip(depth: 0) { scanner throws(JSONFault) in _ = try scanner.scalar() }
  }
}
