extension JSONScanner {
  /// Reads a string, at most `cap` bytes of it, as one line: control characters become spaces.
  package mutating func string(cap: Int = 256) throws(JSONFault) -> String {
    try text(rawString(), cap: cap)
  }

  /// The text of a raw string, its escapes resolved.
  package func text(_ range: Range<Int>, cap: Int = 256) throws(JSONFault) -> String {
    let raw = UnsafeBufferPointer(rebasing: bytes[range])
    if raw.count <= cap, raw.allSatisfy({ $0 != UInt8(ascii: "\\") && $0 >= 0x20 && $0 < 0x7F }) {
      return String(decoding: raw, as: UTF8.self)
    }
    var result = String.UnicodeScalarView()
    var decoder = UTF8()
    var input = try unescaped(raw).makeIterator()
    var length = 0
    while true {
      let scalar: Unicode.Scalar
      switch decoder.decode(&input) {
      case .scalarValue(let value): scalar = value
      case .error: scalar = "\u{FFFD}"
      case .emptyInput: return String(result)
      }
      length += UTF8.width(scalar)
      if length > cap { return String(result) }
      result.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
  }

  private func unescaped(_ raw: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var index = 0
    while index < raw.count {
      let byte = raw[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < raw.count else {
        result.append(byte)
        continue
      }
      let escape = raw[index]
      index += 1
      switch escape {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "u"): result += try unicode(raw, &index).utf8Bytes
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
      default: throw JSONFault("a string holds an escape that does not exist")
      }
    }
    return result
  }

  private func unicode(
    _ raw: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) throws(JSONFault) -> Unicode.Scalar {
    let first = try hexadecimal(raw, &index)
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A pair of surrogates; one alone is not a character.
    guard index + 1 < raw.count, raw[index] == UInt8(ascii: "\\"),
      raw[index + 1] == UInt8(ascii: "u"), first < 0xDC00
    else { return "\u{FFFD}" }
    index += 2
    let second = try hexadecimal(raw, &index)
    guard 0xDC00..<0xE000 ~= second else { return "\u{FFFD}" }
    return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
  }

  private func hexadecimal(
    _ raw: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) throws(JSONFault) -> UInt32 {
    guard index + 4 <= raw.count,
      let value = UInt32(
        String(decoding: UnsafeBufferPointer(rebasing: raw[index..<index + 4]), as: UTF8.self),
        radix: 16)
    else { throw JSONFault("“\\u” needs four hexadecimal digits") }
    index += 4
    return value
  }
}

extension Unicode.Scalar {
  fileprivate var utf8Bytes: [UInt8] { Array(String(Character(self)).utf8) }
}
